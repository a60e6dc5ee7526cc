import Foundation
import Spectral

/// A measure on S² or S³ moving by its own attention, from a smooth density to tokens.
///
/// It goes through stages, each an evolution of its own: harmonic coefficients carry the density while it
/// is smooth (``SmoothEvolution``). Where its peaks outgrow the largest grid, panels of nodes with their
/// masses move on as weighted points (``TokenEvolution``) and follow the fronts (``SphereMesh``); on S³, and
/// where there will be no fronts, points of the grid: the images under the flow of a quadrature that
/// resolved the density. They go together as they meet, until a few tokens are left for the slow phase.
/// What no grid holds, and a mixture in azimuth, starts as panels.
/// Points that have collapsed onto a great circle go on along it (``GreatCircle``, ``CircleEvolution``).
/// With noise, which smooths every start (``RoughStart``), and where attention repels, the density stays
/// smooth. Source: arXiv:2509.25040.
public struct HarmonicEvolution<Space: HarmonicSpace>: MeasureEvolution {
    /// Between coefficients and values on the grid.
    public typealias Transform = Space.Transport.Transform

    /// The attention that moves the measure.
    public let attention: SphereAttention
    /// How finely it is computed.
    public let options: EvolutionOptions
    /// Number of accepted steps.
    public private(set) var steps = 0
    /// What carries the measure.
    private var stage: any MeasureEvolution
    /// The changes of representation before it.
    private var earlier = [RepresentationChange]()
    /// Where the measure collapses to, if that is a great circle.
    private let greatCircle: GreatCircle?
    private let collapse: CollapseSpace

    /// The evolution of `start`.
    public init(
        of start: SphereStart, attention: SphereAttention, options: EvolutionOptions
    ) throws {
        stage = try Self.firstStage(of: start, attention: attention, options: options)
        (self.attention, self.options) = (attention, options)
        collapse = attention.collapse
        greatCircle = GreatCircle(of: attention)
    }

    /// What carries a start: points where it lists them, a grid where one or noise holds it, else panels.
    private static func firstStage(
        of start: SphereStart, attention: SphereAttention, options: EvolutionOptions
    ) throws -> any MeasureEvolution {
        let isNoisy = attention.diffusion > 0
        if let points = start.points, !isNoisy {
            return TokenEvolution(of: points, attention: attention, options: options)
        }
        if isNoisy || !start.isSingular {
            do {
                return try SmoothEvolution<Space>(of: start, attention: attention, options: options)
            } catch EvolutionError.startTooNarrow where Space.hasPanels {}
        }
        let panels = try start.mesh(
            sharpness: max(attention.sharpness, 1), resolution: options.resolution,
            tolerance: options.frontTolerance)
        return TokenEvolution(
            of: panels.mesh.measure, panels: panels.mesh.panels, attention: attention,
            options: options, from: .zero, because: "start", error: panels.error)
    }

    /// Highest degree of any density.
    public static var mostDegrees: Int { Space.mostDegrees }

    /// Points of the largest grid that the evolution of a density may need.
    public static func mostNodes(_ attention: SphereAttention, _ options: EvolutionOptions) -> Int {
        Space.nodes(degree: SmoothEvolution<Space>.largestDegree(attention, options))
    }

    // MARK: Stepping

    public var time: ModelTime { stage.time }

    public mutating func step(limit: ModelTime?) throws {
        try stage.step(limit: limit)
        steps += 1
    }

    public mutating func finishStep() throws {
        try stage.finishStep()
        if let density = stage as? SmoothEvolution<Space>, let loss = density.overgrown {
            leaveGrid(of: density, loss)
        } else if let points = stage as? TokenEvolution, let greatCircle {
            try followCollapse(points, onto: greatCircle)
        }
    }

    /// Goes on with weighted points where the grid no longer holds the density.
    private mutating func leaveGrid(
        of density: SmoothEvolution<Space>, _ loss: (reason: String, error: Double)
    ) {
        let points = points(of: density)
        goOn(
            with: TokenEvolution(
                of: points.measure, panels: points.panels, attention: attention,
                options: options, from: time, because: loss.reason,
                error: max(loss.error, points.error)))
    }

    /// The points that stand for a density, of which the first are the nodes of `panels`.
    ///
    /// Panels follow fronts. Points of the grid are exact for what it resolved, and better where the motion
    /// along a great circle stays smooth until that takes over.
    private func points(
        of density: SmoothEvolution<Space>
    ) -> (measure: TokenMeasure, panels: Int, error: Double) {
        var density = density
        if !staysSmooth(density),
            let mesh = Space.mesh(
                of: density.measure(), equator: greatCircle?.basis ?? [[1, 0, 0], [0, 1, 0]],
                sharpness: sharpness, tolerance: options.frontTolerance)
        {
            return (mesh.nodes, mesh.panels, mesh.error)
        }
        let points = gridPoints(of: density.measure())
        return (points.measure, 0, points.error)
    }

    /// Points of a grid that stand for a density, and what they miss.
    private func gridPoints(
        of density: HarmonicDensity<Transform>
    ) -> (measure: TokenMeasure, error: Double) {
        Space.points(of: density, sharpness: sharpness, tolerance: options.densityTolerance)
    }

    /// Whether the density along the great circle will still be smooth when that takes over.
    ///
    ///     a e^{λT} < 1,   T = ln(b r/10⁻⁵)/|d ln r/dt|
    ///
    /// a: its largest mode; λ: the largest growth rate on the circle; r: the residual, which falls as in the
    /// last step. Estimated.
    private func staysSmooth(_ density: SmoothEvolution<Space>) -> Bool {
        guard let greatCircle else { return false }
        if isNeutral { return true }
        guard let theory = greatCircle.attention.linearTheory else { return false }
        var density = density
        let (before, after) = (density.measure(at: 0), density.measure())
        let (former, residual) = (density.residual(of: before), density.residual(of: after))
        let step = ModelTime.difference(time, density.previousTime, inUnitsOfTwoTo: 0)
        let rate = log(former / residual) / step
        guard rate > 0 else { return false }
        let points = gridPoints(of: after).measure
        let wait = log(sharpness * residual / Self.thin) / rate
        let growth = exp((theory.largestRate ?? 0) * max(0, wait))
        return greatCircle.largestMode(of: points) * growth < 1
    }

    /// Goes on along the great circle once the distance from it counts for nothing, or for no more than what
    /// points of a density lose.
    ///
    /// Its thickness changes velocities by about b · residual.
    private mutating func followCollapse(
        _ points: TokenEvolution, onto greatCircle: GreatCircle
    ) throws {
        guard points.panels == 0 else { return }
        var moving = points
        let points = moving.measure()
        let loss = sharpness * collapse.residual(of: points)
        guard loss <= max(options.densityTolerance, Self.thin) else { return }
        let start = greatCircle.start(of: points, tolerance: Self.thin)
        guard loss <= max(options.densityTolerance, start.loss) else { return }
        goOn(
            with: try CircleEvolution(
                of: start.measure, attention: greatCircle.attention,
                options: Self.circleOptions(options), from: time, after: steps,
                because: "collapsed onto a great circle", error: max(loss, start.loss)))
    }

    /// b · residual that changes less than points of a grid do where they no longer resolve a front;
    /// empirical.
    private static var thin: Double { 1e-5 }

    private mutating func goOn(with next: any MeasureEvolution) {
        earlier = changes
        stage = next
    }

    private static func circleOptions(_ options: EvolutionOptions) -> EvolutionOptions {
        var options = options
        options.keepsSymmetry = false
        return options
    }

    public mutating func time(at fraction: Double) -> ModelTime { stage.time(at: fraction) }

    public mutating func fraction(of t: ModelTime) -> Double { stage.fraction(of: t) }

    // MARK: The measure

    public mutating func measure(at fraction: Double) -> SphericalMeasure<Transform> {
        switch stage.measure(at: fraction) {
        case let density as HarmonicDensity<Transform>: .density(density)
        case let points as TokenMeasure: .points(points)
        case let circle as CircleMeasure:
            .circle(GreatCircleMeasure(measure: circle, basis: greatCircle!.basis))
        default: preconditionFailure("a stage moves a density, points or a measure on a circle")
        }
    }

    /// `spectral` and the number of harmonics, `points` or `atoms` and their number, or that of the circle.
    public var representation: (kind: String, size: Int) { stage.representation }

    public var changes: [RepresentationChange] { earlier + stage.changes }

    /// That of the circle once it has taken over.
    public var model: any Attention { stage.model }

    public var sharpness: Double { max(attention.sharpness, 1) }

    /// None: the motion goes on for ever.
    public var horizon: Horizon? { nil }

    public func residual(of measure: SphericalMeasure<Transform>) -> Double {
        switch measure {
        case .density(let density): collapse.residual(secondMoment: density.secondMoment)
        case .points(let points): collapse.residual(of: points)
        case .circle: 0
        }
    }

    public func relativeEntropy(of measure: SphericalMeasure<Transform>) -> Double? {
        switch measure {
        case .density(let density):
            guard let greatCircle, attention.diffusion == 0 else { return density.relativeEntropy }
            let points = gridPoints(of: density).measure
            return greatCircle.relativeEntropy(of: points, sharpness: sharpness)
        case .points(let points):
            return greatCircle?.relativeEntropy(of: points, sharpness: sharpness)
        case .circle(let circle): return circle.measure.relativeEntropy
        }
    }

    public var isNeutral: Bool { greatCircle?.attention.isNeutral ?? false }

    // MARK: Rest

    public mutating func drift() -> (relativeSpeed: Double, imbalance: Double?) { stage.drift() }

    public func rotation() -> Double? { stage.rotation() }

    public func isAtStableRest() -> Bool { stage.isAtStableRest() }

    /// No symmetry is kept exactly.
    public func symmetryHolds(_ positions: [[Double]]) -> Bool { false }

    // MARK: Going on from stored numbers

    public var state: EvolutionState {
        var state = stage.state
        if stage is CircleEvolution { state.equation = Self.circlePrefix + state.equation }
        state.changes = changes
        state.steps = steps
        return state
    }

    /// The evolution that goes on from `state`; `nil` if the numbers do not fit together.
    public init?(
        resuming state: EvolutionState, attention: SphereAttention, options: EvolutionOptions
    ) {
        (self.attention, self.options) = (attention, options)
        collapse = attention.collapse
        greatCircle = GreatCircle(of: attention)
        var part = state
        let resumed: (any MeasureEvolution)?
        if state.equation.hasPrefix(Self.circlePrefix) {
            part.equation.removeFirst(Self.circlePrefix.count)
            resumed = greatCircle.flatMap {
                CircleEvolution(
                    resuming: part, of: StartingMeasure(.uniform), attention: $0.attention,
                    options: Self.circleOptions(options))
            }
        } else {
            resumed =
                SmoothEvolution<Space>(resuming: state, attention: attention, options: options)
                ?? TokenEvolution(resuming: state, attention: attention, options: options)
        }
        guard let resumed else { return nil }
        stage = resumed
        steps = state.steps
    }

    /// What marks states of the circle.
    private static var circlePrefix: String { "circle " }
}

/// A measure on S² moving by its own attention.
public typealias SphereEvolution = HarmonicEvolution<TwoSphere>

/// A measure on S³ moving by its own attention.
public typealias HypersphereEvolution = HarmonicEvolution<ThreeSphere>
