import Spectral
import TimeIntegration

/// A smooth density on S² or S³ moving by its own attention, carried by its harmonic coefficients.
///
/// The grid is refined as the tail of the spectrum grows. Where peaks outgrow the largest grid the density
/// is ``overgrown``; with noise, which keeps it smooth, that is an error. Noise also smooths what starts
/// rough (``RoughStart``): then the grid becomes coarser.
struct SmoothEvolution<Space: HarmonicSpace>: MeasureEvolution {
    let attention: SphereAttention
    let options: EvolutionOptions
    private(set) var previousTime = ModelTime.zero
    private(set) var time = ModelTime.zero
    private(set) var steps = 0
    private(set) var changes = [RepresentationChange]()
    /// Why the density needs points, and what the grid has lost; `nil` while the grid holds it.
    private(set) var overgrown: (reason: String, error: Double)?

    private var modes: AdaptiveIntegrator<HarmonicEquation<Space.Transport>>

    /// Largest coefficient that a start may leave out: where panels can have it, what they may lose.
    private static func mostTailOfStart(
        _ attention: SphereAttention, _ options: EvolutionOptions
    ) -> Double {
        if attention.diffusion > 0 { return 1e-3 }
        if Space.hasPanels { return min(options.densityTolerance, 1e-3) }
        return options.resolution == nil ? 1e-3 : .infinity
    }

    /// The evolution of a smooth `start`.
    init(of start: SphereStart, attention: SphereAttention, options: EvolutionOptions) throws {
        self.attention = attention
        self.options = options
        var first = try Self.start(start, attention, options)
        for (i, l) in first.equation.degrees.enumerated() where l > first.equation.degree {
            first.modes[i] = 0
        }
        modes = AdaptiveIntegrator(
            equation: first.equation, state: first.modes, method: options.method)
        note(first.reason, error: first.error)
    }

    /// What carries a start: its equation, its coefficients, and why these.
    private typealias Start = (
        equation: HarmonicEquation<Space.Transport>, modes: [Double], reason: String, error: Double
    )

    private static func start(
        _ start: SphereStart, _ attention: SphereAttention, _ options: EvolutionOptions
    ) throws -> Start {
        // Narrow starts get twice the degrees that others may come to: points take over at once.
        let most = largestDegree(attention, options)
        // A single high degree leaves no tail on grids that do not reach it.
        let (first, own) = (Space.firstDegree, start.law.highestDegree)
        let limit = options.resolution ?? min(max(2 * most + 1, own), Space.mostDegrees)
        if start.isSingular {
            return try roughStart(start, attention, options, limit: limit)
        }
        var degree = options.resolution ?? min(max(first, own), limit)
        while true {
            let equation = equation(attention, options, degree: degree)
            let modes = Space.modes(of: start, in: equation.layout)
            let tail = equation.tail(of: modes)
            if tail <= options.spectralTail { return (equation, modes, "start", 0) }
            if degree >= limit {
                if tail <= mostTailOfStart(attention, options) {
                    return (equation, modes, "start", 0)
                }
                guard attention.diffusion > 0 else {
                    throw EvolutionError.startTooNarrow(degree: degree)
                }
                return try roughStart(start, attention, options, limit: limit)
            }
            degree = min(2 * degree + 1, limit)
        }
    }

    /// On the first grid for which noise makes good what it leaves out.
    private static func roughStart(
        _ start: SphereStart, _ attention: SphereAttention, _ options: EvolutionOptions, limit: Int
    ) throws -> Start {
        let rough = RoughStart(of: attention)
        var degree = options.resolution ?? Space.firstDegree
        while rough.loss(degree: degree) > options.densityTolerance, degree < limit {
            degree = min(2 * degree + 1, limit)
        }
        let loss = rough.loss(degree: degree)
        guard loss <= RoughStart.mostLoss else {
            throw EvolutionError.resolutionExhausted(points: 2 * degree)
        }
        let equation = equation(attention, options, degree: degree)
        return (equation, Space.modes(of: start, in: equation.layout), RoughStart.reason, loss)
    }

    private static func equation(
        _ attention: SphereAttention, _ options: EvolutionOptions, degree: Int
    ) -> HarmonicEquation<Space.Transport> {
        HarmonicEquation(
            attention: attention, degree: degree, tolerance: options.timeTolerance,
            tailTolerance: options.spectralTail)
    }

    /// Highest degree that the density may come to.
    static func largestDegree(_ attention: SphereAttention, _ options: EvolutionOptions) -> Int {
        if let resolution = options.resolution { return resolution }
        return attention.diffusion > 0
            ? Space.mostDegrees
            : Space.largestDegree(attention, tolerance: options.densityTolerance)
    }

    // MARK: Stepping

    mutating func step(limit: ModelTime?) throws {
        previousTime = time
        time = try modes.step(from: time, limit: limit)
        steps += 1
    }

    mutating func finishStep() throws {
        coarsen()
        let equation = modes.equation
        let tail = equation.tail(of: modes.state)
        let (minimum, peak) = measure().values.reduce((0, 1)) { (min($0.0, $1), max($0.1, $1)) }
        let largestDegree = Self.largestDegree(attention, options)
        let isLast = equation.degree >= largestDegree
        // The last grid goes as far as the representation may lose.
        let allowance = isLast ? options.densityTolerance : options.spectralTail
        let noise = attention.diffusion > 0 ? 100 * options.timeTolerance * peak : 0
        let isNegative = minimum < -max(100 * allowance, 1e-12, noise)
        if tail <= allowance && !isNegative {
            if isRough { note("smoothed by noise") }
            return
        }
        if isRough, RoughStart(of: attention).isSmoothing(degree: equation.degree, until: time) {
            return
        }
        if !isLast {
            move(to: min(2 * equation.degree + 1, largestDegree))
        } else if attention.diffusion == 0 {
            overgrown = (
                isNegative ? "density negative on the grid" : "spectral tail above its tolerance",
                max(tail, -minimum)
            )
        } else if isNegative || tail > 1e-3 {
            throw EvolutionError.resolutionExhausted(points: 2 * equation.degree)
        }
    }

    /// Whether noise has not yet smoothed a rough start.
    private var isRough: Bool { changes.last?.reason == RoughStart.reason }

    /// Goes on with fewer degrees where noise has left the others empty.
    private mutating func coarsen() {
        guard attention.diffusion > 0, options.resolution == nil else { return }
        let (equation, half) = (modes.equation, modes.equation.degree / 2)
        guard half >= Space.firstDegree,
            equation.tail(of: modes.state, from: half - half / 8) <= 0.01 * options.spectralTail
        else { return }
        move(to: half)
    }

    private mutating func note(_ reason: String, error: Double = 0) {
        changes.append(
            RepresentationChange(
                from: time, kind: representation.kind, size: representation.size, reason: reason,
                error: error))
    }

    private mutating func move(to degree: Int) {
        let equation = Self.equation(attention, options, degree: degree)
        modes = AdaptiveIntegrator(
            equation: equation,
            state: modes.equation.layout.moved(modes.state, to: equation.layout),
            controller: modes.controller, method: options.method)
    }

    mutating func time(at fraction: Double) -> ModelTime {
        modes.time(at: fraction, from: previousTime, to: time)
    }

    mutating func fraction(of t: ModelTime) -> Double { modes.fraction(of: t, from: previousTime) }

    // MARK: The measure

    mutating func measure(at fraction: Double) -> HarmonicDensity<Space.Transport.Transform> {
        HarmonicDensity(modes: modes.state(at: fraction), transform: modes.equation.transform)
    }

    /// `spectral` and the number of harmonics.
    var representation: (kind: String, size: Int) {
        let layout = Space.Transport.Transform.Layout(degree: modes.equation.degree)
        return ("spectral", layout.harmonics)
    }

    var model: any Attention { attention }

    var sharpness: Double { max(attention.sharpness, 1) }

    var horizon: Horizon? { nil }

    func residual(of measure: HarmonicDensity<Space.Transport.Transform>) -> Double {
        attention.collapse.residual(secondMoment: measure.secondMoment)
    }

    func relativeEntropy(of measure: HarmonicDensity<Space.Transport.Transform>) -> Double? {
        measure.relativeEntropy
    }

    // MARK: Rest

    /// The largest |dc/dt|/l over the velocity scale.
    mutating func drift() -> (relativeSpeed: Double, imbalance: Double?) {
        let scale = max(attention.velocityScale, attention.diffusion)
        if scale == 0 { return (0, 0) }
        let equation = modes.equation
        var largest = 0.0
        for (i, l) in equation.degrees.enumerated() where l > 0 {
            let decay = equation.decayRates.isEmpty ? 0 : equation.decayRates[i] * modes.state[i]
            largest = max(largest, abs(modes.derivative[i] + decay) / Double(l))
        }
        return (largest / scale, largest / scale)
    }

    func rotation() -> Double? { nil }

    func isAtStableRest() -> Bool { false }

    func symmetryHolds(_ positions: [[Double]]) -> Bool { false }

    // MARK: Going on from stored numbers

    var state: EvolutionState {
        EvolutionState(
            steps: steps, time: time, equation: "harmonics", parameter: modes.equation.degree,
            unknowns: modes.state,
            controller: [modes.controller.nextStep, modes.controller.previousError],
            masses: [], spans: [], isPinned: [], changes: changes)
    }

    /// The evolution that goes on from `state`; `nil` if the numbers do not fit together.
    init?(resuming state: EvolutionState, attention: SphereAttention, options: EvolutionOptions) {
        guard state.equation == "harmonics", state.controller.count == 2,
            (1...Space.mostDegrees).contains(state.parameter)
        else { return nil }
        let equation = Self.equation(attention, options, degree: state.parameter)
        guard equation.dimension == state.unknowns.count else { return nil }
        var controller = StepController(firstStep: state.controller[0])
        controller.previousError = state.controller[1]
        modes = AdaptiveIntegrator(
            equation: equation, state: state.unknowns, controller: controller,
            method: options.method)
        (self.attention, self.options) = (attention, options)
        (time, previousTime, steps) = (state.time, state.time, state.steps)
        changes = state.changes
    }
}
