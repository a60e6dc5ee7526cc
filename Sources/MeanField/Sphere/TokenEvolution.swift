import Foundation
import TimeIntegration

/// Weighted tokens on S^{d-1} moving by their own attention, from a crowd to the last pair.
///
/// Tokens that meet are joined (``TokenMeasure``), so that contraction inside a cluster does not hold up
/// the slow phase. Few tokens are summed with full relative accuracy and carry a clock
/// (``TokenEquation``): their last drifts are e^{-cβ} of the first ones, and mergers beyond the
/// range of `Double` are reached. Source: arXiv:2312.10794; arXiv:2509.25040, section 2.
public struct TokenEvolution: MeasureEvolution {
    /// The attention that moves the tokens.
    public let attention: SphereAttention
    /// How finely it is computed.
    public package(set) var options: EvolutionOptions
    /// Time at the start of the last step.
    public private(set) var previousTime = ModelTime.zero
    /// Time at the end of the last step.
    public private(set) var time = ModelTime.zero
    /// Number of accepted steps.
    public private(set) var steps = 0
    /// The changes of representation so far; the first one is the start.
    public private(set) var changes: [RepresentationChange] = []

    private var tokens: AdaptiveIntegrator<TokenEquation>
    /// The first tokens are the nodes of so many panels (``SphereMesh``).
    private(set) var panels: Int
    /// The angle by which the tokens have turned as one rigid body.
    private var turned = 0.0
    private let collapse: CollapseSpace

    /// The evolution of `start`; coinciding tokens are one.
    public init(
        of start: TokenMeasure, attention: SphereAttention, options: EvolutionOptions
    ) {
        self.init(
            of: start, attention: attention, options: options, from: .zero, because: "start",
            error: 0)
    }

    /// The evolution from the time at which tokens, of which the first may be the nodes of `panels`, take over, with
    /// the reason and what that loses.
    init(
        of start: TokenMeasure, panels: Int = 0, attention: SphereAttention,
        options: EvolutionOptions, from time: ModelTime, because reason: String, error: Double
    ) {
        precondition(start.dimension == attention.dimension)
        self.attention = attention
        self.options = options
        self.panels = panels
        collapse = attention.collapse
        var measure = start
        if panels == 0 { _ = measure.join(within: 0, velocities: nil) }
        tokens = Self.integrator(
            Self.equation(attention, options, measure.masses), at: measure.positions, options)
        (self.time, previousTime) = (time, time)
        setUnit(measure, controller: nil)
        note(reason, error: error)
    }

    private static func equation(
        _ attention: SphereAttention, _ options: EvolutionOptions, _ masses: [Double]
    ) -> TokenEquation {
        // Merge times multiply an error of the gap by β sin: keep it far below the tolerance.
        let isFew = masses.count <= TokenEquation.few
        let sharpness = max(attention.sharpness, 1)
        let tolerance = options.timeTolerance / sharpness * (isFew ? 1e-2 : 1)
        return TokenEquation(
            attention: attention, masses: masses, tolerance: max(tolerance, 4e-16),
            hasClock: isFew && options.eulerStep == nil, engine: options.engine ?? .automatic,
            leader: .current)
    }

    private static func integrator(
        _ equation: TokenEquation, at positions: [Double], _ options: EvolutionOptions,
        _ controller: StepController? = nil
    ) -> AdaptiveIntegrator<TokenEquation> {
        AdaptiveIntegrator(
            equation: equation, state: equation.unknowns(at: positions), controller: controller,
            method: options.method)
    }

    /// Goes on with `measure` in a unit of time of its own, at most 2^`longest`.
    private mutating func setUnit(
        _ measure: TokenMeasure, controller: StepController?, longest: Int = .max
    ) {
        var equation = Self.equation(attention, options, measure.masses)
        if equation.hasClock {
            let unit = equation.suitableUnit(at: measure.positions)
            equation.timeUnit = min(unit ?? tokens.equation.timeUnit, longest)
        }
        let next =
            tokens.equation.hasClock == equation.hasClock
            ? tokens.controller(inUnit: equation.timeUnit, from: controller) : nil
        tokens = Self.integrator(equation, at: measure.positions, options, next)
    }

    private mutating func note(_ reason: String, error: Double = 0) {
        changes.append(
            RepresentationChange(
                from: time, kind: representation.kind, size: tokens.equation.masses.count,
                reason: reason, error: error))
    }

    // MARK: Stepping

    /// Takes one accepted step, not beyond `limit`.
    public mutating func step(limit: ModelTime?) throws {
        previousTime = time
        if let limit, tokens.outlasts(limit) {
            // Up to there tokens hardly move: all the way, less than two units, in one step.
            setUnit(measure(), controller: nil, longest: limit.exponent)
            tokens.controller = StepController(firstStep: 4)
        }
        let unit = tokens.equation.timeUnit
        let longest =
            limit.map { ModelTime.difference($0, time, inUnitsOfTwoTo: unit) } ?? .infinity
        do {
            let taken = try tokens.stepOnClock(from: time, longest: longest)
            steps += 1
            time =
                limit.flatMap { taken == longest ? $0 : nil }
                ?? time + ModelTime(taken, exponent: unit)
        } catch is IntegrationError {
            throw EvolutionError.stepTooSmall
        }
    }

    /// Joins tokens that have met, halves panels, and finds a new unit of time where that is due.
    public mutating func finishStep() throws {
        followRotation()
        var joined = measure()
        let equation = tokens.equation
        if options.joinsTokens, adapt(&joined) {
            let wasCrowd = !equation.hasClock && options.eulerStep == nil
            setUnit(joined, controller: tokens.controller)
            if wasCrowd && tokens.equation.hasClock { note("few tokens are left") }
            return
        }
        guard equation.hasClock else { return }
        var probe = equation
        if let unit = probe.suitableUnit(at: joined.positions), tokens.needsUnit(unit) {
            setUnit(joined, controller: tokens.controller)
        }
    }

    /// Joins what has met and halves what is stretched; `true` if anything changed.
    private mutating func adapt(_ measure: inout TokenMeasure) -> Bool {
        guard panels > 0 else {
            return measure.join(within: joiningReach, velocities: tokens.derivative)
        }
        var mesh = SphereMesh(
            measure, panels: panels, sharpness: sharpness, tolerance: options.frontTolerance)
        let changed = mesh.adapt(
            velocities: tokens.derivative, loss: options.densityTolerance, reach: joiningReach)
        (measure, panels) = (mesh.measure, mesh.panels)
        return changed
    }

    /// Tokens this close are one: the square, times b², is far below the tolerance, and of few tokens
    /// below rounding.
    private var joiningReach: Double {
        let sharpness = max(attention.sharpness, 1)
        if tokens.equation.hasClock { return 3e-8 / sharpness }
        // Points of a density may lose what that may.
        let loss = options.engine == nil ? options.densityTolerance : 0.01 * options.timeTolerance
        return loss.squareRoot() / sharpness
    }

    /// The time at `fraction` of the last step.
    public mutating func time(at fraction: Double) -> ModelTime {
        if fraction >= 1 { return time }
        if fraction <= 0 { return previousTime }
        let elapsed =
            tokens.equation.hasClock
            ? tokens.elapsedOnClock(at: fraction) : fraction * tokens.lastStep
        return previousTime + ModelTime(elapsed, exponent: tokens.equation.timeUnit)
    }

    /// The fraction of the last step that lies at `t`.
    public mutating func fraction(of t: ModelTime) -> Double {
        let part = ModelTime.difference(
            t, previousTime, inUnitsOfTwoTo: tokens.equation.timeUnit)
        if part <= 0 { return 0 }
        return tokens.equation.hasClock
            ? tokens.fractionOnClock(at: part) : min(1, part / tokens.lastStep)
    }

    // MARK: The measure

    /// The tokens at `fraction` of the last step (1: now).
    public mutating func measure(at fraction: Double) -> TokenMeasure {
        var measure = TokenMeasure(
            dimension: attention.dimension,
            positions: tokens.equation.positions(of: tokens.state(at: fraction)),
            masses: tokens.equation.masses)
        if fraction < 1 { measure.normalize() }
        return measure
    }

    /// `atoms`, or `points` of a density while they are many, and their number.
    public var representation: (kind: String, size: Int) {
        let isAtoms = options.engine != nil || tokens.equation.hasClock
        return (isAtoms ? "atoms" : "points", tokens.equation.masses.count)
    }

    public var model: any Attention { attention }

    public var sharpness: Double { max(attention.sharpness, 1) }

    /// None: tokens move for ever.
    public var horizon: Horizon? { nil }

    public func residual(of measure: TokenMeasure) -> Double { collapse.residual(of: measure) }

    /// Tokens have no density.
    public func relativeEntropy(of measure: TokenMeasure) -> Double? { nil }

    // MARK: Rest

    public mutating func drift() -> (relativeSpeed: Double, imbalance: Double?) {
        let scale = attention.velocityScale
        if scale == 0 { return (0, 0) }
        guard tokens.equation.hasClock else {
            return (Self.largestSpeed(tokens.derivative, tokens.equation) / scale, nil)
        }
        var probe = tokens.equation
        let balance = probe.assess(probe.positions(of: tokens.state))
        guard let unit = balance.unit else { return (0, 0) }
        return (pow(2, Double(-unit)) / scale, balance.imbalance)
    }

    private static func largestSpeed(_ v: [Double], _ equation: TokenEquation) -> Double {
        let n = equation.masses.count
        var largest = 0.0
        for i in 0..<n {
            var square = 0.0
            for c in 0..<equation.attention.dimension { square += v[c * n + i] * v[c * n + i] }
            largest = max(largest, square)
        }
        return largest.squareRoot()
    }

    /// Adds what the step turned, where all tokens keep their distances.
    private mutating func followRotation() {
        guard !attention.isIsotropic, let speed = rigidSpeed() else {
            turned = 0
            return
        }
        let step = ModelTime.difference(time, previousTime, inUnitsOfTwoTo: 0)
        turned += speed * step
    }

    /// The largest speed, where all distances change by less than 1e-12 of the velocity scale; `nil` where
    /// one does not, or nothing moves.
    private func rigidSpeed() -> Double? {
        let n = tokens.equation.masses.count
        guard n <= TokenEquation.few else { return nil }
        var probe = tokens.equation
        let x = probe.positions(of: tokens.state)
        let v = probe.velocities(at: x)
        let scale = attention.velocityScale
        let speed = Self.largestSpeed(v, probe)
        guard speed > 1e-9 * scale else { return nil }
        for i in 0..<n {
            for j in 0..<i {
                var rate = 0.0
                for c in 0..<attention.dimension {
                    rate += v[c * n + i] * x[c * n + j] + v[c * n + j] * x[c * n + i]
                }
                if abs(rate) > 1e-12 * scale { return nil }
            }
        }
        return speed
    }

    /// The largest speed once the tokens have turned as one rigid body for a whole turn.
    public func rotation() -> Double? { turned >= 2 * .pi ? rigidSpeed() : nil }

    public func isAtStableRest() -> Bool { tokens.equation.isAtStableRest(tokens.state) }

    /// No symmetry is kept exactly.
    public func symmetryHolds(_ positions: [[Double]]) -> Bool { false }

    // MARK: Going on from stored numbers

    /// The state after ``finishStep()``.
    public var state: EvolutionState {
        let equation = tokens.equation
        return EvolutionState(
            steps: steps, time: time, equation: "tokens", parameter: equation.timeUnit,
            unknowns: equation.positions(of: tokens.state),
            controller: [tokens.controller.nextStep, tokens.controller.previousError, turned],
            masses: equation.masses, spans: panels > 0 ? [panels] : [], isPinned: [],
            changes: changes)
    }

    /// The evolution that goes on from `state`; `nil` if the numbers do not fit together.
    public init?(
        resuming state: EvolutionState, attention: SphereAttention, options: EvolutionOptions
    ) {
        guard state.equation == "tokens", state.controller.count == 3, !state.masses.isEmpty,
            state.unknowns.count == attention.dimension * state.masses.count,
            (0...(state.masses.count / SpherePanel.nodes)).contains(state.spans.first ?? 0)
        else { return nil }
        panels = state.spans.first ?? 0
        self.attention = attention
        self.options = options
        collapse = attention.collapse
        var equation = Self.equation(attention, options, state.masses)
        equation.timeUnit = state.parameter
        var controller = StepController(firstStep: state.controller[0])
        controller.previousError = state.controller[1]
        tokens = Self.integrator(equation, at: state.unknowns, options, controller)
        turned = state.controller[2]
        (time, previousTime) = (state.time, state.time)
        steps = state.steps
        changes = state.changes
    }
}
