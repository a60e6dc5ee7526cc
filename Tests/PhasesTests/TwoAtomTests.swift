import Foundation
import MeanField
import Testing

@testable import Phases

/// Mergers of two atoms against the closed form and quadratures, from the whole chain: atoms, census,
/// detector; to log10 t = 344.
@Suite struct TwoAtomTests {
    struct Case: Sendable {
        var β: Double
        var gap: Double
        var mass: Double
        var reference: TwoAtomReference { TwoAtomReference(β: β, m: mass) }
    }

    /// All gaps that exceed the one at which the two maxima of W*μ become one.
    static let cases = [4.0, 9, 25, 100, 400].flatMap { β in
        [0.8, 1.5, 2, 3].flatMap { gap in
            [0.5, 0.3].map { Case(β: β, gap: gap, mass: $0) }
        }
    }.filter { $0.gap > $0.reference.mergingGap }

    /// mpmath, 50 digits: gap at which the maxima become one, ln T from the gap to there.
    static let extended = [
        (4.0, 1.5, 0.5, 0.978088660542160586, 1.6254604454168596),
        (9, 0.8, 0.5, 0.660344794107964591, 0.15829281389510363),
        (400, 3, 0.5, 0.0999791549566433853, 793.03794818978363),
        (4, 1.5, 0.3, 1.37153871225424326, 0.47468577102832521),
        (25, 2, 0.3, 0.544111897173996716, 31.324251235354887),
        (400, 0.8, 0.3, 0.135748755919084596, 114.98116165864481),
    ]

    @Test(arguments: extended)
    func referenceAgreesWithExtendedPrecision(
        β: Double, gap: Double, mass: Double, mergingGap: Double, logarithm: Double
    ) {
        let pair = TwoAtomReference(β: β, m: mass)
        #expect(abs(pair.mergingGap / mergingGap - 1) < 3e-14)
        #expect(abs(pair.logarithmOfTime(from: gap) - logarithm) < 1e-14 * max(1, logarithm))
    }

    /// The reference is the closed form T_SA of equal masses.
    @Test func referenceIsTheClosedForm() {
        for one in Self.cases where one.mass == 0.5 {
            let exact = TwoClusters(inverseTemperature: one.β).time(
                from: one.gap, to: TwoClusters.mergingGap(inverseTemperature: one.β))
            let logarithm = one.reference.logarithmOfTime(from: one.gap)
            #expect(abs(logarithm - exact.logarithm) < 2e-14 * max(1, logarithm))
        }
    }

    /// |d ln t| ≤ 1e-8 max(1, ln t), alone, without the symmetry of equal atoms, and with a third atom of
    /// mass 1e-12 far away, which falls to one of the two or stays.
    @Test(arguments: cases) func mergerTimes(_ one: Case) throws {
        let logarithm = one.reference.logarithmOfTime(from: one.gap)
        let atoms = (angles: [0.4, 0.4 + one.gap], masses: [one.mass, 1 - one.mass])
        let far = 0.4 + one.gap / 2 + .pi + 0.3
        let third = CircleInitial.atoms(
            angles: atoms.angles + [far], masses: atoms.masses.map { $0 * (1 - 1e-12) } + [1e-12])
        var plain = EvolutionOptions()
        plain.keepsSymmetry = false
        var line = String(
            format: "  beta %3.0f gap %.1f mass %.1f log10 t %8.4f", one.β, one.gap, one.mass,
            logarithm / log(10))
        for (start, options) in [
            (CircleInitial.atoms(angles: atoms.angles, masses: atoms.masses), EvolutionOptions()),
            (.atoms(angles: atoms.angles, masses: atoms.masses), plain), (third, plain),
        ] {
            let begin = ContinuousClock.now
            let found = try PairMergerTests.run(
                start, IsotropicAttention(beta: one.β), options: options)
            let elapsed = ContinuousClock.now - begin
            try #require(found.detector.mergers.count == 1)
            let merger = found.detector.mergers[0]
            let error = merger.time.time.logarithm - logarithm
            #expect(abs(error) <= 1e-8 * max(1, logarithm))
            #expect(merger.clustersAfter == 1 && abs(merger.into.mass - 1) < 2e-12)
            #expect(found.detector.consensus != nil && found.evolution.steps < 500)
            line += String(
                format: "   %8.1e %3d steps %.3f s", error, found.evolution.steps,
                Double(elapsed.components.attoseconds) * 1e-18)
        }
        print(line)
    }

    /// The time in which a gap θ₀ shrinks to 1e-3, to the digits of the derivations.
    @Test(arguments: [
        (4.0, 1.0, 0.5, Normalization.softmax, 7.92481948319793),
        (9, 1, 0.5, .softmax, 12.8775399097141), (9, .pi / 2, 0.5, .softmax, 470.513608631008),
        (4, .pi / 2, 0.5, .none, 0.396806770030839), (4, 1, 0.25, .softmax, 7.61874156544891),
    ])
    func contactTimes(
        β: Double, gap: Double, mass: Double, normalization: Normalization, time: Double
    ) throws {
        var evolution = try CircleEvolution(
            of: StartingMeasure(.atoms(angles: [0.4, 0.4 + gap], masses: [mass, 1 - mass])),
            attention: IsotropicAttention(beta: β, normalization: normalization),
            options: EvolutionOptions(timeTolerance: 1e-13))
        func isClose(_ fraction: Double) -> Bool {
            let angles = evolution.measure(at: fraction).points.angles
            return abs(remainder(angles[1] - angles[0], 2 * .pi)) <= 1e-3
        }
        while !isClose(1) {
            try evolution.finishStep()
            try evolution.step(limit: nil)
        }
        var (low, high) = (0.0, 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if isClose(middle) { high = middle } else { low = middle }
        }
        let found = try #require(evolution.time(at: high).value)
        #expect(abs(found / time - 1) < 2e-12)
    }

    /// A stored evolution goes on with the same bits, in any unit of time.
    @Test func resumedAtomsTakeTheSameSteps() throws {
        let start = StartingMeasure(
            .atoms(angles: [0, 0.25, 0.56, 2], masses: [0.3, 0.3, 0.2, 0.2]))
        let attention = IsotropicAttention(beta: 300)
        let options = EvolutionOptions()
        var straight = try CircleEvolution(of: start, attention: attention, options: options)
        var resumed = straight
        var units = Set<Int>()
        while straight.measure().points.angles.count > 1 {
            units.insert(straight.state.parameter)
            resumed = try #require(
                CircleEvolution(
                    resuming: resumed.state, of: start, attention: attention, options: options))
            for _ in 0..<7 {
                try straight.step(limit: nil)
                try straight.finishStep()
                try resumed.step(limit: nil)
                try resumed.finishStep()
            }
            try #require(resumed.state == straight.state)
        }
        #expect(units.count > 5)
    }

    /// Narrow densities in the place of the atoms: to 1e-3, through cells.
    @Test(
        arguments: cases.filter {
            [[4, 2], [9, 0.8], [9, 1.5], [25, 0.8], [100, 1.5], [400, 0.8]].contains([
                $0.β, $0.gap,
            ])
        })
    func narrowDensities(_ one: Case) throws {
        let parts = [(0.4, one.mass), (0.4 + one.gap, 1 - one.mass)].map {
            CircleInitial.Component(
                angle: $0, shape: .wrappedNormal(sigma: 1e-3), weight: $1)
        }
        let found = try PairMergerTests.run(.mixture(parts), IsotropicAttention(beta: one.β))
        try #require(found.detector.mergers.count == 1)
        #expect(found.evolution.changes[0].kind == "cells")
        let logarithm = one.reference.logarithmOfTime(from: one.gap)
        let error = found.detector.mergers[0].time.time.logarithm - logarithm
        print(
            String(
                format: "  beta %3.0f gap %.1f mass %.1f sigma 1e-3: d ln t %8.1e", one.β, one.gap,
                one.mass, error))
        #expect(abs(error) < 1e-3)
    }
}
