import MeanField
import Phases

extension SphericalObservables {
    /// Those of the model of a scenario.
    init(_ scenario: Scenario) {
        self.init(
            beta: scenario.model.beta, attention: scenario.sphereAttention,
            axis: scenario.momentAxis)
    }
}

/// Turns tokens on S^{d-1} into snapshots.
struct TokenRecorder: SnapshotRecorder {
    private let observables: TokenObservables

    init(_ scenario: Scenario) { observables = TokenObservables(scenario) }

    func snapshot(
        of measure: TokenMeasure, census: CensusResult, at time: ModelTime
    ) -> Snapshot {
        Snapshot(
            time: time, observables: observables.measure(measure, census: census),
            tokens: measure)
    }
}
