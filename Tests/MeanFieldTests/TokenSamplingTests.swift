import Foundation
import Testing

@testable import MeanField

@Suite struct TokenSamplingTests {
    static let laws: [StartingMeasure] = [
        StartingMeasure(.uniform),
        StartingMeasure(
            .modes([
                .init(degree: 1, cosine: 0.5, sine: 0.2), .init(degree: 3, cosine: 0, sine: 0.29),
            ])),
        StartingMeasure(
            .mixture([
                .init(angle: 1, shape: .vonMises(concentration: 40), weight: 0.3),
                .init(angle: -2, shape: .wrappedNormal(sigma: 0.05), weight: 0.7),
            ])),
        StartingMeasure(.tokens(angles: [0.3, 2, 4], sigma: 0.2)),
        StartingMeasure(
            .modes([.init(degree: 2, cosine: 0.4, sine: 0)]),
            factors: [.init(amplitude: 0.1, maxDegree: 6, seed: 3)]),
    ]

    /// c_1 … c_8 of tokens.
    private func modes(_ tokens: StartingMeasure) -> (re: [Double], im: [Double]) {
        tokens.coefficients(upTo: 8)
    }

    /// With every stratum hit in its middle the modes are those of the law to O(1/N²), or to k/2N where
    /// the stratum of a token may hold a gap of the law.
    @Test(arguments: laws) func quantilesInvertTheDistribution(_ law: StartingMeasure) {
        let n = 20_000
        let levels = (0..<n).map { (Double($0) + 0.5) / Double(n) }
        let angles = DistributionFunction(law.panels(widest: 0.5)).quantiles(levels)
        #expect(zip(angles, angles.dropFirst()).allSatisfy { $0 < $1 })
        let share = 1 / Double(n)
        let masses = [Double](repeating: share, count: n)
        let drawn = modes(StartingMeasure(.atoms(angles: angles, masses: masses)))
        let exact = modes(law)
        let hasGaps = (0..<64).contains { law.density(at: 0.1 * Double($0)) < 1e-3 }
        for k in 1...8 {
            let degree = Double(k)
            let bound = hasGaps ? degree / Double(2 * n) : 2e-7 * degree * degree
            let distance = hypot(drawn.re[k] - exact.re[k], drawn.im[k] - exact.im[k])
            #expect(distance < bound, "c_\(k)")
        }
    }

    /// Random tokens: Σ_k N|c_k - exact|²/(1 - |c_k|²) is near its mean; stratified ones far below.
    @Test(arguments: laws) func fluctuations(_ law: StartingMeasure) {
        let n = 4000
        let exact = modes(law)
        func excess(_ sampling: TokenSampling, _ replica: Int) -> Double {
            let drawn = modes(
                law.tokens(count: n, sampling: sampling, seed: 5, replica: replica))
            return (1...8).reduce(0) { sum, k in
                let (x, y) = (drawn.re[k] - exact.re[k], drawn.im[k] - exact.im[k])
                let variance = 1 - exact.re[k] * exact.re[k] - exact.im[k] * exact.im[k]
                return sum + Double(n) * (x * x + y * y) / (8 * variance)
            }
        }
        let random = (0..<40).reduce(0) { $0 + excess(.random, $1) / 40 }
        let stratified = (0..<40).reduce(0) { $0 + excess(.stratified, $1) / 40 }
        // The mean of 40 · 8 terms of mean 1 and variance about 1 (more where modes go together).
        #expect(abs(random - 1) < 0.5, "\(random)")
        #expect(stratified < 0.05, "\(stratified)")
    }

    @Test func replicasAreIndependentAndRepeatable() {
        let law = Self.laws[1]
        func draw(_ seed: UInt64, _ replica: Int) -> StartingMeasure {
            law.tokens(count: 100, sampling: .random, seed: seed, replica: replica)
        }
        #expect(draw(1, 0) == draw(1, 0))
        #expect(draw(1, 0) != draw(1, 1))
        #expect(draw(1, 1) != draw(2, 0))
        #expect(draw(1, 1) != draw(1, 2))
    }

    @Test func atomsAreDrawnByTheirMasses() throws {
        let law = StartingMeasure(.atoms(angles: [3, 1, 2], masses: [0.5, 0.25, 0.25]))
        let tokens = law.tokens(count: 8, sampling: .stratified, seed: 1, replica: 0)
        let drawn = try #require(tokens.atoms())
        #expect(drawn.angles == [3, 1, 2])
        #expect(drawn.masses == [0.5, 0.25, 0.25])
        let random = try #require(
            law.tokens(count: 10_000, sampling: .random, seed: 1, replica: 0).atoms())
        #expect(abs(random.masses[0] - 0.5) < 0.02 && abs(random.masses[1] - 0.25) < 0.02)
        #expect(abs(random.masses.reduce(0, +) - 1) < 1e-12)
    }
}
