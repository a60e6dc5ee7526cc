import Foundation
import Testing

@testable import MeanField
@testable import TimeIntegration

@Suite struct StiffSpectralTests {
    static let attentions = [
        IsotropicAttention(beta: 5),
        IsotropicAttention(beta: 5, value: -0.7, diffusion: 0.1),
        IsotropicAttention(beta: 3, key: -1, normalization: .rescaled, diffusion: 0.02),
        IsotropicAttention(beta: 2, normalization: .none),
        IsotropicAttention(beta: 0, diffusion: 0.05),
    ]

    /// Smooth coefficients without any symmetry.
    private func coefficients(_ equation: SpectralEquation) -> [Double] {
        (0..<equation.dimension).map { i in
            let j = Double(i / 2 + 1)
            let phase = i % 2 == 0 ? cos(0.7 * j) : sin(1.3 * j)
            return 0.3 * exp(-0.9 * j) * (equation.isEven && i % 2 == 1 ? 0 : phase)
        }
    }

    @Test(arguments: attentions, [1, 3]) func jacobianIsTheDerivative(
        attention: IsotropicAttention, fold: Int
    ) {
        for isEven in [false, true] {
            var equation = SpectralEquation(
                attention: attention, points: 64, fold: fold, isEven: isEven)
            var jacobian = SpectralJacobian(equation)
            let n = equation.dimension
            let y = coefficients(equation)
            var matrix = [Double](repeating: 0, count: n * n)
            jacobian.evaluate(at: y, into: &matrix)
            let h = 1e-5
            var (plus, minus) = (y, y)
            var size = 0.0
            for x in matrix { size = max(size, abs(x)) }
            for column in [0, 1, 2, 5, 10, 17] where !(isEven && column % 2 == 1) {
                var (up, down) = (y, y)
                up[column] += h
                down[column] -= h
                equation.derivative(of: up, into: &plus, at: 0)
                equation.derivative(of: down, into: &minus, at: 0)
                for row in 0..<n {
                    let slope = (plus[row] - minus[row]) / (2 * h)
                    #expect(
                        abs(matrix[row * n + column] - slope) < 1e-8 * size,
                        "row \(row) column \(column)")
                }
            }
        }
    }

    @Test(arguments: [
        IsotropicAttention(beta: 4, diffusion: 0.1),
        IsotropicAttention(beta: 4, value: -1, diffusion: 0.05),
        IsotropicAttention(beta: 4, diffusion: 0.4),
    ]) func integratingFactorAndImplicitStepsGiveThePlainSolution(
        attention: IsotropicAttention
    ) throws {
        let base = SpectralEquation(attention: attention, points: 128, tolerance: 1e-11)
        let start = coefficients(base)
        func state<E: DifferentialEquation>(_ equation: E, _ method: SteppingMethod) throws
            -> [Double]
        {
            var integrator = AdaptiveIntegrator(equation: equation, state: start, method: method)
            var t = 0.0
            while t < 1.5 {
                try integrator.step(limit: 1.5 - t)
                t += integrator.lastStep
                if 1.5 - t < 1e-13 { break }
            }
            return integrator.state
        }
        let plain = try state(base, .explicit)
        let factor = try state(
            IntegratingFactorEquation(base: base, tailTolerance: 1e-13), .explicit)
        let implicit = try state(
            IntegratingFactorEquation(base: base, tailTolerance: 1e-13, isPlain: true), .implicit)
        for i in plain.indices {
            #expect(abs(factor[i] - plain[i]) < 1e-10)
            #expect(abs(implicit[i] - plain[i]) < 2e-9)
        }
    }
}
