import Foundation
import TimeIntegration

/// A zonal measure on S^{d-1} moving by its own attention, from a smooth density to poles and rings.
///
/// The representation follows the phases: coefficients while the density is smooth (``ZonalEquation``),
/// moving panels of the angle to the axis when its peaks outgrow the nodes (``CellMesh``,
/// ``RingEquation``), which contract to points at the poles ±e and to rings. Evolutions with noise and
/// repulsive ones stay spectral. A density that is even about the equator stays so exactly.
public struct ZonalEvolution: MeasureEvolution {
    /// The attention that moves the measure.
    public let attention: ZonalAttention
    /// How finely it is computed.
    public let options: EvolutionOptions
    /// The axis e.
    public let axis: [Double]
    /// The symmetry about the equator is kept exactly.
    public let isEven: Bool
    /// Time at the start of the last step.
    public private(set) var previousTime = ModelTime.zero
    /// Time at the end of the last step.
    public private(set) var time = ModelTime.zero
    /// Number of accepted steps.
    public private(set) var steps = 0
    /// The changes of representation so far; the first one is the start.
    public private(set) var changes: [RepresentationChange] = []

    // Exactly one of the two carries the measure.
    private var spectral: AdaptiveIntegrator<IntegratingFactor<ZonalEquation>>?
    private var rings: AdaptiveIntegrator<RingEquation>?
    /// Whether `spectral` is stepped implicitly: slow motion in a stiff equation.
    private var isImplicit = false
    /// Explicit steps in a row that moved the density by less than a thousandth; implicit steps.
    private var quietSteps = 0
    /// The spans of the nodes that `rings` moves.
    private var mesh: CellMesh?
    /// The sums of rings, once they have been needed.
    private var kernel: RingKernel?

    /// Most coefficients without noise, and with it.
    private static let (largest, exhaustive) = (384, 1024)
    /// Most coefficients with a dense Jacobian.
    private static let largestImplicit = 256

    private init(
        _ attention: ZonalAttention, _ options: EvolutionOptions, axis: [Double], isEven: Bool
    ) {
        self.attention = attention
        self.options = options
        self.axis = axis
        self.isEven = isEven
    }

    /// The evolution of `start`.
    ///
    /// Throws ``EvolutionError/resolutionExhausted(points:)`` where no grid can hold it and noise forbids
    /// panels.
    public init(
        of start: ZonalStart, attention: ZonalAttention, options: EvolutionOptions
    ) throws {
        precondition(start.dimension == attention.dimension)
        self.init(
            attention, options, axis: start.axis, isEven: options.keepsSymmetry && start.isEven)
        let limit = attention.diffusion > 0 ? Self.exhaustive : Self.largest
        var modes = options.resolution ?? firstModes(start)
        while modes <= limit || options.resolution != nil {
            let equation = equation(modes: modes)
            var y = Array(start.coefficients(in: equation.base.basis).dropFirst())
            if isEven { for l in stride(from: 0, to: y.count, by: 2) { y[l] = 0 } }
            let loss = max(equation.base.tail(of: y), equation.base.rounding(of: y))
            if loss <= options.spectralTail || options.resolution != nil {
                goOn(y, controller: nil)
                note("start", error: 0)
                return
            }
            modes *= 2
        }
        if attention.diffusion > 0 { throw EvolutionError.resolutionExhausted(points: modes) }
        move(
            start.mesh(
                sharpness: sharpness, tolerance: options.cellTolerance,
                to: isEven ? .pi / 2 : .pi), controller: nil)
        note("start", error: 0)
    }

    /// Coefficients that resolve the kernel twice over, and the terms of the start.
    private func firstModes(_ start: ZonalStart) -> Int {
        var modes = 32
        let kernel = ZonalEquation.kernelModes(attention.dimension, attention.sharpness)
        while modes < 2 * kernel || modes < start.highestDegree + 16 { modes *= 2 }
        return modes
    }

    private func equation(modes: Int) -> IntegratingFactor<ZonalEquation> {
        IntegratingFactor(
            base: ZonalEquation(
                attention: attention, modes: modes, isEven: isEven,
                tolerance: options.timeTolerance), tailTolerance: options.spectralTail,
            isPlain: isImplicit)
    }

    private mutating func note(_ reason: String, error: Double) {
        let now = representation
        changes.append(
            RepresentationChange(
                from: time, kind: now.kind, size: now.size, reason: reason, error: error))
    }

    // MARK: Stepping

    public mutating func step(limit: ModelTime?) throws {
        previousTime = time
        let longest =
            limit.map { ModelTime.difference($0, time, inUnitsOfTwoTo: 0) } ?? .infinity
        do {
            try spectral?.step(limit: longest)
            try rings?.step(limit: longest)
            steps += 1
            time = limit.flatMap { lastStep == longest ? $0 : nil } ?? time + ModelTime(lastStep)
        } catch is IntegrationError {
            throw EvolutionError.stepTooSmall
        }
    }

    private var lastStep: Double { spectral?.lastStep ?? rings?.lastStep ?? 0 }

    public mutating func finishStep() throws {
        if spectral != nil { try finishSpectralStep() } else { finishRingStep() }
    }

    private mutating func finishSpectralStep() throws {
        let y = spectral!.state
        let modes = spectral!.equation.base.basis.modes
        let tail = spectral!.equation.base.tail(of: y)
        let rounding = spectral!.equation.base.rounding(of: y)
        let negative = spectral!.equation.base.negativeMass(of: y)
        let isNoisy = attention.diffusion > 0
        // Noise keeps densities positive; what is negative then are errors of the time integration.
        let allowance = isNoisy ? 100 * options.timeTolerance : 0
        let isNegative = negative > max(100 * options.spectralTail, 1e-12, allowance)
        let isRough = rounding > options.spectralTail
        if tail <= options.spectralTail && !isNegative && !isRough { return chooseMethod() }
        let limit = isNoisy ? Self.exhaustive : options.resolution ?? Self.largest
        if tail > options.spectralTail && modes * 2 <= limit && !isNegative && !isRough {
            isImplicit = false
            goOn(y + [Double](repeating: 0, count: modes), controller: spectral!.controller)
        } else if !isNoisy {
            leaveNodes()
            note(
                isNegative
                    ? "density negative at the nodes"
                    : isRough
                        ? "coefficients too large for their rounding"
                        : "spectral tail above its tolerance",
                error: max(tail, negative, rounding))
        } else if isNegative || max(tail, rounding) > 1e-3 {
            throw EvolutionError.resolutionExhausted(points: modes * 2)
        }
    }

    /// Goes on with the coefficients y, by the method that `isImplicit` says.
    private mutating func goOn(_ y: [Double], controller: StepController?) {
        spectral = AdaptiveIntegrator(
            equation: equation(modes: y.count + 1), state: y, controller: controller,
            method: isImplicit ? .implicit : options.method)
        quietSteps = 0
    }

    /// Steps implicitly where the density has moved slowly for long, explicitly where it moves, as on the
    /// circle (``CircleEvolution``).
    private mutating func chooseMethod() {
        guard options.eulerStep == nil, var current = spectral else { return }
        if isImplicit {
            quietSteps += 1
            if quietSteps > CircleEvolution.trial
                && current.controller.nextStep < CircleEvolution.shortImplicitStep
            {
                isImplicit = false
                goOn(current.state, controller: current.controller)
            }
            return
        }
        let size = current.state.reduce(0) { max($0, abs($1)) }
        let scale = max(attention.velocityScale, attention.diffusion)
        let isQuiet = drift().relativeSpeed * scale * current.lastStep < 1e-3 * size
        quietSteps = isQuiet ? quietSteps + 1 : 0
        guard quietSteps >= CircleEvolution.patience,
            current.state.count < Self.largestImplicit
        else { return }
        current.controller.nextStep = current.lastStep
        isImplicit = true
        goOn(current.state, controller: current.controller)
    }

    /// Goes on with panels of the angle.
    private mutating func leaveNodes() {
        let (equation, y) = (spectral!.equation.base, spectral!.state)
        let polar = PolarMeasure(dimension: attention.dimension)
        var mesh = CellMesh(
            sharpness: sharpness, tolerance: options.cellTolerance, from: 0,
            to: isEven ? .pi / 2 : .pi, edges: []
        ) { θ in equation.density(of: y, at: cos(θ), factor: polar.density(at: θ)) }
        mesh.scaleMasses(by: 1 / mesh.masses.reduce(0, +))
        move(mesh, controller: nil)
    }

    /// Goes on with the rings of `mesh`.
    private mutating func move(_ mesh: CellMesh, controller: StepController?) {
        if kernel == nil { kernel = RingKernel(attention) }
        let equation = RingEquation(
            attention: attention, masses: mesh.masses, isEven: isEven,
            tolerance: options.timeTolerance / sharpness, kernel: kernel!)
        rings = AdaptiveIntegrator(
            equation: equation, state: mesh.angles, controller: controller,
            method: options.method)
        self.mesh = mesh
        spectral = nil
    }

    private mutating func finishRingStep() {
        var adapted = mesh!
        adapted.angles = rings!.state
        let wasPoints = mesh!.isPoints
        let velocities = rings!.derivative
        let settled = settle(&adapted, velocities)
        guard adapted.adapt(velocities: velocities, pull: pull(on: adapted.angles)) || settled
        else {
            mesh = adapted
            return
        }
        move(adapted, controller: rings!.controller)
        if adapted.isPoints && !wasPoints {
            note("all mass within rings and poles", error: 1e-16 * Double(steps))
        }
    }

    /// Puts rings that have come within 3e-8/b of a pole, or of the equator of an even measure, onto it.
    private func settle(_ mesh: inout CellMesh, _ velocities: [Double]) -> Bool {
        var settled = false
        for span in mesh.spans where !span.isPanel {
            for i in span.start..<(span.start + span.count) {
                for place in [0, isEven ? Double.pi / 2 : Double.pi] {
                    let gap = mesh.angles[i] - place
                    if gap != 0, abs(gap) <= 3e-8 / sharpness, gap * velocities[i] < 0 {
                        mesh.angles[i] = place
                        settled = true
                    }
                }
            }
        }
        return settled
    }

    /// The pull of b-attention with V = 1, zero at the maxima of W*μ; `nil` if it is the velocity up to a
    /// factor.
    private mutating func pull(on angles: [Double]) -> [Double]? {
        if attention.isIsotropic { return nil }
        var sums = measure().potential(sharpness: sharpness)
        return angles.map { sums.velocity(at: $0) }
    }

    public mutating func time(at fraction: Double) -> ModelTime {
        if fraction >= 1 { return time }
        if fraction <= 0 { return previousTime }
        return previousTime + ModelTime(fraction * lastStep)
    }

    public mutating func fraction(of t: ModelTime) -> Double {
        let part = ModelTime.difference(t, previousTime, inUnitsOfTwoTo: 0)
        return part <= 0 ? 0 : min(1, part / lastStep)
    }

    // MARK: The measure

    public mutating func measure(at fraction: Double) -> ZonalMeasure {
        if let y = spectral?.state(at: fraction) {
            return ZonalMeasure(
                axis: axis, content: .smooth([1] + y, spectral!.equation.base.basis))
        }
        var moved = mesh!
        moved.angles = rings!.state(at: fraction)
        return ZonalMeasure(axis: axis, content: .mesh(isEven ? moved.withMirrorImage : moved))
    }

    /// `spectral`, `cells` or `atoms`, and the number of nodes or rings.
    public var representation: (kind: String, size: Int) {
        if let spectral { return ("spectral", spectral.equation.base.basis.count) }
        let count = isEven ? 2 * mesh!.count : mesh!.count
        return (mesh!.isPoints ? "atoms" : "cells", count)
    }

    public var model: any Attention { attention }

    public var sharpness: Double { max(attention.sharpness, 1) }

    /// None.
    public var horizon: Horizon? { nil }

    public func residual(of measure: ZonalMeasure) -> Double { attention.residual(of: measure) }

    public func relativeEntropy(of measure: ZonalMeasure) -> Double? { measure.relativeEntropy }

    // MARK: Rest

    /// The largest velocity (smooth: |ċ_l|/√(l(l+d-2))) over the velocity scale.
    public mutating func drift() -> (relativeSpeed: Double, imbalance: Double?) {
        let scale = max(attention.velocityScale, attention.diffusion)
        if scale == 0 { return (0, 0) }
        var largest = 0.0
        if let spectral {
            let rates = spectral.equation.rates
            for (i, x) in spectral.derivative.enumerated() {
                let decay = rates.isEmpty ? 0 : rates[i] * spectral.state[i]
                let degree = Double(i + 1) * Double(i + attention.dimension - 1)
                largest = max(largest, abs(x + decay) / degree.squareRoot())
            }
        } else {
            largest = rings!.derivative.reduce(0) { max($0, abs($1)) }
        }
        return (largest / scale, largest / scale)
    }

    /// Nothing turns: velocities point along the meridians.
    public func rotation() -> Double? { nil }

    /// Rest is seen by the drift.
    public func isAtStableRest() -> Bool { false }

    /// Whether all clusters are poles, or the equator of an even measure.
    public func symmetryHolds(_ positions: [[Double]]) -> Bool {
        positions.allSatisfy { position in
            let height = abs(zip(position, axis).reduce(0) { $0 + $1.0 * $1.1 })
            return height > 1 - 1e-14 || isEven && height < 1e-9
        }
    }

    // MARK: Going on from stored numbers

    /// The state after ``finishStep()``.
    public var state: EvolutionState {
        let controller = spectral?.controller ?? rings!.controller
        var state = EvolutionState(
            steps: steps, time: time, equation: spectral == nil ? "rings" : "zonal",
            parameter: spectral?.equation.base.basis.modes ?? 0,
            unknowns: spectral?.state ?? rings!.state,
            controller: [controller.nextStep, controller.previousError],
            masses: mesh?.masses ?? [],
            spans: mesh?.spans.map { $0.isPanel ? -$0.count : $0.count } ?? [], isPinned: [],
            changes: changes)
        state.stiffness = [isImplicit ? 1 : 0, quietSteps]
        return state
    }

    /// The evolution of `start` that goes on from `state`; `nil` if the numbers do not fit together.
    public init?(
        resuming state: EvolutionState, of start: ZonalStart, attention: ZonalAttention,
        options: EvolutionOptions
    ) {
        self.init(
            attention, options, axis: start.axis, isEven: options.keepsSymmetry && start.isEven)
        guard state.controller.count == 2 else { return nil }
        var controller = StepController(firstStep: state.controller[0])
        controller.previousError = state.controller[1]
        let n = state.unknowns.count
        if state.equation == "zonal" {
            guard state.parameter == n + 1, n > 0 else { return nil }
            isImplicit = state.stiffness.first == 1
            goOn(state.unknowns, controller: controller)
            quietSteps = state.stiffness.last ?? 0
        } else {
            guard state.equation == "rings", n > 0,
                let mesh = CellMesh(
                    sharpness: sharpness, tolerance: options.cellTolerance,
                    angles: state.unknowns, masses: state.masses, spans: state.spans)
            else { return nil }
            move(mesh, controller: controller)
        }
        (time, previousTime) = (state.time, state.time)
        steps = state.steps
        changes = state.changes
    }
}

extension CellMesh {
    /// A mesh on [0, π/2] with its mirror image about the equator, half of the mass in each.
    fileprivate var withMirrorImage: CellMesh {
        var half = self
        half.angles = angles.map { $0 - .pi / 2 }
        return half.expanded(
            by: DihedralSymmetry(fold: 1, reflects: true, origin: .pi / 2),
            isPinned: half.angles.map { $0 == 0 })
    }
}
