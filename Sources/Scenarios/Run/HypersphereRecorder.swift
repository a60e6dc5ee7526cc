import MeanField
import Phases

/// Turns measures on S³ into snapshots: a density at the nodes of a coarse grid, or the tokens.
struct HypersphereRecorder: SnapshotRecorder {
    private let observables: HypersphereObservables

    init(_ scenario: Scenario) { observables = HypersphereObservables(scenario) }

    func snapshot(
        of measure: HypersphereMeasure, census: CensusResult, at time: ModelTime
    ) -> Snapshot {
        var sample: [Double]?
        if case .density(let density) = measure {
            sample = HypersphereGrid.shown.values(of: density)
        }
        return Snapshot(
            time: time, observables: observables.measure(measure, census: census),
            tokens: measure.tokens, map: sample, spectrum: measure.spectrum)
    }
}
