import Foundation
import Testing

@testable import MeanField

/// Tokens with noise: the law of a Brownian step, its moments, and the density.
@Suite struct DiffusingTokensTests {
    /// E P_l(cos r) of one step of variance s against e^{-l(l+d-2)s/2}: local error of order 3, all l.
    @Test(arguments: [3, 4, 8], [1, 2, 5])
    func stepsAreOfSecondWeakOrder(_ d: Int, _ l: Int) {
        func error(_ s: Double) -> Double {
            // |ξ|/√s has the density x^{n-1} e^{-x²/2} up to a factor, n = d - 1. In y, x = y³, the
            // trapezoidal rule sees no end.
            let bend = DiffusingTokens.shortening(variance: s, dimension: d)
            var (sum, total) = (0.0, 0.0)
            for i in 1..<4000 {
                let y = 2.3 * Double(i) / 4000
                let x = y * y * y
                let weight = y * y * pow(x, Double(d - 2)) * exp(-x * x / 2)
                let angle = x * s.squareRoot() * bend
                sum += weight * zonalPolynomials(upTo: l, dimension: d, at: cos(angle))[l]
                total += weight
            }
            return sum / total - exp(-Double(l * (l + d - 2)) * s / 2)
        }
        let scale = 1 / Double(l * (l + d - 2))
        let (coarse, fine) = (error(0.1 * scale), error(0.05 * scale))
        #expect(log2(abs(coarse / fine)) > 2.7, "\(coarse) \(fine)")
        #expect(abs(coarse) < 1e-3 * 0.1)
    }

    private static func free(_ d: Int, noise: Double) -> SphereAttention {
        SphereAttention(
            beta: 0, query: SquareMatrix(scale: 1, count: d),
            key: SquareMatrix(scale: 1, count: d), value: SquareMatrix(scale: 0, count: d),
            diffusion: noise)
    }

    /// Pure diffusion from a point: m_l = e^{-l(l+d-2)Dt}.
    @Test(arguments: [3, 5]) func diffusionFromAPoint(_ d: Int) throws {
        let n = 20_000
        var positions = [Double](repeating: 0, count: d * n)
        for i in 0..<n { positions[(d - 1) * n + i] = 1 }
        var evolution = DiffusingEvolution(
            positions, masses: [Double](repeating: 1 / Double(n), count: n),
            in: SphereSpace(attention: Self.free(d, noise: 0.2)), options: EvolutionOptions(),
            seed: 5)
        while evolution.time < ModelTime(0.7) { try evolution.step(limit: ModelTime(0.7)) }
        let end = evolution.measure()
        let length = (0..<d).reduce(0) { $0 + end.point(7)[$1] * end.point(7)[$1] }
        #expect(abs(length - 1) < 1e-14)
        for l in 1...2 {
            let moment = (0..<n).reduce(0) { sum, i in
                sum + zonalPolynomials(upTo: 2, dimension: d, at: end.point(i)[d - 1])[l]
                    / Double(n)
            }
            let exact = exp(-Double(l * (l + d - 2)) * 0.2 * 0.7)
            #expect(abs(moment - exact) < 4 / Double(n).squareRoot(), "m_\(l)")
        }
    }

    /// theory's value of |c_1| with noise: circle, softmax, β = 4, D = 0.1.
    @Test func tokensFollowTheDensity() throws {
        let start = StartingMeasure(
            .modes([
                .init(degree: 1, cosine: 0.1, sine: 0), .init(degree: 2, cosine: 0, sine: 0.05),
            ]))
        let n = 20_000
        let tokens = try #require(
            start.tokens(count: n, sampling: .stratified, seed: 1, replica: 0).atoms())
        var evolution = DiffusingEvolution(
            tokens.angles, masses: tokens.masses,
            in: CircleSpace(attention: IsotropicAttention(beta: 4, diffusion: 0.1)),
            options: EvolutionOptions(), seed: 1)
        while evolution.time < ModelTime(1) { try evolution.step(limit: ModelTime(1)) }
        let c = evolution.measure().coefficients(upTo: 1)
        #expect(abs(hypot(c.re[1], c.im[1]) - 0.056133695242) < 3 / Double(n).squareRoot())
    }

    @Test func resumesBitForBit() throws {
        let space = SphereSpace(attention: Self.free(3, noise: 0.3))
        let tokens = SphereInitial.uniform.tokens(
            count: 30, dimension: 3, sampling: .random, seed: 1, replica: 0)
        var straight = DiffusingEvolution(
            tokens.positions, masses: tokens.masses, in: space, options: EvolutionOptions(),
            seed: 9)
        var resumed = straight
        for _ in 0..<6 {
            try straight.step(limit: nil)
            resumed = try #require(
                DiffusingEvolution(
                    resuming: resumed.state, in: space, options: EvolutionOptions()))
            try resumed.step(limit: nil)
        }
        #expect(straight.state == resumed.state)
    }
}
