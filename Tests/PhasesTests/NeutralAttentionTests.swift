import Foundation
import Testing

@testable import MeanField
@testable import Phases

/// Attention that neither gathers nor spreads: V turns by 90°, KᵀQ is a multiple of the identity.
@Suite struct NeutralAttentionTests {
    static let quarter = PlaneMap(0, -1, 1, 0)
    static let uneven = MatrixEvolutionTests.modes([(1, 0.2, 0.1), (2, 0.1, -0.2), (3, 0, 0.1)])

    static func attention(
        _ β: Double, product: PlaneMap = PlaneMap(scale: 1), value: PlaneMap = quarter,
        normalization: Normalization = .softmax, diffusion: Double = 0
    ) -> MatrixAttention {
        MatrixAttention(
            beta: β, product: product, value: value, normalization: normalization,
            diffusion: diffusion)
    }

    static func evolve(
        _ initial: CircleInitial, _ attention: MatrixAttention, to t: Double
    ) throws -> CircleMeasure {
        var evolution = try CircleEvolution(
            of: StartingMeasure(initial), attention: attention, options: EvolutionOptions())
        while evolution.time < ModelTime(t) {
            try evolution.step(limit: ModelTime(t))
            try evolution.finishStep()
        }
        return evolution.measure()
    }

    @Test func whichAttentionIsNeutral() {
        let turn = PlaneMap(rotation: 0.7)
        #expect(Self.attention(4).isNeutral)
        #expect(Self.attention(4, value: PlaneMap(rotation: -.pi / 2)).isNeutral)
        #expect(Self.attention(4, product: PlaneMap(scale: -2), normalization: .none).isNeutral)
        #expect(Self.attention(4, product: turn.transposed * turn).isNeutral)
        #expect(!Self.attention(4, diffusion: 0.1).isNeutral)
        #expect(!Self.attention(4, product: turn).isNeutral)
        #expect(!Self.attention(4, product: PlaneMap(1, 0, 0, 0.5)).isNeutral)
        for value in [
            PlaneMap(0.8, -0.6, 0.6, 0.8), PlaneMap(-1e-9, -1, 1, -1e-9), PlaneMap(0, -2, 0.5, 0),
            PlaneMap(1, -2, 0.5, 1), PlaneMap(scale: 1),
        ] {
            #expect(!Self.attention(4, value: value).isNeutral)
        }
    }

    @Test(arguments: [0.5, 4, 9]) func nothingGrowsNorDecays(β: Double) throws {
        let theory = try #require(RotatingTheory(attention: Self.attention(β)))
        for degree in 1...20 { #expect(theory.growthRate(degree: degree) == 0) }
        #expect(theory.mostUnstableDegree == nil)
    }

    /// ρ(θ, t) → ρ(-θ, -t): there and, reflected, back again.
    @Test(arguments: [Normalization.softmax, .rescaled])
    func reflectionReversesTime(normalization: Normalization) throws {
        let attention = Self.attention(4, normalization: normalization)
        let there = try Self.evolve(Self.uneven, attention, to: 2).coefficients(upTo: 40)
        let reflected = CircleInitial.modes(
            (1...40).map {
                // c_k = (a - ib)/2, conjugated.
                CircleInitial.Mode(
                    degree: $0, cosine: 2 * there.re[$0], sine: 2 * there.im[$0])
            })
        let back = try Self.evolve(reflected, attention, to: 2).coefficients(upTo: 3)
        let expected: [(Double, Double)] = [(0.1, 0.05), (0.05, -0.1), (0, 0.05)]
        for (k, c) in expected.enumerated() {
            #expect(abs(back.re[k + 1] - c.0) < 1e-8 && abs(back.im[k + 1] - c.1) < 1e-8)
        }
        #expect(abs(there.re[2] - 0.05) > 1e-3)
    }

    /// On the grid and on panels; a wrapped normal of width σ has the entropy log(2π/(σ√(2πe))).
    @Test func entropyIsKeptWithoutDenominator() throws {
        let attention = Self.attention(4, normalization: .rescaled)
        let start = try #require(try Self.evolve(Self.uneven, attention, to: 0).relativeEntropy)
        let later = try Self.evolve(Self.uneven, attention, to: 5)
        #expect(later.isSmooth)
        #expect(abs(try #require(later.relativeEntropy) - start) < 1e-9)
        let bump = CircleInitial.mixture([
            CircleInitial.Component(angle: 0.3, shape: .wrappedNormal(sigma: 0.1), weight: 1)
        ])
        let known = log(2 * .pi / (0.1 * (2 * Double.pi * exp(1)).squareRoot()))
        for t in [0.0, 3] {
            let measure = try Self.evolve(bump, attention, to: t)
            #expect(measure.isSmooth == (t == 0))
            #expect(abs(try #require(measure.relativeEntropy) - known) < 1e-8)
        }
        // What is no density has none.
        #expect(try CircleCensusTests.atoms([0, 1]).relativeEntropy == nil)
    }

    @Test func condensedMassNeedsEntropy() throws {
        for (b, σ) in [(4.0, 0.03), (9, 0.05), (9, 0.1), (100, 0.02)] {
            let measure = try CircleCensusTests.measure(
                .mixture([
                    CircleInitial.Component(
                        angle: 1, shape: .wrappedNormal(sigma: σ), weight: 1)
                ]))
            var census = CircleCensus(sharpness: b, minimumMass: 1e-3)
            let share = census.take(of: measure).condensed
            let least = census.leastEntropy(condensing: share)
            let entropy = try #require(measure.relativeEntropy)
            #expect(least > 0.5 * entropy && least < entropy, "\(b) \(σ) \(share)")
        }
        let census = CircleCensus(sharpness: 4, minimumMass: 1e-3)
        #expect(abs(census.leastEntropy(condensing: 1) - log(8 * .pi)) < 1e-15)
        #expect(census.leastEntropy(condensing: 0.01) == 0)
    }
}
