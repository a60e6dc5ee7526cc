import Foundation
import MeanField
import Phases

/// A run in memory: the plan, the realization that is reported, and what it has left so far.
///
/// Everything that decides what comes next is in here and in its checkpoint, so that a resumed run goes
/// on bit for bit.
struct RunSession<Evolution: RunnableEvolution> {
    /// The scenario.
    let scenario: Scenario
    /// Snapshots taken so far.
    var snapshots: [Snapshot] = []
    /// What stopped the run, if it was a numerical failure.
    private(set) var failure: EvolutionError?

    var plan: RunPlan
    var realization: Realization<Evolution>
    /// Index of the next snapshot time.
    var nextSnapshot = 0

    private let recorder: Evolution.Recorder

    init(scenario: Scenario, plan: RunPlan, realization: Realization<Evolution>) {
        self.scenario = scenario
        self.plan = plan
        self.realization = realization
        recorder = Evolution.Recorder(scenario)
    }

    /// Plans the run and stands at its start; `nil` if interrupted while planning.
    ///
    /// - Parameters:
    ///   - isRounded: Whether it starts from what rounding might make of the start.
    ///   - snapshotTimes: Makes other times of snapshots from what the coarser copy came to; listed
    ///     times stay, because steps hit them.
    ///
    /// Throws ``MeanField/EvolutionError`` where no grid can hold the start.
    static func start(
        _ scenario: Scenario, isRounded: Bool = false,
        snapshotTimes: ((Outcome) -> [ModelTime])? = nil, isInterrupted: () -> Bool = { false }
    ) throws -> RunSession? {
        guard
            var plan = try RunPlan.make(
                for: scenario, as: Evolution.self, isInterrupted: isInterrupted)
        else { return nil }
        if case .count = scenario.time.snapshots, let snapshotTimes {
            plan.snapshotTimes = snapshotTimes(plan.coarser)
        }
        let options = scenario.evolutionOptions
        let realization = Realization(
            try Evolution(
                scenario, options: isRounded ? scenario.perturbed(options) : options,
                isRounded: isRounded),
            phases: scenario.phases, rules: StoppingRules(scenario.time))
        var session = RunSession(scenario: scenario, plan: plan, realization: realization)
        session.takeSnapshots(upTo: .zero)
        if session.isFinished { session.takeLastSnapshot() }
        return session
    }

    /// Whether the run has ended or failed.
    var isFinished: Bool { realization.ended != nil || failure != nil }

    /// Number of accepted steps.
    var steps: Int { realization.evolution.steps }

    /// Where the run stands.
    var progress: Progress {
        Progress(
            time: realization.evolution.time, phase: realization.detector.phase,
            clusters: realization.detector.current.clusters.count,
            representation: realization.evolution.representation.kind,
            fractionDone: plan.fractionDone(at: realization.evolution.time))
    }

    /// Takes one step with its snapshots.
    mutating func step() {
        var limit: ModelTime?
        if case .times = scenario.time.snapshots, nextSnapshot < plan.snapshotTimes.count {
            limit = plan.snapshotTimes[nextSnapshot]
        }
        do {
            try realization.step(limit: limit)
            takeSnapshots(upTo: realization.evolution.time)
            try realization.finishStep()
        } catch {
            failure = error as? EvolutionError ?? .stepTooSmall
        }
        if isFinished { takeLastSnapshot() }
    }

    /// Settles whether rounding decides the outcome, where the plan left that open.
    ///
    /// To be called after the last step; `false` if an interruption left the question open.
    mutating func confirm(isInterrupted: () -> Bool = { false }) throws -> Bool {
        guard plan.confirmation == nil, let ended = realization.ended,
            RunReporter(self, ended: ended).needsConfirmation
        else { return true }
        plan.confirmation = try RunPlan.outcome(
            scenario, scenario.perturbed(scenario.evolutionOptions), as: Evolution.self,
            isRounded: true, isInterrupted: isInterrupted)
        return plan.confirmation != nil
    }

    /// What is measured of the state that the run stands at.
    mutating func observables() -> Observables {
        let measure = realization.evolution.measure()
        let census = realization.detector.current
        return recorder.snapshot(
            of: measure, census: census, at: realization.evolution.time
        ).observables
    }

    private mutating func takeSnapshots(upTo time: ModelTime) {
        while nextSnapshot < plan.snapshotTimes.count, plan.snapshotTimes[nextSnapshot] <= time {
            let wanted = plan.snapshotTimes[nextSnapshot]
            let fraction =
                wanted == time ? 1 : realization.evolution.fraction(of: wanted)
            takeSnapshot(at: fraction, time: wanted)
            nextSnapshot += 1
        }
    }

    /// The state a run ends with is always kept, unless the snapshots are listed.
    private mutating func takeLastSnapshot() {
        if case .times = scenario.time.snapshots { return }
        let now = realization.evolution.time
        if let last = snapshots.last, last.time >= now { return }
        takeSnapshot(at: 1, time: now)
    }

    private mutating func takeSnapshot(at fraction: Double, time: ModelTime) {
        let measure = realization.evolution.measure(at: fraction)
        let census = realization.detector.take(&realization.evolution, at: fraction)
        snapshots.append(recorder.snapshot(of: measure, census: census, at: time))
    }

    /// What the run has found so far.
    func record(interrupted: Bool = false) -> RunRecord {
        let ended: Reason =
            failure != nil ? .failed : interrupted ? .interrupted : realization.ended ?? .failed
        return RunReporter(self, ended: ended).record()
    }
}
