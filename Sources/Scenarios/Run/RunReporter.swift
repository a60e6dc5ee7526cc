import Foundation
import MeanField
import Phases

/// Turns the state of a session into the record that is written and printed.
struct RunReporter<Evolution: RunnableEvolution> {
    let session: RunSession<Evolution>
    private let ended: Reason
    private let outcome: Outcome
    private let errors: StatedErrors

    init(_ session: RunSession<Evolution>, ended: Reason) {
        self.session = session
        self.ended = ended
        outcome = Outcome(session.realization, ended: ended)
        errors = StatedErrors(
            outcome: outcome, coarser: session.plan.coarser,
            confirmation: session.plan.confirmation, tolerance: session.scenario.time.tolerance,
            granularity: Self.granularity(session, outcome),
            changes: session.realization.evolution.changes)
    }

    /// What a few points more or less among the condensed ones move the end of clustering, relative to its
    /// time, where n points stand for a density.
    ///
    ///     δt = 4/(n (1 - f) ‖V‖),   f the condensed fraction
    ///
    /// At f the rest, 1 - f, falls in about one unit of 1/‖V‖. Estimated.
    private static func granularity(
        _ session: RunSession<Evolution>, _ outcome: Outcome
    ) -> Double {
        let evolution = session.realization.evolution
        guard let end = outcome.clusteringEnd, session.scenario.startsAsDensity else { return 0 }
        let changes = evolution.changes.filter { $0.from <= end }
        guard ["points", "atoms"].contains(changes.last?.kind),
            let points = changes.last(where: { $0.kind == "points" })
        else { return 0 }
        let rest = 1 - session.scenario.phases.condensedFraction
        let time = end.approximation * evolution.model.velocityScale
        return rest * time > 0 ? 4 / (Double(points.size) * rest * time) : 0
    }

    func record() -> RunRecord {
        let detector = session.realization.detector
        let evolution = session.realization.evolution
        var mergers = detector.mergers
        for (i, event) in errors.mergers.enumerated() { mergers[i].time = event }
        return RunRecord(
            ended: ended, endTime: evolution.time, noiseDetermined: isNoiseDetermined,
            phases: phases(), clusters: detector.clustersAtClusteringEnd,
            clustersEnd: ClusterCensus(
                time: evolution.time, members: detector.current.clusters,
                condensed: detector.current.condensed),
            mergers: mergers, consensus: errors.consensus, representation: evolution.changes,
            notes: notes())
    }

    private func phases() -> [PhaseInterval] {
        let start = EventTime(time: .zero, relativeError: 0)
        let collapseEnd = errors.collapseEnd
        let clusteringEnd = errors.clusteringEnd
        let consensus = errors.consensus
        return [
            PhaseInterval(
                name: .collapse, start: start, end: collapseEnd,
                reason: collapseEnd == nil ? reasonWithoutEnd : nil),
            PhaseInterval(
                name: .clustering, start: collapseEnd, end: clusteringEnd,
                reason: clusteringEnd == nil ? reasonWithoutEnd : nil),
            PhaseInterval(
                name: .merging, start: clusteringEnd, end: consensus,
                reason: consensus == nil ? reasonWithoutEnd : nil),
        ]
    }

    /// Why clustering or merging has no end.
    private var reasonWithoutEnd: Reason {
        let attention = session.realization.evolution.model
        switch ended {
        case .uniform:
            if isRepulsive(attention) { return .repulsive }
            return attention.mostUnstableDegree == nil
                ? .stableUniform : .uniform
        case .stationary:
            return isRepulsive(attention)
                ? .repulsive : attention.diffusion > 0 ? .noiseDominated : .stationary
        default: return ended
        }
    }

    private func isRepulsive(_ attention: any Attention) -> Bool {
        !attention.attracts && !attention.isNeutral && attention.velocityScale > 0
    }

    /// A perturbation of 1e-15 changes the clusters, or a merger by more than its stated error.
    private var isNoiseDetermined: Bool {
        if !session.plan.coarser.hasSameStructure(as: session.plan.perturbed) { return true }
        guard let confirmation = session.plan.confirmation else { return false }
        return !outcome.hasSameStructure(as: confirmation)
            || isBeyondErrors(outcome.mergerDistances(to: confirmation))
    }

    /// Whether the coarse pair differs in a merger by more than the error of the run.
    var needsConfirmation: Bool {
        let (plain, perturbed) = (session.plan.coarser, session.plan.perturbed)
        return plain.hasSameStructure(as: perturbed)
            && plain.mergers.count == outcome.mergers.count
            && isBeyondErrors(plain.mergerDistances(to: perturbed))
    }

    private func isBeyondErrors(_ distances: [Double]) -> Bool {
        zip(distances, errors.mergers).contains { $0 > $1.relativeError }
    }

    /// How it turns.
    private func rotationNote() -> String {
        var evolution = session.realization.evolution
        if let rate = evolution.rotation() {
            let speed = String(format: "%.10g", rate)
            return session.scenario.model.limit == .alignment
                ? "Every token turns for ever, at \(speed) per unit of time in the mean."
                : "The state turns as one at \(speed) per unit of time for ever; what its "
                    + "parts drift relative to one another is below what is resolved."
        }
        let entropy = String(
            format: "%.4g", evolution.relativeEntropy(of: evolution.measure()) ?? 0)
        let needed = String(format: "%.4g", session.realization.detector.entropyOfConsensus)
        let residual = evolution.residual(of: evolution.measure())
        if residual > 0 {
            let rest = String(format: "%.2g", residual)
            return "The density has collapsed onto a great circle that V turns by 90 degrees, up "
                + "to a residual of \(rest), which falls like 1/t: what is off the circle feels "
                + "only its own mean. Along the circle no mode grows or decays; the relative entropy "
                + "there is \(entropy), consensus needs \(needed) or more."
        }
        let isExact = evolution.model.normalization != .softmax
        return "Every mode of the density turns at its own rate, and none grows or decays: V turns "
            + "by 90 degrees. Its relative entropy is \(entropy), consensus needs \(needed) or more, and "
            + (isExact
                ? "attention keeps it exactly."
                : "softmax keeps it up to the third order in the distance from the uniform density; "
                    + "that it never rises so far is observed, not proved.")
    }

    private func notes() -> [String] {
        var notes = [String]()
        if isNoiseDetermined {
            notes.append(
                "A perturbation of 1e-15 of the start changes this outcome: what is reported is one "
                    + "of several that rounding could give.")
        }
        let attention = session.realization.evolution.model
        if ended == .uniform, attention.isIsotropic, let degree = attention.mostUnstableDegree {
            notes.append(
                "The uniform density is unstable (most in degree \(degree)); an exactly uniform start "
                    + "stays uniform only because nothing perturbs it.")
        }
        if ended == .symmetricEquilibrium {
            notes.append(
                "The symmetry of the start is kept exactly; without it the clusters would drift and "
                    + "merge.")
        }
        notes += limitNotes()
        notes += ringNotes()
        if ended == .rotating { notes.append(rotationNote()) }
        if case .failed = ended, let failure = session.failure {
            notes.append(failure.sentence)
        }
        if !outcome.hasSameStructure(as: session.plan.coarser), ended != .interrupted {
            notes.append(
                "A coarser computation ended differently; lower time.tolerance and "
                    + "density.tolerance to see whether the outcome stays.")
        }
        return notes
    }
}

extension EvolutionError {
    /// What happened and what to do about it.
    public var sentence: String {
        switch self {
        case .stepTooSmall:
            "The time step became too small to go on; raise time.tolerance, or look for a velocity "
                + "that overflows (normalization = \"rescaled\" keeps it of order one)."
        case .resolutionExhausted(let points):
            "The density needs \(points) grid points or more, and noise keeps it from becoming "
                + "atoms; raise model.diffusion, or widen the start: its narrowest component, or the "
                + "bandwidth of its tokens."
        case .startTooNarrow(let degree):
            "The density of the start has more than the \(degree) degrees that a sphere can carry; widen "
                + "its narrowest component, or give its tokens as points (kind = \"atoms\" or \"tokens\")."
        case .tooManyPanels(let count, let most):
            "The density of the start has components so narrow and many that it needs \(count) panels, and "
                + "a sphere carries \(most); widen them or take fewer, or give its tokens as points (kind = "
                + "\"atoms\", or \"tokens\" without a bandwidth)."
        case .notRepresentable:
            "Backward heat is exact for mixtures of heat kernels and for finitely many modes only; "
                + "give the components of the start by their sigma, or set model.limit = \"none\"."
        }
    }
}
