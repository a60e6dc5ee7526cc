import Foundation
import MeanField
import Testing

@testable import Phases

/// Starts at the edge of what a scenario may hold: every one ends where it must, and stays finite.
@Suite struct EvolutionEdgeTests {
    /// Steps until consensus, rest or `steps`; masses and clusters are looked at after every step.
    static func run(
        _ initial: CircleInitial, _ attention: IsotropicAttention, most steps: Int = 1000
    ) throws -> (detector: PhaseDetector<CircleEvolution>, evolution: CircleEvolution) {
        var evolution = try CircleEvolution(
            of: StartingMeasure(initial), attention: attention, options: EvolutionOptions())
        var detector = PhaseDetector(&evolution, condensedFraction: 0.99, minimumMass: 1e-6)
        while detector.consensus == nil && evolution.steps < steps {
            try evolution.step(limit: nil)
            detector.observe(&evolution)
            let (angles, masses) = evolution.measure().points
            // Below zero a smooth density is cut off: what that adds is below its tolerance, 1e-8.
            #expect(abs(masses.reduce(0, +) - 1) < 1e-8)
            #expect(angles.allSatisfy { $0.isFinite })
            #expect(detector.current.clusters.allSatisfy { $0.mass > 0 && $0.mass < 1 + 1e-14 })
            try evolution.finishStep()
            if !((evolution.drift().imbalance ?? 1) > 1e-12) { break }
        }
        return (detector, evolution)
    }

    static func equal(_ angles: [Double]) -> CircleInitial {
        .atoms(
            angles: angles,
            masses: [Double](repeating: 1 / Double(angles.count), count: angles.count))
    }

    @Test func atomsAtTheSamePlaceAreOneHeavyAtom() throws {
        let heap = try Self.run(Self.equal([0.5, 0.5, 0.5, 2.5]), IsotropicAttention(beta: 9))
        let pair = try Self.run(
            .atoms(angles: [0.5, 2.5], masses: [0.75, 0.25]), IsotropicAttention(beta: 9))
        #expect(heap.detector.mergers.count == 1)
        let times = [heap, pair].map { $0.detector.mergers[0].time.time.log10 }
        let difference = times[0] - times[1]
        #expect(abs(difference) < 1e-12)
        #expect(heap.detector.mergers[0].into.angle == pair.detector.mergers[0].into.angle)
    }

    @Test func pairsAcrossTheSeamOfARotationJoin() throws {
        // Twofold without mirrors: clusters about 0 and π grow from both sides of the seam. Once
        // they are points, only the third atom's slow drift is left, and steps grow.
        let half = [(0.05, 0.25), (1.5, 0.1), (.pi - 0.05, 0.15)]
        let result = try Self.run(
            .atoms(
                angles: half.map(\.0) + half.map { $0.0 + .pi },
                masses: (half + half).map(\.1)), IsotropicAttention(beta: 40), most: 600)
        #expect(result.evolution.symmetry.fold == 2 && !result.evolution.symmetry.reflects)
        #expect(result.evolution.representation.size < 6)
        #expect(result.evolution.time.log10 > 5)
    }

    @Test(arguments: [Normalization.softmax, .rescaled]) func veryNarrowMixturesBecomeAtoms(
        normalization: Normalization
    ) throws {
        // Two components of width σ are two atoms with gap θ to O(σ²): T = T_SA or T_USA.
        for σ in [1e-3, 1e-6] {
            let parts = [1.0, 2.2].map {
                CircleInitial.Component(
                    angle: $0, shape: .wrappedNormal(sigma: σ), weight: 0.5)
            }
            let attention = IsotropicAttention(beta: 25, normalization: normalization)
            let narrow = try Self.run(.mixture(parts), attention).detector
            let atoms = try Self.run(Self.equal([1, 2.2]), attention).detector
            try #require(narrow.mergers.count == 1 && atoms.mergers.count == 1)
            let difference = narrow.mergers[0].time.time.log10 - atoms.mergers[0].time.time.log10
            #expect(abs(difference) * log(10) < 1e3 * σ * σ + 1e-8)
        }
    }

    @Test func emptySpaceDoesNotHoldUpUnnormalisedAttention() throws {
        let parts = [1.0, 2.2].map {
            CircleInitial.Component(angle: $0, shape: .wrappedNormal(sigma: 1e-3), weight: 0.5)
        }
        let result = try Self.run(
            .mixture(parts), IsotropicAttention(beta: 300, normalization: .rescaled), most: 300)
        #expect(result.evolution.representation.kind == "atoms")
        #expect(result.evolution.time.log10 > 10)
    }

    @Test func statesAtRestStayAtRest() throws {
        let single = try Self.run(Self.equal([2]), IsotropicAttention(beta: 9))
        #expect(single.detector.consensus == .zero)
        let antipodal = try Self.run(Self.equal([0, .pi]), IsotropicAttention(beta: 9), most: 20)
        #expect(antipodal.detector.current.clusters.count == 2)
        #expect(antipodal.detector.mergers.isEmpty)
        let uniform = try Self.run(.uniform, IsotropicAttention(beta: 9), most: 20)
        #expect(uniform.detector.current.isFlat)
    }

    @Test func oppositeSignsTurnAttractionRound() throws {
        // β' = -5 with v = 1, and v = -1 at β' = 5, at least stay finite and end in no cluster loss.
        for attention in [
            IsotropicAttention(beta: 5, query: -1), IsotropicAttention(beta: 5, value: -1),
            IsotropicAttention(beta: 5, query: -1, value: -1),
        ] {
            _ = try Self.run(
                .atoms(angles: [0, 1, 2.5], masses: [0.2, 0.3, 0.5]), attention, most: 200)
            _ = try Self.run(
                .modes([
                    .init(degree: 1, cosine: 0.2, sine: 0), .init(degree: 2, cosine: 0, sine: 0.1),
                ]), attention, most: 60)
        }
    }

    @Test(arguments: [600, 3000]) func manyAtomsGatherToFew(count: Int) throws {
        var generator = Random(seed: 5)
        let angles = (0..<count).map { _ in 2 * .pi * generator.nextUniform() }
        let result = try Self.run(Self.equal(angles), IsotropicAttention(beta: 9))
        #expect(result.detector.consensus != nil)
        #expect(result.evolution.representation.size < 6)
        let census = result.detector.clustersAtClusteringEnd
        #expect((2...5).contains(census?.members.count ?? 0))
    }

    @Test func randomScenariosReachConsensus() throws {
        var generator = Random(seed: 2)
        for i in 0..<6 {
            let β = 0.5 + 6 * generator.nextUniform()
            let initial: CircleInitial =
                i % 2 == 0
                ? .modes(
                    (1...4).map {
                        .init(
                            degree: $0, cosine: 0.2 * (generator.nextUniform() - 0.5),
                            sine: 0.2 * (generator.nextUniform() - 0.5))
                    })
                : .mixture(
                    (0..<3).map { _ in
                        .init(
                            angle: 6 * generator.nextUniform(),
                            shape: .wrappedNormal(sigma: 0.05 + 0.5 * generator.nextUniform()),
                            weight: 1.0 / 3)
                    })
            let result = try Self.run(initial, IsotropicAttention(beta: β), most: 3000)
            #expect(result.detector.consensus != nil, "\(i): β = \(β)")
        }
    }

    /// Two atoms whose drift e^{-1.4 β} gives a unit of time of 2^20000: to any end they rest.
    @Test(arguments: [ModelTime(1000), ModelTime(1, exponent: 1300)])
    func timePassesWhereNothingMoves(end: ModelTime) throws {
        let start = StartingMeasure(.atoms(angles: [0, 2], masses: [0.6, 0.4]))
        var evolution = try CircleEvolution(
            of: start, attention: IsotropicAttention(beta: 1e4), options: EvolutionOptions())
        for _ in 0..<3 where evolution.time < end {
            try evolution.step(limit: end)
            try evolution.finishStep()
        }
        #expect(evolution.time == end)
        #expect(evolution.measure().points.angles.sorted() == [0, 2])
    }
}
