import Foundation
import MeanField
import Testing

@testable import Phases

/// Phases of limit equations, from the whole chain: motion, census, detector.
@Suite struct LimitMergerTests {
    static func mergers(_ initial: CircleInitial, β: Double, limit: LimitEquation) throws
        -> [Merger]
    {
        try PairMergerTests.run(initial, IsotropicAttention(beta: β, limit: limit)).detector
            .mergers
    }

    @Test func mergerTimesOfPairingAreThoseOfAttention() throws {
        // T_SA - T_pairing = ¼ [ln u - ln(2 - u)] from the gap where the maxima merge to the first gap:
        // beside T an error of O(e^{-βu}). The gap is 2/√β (1 + O(1/β)).
        print("Merger of two atoms 1.5 rad apart: pairing beside attention")
        for β in [9.0, 16, 25, 50, 100] {
            let start = PairMergerTests.equal([0.4, 1.9])
            let limit = try Self.mergers(start, β: β, limit: .pairing)
            let full = try Self.mergers(start, β: β, limit: .none)
            try #require(limit.count == 1 && full.count == 1)
            let (a, b) = (limit[0].time.time, full[0].time.time)
            let error = -ModelTime.difference(a, b, inUnitsOfTwoTo: b.exponent) / b.significand
            let u = { (gap: Double) in 1 - cos(gap) }
            let end = TwoClusters.mergingGap(inverseTemperature: β)
            let exact =
                0.25 * (log(u(1.5) / (2 - u(1.5))) - log(u(end) / (2 - u(end))))
                / exp(b.logarithm)
            print(
                String(format: "  beta %5.0f  relative error %.3e, derived %.3e", β, error, exact))
            #expect(abs(error - exact) < max(0.02 * exact, 1e-10))
        }
    }

    @Test func threeAtomsMergeAsUnderAttention() throws {
        print("Mergers of three equal atoms at 0, 1, 2.6: log10 t of pairing, of attention")
        for β in [16.0, 25, 50, 100] {
            let start = PairMergerTests.equal([0, 1, 2.6])
            let limit = try Self.mergers(start, β: β, limit: .pairing).map(\.time.time.log10)
            let full = try Self.mergers(start, β: β, limit: .none).map(\.time.time.log10)
            try #require(limit.count == 2 && full.count == 2)
            print(
                String(
                    format: "  beta %5.0f  %.9f %.9f   %.9f %.9f", β, limit[0], full[0],
                    limit[1], full[1]))
            // O(β e^{-βu}), u = 1 - cos 1, and the local errors of the time integration.
            let bound = β * exp(-β * (1 - cos(1))) + 4e-9
            for (a, b) in zip(limit, full) { #expect(abs(a - b) < bound) }
        }
    }

    @Test func backwardHeatCondensesWhenItsKernelsAreNarrow() throws {
        // One kernel: condensed when 99 % lie within r = 1/(4√β) of the centre, σ = r/2.5758….
        let (β, σ) = (9.0, 0.6)
        var evolution = try CircleEvolution(
            of: StartingMeasure(
                .mixture([.init(angle: 0.7, shape: .wrappedNormal(sigma: σ), weight: 1)])),
            attention: IsotropicAttention(beta: β, limit: .heat), options: .init())
        var detector = PhaseDetector(&evolution, condensedFraction: 0.99, minimumMass: 1e-3)
        while evolution.time < evolution.horizon!.time {
            try evolution.step(limit: nil)
            detector.observe(&evolution)
            try evolution.finishStep()
        }
        let width = 1 / (4 * β.squareRoot()) / 2.5758293035489004
        let time = (σ * σ - width * width) / 2 * β
        let end = try #require(detector.clusteringEnd?.value)
        #expect(abs(end - time) < 1e-12 * time, "\(end) \(time)")
        #expect(detector.consensus == detector.clusteringEnd)
        #expect(detector.current.clusters.count == 1 && detector.current.condensed == 1)
    }
}
