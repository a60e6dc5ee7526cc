import MeanField
import Phases

/// Turns tokens on S^{d-1} into snapshots.
struct TokenRecorder: SnapshotRecorder {
    private let observables: TokenObservables

    init(_ scenario: Scenario) {
        observables = TokenObservables(
            beta: scenario.model.beta, attention: scenario.sphereAttention,
            axis: scenario.momentAxis)
    }

    func snapshot(
        of measure: TokenMeasure, census: CensusResult, at time: ModelTime
    ) -> Snapshot {
        Snapshot(
            time: time, observables: observables.measure(measure, census: census),
            tokens: measure)
    }
}
