import Foundation
import Testing

@testable import MeanField
@testable import TimeIntegration

@Suite struct ImplicitOrderTests {
    /// Error at t = 1 after equal implicit steps.
    private func error(steps: Int, _ start: [Double], _ reference: [Double]) -> Double {
        var equation = Self.equation
        var stepper = ExtrapolatedEuler(dimension: start.count)
        var (y, f, result) = (start, start, start)
        let scale = [Double](repeating: 1, count: start.count)
        for _ in 0..<steps {
            equation.derivative(of: y, into: &f, at: 0)
            _ = stepper.attempt(
                &equation, from: y, derivative: f, scale: scale, into: &result, at: 0,
                dt: Self.span / Double(steps))
            y = result
        }
        return zip(y, reference).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    private static let span = 4.0
    private static let equation = IntegratingFactorEquation(
        base: SpectralEquation(
            attention: IsotropicAttention(beta: 1), points: 48, tolerance: 1e-15),
        tailTolerance: 1e-16, isPlain: true)

    @Test func observedOrderIsTheDeclaredOne() throws {
        var start = [Double](repeating: 0, count: Self.equation.dimension)
        (start[0], start[1], start[2]) = (0.2, 0.05, 0.03)
        var explicit = AdaptiveIntegrator(equation: Self.equation.base, state: start)
        var t = 0.0
        while t < Self.span - 1e-13 {
            try explicit.step(limit: Self.span - t)
            t += explicit.lastStep
        }
        // The asymptotic order shows only with short steps. Measured: 4.4 from 8 to 16 steps, 6.1 from
        // 48 to 96, 6.3 from 64 to 128, where the error is 3e-12.
        let (coarse, fine) = (
            error(steps: 48, start, explicit.state), error(steps: 96, start, explicit.state)
        )
        let order = log2(coarse / fine)
        #expect(abs(order - Double(ExtrapolatedEuler.order)) < 0.2, "\(coarse) \(fine)")
    }
}
