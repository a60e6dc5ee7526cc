import MeanField
import Phases

extension ZonalEvolution: RunnableEvolution {
    typealias Recorder = ZonalRecorder

    init(_ scenario: Scenario, options: EvolutionOptions, isRounded: Bool) throws {
        try self.init(
            of: isRounded ? scenario.roundedZonalStart : scenario.zonalStart,
            attention: scenario.zonalAttention, options: options)
    }

    init?(resuming state: EvolutionState, of scenario: Scenario) {
        self.init(
            resuming: state, of: scenario.zonalStart, attention: scenario.zonalAttention,
            options: scenario.evolutionOptions)
    }
}

/// Turns zonal measures into snapshots.
struct ZonalRecorder: SnapshotRecorder {
    private let observables: ZonalObservables

    /// Cells of the angle to the axis in which a snapshot keeps the density.
    private static let cells = 512

    init(_ scenario: Scenario) {
        observables = ZonalObservables(attention: scenario.zonalAttention)
    }

    func snapshot(
        of measure: ZonalMeasure, census: CensusResult, at time: ModelTime
    ) -> Snapshot {
        let (angles, masses) = measure.points
        let points = zip(angles, masses).map { (angle: $0, mass: $1) }
        return Snapshot(
            time: time, observables: observables.measure(measure, census: census),
            profile: measure.density(onCells: Self.cells),
            cells: measure.isSmooth || measure.isPoints ? [] : points,
            atoms: measure.isPoints ? points : [], spectrum: measure.spectrum)
    }
}
