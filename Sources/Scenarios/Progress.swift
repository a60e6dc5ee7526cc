import MeanField
import Phases

/// Where a run stands, for the person watching it.
public struct Progress: Sendable, Hashable {
    /// Time reached.
    public var time: ModelTime
    /// The phase the run is in.
    public var phase: PhaseName
    /// Number of clusters at the last census.
    public var clusters: Int
    /// `spectral`, `cells` or `atoms`.
    public var representation: String
    /// Share of the run that is done, in [0, 1]; `nil` while nobody can tell.
    public var fractionDone: Double?

    /// The state of a run at `time`.
    public init(
        time: ModelTime, phase: PhaseName, clusters: Int, representation: String,
        fractionDone: Double?
    ) {
        self.time = time
        self.phase = phase
        self.clusters = clusters
        self.representation = representation
        self.fractionDone = fractionDone
    }
}
