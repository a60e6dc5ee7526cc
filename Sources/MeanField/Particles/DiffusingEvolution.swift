/// Tokens moving by attention and noise (``DiffusingTokens``).
///
/// They never join and never come to rest: a run ends at a time, or when one cluster is condensed. Times of
/// events lie on the chord of a step.
public struct DiffusingEvolution<Space: TokenSpace>: MeasureEvolution {
    /// How finely it is computed.
    public let options: EvolutionOptions
    /// Time at the end of the last step.
    public private(set) var time = ModelTime.zero
    /// Number of steps.
    public private(set) var steps = 0
    /// The start.
    public private(set) var changes: [RepresentationChange] = []

    private let space: Space
    private var tokens: DiffusingTokens
    private var previousTime = ModelTime.zero

    /// Tokens at the given coordinates; the noise depends on `seed` and `replica` alone.
    public init(
        _ coordinates: [Double], masses: [Double], in space: Space, options: EvolutionOptions,
        seed: UInt64, replica: Int = 1
    ) {
        self.options = options
        self.space = space
        tokens = Self.tokens(
            coordinates, masses, space, options, Random(seed: seed, replica: replica))
        changes = [
            RepresentationChange(
                from: .zero, kind: "atoms", size: masses.count, reason: "start", error: 0)
        ]
    }

    private static func tokens(
        _ coordinates: [Double], _ masses: [Double], _ space: Space,
        _ options: EvolutionOptions, _ generator: Random
    ) -> DiffusingTokens {
        DiffusingTokens(
            coordinates, masses: masses,
            drift: space.velocity(engine: options.engine ?? .automatic), model: space.model,
            options: options, generator: generator)
    }

    public var model: any Attention { space.model }

    public var sharpness: Double { max(space.model.sharpness, 1) }

    /// `atoms`, and their number.
    public var representation: (kind: String, size: Int) { ("atoms", tokens.masses.count) }

    /// None: noise goes on for ever.
    public var horizon: Horizon? { nil }

    public mutating func step(limit: ModelTime?) throws {
        previousTime = time
        let longest =
            limit.map { ModelTime.difference($0, time, inUnitsOfTwoTo: 0) } ?? .infinity
        tokens.step(limit: longest)
        guard tokens.state.allSatisfy(\.isFinite) else { throw EvolutionError.stepTooSmall }
        steps += 1
        time =
            limit.flatMap { tokens.lastStep == longest ? $0 : nil }
            ?? time + ModelTime(tokens.lastStep)
    }

    /// Nothing to do.
    public mutating func finishStep() throws {}

    public mutating func time(at fraction: Double) -> ModelTime {
        if fraction >= 1 { return time }
        if fraction <= 0 { return previousTime }
        return previousTime + ModelTime(fraction * tokens.lastStep)
    }

    public mutating func fraction(of t: ModelTime) -> Double {
        let part = ModelTime.difference(t, previousTime, inUnitsOfTwoTo: 0)
        return min(1, max(0, part / tokens.lastStep))
    }

    public mutating func measure(at fraction: Double) -> Space.Measure {
        space.measure(tokens.state(at: fraction), masses: tokens.masses)
    }

    /// Never at rest.
    public mutating func drift() -> (relativeSpeed: Double, imbalance: Double?) { (1, nil) }

    /// Not known.
    public func rotation() -> Double? { nil }

    /// Never at rest.
    public func isAtStableRest() -> Bool { false }

    /// Noise keeps no symmetry.
    public func symmetryHolds(_ positions: [[Double]]) -> Bool { false }

    public func residual(of measure: Space.Measure) -> Double { space.residual(of: measure) }

    /// Tokens have no density.
    public func relativeEntropy(of measure: Space.Measure) -> Double? { nil }

    /// The state after a step; the words of the generator stand as `spans`.
    public var state: EvolutionState {
        EvolutionState(
            steps: steps, time: time, equation: "diffusing", parameter: 0,
            unknowns: tokens.state, controller: [], masses: tokens.masses,
            spans: tokens.generator.state.map { Int(bitPattern: UInt($0)) }, isPinned: [],
            changes: changes)
    }

    /// The evolution that goes on from `state`; `nil` if the numbers do not fit together.
    public init?(resuming state: EvolutionState, in space: Space, options: EvolutionOptions) {
        let words = state.spans.map { UInt64(UInt(bitPattern: $0)) }
        guard state.equation == "diffusing", words.count == 4, words.contains(where: { $0 != 0 }),
            !state.masses.isEmpty, state.unknowns.count % state.masses.count == 0
        else { return nil }
        self.options = options
        self.space = space
        tokens = Self.tokens(
            state.unknowns, state.masses, space, options, Random(state: words))
        (time, previousTime, steps) = (state.time, state.time, state.steps)
        changes = state.changes
    }
}
