import MeanField

extension Scenario {
    /// Computes the whole run in memory, for programs that embed it; `nil` if interrupted.
    ///
    /// The same computation as ``RunJob``, without a directory: nothing is written.
    ///
    /// Throws ``MeanField/EvolutionError`` where no grid can hold the start.
    public func run(
        isInterrupted: @escaping () -> Bool = { false }
    ) throws -> RunJob.Result? {
        try computed(isInterrupted: isInterrupted).map {
            RunJob.Result(record: $0.record, snapshots: $0.snapshots, steps: $0.steps)
        }
    }
}
