import Foundation
import TimeIntegration

// How one representation hands over to the next, and how each is stepped.

extension ZonalEvolution {
    /// Makes the last step permanent and changes the representation where that is due.
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
    mutating func goOn(_ y: [Double], controller: StepController?) {
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
    mutating func move(_ mesh: CellMesh, controller: StepController?) {
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
}
