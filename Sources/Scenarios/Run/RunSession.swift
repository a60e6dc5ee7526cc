import Foundation
import MeanField
import Phases

/// A run in memory: the plan, the realization that is reported, and what it has left so far.
///
/// Everything that decides what comes next is in here and in its checkpoint, so that a resumed run goes
/// on bit for bit.
public struct RunSession {
    /// The scenario.
    public let scenario: Scenario
    /// Snapshots taken so far.
    public internal(set) var snapshots: [Snapshot] = []
    /// What stopped the run, if it was a numerical failure.
    public private(set) var failure: EvolutionError?

    var plan: RunPlan
    var realization: Realization
    /// Index of the next snapshot time.
    var nextSnapshot = 0

    private let observables: CircleObservables
    private let outputPoints: Int

    init(scenario: Scenario, plan: RunPlan, realization: Realization) {
        self.scenario = scenario
        self.plan = plan
        self.realization = realization
        observables = CircleObservables(beta: scenario.model.beta, attention: scenario.attention)
        let sharpness = max(1, scenario.attention.sharpness)
        var points = 256
        while points < 2048 && Double(points) < 32 * sharpness.squareRoot() { points *= 2 }
        outputPoints = points
    }

    /// Plans the run and stands at its start; `nil` if interrupted while planning.
    ///
    /// Throws ``MeanField/EvolutionError`` where no grid can hold the start.
    public static func start(_ scenario: Scenario, isInterrupted: () -> Bool = { false }) throws
        -> RunSession?
    {
        guard let plan = try RunPlan.make(for: scenario, isInterrupted: isInterrupted) else {
            return nil
        }
        let realization = try Realization(
            scenario.startingMeasure, attention: scenario.attention,
            options: scenario.evolutionOptions, phases: scenario.phases,
            rules: Realization.Rules(scenario.time))
        var session = RunSession(scenario: scenario, plan: plan, realization: realization)
        session.takeSnapshots(upTo: .zero)
        if session.isFinished { session.takeLastSnapshot() }
        return session
    }

    /// Whether the run has ended or failed.
    public var isFinished: Bool { realization.ended != nil || failure != nil }

    /// Number of accepted steps.
    public var steps: Int { realization.evolution.steps }

    /// Where the run stands.
    public var progress: Progress {
        Progress(
            time: realization.evolution.time, phase: realization.detector.phase,
            clusters: realization.detector.current.clusters.count,
            representation: realization.evolution.representation.kind,
            fractionDone: plan.fractionDone(at: realization.evolution.time))
    }

    /// Takes one step with its snapshots.
    public mutating func step() {
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
    public mutating func confirm(isInterrupted: () -> Bool = { false }) throws -> Bool {
        guard plan.confirmation == nil, let ended = realization.ended,
            RunReporter(self, ended: ended).needsConfirmation
        else { return true }
        plan.confirmation = try RunPlan.outcome(
            scenario, scenario.perturbed(scenario.evolutionOptions),
            from: scenario.roundedMeasure, isInterrupted: isInterrupted)
        return plan.confirmation != nil
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
        let (angles, masses) = measure.points
        let isAtoms = measure.isPoints
        let isListed = !measure.isSmooth && angles.count <= Self.largestList
        let points =
            isListed
            ? zip(angles, masses).map { (angle: remainder($0, 2 * .pi), mass: $1) } : []
        snapshots.append(
            Snapshot(
                time: time, observables: observables.measure(measure, census: census),
                density: isAtoms && angles.count > Self.crowd
                    ? measure.histogram(onGridOf: outputPoints)
                    : measure.density(onGridOf: outputPoints),
                cells: isAtoms ? [] : points, atoms: isAtoms ? points : []))
    }

    /// Most points that a snapshot lists; of more it keeps the histogram alone.
    static let largestList = 20_000
    /// Atoms of which a snapshot keeps a histogram as well.
    static let crowd = 512

    /// What the run has found so far.
    public func record(interrupted: Bool = false) -> RunRecord {
        let ended: Reason =
            failure != nil ? .failed : interrupted ? .interrupted : realization.ended ?? .failed
        return RunReporter(self, ended: ended).record()
    }
}
