import MeanField
import Phases

extension Scenario {
    /// Computes the whole run in memory, for programs that embed it; `nil` if interrupted.
    ///
    /// The same computation as ``RunJob``, without a directory: nothing is written.
    ///
    /// Throws ``MeanField/EvolutionError`` where no grid can hold the start.
    public func run(
        isInterrupted: @escaping () -> Bool = { false }
    ) throws -> RunJob.Result? {
        try withEvolution(WorkInMemory(scenario: self, isInterrupted: isInterrupted))
    }
}

/// A run that leaves nothing behind but its result.
private struct WorkInMemory: EvolutionWork {
    let scenario: Scenario
    let isInterrupted: () -> Bool

    func callAsFunction<Evolution: RunnableEvolution>(
        _ kind: Evolution.Type
    ) throws -> RunJob.Result? {
        var session = try RunSession<Evolution>.start(scenario, isInterrupted: isInterrupted)
        while session?.isFinished == false && !isInterrupted() { session?.step() }
        guard var session, session.isFinished,
            try session.confirm(isInterrupted: isInterrupted)
        else { return nil }
        return RunJob.Result(
            record: session.record(), snapshots: session.snapshots, steps: session.steps)
    }
}
