import Foundation
import Spectral
import TimeIntegration

/// A measure on S³ moving by its own attention, from a smooth density to tokens.
///
/// Harmonic coefficients carry the density while it is smooth (``HypersphereEquation``). Where its peaks
/// outgrow the largest grid, points of a coarser one with their masses move on
/// (``HyperspherePoints``, ``TokenEvolution``): what that changes is stated as the error of the change. With noise, and where attention repels, the density stays smooth.
public struct HypersphereEvolution: MeasureEvolution {
    /// The attention that moves the measure.
    public let attention: SphereAttention
    /// How finely it is computed.
    public let options: EvolutionOptions
    public private(set) var previousTime = ModelTime.zero
    public private(set) var time = ModelTime.zero
    public private(set) var steps = 0
    // One of the two carries the measure.
    private var spectral: AdaptiveIntegrator<HypersphereEquation>?
    private var tokens: TokenEvolution?
    /// The changes until tokens take over.
    private var earlier = [RepresentationChange]()
    private let collapse: CollapseSpace

    /// The evolution of `start`.
    public init(
        of start: SphereStart, attention: SphereAttention, options: EvolutionOptions
    ) throws {
        self.init(attention: attention, options: options)
        if let points = start.points(rings: 0) {
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
    }

    // MARK: Degrees

    /// Highest degree of a density.
    public static let mostDegrees = 63

    /// Highest degree unless the scenario says more or less: the next grid takes eight times as long.
    private var largestDegree: Int {
        options.resolution ?? (attention.diffusion > 0 ? Self.mostDegrees : 31)
    }

    /// Points of the largest grid that the evolution of a density may need.
    public static func mostNodes(
        _ attention: SphereAttention, _ options: EvolutionOptions
    ) -> Int {
        let evolution = HypersphereEvolution(attention: attention, options: options)
        let waves = 3 * evolution.largestDegree + 4
        return waves * waves * (waves / 4 + 1)
    }

    private func equation(degree: Int) -> HypersphereEquation {
        HypersphereEquation(
            attention: attention, degree: degree, tolerance: options.timeTolerance,
            tailTolerance: options.spectralTail)
    }

    private mutating func startSpectral(_ start: SphereStart) throws {
        let limit = largestDegree
        var degree = options.resolution ?? 15
        while true {
            let equation = equation(degree: degree)
            var state = start.modes(in: equation.layout)
            let tail = equation.tail(of: state)
            for i in state.indices where equation.degrees[i] > degree { state[i] = 0 }
            if tail <= options.spectralTail || degree >= limit {
                if tail > max(1e-3, options.spectralTail), options.resolution == nil {
                    throw attention.diffusion > 0
                        ? EvolutionError.resolutionExhausted(points: 2 * degree)
                        : EvolutionError.startTooNarrow(degree: degree)
                }
                spectral = AdaptiveIntegrator(
                    equation: equation, state: state, method: options.method)
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
        steps += 1
        if tokens != nil {
            try tokens!.step(limit: limit)
            time = tokens!.time
            return
        }
        let longest = limit.map { ModelTime.difference($0, time, inUnitsOfTwoTo: 0) } ?? .infinity
        do {
            try spectral!.step(limit: longest)
        } catch is IntegrationError {
            throw EvolutionError.stepTooSmall
        }
        let taken = spectral!.lastStep
        time = limit.flatMap { taken == longest ? $0 : nil } ?? time + ModelTime(taken, exponent: 0)
    }

    public mutating func finishStep() throws {
        if tokens != nil { return try tokens!.finishStep() }
        let equation = spectral!.equation
        let tail = equation.tail(of: spectral!.state)
        let density = HypersphereDensity(modes: spectral!.state, transform: equation.transform)
        let minimum = density.values.min()!
        let isLast = equation.degree >= largestDegree
        // The last grid goes as far as the representation may lose.
        let allowance = isLast ? options.densityTolerance : options.spectralTail
        let noise = attention.diffusion > 0 ? 100 * options.timeTolerance : 0
        let isNegative = minimum < -max(100 * allowance, 1e-12, noise)
        if tail <= allowance && !isNegative { return }
        if !isLast {
            refine(to: min(2 * equation.degree + 1, largestDegree))
        } else if attention.diffusion > 0 {
            if isNegative || tail > 1e-3 {
                throw EvolutionError.resolutionExhausted(points: 2 * equation.degree)
            }
        } else {
            let points = density.points
            tokens = TokenEvolution(
                of: points.measure, attention: attention, options: options, from: time,
                because: isNegative
                    ? "density negative on the grid" : "spectral tail above its tolerance",
                error: max(tail, -minimum, points.error(sharpness: sharpness)))
            spectral = nil
        }
    }

    public mutating func time(at fraction: Double) -> ModelTime {
        if tokens != nil { return tokens!.time(at: fraction) }
        if fraction >= 1 { return time }
        if fraction <= 0 { return previousTime }
        return previousTime + ModelTime(fraction * spectral!.lastStep, exponent: 0)
    }

    public mutating func fraction(of t: ModelTime) -> Double {
        if tokens != nil { return tokens!.fraction(of: t) }
        let part = ModelTime.difference(t, previousTime, inUnitsOfTwoTo: 0)
        return min(1, max(0, part / spectral!.lastStep))
    }

    // MARK: The measure

    public mutating func measure(at fraction: Double) -> HypersphereMeasure {
        if tokens != nil { return .points(tokens!.measure(at: fraction)) }
        return .density(
            HypersphereDensity(
                modes: spectral!.state(at: fraction), transform: spectral!.equation.transform))
    }

    /// `spectral` and the number of harmonics, `points` or `atoms` and their number.
    public var representation: (kind: String, size: Int) {
        if let tokens { return tokens.representation }
        let degree = spectral!.equation.degree
        return ("spectral", (degree + 1) * (degree + 2) * (2 * degree + 3) / 6)
    }

    public var changes: [RepresentationChange] { earlier + (tokens?.changes ?? []) }

    public var model: any Attention { attention }

    public var sharpness: Double { max(attention.sharpness, 1) }

    /// None: the motion goes on for ever.
    public var horizon: Horizon? { nil }

    public func residual(of measure: HypersphereMeasure) -> Double {
        switch measure {
        case .points(let points): collapse.residual(of: points)
        case .density(let density): collapse.residual(secondMoment: density.secondMoment)
        }
    }

    public func relativeEntropy(of measure: HypersphereMeasure) -> Double? {
        if case .density(let density) = measure { density.relativeEntropy } else { nil }
    }

    // MARK: Rest

    public mutating func drift() -> (relativeSpeed: Double, imbalance: Double?) {
        if tokens != nil { return tokens!.drift() }
        let scale = max(attention.velocityScale, attention.diffusion)
        if scale == 0 { return (0, 0) }
        let equation = spectral!.equation
        var largest = 0.0
        for (i, l) in equation.degrees.enumerated() where l > 0 {
            let decay = equation.rates.isEmpty ? 0 : equation.rates[i] * spectral!.state[i]
            largest = max(largest, abs(spectral!.derivative[i] + decay) / Double(l))
        }
        return (largest / scale, largest / scale)
    }

    public func rotation() -> Double? { tokens?.rotation() }

    public func isAtStableRest() -> Bool { tokens?.isAtStableRest() ?? false }

    /// No symmetry is kept exactly.
    public func symmetryHolds(_ positions: [[Double]]) -> Bool { false }

    // MARK: Going on from stored numbers

    public var state: EvolutionState {
        if var state = tokens?.state {
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
        guard state.equation == "harmonics" else {
            guard
                let resumed = TokenEvolution(
                    resuming: state, attention: attention, options: options)
            else { return nil }
            tokens = resumed
            return
        }
        guard state.controller.count == 2, (1...Self.mostDegrees).contains(state.parameter)
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
}
