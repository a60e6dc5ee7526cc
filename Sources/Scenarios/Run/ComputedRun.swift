import MeanField
import Phases

/// A run that was computed in memory, without a directory.
struct ComputedRun: Sendable {
    /// What the run found.
    var record: RunRecord
    /// Its snapshots.
    var snapshots: [Snapshot]
    /// Accepted steps.
    var steps: Int
    /// What it stands at in the end.
    var last: Observables
    /// What stopped it, if it was a numerical failure.
    var failure: EvolutionError?
}

extension Scenario {
    /// Computes the run in memory to its end; `nil` if interrupted.
    ///
    /// - Parameters:
    ///   - isRounded: Whether it starts from what rounding might make of the start.
    ///   - snapshotTimes: Makes other times of snapshots from what the coarser copy came to; listed
    ///     times stay.
    ///
    /// Throws ``MeanField/EvolutionError`` where no grid can hold the start.
    func computed(
        isRounded: Bool = false, snapshotTimes: ((Outcome) -> [ModelTime])? = nil,
        isInterrupted: @escaping () -> Bool
    ) throws -> ComputedRun? {
        try withEvolution(
            InMemory(
                scenario: self, isRounded: isRounded, snapshotTimes: snapshotTimes,
                isInterrupted: isInterrupted))
    }

    /// The run, whatever evolves.
    private struct InMemory: EvolutionWork {
        let scenario: Scenario
        let isRounded: Bool
        let snapshotTimes: ((Outcome) -> [ModelTime])?
        let isInterrupted: () -> Bool

        func callAsFunction<Evolution: RunnableEvolution>(
            _ kind: Evolution.Type
        ) throws -> ComputedRun? {
            var session = try RunSession<Evolution>.start(
                scenario, isRounded: isRounded, snapshotTimes: snapshotTimes,
                isInterrupted: isInterrupted)
            while session?.isFinished == false && !isInterrupted() { session?.step() }
            guard var session, session.isFinished,
                try session.confirm(isInterrupted: isInterrupted)
            else { return nil }
            return ComputedRun(
                record: session.record(), snapshots: session.snapshots, steps: session.steps,
                last: session.observables(), failure: session.failure)
        }
    }
}
