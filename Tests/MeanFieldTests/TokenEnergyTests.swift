import Foundation
import Testing

@testable import MeanField

/// The multipliers of the kernel on S² and the energies of crowds.
@Suite struct TokenEnergyTests {
    @Test(arguments: [0, 1e-9, 0.1, 1, 5, 100, 1000, -0.1, -5, -100])
    func multipliers(β: Double) {
        // a_l = ½ ∫ e^{βt - |β|} P_l(t) dt, t = ±cos θ; all derivatives fit at the ends of s, so
        // that the midpoint rule in s converges geometrically.
        let multipliers = FunkHeckeMultipliers(dimension: 3, inverseTemperature: β)
        let n = 2000
        var sums = [Double](repeating: 0, count: 13)
        for i in 0..<n {
            let s = (Double(i) + 0.5) / Double(n)
            let θ = Double.pi * (s - sin(2 * .pi * s) / (2 * .pi))
            let slope = Double.pi * (1 - cos(2 * .pi * s))
            let t = (β < 0 ? -1.0 : 1) * cos(θ)
            let depth = 2 * sin(θ / 2) * sin(θ / 2)
            let weight = 0.5 * slope * sin(θ) * exp(-abs(β) * depth) / Double(n)
            var (before, p) = (0.0, 1.0)
            for l in 0...12 {
                sums[l] += weight * p
                (before, p) = (
                    p, (Double(2 * l + 1) * t * p - Double(l) * before) / Double(l + 1)
                )
            }
        }
        for l in 0...12 {
            #expect(abs(multipliers.kernel[l] - sums[l]) < 1e-14)
            if l > 0 && abs(β) >= 0.1 {
                let quotient = multipliers.kernel[l] / β
                #expect(abs(multipliers.gradient[l] - quotient) <= 1e-14 * abs(quotient))
            }
        }
        // Σ (2l + 1) a_l = 1, the kernel at its peak.
        let top = multipliers.degree(tolerance: 1e-16)
        let peak = (0...top).reduce(0.0) { $0 + Double(2 * $1 + 1) * abs(multipliers.kernel[$1]) }
        #expect(abs(peak - 1) < 1e-13)
        if β == 0 { #expect(abs(multipliers.gradient[1] - 1.0 / 3) < 1e-16) }
    }

    @Test(arguments: [0.5, 5, 200]) func energiesAreThoseOfPairs(β: Double) throws {
        var generator = Random(seed: 3)
        let n = 600
        var measure = TokenMeasure(
            dimension: 3, positions: (0..<(3 * n)).map { _ in generator.nextNormal() },
            masses: [Double](repeating: 1 / Double(n), count: n))
        measure.normalize()
        let energy = try #require(TokenEnergy(of: measure, beta: β))
        var potential = TokenPotential(of: measure, sharpness: β)
        #expect(abs(energy.logInteraction - potential.logInteraction()) < 1e-12)
        let velocities = (0..<(3 * n)).map { _ in generator.nextNormal() }
        var (work, size) = (0.0, 0.0)
        var pull = [0.0, 0, 0]
        for i in 0..<n {
            let weight = exp(potential.evaluate(at: measure.point(i), pull: &pull)) / Double(n)
            for c in 0..<3 {
                work += weight * pull[c] * velocities[c * n + i]
                size += weight * abs(pull[c] * velocities[c * n + i])
            }
        }
        #expect(abs(energy.work(of: velocities) - work) < 1e-12 * size)
        let few = TokenMeasure(dimension: 3, positions: [1, 0, 0], masses: [1])
        #expect(TokenEnergy(of: few, beta: β) == nil)
    }
}
