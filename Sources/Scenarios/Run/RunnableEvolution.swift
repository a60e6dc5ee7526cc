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

/// Work that is the same whatever evolves.
protocol EvolutionWork {
    /// What comes of it.
    associatedtype Result

    /// Does it with evolutions of one kind.
    func callAsFunction<Evolution: RunnableEvolution>(_ kind: Evolution.Type) throws -> Result
}

extension Scenario {
    /// Does some work with the kind of evolution that the scenario asks for.
    func withEvolution<Work: EvolutionWork>(_ work: Work) throws -> Work.Result {
        if isZonal { return try work(ZonalEvolution.self) }
        let isNoisy = evolve == .particles && model.diffusion > 0
        if evolve == .density && model.dimension == 3 { return try work(SphereEvolution.self) }
        if evolve == .density && model.dimension == 4 {
            return try work(HypersphereEvolution.self)
        }
        return switch (isOnCircle, isNoisy) {
        case (true, false): try work(CircleEvolution.self)
        case (true, true): try work(DiffusingEvolution<CircleSpace>.self)
        case (false, false): try work(TokenEvolution.self)
        case (false, true): try work(DiffusingEvolution<SphereSpace>.self)
        }
    }
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

/// A sphere on which a scenario can ask for densities.
protocol RunnableHarmonicSpace: ObservedHarmonicSpace {
    /// Turns their measures into snapshots.
    associatedtype Recorder: SnapshotRecorder
    where Recorder.Measure == SphericalMeasure<Transport.Transform>
}

extension TwoSphere: RunnableHarmonicSpace { typealias Recorder = SphereRecorder }

extension ThreeSphere: RunnableHarmonicSpace { typealias Recorder = HypersphereRecorder }

extension HarmonicEvolution: RunnableEvolution where Space: RunnableHarmonicSpace {
    typealias Recorder = Space.Recorder

    init(_ scenario: Scenario, options: EvolutionOptions, isRounded: Bool) throws {
        try self.init(
            of: isRounded ? scenario.roundedSphereStart : scenario.sphereStart,
            attention: scenario.sphereAttention, options: options)
    }

    init?(resuming state: EvolutionState, of scenario: Scenario) {
        self.init(
            resuming: state, attention: scenario.sphereAttention,
            options: scenario.evolutionOptions)
    }
}

/// A space that a scenario can ask for.
protocol RunnableSpace: ObservedSpace {
    /// Turns its measures into snapshots.
    associatedtype Recorder: SnapshotRecorder where Recorder.Measure == Measure

    /// The space of a scenario.
    init(_ scenario: Scenario)

    /// Coordinates and masses of the tokens of a scenario.
    static func tokens(_ scenario: Scenario) -> (coordinates: [Double], masses: [Double])
}

extension CircleSpace: RunnableSpace {
    typealias Recorder = CircleRecorder

    init(_ scenario: Scenario) { self.init(attention: scenario.attention) }

    static func tokens(_ scenario: Scenario) -> (coordinates: [Double], masses: [Double]) {
        guard case .atoms(let angles, let masses) = scenario.startingMeasure.initial else {
            preconditionFailure("particles start from points")
        }
        return (angles, masses)
    }
}

extension SphereSpace: RunnableSpace {
    typealias Recorder = TokenRecorder

    init(_ scenario: Scenario) { self.init(attention: scenario.sphereAttention) }

    static func tokens(_ scenario: Scenario) -> (coordinates: [Double], masses: [Double]) {
        let tokens = scenario.startingTokens
        return (tokens.positions, tokens.masses)
    }
}

extension DiffusingEvolution: RunnableEvolution where Space: RunnableSpace {
    typealias Recorder = Space.Recorder

    init(_ scenario: Scenario, options: EvolutionOptions, isRounded: Bool) throws {
        var (coordinates, masses) = Space.tokens(scenario)
        if isRounded { coordinates[0] += RunPlan.rounding }
        self.init(
            coordinates, masses: masses, in: Space(scenario), options: options,
            seed: scenario.particles.seed)
    }

    init?(resuming state: EvolutionState, of scenario: Scenario) {
        self.init(
            resuming: state, in: Space(scenario), options: scenario.evolutionOptions)
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
