import Spectral
import TimeIntegration

/// A smooth density on S² or S³ moving by its own attention, carried by its harmonic coefficients.
///
/// The grid is refined as the tail of the spectrum grows. Where peaks outgrow the largest grid the density
/// is ``overgrown``; with noise, which keeps it smooth, that is an error.
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
        if Space.hasPanels && attention.diffusion == 0 {
            return min(options.densityTolerance, 1e-3)
        }
        return options.resolution == nil ? 1e-3 : .infinity
    }

    /// The evolution of a smooth `start`.
    init(of start: SphereStart, attention: SphereAttention, options: EvolutionOptions) throws {
        self.attention = attention
        self.options = options
        // Narrow starts get twice the degrees that others may come to: points take over at once.
        let most = Self.largestDegree(attention, options)
        // A single high degree leaves no tail on grids that do not reach it.
        let (first, own) = (Space.firstDegree, start.law.highestDegree)
        let limit = options.resolution ?? min(max(2 * most + 1, own), Space.mostDegrees)
        var degree = options.resolution ?? min(max(first, own), limit)
        while true {
            let equation = Self.equation(attention, options, degree: degree)
            var state = Space.modes(of: start, in: equation.layout)
            let tail = equation.tail(of: state)
            if tail <= options.spectralTail || degree >= limit {
                let allowance = Self.mostTailOfStart(attention, options)
                if tail > allowance {
                    throw attention.diffusion > 0
                        ? EvolutionError.resolutionExhausted(points: 2 * degree)
                        : EvolutionError.startTooNarrow(degree: degree)
                }
                for i in state.indices where equation.degrees[i] > degree { state[i] = 0 }
                modes = AdaptiveIntegrator(
                    equation: equation, state: state, method: options.method)
                changes = [
                    RepresentationChange(
                        from: time, kind: representation.kind, size: representation.size,
                        reason: "start", error: 0)
                ]
                return
            }
            degree = min(2 * degree + 1, limit)
        }
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
        let equation = modes.equation
        let tail = equation.tail(of: modes.state)
        let minimum = measure().values.min()!
        let largestDegree = Self.largestDegree(attention, options)
        let isLast = equation.degree >= largestDegree
        // The last grid goes as far as the representation may lose.
        let allowance = isLast ? options.densityTolerance : options.spectralTail
        let noise = attention.diffusion > 0 ? 100 * options.timeTolerance : 0
        let isNegative = minimum < -max(100 * allowance, 1e-12, noise)
        if tail <= allowance && !isNegative { return }
        if !isLast {
            refine(to: min(2 * equation.degree + 1, largestDegree))
        } else if attention.diffusion == 0 {
            overgrown = (
                isNegative ? "density negative on the grid" : "spectral tail above its tolerance",
                max(tail, -minimum)
            )
        } else if isNegative || tail > 1e-3 {
            throw EvolutionError.resolutionExhausted(points: 2 * equation.degree)
        }
    }

    private mutating func refine(to degree: Int) {
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
            let decay = equation.rates.isEmpty ? 0 : equation.rates[i] * modes.state[i]
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
