import Foundation
import MeanField
import Testing

@testable import Phases

/// Mergers of atoms from the whole chain: atoms, census, detector.
@Suite struct PairMergerTests {
    /// Steps to consensus; the detector with its mergers.
    static func run(
        _ initial: CircleInitial, _ attention: IsotropicAttention,
        options: EvolutionOptions = .init(), most steps: Int = 20000,
        each: (inout CircleEvolution) -> Void = { _ in }
    ) throws -> (detector: PhaseDetector<CircleEvolution>, evolution: CircleEvolution) {
        var evolution = try CircleEvolution(
            of: StartingMeasure(initial), attention: attention, options: options)
        var detector = PhaseDetector(&evolution, condensedFraction: 0.99, minimumMass: 1e-6)
        while detector.consensus == nil && evolution.steps < steps {
            try evolution.step(limit: nil)
            detector.observe(&evolution)
            each(&evolution)
            try evolution.finishStep()
        }
        return (detector, evolution)
    }

    static func equal(_ angles: [Double]) -> CircleInitial {
        .atoms(
            angles: angles,
            masses: [Double](repeating: 1 / Double(angles.count), count: angles.count))
    }

    @Test func fiveAtomsMergeOneAtATime() throws {
        // Plateaus of Σ m_i² with five equal atoms (arXiv:2410.06833).
        let angles = [0, 0.4, 0.9, 1.7, 3.2]
        var heights = [Double]()
        let result = try Self.run(Self.equal(angles), IsotropicAttention(beta: 100)) { evolution in
            let (_, masses) = evolution.measure().points
            let height = masses.reduce(0) { $0 + $1 * $1 }
            if heights.last != height { heights.append(height) }
            #expect(abs(masses.reduce(0, +) - 1) < 1e-15)
        }
        #expect(heights.count == 4 || heights.count == 5)
        for (height, exact) in zip(heights, [0.2, 0.28, 0.44, 0.68, 1]) {
            #expect(abs(height - exact) < 1e-15)
        }
        let times = result.detector.mergers.map(\.time.time)
        #expect(times == times.sorted())
        #expect(result.detector.mergers.map(\.clustersAfter) == [4, 3, 2, 1])
        for (merger, mass) in zip(result.detector.mergers, [0.4, 0.6, 0.8, 1]) {
            #expect(abs(merger.into.mass - mass) < 1e-14)
        }
    }

    @Test func joiningKeepsMassAndCentreUnderUnnormalisedAttention() throws {
        // Σ m_i θ_i is invariant without the denominator.
        let angles = [0.2, 0.9, 1.7, 2.4]
        let masses = [0.4, 0.3, 0.2, 0.1]
        let centre = zip(angles, masses).reduce(0) { $0 + $1.0 * $1.1 }
        for normalization in [Normalization.none, .rescaled] {
            var last = [Double]()
            let result = try Self.run(
                .atoms(angles: angles, masses: masses),
                IsotropicAttention(beta: 12, normalization: normalization)
            ) { evolution in
                let (x, m) = evolution.measure().points
                last = [zip(x, m).reduce(0) { $0 + $1.0 * $1.1 }, m.reduce(0, +)]
                #expect(abs(last[0] - centre) < 1e-10)
                #expect(abs(last[1] - 1) < 1e-15)
            }
            #expect(result.detector.consensus != nil)
        }
    }

    @Test func threeAtomsAtTimeFive() throws {
        // SA, β = 8, m = (.5, .3, .2), θ = (0, .7, 1.9), t = 5.
        let end = ModelTime(5)
        var evolution = try CircleEvolution(
            of: StartingMeasure(
                .atoms(angles: [0, 0.7, 1.9], masses: [0.5, 0.3, 0.2])),
            attention: IsotropicAttention(beta: 8),
            options: EvolutionOptions(timeTolerance: 1e-12))
        while evolution.time < end {
            try evolution.step(limit: end)
            if evolution.time < end { try evolution.finishStep() }
        }
        let (angles, masses) = evolution.measure().points
        let exact = [0.236467473711955, 0.247678643393838, 1.89073799566833]
        #expect(angles.count == 3)
        for i in 0..<3 { #expect(abs(angles[i] - exact[i]) < 1e-11) }
        #expect(masses == [0.5, 0.3, 0.2])
    }
}
