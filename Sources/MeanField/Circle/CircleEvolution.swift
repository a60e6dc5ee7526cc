import Foundation
import Spectral
import TimeIntegration

/// How finely an evolution is computed.
public struct EvolutionOptions: Sendable, Equatable {
    /// Local error of the time integration.
    public var timeTolerance: Double
    /// What the representation may lose.
    public var densityTolerance: Double
    /// Grid points of the spectral representation; `nil` chooses them from the spectrum.
    public var resolution: Int?
    /// A fixed step makes the integration forward Euler.
    public var eulerStep: Double?
    /// The exact symmetry of the data is kept (`false` for perturbed copies).
    public var keepsSymmetry = true
    /// Points closer than the tolerance are joined.
    public var joinsTokens: Bool
    /// How the attention sums of tokens are computed; `nil` for densities, relative to W everywhere.
    public var engine: ParticleEngine?

    /// Options for the given tolerances.
    public init(
        timeTolerance: Double = 1e-9, densityTolerance: Double = 1e-8, resolution: Int? = nil,
        eulerStep: Double? = nil, joinsTokens: Bool = true, engine: ParticleEngine? = nil
    ) {
        self.timeTolerance = timeTolerance
        self.densityTolerance = densityTolerance
        self.resolution = resolution
        self.eulerStep = eulerStep
        self.joinsTokens = joinsTokens
        self.engine = engine
    }

    var method: SteppingMethod { eulerStep.map { .euler(step: $0) } ?? .explicit }
    /// Largest coefficient that may stand at the end of the spectrum.
    var spectralTail: Double { max(1e-4 * densityTolerance, 1e-14) }
    /// What one cell may lose.
    var cellTolerance: Double { max(1e-3 * densityTolerance, 1e-14) }
    /// Mass on S² that may be on the wrong side of a front, 1e-5 at the default tolerance; of many such
    /// errors, of either sign, little is left.
    var frontTolerance: Double { 10 * pow(densityTolerance, 0.75) }
    /// Grid points beyond which an evolution without noise leaves the grid.
    var largestGrid: Int { resolution ?? 1024 }
}

/// Why an evolution had to stop.
public enum EvolutionError: Error, Equatable {
    /// The time step has become too small.
    case stepTooSmall
    /// Diffusion keeps the density a function, but the grid it needs is too large.
    case resolutionExhausted(points: Int)
    /// A start without noise on a sphere has more than so many degrees.
    case startTooNarrow(degree: Int)
    /// A start without noise on S² needs more panels than may carry it.
    case tooManyPanels(count: Int, most: Int)
    /// Backward heat is given what is neither a mixture of heat kernels nor finitely many modes.
    case notRepresentable
}

/// A measure on the circle moving by its own attention, from a smooth density to atoms.
///
/// The representation follows the phases: Fourier coefficients while the density is smooth
/// (``SpectralEquation``), Lagrangian panels when its peaks outgrow the grid (``CellMesh``), atoms when
/// all mass has contracted to points (``AtomEquation``). Attractive evolutions with noise and
/// repulsive ones stay spectral. Use: `step`, look at `measure(at:)` within the step, `finishStep`.
public struct CircleEvolution: MeasureEvolution {
    /// The attention that moves the measure.
    public let attention: any CircleAttention
    /// The attention in the frame of the symmetry's axis.
    let frameAttention: any CircleAttention
    /// The attention sums of points, once they have been needed.
    private var sums: (any AttentionSums)?
    /// How finely it is computed.
    public package(set) var options: EvolutionOptions
    /// The symmetry that is kept exactly.
    public let symmetry: DihedralSymmetry
    /// Time at the start of the last step.
    public private(set) var previousTime = ModelTime.zero
    /// Time at the end of the last step.
    public private(set) var time = ModelTime.zero
    /// The changes of representation so far; the first one is the start.
    public internal(set) var changes: [RepresentationChange] = []
    /// Number of accepted steps.
    public internal(set) var steps = 0
    // Exactly one of the four carries the measure.
    var spectral: AdaptiveIntegrator<IntegratingFactorEquation<SpectralEquation>>?
    var cells: AdaptiveIntegrator<PointEquation>?
    var atoms: AdaptiveIntegrator<AtomEquation>?
    var exact: ExactEvolution?
    /// Whether `spectral` is stepped implicitly: slow motion in a stiff equation.
    var isImplicit = false
    /// Explicit steps in a row that moved the density by less than a thousandth; implicit steps.
    var quietSteps = 0
    /// The spans of the nodes that `cells` moves.
    var mesh: CellMesh?

    public var model: any Attention { attention }

    public func residual(of measure: CircleMeasure) -> Double {
        attention.collapse.residual(of: measure)
    }

    public func relativeEntropy(of measure: CircleMeasure) -> Double? { measure.relativeEntropy }

    public func symmetryHolds(_ positions: [[Double]]) -> Bool {
        symmetry.holds(positions.map { atan2($0[1], $0[0]) })
    }

    /// b = max(β‖KᵀQ‖, 1): the sharpness of the kernel that defines clusters.
    public var sharpness: Double { max(attention.sharpness, 1) }

    init(
        attention: any CircleAttention, options: EvolutionOptions, symmetry: DihedralSymmetry
    ) {
        self.attention = attention
        frameAttention = attention.turned(by: symmetry.origin)
        self.options = options
        self.symmetry = symmetry
    }

    /// The evolution of `start` from the time at which the circle takes over, after so many steps, with the
    /// reason and what that loses.
    init(
        of start: StartingMeasure, attention: any CircleAttention, options: EvolutionOptions,
        from time: ModelTime, after steps: Int, because reason: String, error: Double
    ) throws {
        try self.init(of: start, attention: attention, options: options)
        restore(time: time, steps: steps, changes: [])
        note(reason, error: error)
    }

    mutating func restore(time: ModelTime, steps: Int, changes: [RepresentationChange]) {
        self.time = time
        self.steps = steps
        self.changes = changes
        previousTime = time
    }

    /// The attention sums of points in the internal frame.
    mutating func pointSums() -> any AttentionSums {
        if sums == nil { sums = frameAttention.pointSums() }
        return sums!
    }

    // MARK: Stepping

    /// Takes one accepted step, not beyond `limit`.
    public mutating func step(limit: ModelTime?) throws {
        previousTime = time
        let limit = [limit, horizon?.time].compactMap { $0 }.min()
        if let limit { shortenUnit(to: limit) }
        let unit = timeUnit
        let longest =
            limit.map { ModelTime.difference($0, time, inUnitsOfTwoTo: unit) } ?? .infinity
        do {
            let taken = try advance(longest)
            steps += 1
            if let limit, taken == longest {
                time = limit
            } else {
                time = time + ModelTime(taken, exponent: unit)
            }
        } catch is IntegrationError {
            throw EvolutionError.stepTooSmall
        }
    }

    private mutating func advance(_ longest: Double) throws -> Double {
        try spectral?.step(limit: longest)
        try cells?.step(limit: longest)
        if atoms != nil { return try atoms!.stepOnClock(from: time, longest: longest) }
        exact?.step(from: time, limit: longest)
        return lastStep
    }

    /// Where the motion ends; `nil` where it goes on for ever.
    public var horizon: Horizon? { exact?.motion.horizon }

    /// u: steps are measured in 2^u.
    var timeUnit: Int { atoms?.equation.timeUnit ?? 0 }

    /// The time at `fraction` of the last step.
    public mutating func time(at fraction: Double) -> ModelTime {
        if fraction >= 1 { return time }
        if fraction <= 0 { return previousTime }
        return previousTime + ModelTime(elapsed(at: fraction), exponent: timeUnit)
    }

    /// The fraction of the last step that lies at `t`.
    public mutating func fraction(of t: ModelTime) -> Double {
        let part = ModelTime.difference(t, previousTime, inUnitsOfTwoTo: timeUnit)
        if part <= 0 { return 0 }
        return hasClock ? atoms!.fractionOnClock(at: part) : min(1, part / lastStep)
    }

    /// The time of a `fraction` of the last step in its unit.
    private mutating func elapsed(at fraction: Double) -> Double {
        hasClock ? atoms!.elapsedOnClock(at: fraction) : fraction * lastStep
    }

    private var lastStep: Double {
        spectral?.lastStep ?? cells?.lastStep ?? atoms?.lastStep ?? exact?.lastStep ?? 0
    }

    // MARK: The measure

    /// The measure at `fraction` of the last step (1: now).
    public mutating func measure(at fraction: Double) -> CircleMeasure {
        if let exact { return exact.measure(at: time(at: fraction)) }
        if let y = spectral?.state(at: fraction) {
            return spectral!.equation.base.measure(of: y, symmetry: symmetry)
        }
        if let y = cells?.state(at: fraction) {
            var moved = mesh!
            moved.angles = y
            return CircleMeasure(
                content: .mesh(moved.expanded(by: symmetry, isPinned: cells!.equation.isPinned)))
        }
        let y = atoms!.state(at: fraction)
        let points = CellMesh(
            sharpness: sharpness, tolerance: options.cellTolerance,
            angles: atoms!.equation.angles(of: y), masses: atoms!.equation.masses)
        return CircleMeasure(
            content: .mesh(points.expanded(by: symmetry, isPinned: atoms!.equation.isPinned)))
    }

    /// `spectral`, `cells` or `atoms`, and the number of grid points, nodes or atoms.
    public var representation: (kind: String, size: Int) {
        if let spectral { return ("spectral", spectral.equation.base.points * symmetry.fold) }
        if let cells {
            let isAtoms = mesh!.isPoints || options.engine != nil
            return (isAtoms ? "atoms" : "cells", cells.equation.imageCount)
        }
        if exact != nil { return (changes.last?.kind ?? "", changes.last?.size ?? 0) }
        return ("atoms", atoms!.equation.imageCount)
    }

    /// How far the state is from rest.
    ///
    /// `relativeSpeed`: the largest velocity (smooth: |ċ_k|/k) over the velocity scale. `imbalance`: how
    /// far the forces on atoms cancel, of the size of rounding in an equilibrium; `nil` for crowds of tokens.
    public mutating func drift() -> (relativeSpeed: Double, imbalance: Double?) {
        let scale = attention.velocityScale
        if scale == 0 && attention.diffusion == 0 { return (0, 0) }
        if let exact {
            let speed = exact.motion.relativeSpeed(at: time.approximation)
            return (speed, speed)
        }
        if let spectral {
            var largest = 0.0
            let rates = spectral.equation.decayRates
            for (index, x) in spectral.derivative.enumerated() {
                let decay = rates.isEmpty ? 0 : rates[index] * spectral.state[index]
                largest = max(largest, abs(x + decay) / Double((index / 2 + 1) * symmetry.fold))
            }
            let ratio = largest / max(scale, attention.diffusion)
            return (ratio, ratio)
        }
        if let cells {
            let ratio = cells.derivative.reduce(0) { max($0, abs($1)) } / scale
            return (ratio, options.engine == nil ? ratio : nil)
        }
        let balance = atoms!.equation.assess(atomAngles)
        guard let unit = balance.unit else { return (0, 0) }
        return (pow(2, Double(-unit)) / scale, balance.imbalance)
    }
}
