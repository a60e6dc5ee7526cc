import Foundation
import MeanField
import Phases

/// One evolution with its phase detector and the rules for stopping.
///
/// A run computes several: the one that is reported, a coarser one whose distance from it is the stated
/// error, and perturbed copies that show whether rounding decides the outcome.
struct Realization<Evolution: RunnableEvolution> {
    var rules: StoppingRules
    var evolution: Evolution
    var detector: PhaseDetector<Evolution>
    /// Why it stopped, once it has.
    var ended: Reason?

    init(_ evolution: Evolution, phases: Scenario.Phases, rules: StoppingRules) {
        self.rules = rules
        self.evolution = evolution
        detector = PhaseDetector(
            &self.evolution, collapseResidual: phases.collapseResidual,
            condensedFraction: phases.condensedFraction, minimumMass: phases.minimumMass)
        ended = reasonToStop()
    }

    /// Takes one step, not beyond `limit`, and looks at it; ``finishStep()`` makes it permanent.
    mutating func step(limit: ModelTime? = nil) throws {
        let nearest = min(limit ?? rules.limit, rules.limit)
        try evolution.step(limit: nearest)
        detector.observe(&evolution)
    }

    /// Follows other rules from here on.
    mutating func goOn(to rules: StoppingRules) {
        self.rules = rules
        ended = reasonToStop()
    }

    /// Makes the step permanent and decides whether to stop.
    mutating func finishStep() throws {
        try evolution.finishStep()
        ended = reasonToStop()
    }

    mutating func reasonToStop() -> Reason? {
        if case .time(let t) = rules.end, evolution.time >= ModelTime(t) { return .endTime }
        if evolution.time >= rules.latest { return .timeLimit }
        if case .consensus = rules.end, detector.consensus != nil { return .consensus }
        if let horizon = evolution.horizon, evolution.time >= horizon.time {
            switch horizon.cause {
            case .collapse: return .firstCollapse
            case .zeroDensity: return .zeroDensity
            }
        }
        if case .time = rules.end { return nil }
        return reasonForRest()
    }

    /// Why nothing can happen any more; `nil` while something can.
    private mutating func reasonForRest() -> Reason? {
        let attention = evolution.model
        let drift = evolution.drift()
        let census = detector.current
        if census.isFlat {
            let grows = attention.mostUnstableDegree != nil
            // Unless Q, K, V are multiples of the identity rounding moves an equilibrium.
            let rest = attention.isIsotropic ? 0 : 1e-15
            if !grows || drift.relativeSpeed <= rest { return .uniform }
            return nil
        }
        if evolution.rotation() != nil || turnsWithoutCondensing() { return .rotating }
        if evolution.isAtStableRest() { return .stationary }
        if attention.velocityScale == 0 && attention.diffusion == 0 { return .stationary }
        // Steps with an integrating factor leave a fixed point by a share of their tolerance.
        let coarseness = max(1, evolution.options.timeTolerance / 1e-9)
        let isBalanced =
            evolution.representation.kind == "atoms" && drift.imbalance.map { $0 < 1e-12 } == true
        let isAtRest =
            switch evolution.representation.kind {
            case "spectral":
                drift.relativeSpeed < (census.clusters.count <= 1 ? 1e-13 : 1e-12) * coarseness
            case _ where drift.imbalance == nil: drift.relativeSpeed < 1e-12
            default:
                // Well below what stable rest asks for.
                isBalanced || !attention.resolvesSmallDrifts && drift.relativeSpeed < 2e-13
            }
        guard isAtRest else { return nil }
        if !attention.attracts || census.clusters.count <= 1 { return .stationary }
        let isHeld = evolution.symmetryHolds(census.clusters.map(\.position))
        return isBalanced || isHeld ? .symmetricEquilibrium : .metastable
    }

    /// Whether a density turns, every mode at its own rate, and is known to be no consensus ever.
    ///
    /// Attention that is neutral on the circle, or on the great circle to which it collapses
    /// (``MeanField/CircleAttention/isNeutral``), keeps the relative entropy, and
    /// consensus would need more. Softmax keeps it to the third order only: half of what consensus
    /// needs is the limit there (empirical: from starts of entropy up to 0.9 it varied by a third at most).
    /// The fastest token has had the time for a turn, so that there is something to see.
    private mutating func turnsWithoutCondensing() -> Bool {
        let attention = evolution.model
        guard evolution.isNeutral, detector.collapseEnd != nil,
            evolution.time.approximation * attention.velocityScale >= 2 * .pi,
            let entropy = evolution.relativeEntropy(of: evolution.measure())
        else { return false }
        let share = attention.normalization == .softmax ? 0.5 : 1
        return entropy < share * detector.entropyOfConsensus
    }

    /// Runs to the end.
    mutating func run(whileTrue goOn: () -> Bool = { true }) throws {
        while ended == nil && goOn() {
            try step()
            try finishStep()
        }
    }
}

/// When a realization stops.
struct StoppingRules: Sendable, Equatable {
    var end: Scenario.Time.End
    var latest: ModelTime

    init(_ time: Scenario.Time) {
        end = time.end
        latest = ModelTime(logarithm: time.maxLog10 * log(10.0))
    }

    /// The time that no step may cross.
    var limit: ModelTime {
        if case .time(let t) = end { return min(ModelTime(t), latest) }
        return latest
    }
}
