import MeanField
import Phases

/// The density or limit that particles are compared with.
public struct ComparisonReference: Sendable {
    /// β of the reference.
    public let beta: Double
    /// When its phases end.
    public let phases: ComparedPhases
    /// Its states at the times, from which the same targets come again.
    let states: [EvolutionState]
    /// What the distances need of its measures, at each time.
    let targets: [ComparisonTarget]

    /// Computes the density, or the limit, of `scenario`; `nil` if interrupted.
    ///
    /// Throws ``MeanField/EvolutionError``.
    init?(_ scenario: Scenario, times: [Double], isInterrupted: () -> Bool) throws {
        let run = try withoutActuallyEscaping(isInterrupted) { isInterrupted in
            try scenario.withReference(
                ReferenceRun(scenario: scenario, times: times, isInterrupted: isInterrupted))
        }
        guard let found = run else { return nil }
        beta = scenario.model.beta
        phases = found.phases
        states = found.sights.map(\.state)
        targets = found.sights.map(\.target)
    }

    /// The reference of `scenario` with phases and states that were computed before.
    ///
    /// Throws ``CheckpointError`` where the states are not those of the scenario.
    init(_ scenario: Scenario, phases: ComparedPhases, states: [EvolutionState]) throws {
        beta = scenario.model.beta
        self.phases = phases
        self.states = states
        targets = try scenario.withReference(ReferenceStates(scenario: scenario, states: states))
    }
}

/// Work with the kind of evolution that is a reference.
private protocol ReferenceWork {
    associatedtype Result

    func callAsFunction<Evolution: RunnableEvolution>(_ kind: Evolution.Type) throws -> Result
    where Evolution.Measure: TargetMeasure
}

extension Scenario {
    fileprivate func withReference<Work: ReferenceWork>(_ work: Work) throws -> Work.Result {
        if isOnCircle { return try work(CircleEvolution.self) }
        if isZonal { return try work(ZonalEvolution.self) }
        return model.dimension == 3
            ? try work(SphereEvolution.self) : try work(HypersphereEvolution.self)
    }
}

/// Evolves a reference through the times.
private struct ReferenceRun: ReferenceWork {
    let scenario: Scenario
    let times: [Double]
    let isInterrupted: () -> Bool

    func callAsFunction<Evolution: RunnableEvolution>(
        _ kind: Evolution.Type
    ) throws -> ComparedRun<(state: EvolutionState, target: ComparisonTarget)>?
    where Evolution.Measure: TargetMeasure {
        try ComparedRun(
            Evolution(scenario, options: scenario.evolutionOptions, isRounded: false),
            of: scenario, times: times, isInterrupted: isInterrupted,
            look: { _, evolution in (evolution.state, evolution.measure().target) })
    }
}

/// The targets of stored states.
private struct ReferenceStates: ReferenceWork {
    let scenario: Scenario
    let states: [EvolutionState]

    func callAsFunction<Evolution: RunnableEvolution>(
        _ kind: Evolution.Type
    ) throws -> [ComparisonTarget] where Evolution.Measure: TargetMeasure {
        try states.map { state in
            guard var evolution = Evolution(resuming: state, of: scenario) else {
                throw CheckpointError.layout
            }
            return evolution.measure().target
        }
    }
}
