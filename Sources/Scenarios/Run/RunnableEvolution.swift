import MeanField
import Phases

/// An evolution that a scenario can ask for.
protocol RunnableEvolution: ObservedEvolution {
    /// Turns its measures into snapshots.
    associatedtype Recorder: SnapshotRecorder where Recorder.Measure == Measure

    /// The evolution of a scenario from its start, or from what rounding might make of that.
    init(_ scenario: Scenario, options: EvolutionOptions, isRounded: Bool) throws

    /// The evolution of a scenario that goes on from `state`; `nil` if the numbers do not fit together.
    init?(resuming state: EvolutionState, of scenario: Scenario)
}

/// Turns measures into snapshots.
protocol SnapshotRecorder: Sendable {
    /// What moves.
    associatedtype Measure

    /// The recorder of a scenario.
    init(_ scenario: Scenario)

    /// The snapshot of `measure`, whose clusters are known.
    func snapshot(of measure: Measure, census: CensusResult, at time: ModelTime) -> Snapshot
}

extension CircleEvolution: RunnableEvolution {
    typealias Recorder = CircleRecorder

    init(_ scenario: Scenario, options: EvolutionOptions, isRounded: Bool) throws {
        try self.init(
            of: isRounded ? scenario.roundedMeasure : scenario.startingMeasure,
            attention: scenario.attention, options: options)
    }

    init?(resuming state: EvolutionState, of scenario: Scenario) {
        self.init(
            resuming: state, of: scenario.startingMeasure, attention: scenario.attention,
            options: scenario.evolutionOptions)
    }
}

extension TokenEvolution: RunnableEvolution {
    typealias Recorder = TokenRecorder

    init(_ scenario: Scenario, options: EvolutionOptions, isRounded: Bool) throws {
        var start = scenario.startingTokens
        if isRounded { start.perturb(amplitude: RunPlan.rounding, seed: 1) }
        self.init(of: start, attention: scenario.sphereAttention, options: options)
    }

    init?(resuming state: EvolutionState, of scenario: Scenario) {
        self.init(
            resuming: state, attention: scenario.sphereAttention,
            options: scenario.evolutionOptions)
    }
}
