import Foundation
import TimeIntegration

// How one representation hands over to the next, and how each is stepped.

extension CircleEvolution {
    /// Makes the last step permanent and changes the representation where that is due.
    public mutating func finishStep() throws {
        if spectral != nil {
            try finishSpectralStep()
        } else if cells != nil {
            finishCellStep()
        } else if exact != nil {
            noteExact("exact solution at this width")
        } else {
            finishAtomStep()
        }
    }

    mutating func finishSpectralStep() throws {
        let y = spectral!.state
        let points = spectral!.equation.base.points
        let tail = spectral!.equation.base.tail(of: y)
        let minimum = spectral!.equation.base.minimum(of: y)
        // Noise keeps densities positive; what is negative then are errors of the time integration, one of
        // each coefficient.
        let peak = y.reduce(1) { $0 + abs($1) }
        let allowance = attention.diffusion > 0 ? 100 * options.timeTolerance * peak : 0
        let isNegative = minimum < -max(100 * options.spectralTail, 1e-12, allowance)
        if tail <= options.spectralTail && !isNegative {
            if isRough { note("smoothed by noise", error: 0) }
            coarsen()
            chooseMethod()
            return
        }
        if isRough,
            RoughStart(of: attention).isSmoothing(
                degree: points / 3 * symmetry.fold, until: time)
        {
            return
        }
        let limit =
            attention.diffusion > 0 ? Self.exhaustiveGrid : options.largestGrid
        if points * symmetry.fold * 2 <= limit && !isNegative {
            refineGrid(to: points * 2)
        } else if attention.diffusion > 0 {
            if isNegative || tail > 1e-3 {
                throw EvolutionError.resolutionExhausted(points: points * symmetry.fold * 2)
            }
        } else {
            let equation = spectral!.equation.base
            buildCells(edges: []) { equation.density(of: y, at: $0) }
            note(
                isNegative
                    ? "density negative on the grid" : "spectral tail above its tolerance",
                error: max(tail, -minimum))
        }
    }

    /// Whether noise has not yet smoothed a rough start.
    private var isRough: Bool { changes.last?.reason == RoughStart.reason }

    /// Goes on with fewer points where noise has left the last coefficients empty.
    private mutating func coarsen() {
        guard attention.diffusion > 0, options.resolution == nil, !isImplicit else { return }
        let coarse = max(coarsestGrid(), firstGrid)
        if coarse < spectral!.equation.base.points { moveSpectral(to: coarse) }
    }

    /// Points of the coarsest grid that holds the density.
    private func coarsestGrid() -> Int {
        let equation = spectral!.equation.base
        var coarse = equation.points
        while coarse % 4 == 0,
            equation.isResolved(
                spectral!.state, on: coarse / 2, tail: 0.1 * options.spectralTail)
        {
            coarse /= 2
        }
        return coarse
    }

    mutating func refineGrid(to points: Int) {
        isImplicit = false
        moveSpectral(to: points)
    }

    /// Goes on with the same coefficients on `points` points, by the method that `isImplicit` says.
    mutating func moveSpectral(to points: Int) {
        let equation = spectralEquation(points: points)
        let old = spectral!.state
        let missing = max(0, equation.dimension - old.count)
        let y = old.prefix(equation.dimension) + [Double](repeating: 0, count: missing)
        spectral = AdaptiveIntegrator(
            equation: equation, state: Array(y), controller: spectral!.controller,
            method: isImplicit ? .implicit : options.method)
        quietSteps = 0
    }

    /// Steps implicitly where the density has moved slowly for long, explicitly where it moves.
    ///
    /// Explicit steps of a stiff equation stay short however slow the motion. An implicit step costs as
    /// much as hundreds of explicit ones, so that it has to be that much longer.
    mutating func chooseMethod() {
        guard options.eulerStep == nil, var current = spectral else { return }
        let points = current.equation.base.points
        if isImplicit {
            quietSteps += 1
            if quietSteps > Self.trial && current.controller.nextStep < Self.shortImplicitStep {
                isImplicit = false
                moveSpectral(to: points)
            }
            return
        }
        let size = current.state.reduce(0) { max($0, abs($1)) }
        let motion = drift().relativeSpeed * attention.velocityScale * current.lastStep
        let isQuiet = motion < 1e-3 * size
        quietSteps = isQuiet ? quietSteps + 1 : 0
        guard quietSteps >= Self.patience else { return }
        let coarse = coarsestGrid()
        guard coarse <= Self.largestImplicitGrid else { return }
        current.controller.nextStep = current.lastStep
        spectral = current
        isImplicit = true
        moveSpectral(to: coarse)
    }

    /// Quiet steps before the implicit method takes over; empirical.
    static let patience = 50
    /// Implicit steps before they are judged by their length; empirical.
    static let trial = 12
    /// Length of an implicit step that no longer pays; empirical.
    static let shortImplicitStep = 0.5
    /// Most grid points with a dense Jacobian: 2/3 of it unknowns, seconds a step above.
    private static let largestImplicitGrid = 512

    mutating func finishCellStep() {
        var adapted = mesh!
        adapted.angles = cells!.state
        let pinned = cells!.equation.isPinned
        let velocities = cells!.derivative
        // Pinned points exist only where the mesh is made of points from the start.
        guard options.joinsTokens,
            adapted.adapt(velocities: velocities, pull: pull(on: adapted.angles))
        else {
            mesh = adapted
            return
        }
        let kept = pinned.count == adapted.count ? pinned : Self.unpinned(adapted.count)
        if adapted.isPoints && adapted.count <= Self.fewAtoms {
            var list = AtomList(
                angles: adapted.angles, masses: adapted.masses, isPinned: kept)
            fold(&list)
            joinAtoms(&list, velocities: nil)
            moveAtoms(list, controller: cells!.controller)
            note("all mass within single points", error: 1e-16 * Double(steps))
        } else {
            moveCells(adapted, pinned: kept, controller: cells!.controller)
        }
    }

    /// The pull of b-attention with V = 1 on the nodes, zero at the maxima of W*μ; `nil` if it is the
    /// velocity up to a factor.
    private mutating func pull(on angles: [Double]) -> [Double]? {
        if attention.linearTheory != nil { return nil }
        var field = CircleVelocity(of: measure(), attention: IsotropicAttention(beta: sharpness))
        return field.values(at: angles.map { $0 + symmetry.origin })
    }

    static func unpinned(_ count: Int) -> [Bool] { [Bool](repeating: false, count: count) }
}
