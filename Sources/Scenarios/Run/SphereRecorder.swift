import MeanField
import Phases

/// Turns measures on S² into snapshots: a map of a density, and the tokens once they are few.
struct SphereRecorder: SnapshotRecorder {
    private let observables: SphereObservables
    private let map = SphereMap()

    /// Most tokens that a snapshot lists; of more it keeps the map alone.
    static let largestList = 2048

    init(_ scenario: Scenario) { observables = SphereObservables(scenario) }

    func snapshot(
        of measure: SphereMeasure, census: CensusResult, at time: ModelTime
    ) -> Snapshot {
        let tokens = measure.tokens.flatMap { $0.count <= Self.largestList ? $0 : nil }
        return Snapshot(
            time: time, observables: observables.measure(measure, census: census),
            tokens: tokens, map: tokens == nil ? map.values(of: measure) : nil,
            spectrum: measure.spectrum)
    }
}
