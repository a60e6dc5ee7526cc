import MeanField
import Phases

/// Turns measures on S³ into snapshots: observables, and the tokens once they are few.
struct HypersphereRecorder: SnapshotRecorder {
    private let observables: HypersphereObservables

    init(_ scenario: Scenario) {
        observables = HypersphereObservables(
            beta: scenario.model.beta, attention: scenario.sphereAttention,
            axis: scenario.momentAxis)
    }

    func snapshot(
        of measure: HypersphereMeasure, census: CensusResult, at time: ModelTime
    ) -> Snapshot {
        Snapshot(
            time: time, observables: observables.measure(measure, census: census),
            tokens: measure.tokens.flatMap {
                $0.count <= SphereRecorder.largestList ? $0 : nil
            })
    }
}
