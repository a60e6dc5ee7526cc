import Foundation
import MeanField
import Testing

@testable import Phases

/// Merge times of atoms against closed forms, from the whole chain: atoms, census, detector.
@Suite struct PairMergerTests {
    /// Steps to consensus; the detector with its mergers.
    static func run(
        _ initial: CircleInitial, _ attention: IsotropicAttention,
        options: EvolutionOptions = .init(), most steps: Int = 20000,
        each: (inout CircleEvolution) -> Void = { _ in }
    ) throws -> (detector: PhaseDetector, evolution: CircleEvolution) {
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

    /// T = ¼[ln u - ln(2-u) + Ei(βu) + e^{2β}E1(β(2-u))] from u(θ*) to u(θ0), u = 1 - cos θ, where θ* is
    /// the gap at which log W rises by 1e-10 from the centre to its maxima (mpmath, 460 digits).
    @Test(arguments: [
        (4.0, 1.5, 0.705926235829565789), (9, 1, 0.736677328449469342),
        (9, 1.5, 2.3992499220797186), (25, 1, 3.47465117415715631),
        (100, 1.5, 38.0592259646177938), (400, 3, 344.412004838699946),
    ]) func twoEqualAtoms(β: Double, gap: Double, log10Time: Double) throws {
        // Beyond 1e308 once: some thousand steps, each with its census.
        for middle in β < 400 ? [0.4, .pi] : [0.4] {
            let angles = [middle - gap / 2, middle + gap / 2]
            for keepsSymmetry in β < 400 ? [true, false] : [true] {
                var options = EvolutionOptions()
                options.keepsSymmetry = keepsSymmetry
                let found = try Self.run(
                    Self.equal(angles), IsotropicAttention(beta: β), options: options
                ).detector
                try #require(found.mergers.count == 1)
                let time = found.mergers[0].time.time.log10
                #expect(abs(time - log10Time) * log(10) < 1e-9, "\(middle) \(keepsSymmetry)")
                #expect(found.mergers[0].clustersAfter == 1)
                #expect(found.mergers[0].into.mass == 1)
                let offset = remainder(found.mergers[0].into.angle! - middle, 2 * .pi)
                #expect(abs(offset) < 6e-3 / β.squareRoot())
            }
        }
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
