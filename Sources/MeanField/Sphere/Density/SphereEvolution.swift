import Foundation
import Spectral
import TimeIntegration

/// A measure on S² moving by its own attention, from a smooth density to tokens.
///
/// Harmonic coefficients carry the density while it is smooth (``SphereSpectralEquation``). Where its
/// peaks outgrow the largest grid, the nodes of that grid with their masses move on as weighted points
/// (``TokenEvolution``): the images under the flow of a quadrature that resolved the density, which go
/// together as they meet, until a few tokens are left for the slow phase. Points that have collapsed onto
/// a great circle go on along it (``GreatCircle``, ``CircleEvolution``). With noise, and where attention
/// repels, the density stays smooth. Source: arXiv:2509.25040.
public struct SphereEvolution: MeasureEvolution {
    /// The attention that moves the measure.
    public let attention: SphereAttention
    /// How finely it is computed.
    public let options: EvolutionOptions
    public private(set) var previousTime = ModelTime.zero
    public private(set) var time = ModelTime.zero
    public private(set) var steps = 0
    // Exactly one of the three carries the measure.
    private var spectral: AdaptiveIntegrator<SphereSpectralEquation>?
    private var tokens: TokenEvolution?
    private var circle: CircleEvolution?
    /// The changes until tokens or the circle take over.
    private var earlier = [RepresentationChange]()
    /// Where the measure collapses to, if that is a great circle.
    private let greatCircle: GreatCircle?
    private let collapse: CollapseSpace

    /// The evolution of `start`.
    public init(
        of start: SphereStart, attention: SphereAttention, options: EvolutionOptions
    ) throws {
        self.init(attention: attention, options: options)
        if let points = start.points(rings: largestDegree) {
            tokens = TokenEvolution(of: points, attention: attention, options: options)
            return
        }
        try startSpectral(start)
        note("start", error: 0)
    }

    private init(attention: SphereAttention, options: EvolutionOptions) {
        self.attention = attention
        self.options = options
        collapse = attention.collapse
        greatCircle = GreatCircle(of: attention)
    }

    // MARK: Degrees

    /// Highest degree of a density.
    public static let mostDegrees = 511
    /// Largest coefficient that a start may leave out.
    private static let mostTailOfStart = 1e-3

    /// Highest degree of a density without noise: where it is not enough, points take over.
    private var largestDegree: Int {
        if let resolution = options.resolution { return resolution }
        let accuracy =
            options.densityTolerance <= 1e-9 ? 255 : options.densityTolerance < 1e-7 ? 127 : 95
        let band = FunkHeckeMultipliers(dimension: 3, inverseTemperature: attention.sharpness)
            .bandLimit
        return min(Self.mostDegrees, max(accuracy, 2 * band))
    }

    /// Nodes of the largest grid that the evolution of a density may need.
    public static func mostNodes(
        _ attention: SphereAttention, _ options: EvolutionOptions
    ) -> Int {
        let degree = SphereEvolution(attention: attention, options: options).limitOfDegrees
        return 3 * (degree + 16) * (degree + 16)
    }

    private var limitOfDegrees: Int {
        attention.diffusion > 0 && options.resolution == nil
            ? Self.mostDegrees : largestDegree
    }

    private func equation(degree: Int) -> SphereSpectralEquation {
        SphereSpectralEquation(
            attention: attention, degree: degree, tolerance: options.timeTolerance,
            tailTolerance: options.spectralTail)
    }

    private mutating func startSpectral(_ start: SphereStart) throws {
        // Narrow starts get twice the degrees that others may come to: points take over at once.
        let limit = options.resolution ?? min(2 * limitOfDegrees + 1, Self.mostDegrees)
        var degree = options.resolution ?? 31
        while true {
            let equation = equation(degree: degree)
            let y = start.modes(in: equation.layout)
            var kept = y
            for m in 0...equation.layout.degree {
                let last = 2 * equation.layout.pair(equation.layout.degree, m)
                (kept[last], kept[last + 1]) = (0, 0)
            }
            if equation.tail(of: y) <= options.spectralTail || degree >= limit {
                if equation.tail(of: y) > Self.mostTailOfStart, options.resolution == nil {
                    throw attention.diffusion > 0
                        ? EvolutionError.resolutionExhausted(points: 2 * degree)
                        : EvolutionError.startTooNarrow(degree: degree)
                }
                spectral = AdaptiveIntegrator(
                    equation: equation, state: kept, method: options.method)
                return
            }
            degree = min(2 * degree + 1, limit)
        }
    }

    private mutating func refine(to degree: Int) {
        let old = spectral!
        let equation = equation(degree: degree)
        spectral = AdaptiveIntegrator(
            equation: equation, state: old.equation.layout.moved(old.state, to: equation.layout),
            controller: old.controller, method: options.method)
    }

    private mutating func note(_ reason: String, error: Double) {
        let now = representation
        earlier.append(
            RepresentationChange(
                from: time, kind: now.kind, size: now.size, reason: reason, error: error))
    }

    // MARK: Stepping

    public mutating func step(limit: ModelTime?) throws {
        previousTime = time
        if circle != nil {
            try circle!.step(limit: limit)
            (time, steps) = (circle!.time, steps + 1)
            return
        }
        if tokens != nil {
            try tokens!.step(limit: limit)
            (time, steps) = (tokens!.time, steps + 1)
            return
        }
        let longest = limit.map { ModelTime.difference($0, time, inUnitsOfTwoTo: 0) } ?? .infinity
        do {
            try spectral!.step(limit: longest)
        } catch is IntegrationError {
            throw EvolutionError.stepTooSmall
        }
        steps += 1
        let taken = spectral!.lastStep
        time = limit.flatMap { taken == longest ? $0 : nil } ?? time + ModelTime(taken, exponent: 0)
    }

    public mutating func finishStep() throws {
        if circle != nil { return try circle!.finishStep() }
        if tokens != nil {
            try tokens!.finishStep()
            return try followCollapse()
        }
        let equation = spectral!.equation
        let tail = equation.tail(of: spectral!.state)
        let density = SphereDensity(modes: spectral!.state, transform: equation.transform)
        let minimum = density.values.min()!
        let isLast = equation.degree >= limitOfDegrees
        // The last grid goes as far as the representation may lose.
        let allowance = isLast ? options.densityTolerance : options.spectralTail
        let noise = attention.diffusion > 0 ? 100 * options.timeTolerance : 0
        let isNegative = minimum < -max(100 * allowance, 1e-12, noise)
        if tail <= allowance && !isNegative { return }
        if !isLast {
            refine(to: min(2 * equation.degree + 1, limitOfDegrees))
        } else if attention.diffusion > 0 {
            if isNegative || tail > 1e-3 {
                throw EvolutionError.resolutionExhausted(points: 4 * equation.degree)
            }
        } else {
            tokens = TokenEvolution(
                of: density.points, attention: attention, options: options, from: time,
                because: isNegative
                    ? "density negative on the grid" : "spectral tail above its tolerance",
                error: max(tail, -minimum))
            spectral = nil
        }
    }

    /// Goes on along the great circle once the distance from it counts for nothing.
    ///
    /// Its thickness changes velocities by about b · residual.
    private mutating func followCollapse() throws {
        guard let greatCircle, let current = tokens else { return }
        var moving = current
        let points = moving.measure()
        let loss = sharpness * collapse.residual(of: points)
        guard loss <= options.densityTolerance else { return }
        var options = options
        options.keepsSymmetry = false
        earlier = changes
        circle = try CircleEvolution(
            of: greatCircle.start(of: points), attention: greatCircle.attention,
            options: options, from: time, after: steps, because: "collapsed onto a great circle",
            error: loss)
        tokens = nil
    }

    public mutating func time(at fraction: Double) -> ModelTime {
        if circle != nil { return circle!.time(at: fraction) }
        if tokens != nil { return tokens!.time(at: fraction) }
        if fraction >= 1 { return time }
        if fraction <= 0 { return previousTime }
        return previousTime + ModelTime(fraction * spectral!.lastStep, exponent: 0)
    }

    public mutating func fraction(of t: ModelTime) -> Double {
        if circle != nil { return circle!.fraction(of: t) }
        if tokens != nil { return tokens!.fraction(of: t) }
        let part = ModelTime.difference(t, previousTime, inUnitsOfTwoTo: 0)
        return min(1, max(0, part / spectral!.lastStep))
    }

    // MARK: The measure

    public mutating func measure(at fraction: Double) -> SphereMeasure {
        if circle != nil {
            return .circle(
                GreatCircleMeasure(
                    measure: circle!.measure(at: fraction), basis: greatCircle!.basis))
        }
        if tokens != nil { return .points(tokens!.measure(at: fraction)) }
        return .density(
            SphereDensity(
                modes: spectral!.state(at: fraction), transform: spectral!.equation.transform))
    }

    /// `spectral` and the number of coefficients, `points` or `atoms` and their number.
    public var representation: (kind: String, size: Int) {
        if let circle { return circle.representation }
        if let tokens { return tokens.representation }
        let degree = spectral!.equation.degree
        return ("spectral", (degree + 1) * (degree + 1))
    }

    public var changes: [RepresentationChange] {
        earlier + (circle?.changes ?? tokens?.changes ?? [])
    }

    /// That of the circle once it has taken over.
    public var model: any Attention { circle?.attention ?? attention }

    public var sharpness: Double { max(attention.sharpness, 1) }

    /// None: the motion goes on for ever.
    public var horizon: Horizon? { nil }

    public func residual(of measure: SphereMeasure) -> Double {
        switch measure {
        case .points(let points): return collapse.residual(of: points)
        case .density: return collapse.residual(secondMoment: measure.secondMoment)
        case .circle: return 0
        }
    }

    public func relativeEntropy(of measure: SphereMeasure) -> Double? {
        switch measure {
        case .density(let density): return density.relativeEntropy
        case .points: return nil
        case .circle(let circle): return circle.measure.relativeEntropy
        }
    }

    // MARK: Rest

    public mutating func drift() -> (relativeSpeed: Double, imbalance: Double?) {
        if circle != nil { return circle!.drift() }
        if tokens != nil { return tokens!.drift() }
        let scale = max(attention.velocityScale, attention.diffusion)
        if scale == 0 { return (0, 0) }
        let equation = spectral!.equation
        var largest = 0.0
        for m in 0...equation.degree {
            for l in max(m, 1)...equation.degree {
                for part in 0..<2 {
                    let i = 2 * equation.layout.pair(l, m) + part
                    let decay = equation.rates.isEmpty ? 0 : equation.rates[i] * spectral!.state[i]
                    largest = max(largest, abs(spectral!.derivative[i] + decay) / Double(l))
                }
            }
        }
        return (largest / scale, largest / scale)
    }

    public func rotation() -> Double? { circle?.rotation() ?? tokens?.rotation() }

    public func isAtStableRest() -> Bool {
        circle?.isAtStableRest() ?? tokens?.isAtStableRest() ?? false
    }

    /// No symmetry is kept exactly.
    public func symmetryHolds(_ positions: [[Double]]) -> Bool { false }

    // MARK: Going on from stored numbers

    public var state: EvolutionState {
        if var state = circle?.state ?? tokens?.state {
            if circle != nil { state.equation = Self.circlePrefix + state.equation }
            state.changes = changes
            state.steps = steps
            return state
        }
        return EvolutionState(
            steps: steps, time: time, equation: "harmonics",
            parameter: spectral!.equation.degree, unknowns: spectral!.state,
            controller: [spectral!.controller.nextStep, spectral!.controller.previousError],
            masses: [], spans: [], isPinned: [], changes: changes)
    }

    /// The evolution that goes on from `state`; `nil` if the numbers do not fit together.
    public init?(
        resuming state: EvolutionState, attention: SphereAttention, options: EvolutionOptions
    ) {
        self.init(attention: attention, options: options)
        (time, previousTime, steps) = (state.time, state.time, state.steps)
        if state.equation.hasPrefix(Self.circlePrefix) {
            var part = state
            part.equation.removeFirst(Self.circlePrefix.count)
            var options = options
            options.keepsSymmetry = false
            guard let greatCircle,
                let resumed = CircleEvolution(
                    resuming: part, of: StartingMeasure(.uniform),
                    attention: greatCircle.attention, options: options)
            else { return nil }
            circle = resumed
            return
        }
        guard state.equation == "harmonics" else {
            guard
                let resumed = TokenEvolution(
                    resuming: state, attention: attention, options: options)
            else { return nil }
            tokens = resumed
            return
        }
        guard state.controller.count == 2,
            (1...Self.mostDegrees).contains(state.parameter)
        else { return nil }
        let equation = equation(degree: state.parameter)
        guard equation.dimension == state.unknowns.count else { return nil }
        var controller = StepController(firstStep: state.controller[0])
        controller.previousError = state.controller[1]
        spectral = AdaptiveIntegrator(
            equation: equation, state: state.unknowns, controller: controller,
            method: options.method)
        earlier = state.changes
    }

    /// What marks states of the circle.
    private static let circlePrefix = "circle "
}
