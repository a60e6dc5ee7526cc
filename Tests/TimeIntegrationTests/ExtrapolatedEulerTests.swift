import Foundation
import Testing

@testable import TimeIntegration

/// Kaps' problem, stiff with rate 1/ε: u' = -(2 + 1/ε) u + v²/ε, v' = u - v(1 + v).
///
/// Its solution from (1, 1) is u = e^{-2t}, v = e^{-t} for every ε.
private struct Kaps: DifferentialEquation {
    var ε: Double
    var tolerance: Double
    var dimension: Int { 2 }

    func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        dy[0] = -(2 + 1 / ε) * y[0] + y[1] * y[1] / ε
        dy[1] = y[0] - y[1] * (1 + y[1])
    }

    func errorScale(of y: [Double], into scale: inout [Double]) {
        for i in 0..<2 { scale[i] = tolerance }
    }

    func jacobian(of y: [Double], into matrix: inout [Double]) {
        matrix[0] = -(2 + 1 / ε)
        matrix[1] = 2 * y[1] / ε
        matrix[2] = 1
        matrix[3] = -(1 + 2 * y[1])
    }
}

@Suite struct ExtrapolatedEulerTests {
    /// Error after one step of length dt, at its end and the worst inside.
    private func errors(dt: Double) -> (end: Double, inside: Double) {
        var equation = Kaps(ε: 1, tolerance: 1)
        var stepper = ExtrapolatedEuler(dimension: 2)
        let y = [1.0, 1.0]
        var f = y
        equation.derivative(of: y, into: &f, at: 0)
        var result = y
        _ = stepper.attempt(
            &equation, from: y, derivative: f, scale: [1, 1], into: &result, at: 0, dt: dt)
        stepper.prepareInterpolant(
            &equation, from: y, derivative: f, to: result, at: 0, dt: dt)
        func distance(_ z: [Double], _ t: Double) -> Double {
            max(abs(z[0] - exp(-2 * t)), abs(z[1] - exp(-t)))
        }
        var value = y
        var inside = 0.0
        for i in 1..<16 {
            let θ = Double(i) / 16
            stepper.interpolate(at: θ, from: y, to: result, into: &value)
            inside = max(inside, distance(value, θ * dt))
        }
        return (distance(result, dt), inside)
    }

    // In exact arithmetic the observed orders of T_{6,6} here are 4.3, 5.7, 6.3, 6.7, 6.8 from
    // dt = 0.2 on, halving (40 digits, same scheme): the asymptotic order 7 shows only near rounding.
    @Test func localErrorTendsToOrderSeven() {
        let (coarse, fine) = (errors(dt: 0.05).end, errors(dt: 0.025).end)
        #expect(abs(log2(coarse / fine) - 6.34) < 0.2, "\(coarse) \(fine)")
    }

    @Test func interpolantIsAsGoodAsTheStep() {
        for dt in [0.4, 0.1, 0.025] {
            let (end, inside) = errors(dt: dt)
            #expect(inside < 1.5 * end + 1e-15, "dt \(dt): \(end) \(inside)")
        }
    }

    @Test(arguments: [1.0, 1e-3, 1e-6]) func stiffnessDoesNotShortenTheSteps(ε: Double) throws {
        var integrator = AdaptiveIntegrator(
            equation: Kaps(ε: ε, tolerance: 1e-8), state: [1, 1], method: .implicit)
        var (t, steps) = (0.0, 0)
        while t < 10 {
            try integrator.step(limit: 10 - t)
            t = min(10, t + integrator.lastStep)
            if 10 - t < 1e-12 { t = 10 }
            steps += 1
        }
        #expect(steps < 300, "\(steps)")
        #expect(abs(integrator.state[1] - exp(-10)) < 1e-6)
    }

    @Test func decompositionSolvesWhatItFactored() {
        let n = 12
        var state: UInt64 = 7
        func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) * 0x1p-53 - 0.5
        }
        let jacobian = (0..<(n * n)).map { _ in next() }
        let x = (0..<n).map { _ in next() }
        var right = x
        for i in 0..<n { for j in 0..<n { right[i] -= 0.7 * jacobian[i * n + j] * x[j] } }
        var decomposition = LUDecomposition(dimension: n)
        let isRegular = decomposition.factor(identityMinus: 0.7, times: jacobian)
        #expect(isRegular)
        decomposition.solve(&right)
        for i in 0..<n { #expect(abs(right[i] - x[i]) < 1e-13) }
        // 1 - h J with J = 1, h = 1 vanishes.
        var singular = LUDecomposition(dimension: 1)
        let hasInverse = singular.factor(identityMinus: 1, times: [1])
        #expect(!hasInverse)
    }
}
