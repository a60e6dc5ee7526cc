import Foundation
import Spectral
import TimeIntegration

// Where an evolution starts, and how one representation hands over to the next.

extension CircleEvolution {
    /// Most grid points that diffusion may ask for.
    static let exhaustiveGrid = 65536

    /// The evolution of `start`.
    public init(
        of start: StartingMeasure, attention: IsotropicAttention, options: EvolutionOptions
    ) throws {
        let symmetry = options.keepsSymmetry ? start.symmetry : .none
        self.init(attention: attention, options: options, symmetry: symmetry)
        if let points = start.atoms() {
            startAtoms(angles: points.angles, masses: points.masses)
        } else if attention.diffusion > 0 || start.initial.highestDegree * 3 < 4096 {
            try startSpectral(start)
        } else {
            startCells(start)
        }
        note("start", error: 0)
    }

    private mutating func note(_ reason: String, error: Double) {
        let now = representation
        changes.append(
            RepresentationChange(
                from: time, kind: now.kind, size: now.size, reason: reason, error: error))
    }

    // MARK: Starts

    private mutating func startSpectral(_ start: StartingMeasure) throws {
        let fold = symmetry.fold
        let limit = attention.diffusion > 0 ? Self.exhaustiveGrid : 4096
        let kernelDegree = PointPotential(inverseTemperature: attention.inverseTemperature).top
        var points = options.resolution.map { max(16, $0 / fold / 2 * 2) } ?? 64
        if options.resolution == nil {
            while points < 6 * kernelDegree / fold { points *= 2 }
        }
        let (re, im) = start.coefficients(upTo: min(Int(start.initial.highestDegree) + 16, limit))
        while true {
            let equation = spectralEquation(points: points)
            let y = internalCoefficients(re, im, modes: equation.base.modes)
            let rest = re.indices.dropFirst((equation.base.modes + 1) * fold)
            let lost = rest.reduce(0) { max($0, abs(re[$1]), abs(im[$1])) }
            if max(lost, equation.base.tail(of: y)) <= options.spectralTail || options.resolution != nil
            {
                spectral = AdaptiveIntegrator(
                    equation: equation, state: y, method: options.method)
                return
            }
            if points * fold * 2 > limit {
                if attention.diffusion > 0 {
                    throw EvolutionError.resolutionExhausted(points: points * fold * 2)
                }
                startCells(start)
                return
            }
            points *= 2
        }
    }

    /// The equation for densities of this symmetry on `points` points.
    func spectralEquation(points: Int) -> IntegratingFactorEquation {
        IntegratingFactorEquation(
            base: SpectralEquation(
                attention: attention, points: points, fold: symmetry.fold,
                isEven: symmetry.reflects, tolerance: options.timeTolerance),
            tailTolerance: options.spectralTail, isPlain: isImplicit)
    }

    /// (Re, Im) of c_{jq} in the internal frame, real for a density that is even about the origin.
    private func internalCoefficients(_ re: [Double], _ im: [Double], modes: Int) -> [Double] {
        var y = [Double](repeating: 0, count: 2 * modes)
        for j in 1...modes where j * symmetry.fold < re.count {
            let k = j * symmetry.fold
            let angle = Double(k) * symmetry.origin
            y[2 * j - 2] = re[k] * cos(angle) - im[k] * sin(angle)
            y[2 * j - 1] = symmetry.reflects ? 0 : re[k] * sin(angle) + im[k] * cos(angle)
        }
        return y
    }

    private mutating func startCells(_ start: StartingMeasure) {
        let origin = symmetry.origin
        let edges = start.initial.edges.flatMap { θ in
            (-1...1).map { θ - origin + 2 * .pi * Double($0) }
        }
        buildCells(edges: edges) { start.density(at: $0 + origin) }
    }

    /// Panels that resolve `density` on one domain of the symmetry; `density` in the internal frame.
    private mutating func buildCells(edges: [Double], density: (Double) -> Double) {
        // Without reflections the domain may start anywhere: at the thinnest place.
        var from = 0.0
        let length = symmetry.reflects ? symmetry.period / 2 : symmetry.period
        if !symmetry.reflects {
            let candidates = (0..<512).map { symmetry.period * Double($0) / 512 }
            from = candidates.min { density($0) < density($1) } ?? 0
        }
        let shifted = edges.flatMap { edge in
            (-symmetry.fold...symmetry.fold).map { edge + symmetry.period * Double($0) }
        }
        var mesh = CellMesh(
            sharpness: sharpness, tolerance: options.cellTolerance, from: from, to: from + length,
            edges: shifted, density: density)
        mesh.scaleMasses(by: 1 / mesh.masses.reduce(0, +))
        moveCells(mesh, pinned: [Bool](repeating: false, count: mesh.count), controller: nil)
    }

    mutating func moveCells(
        _ mesh: CellMesh, pinned: [Bool], controller: StepController?
    ) {
        let equation = PointEquation(
            attention: attention, symmetry: symmetry, masses: mesh.masses, isPinned: pinned,
            tolerance: options.timeTolerance / sharpness)
        cells = AdaptiveIntegrator(
            equation: equation, state: mesh.angles, controller: controller,
            method: options.method)
        self.mesh = mesh
        spectral = nil
        atoms = nil
    }

    private mutating func startAtoms(angles: [Double], masses: [Double]) {
        var points = Self.fundamental(angles: angles, masses: masses, of: symmetry)
        if points.angles.count <= Self.fewAtoms {
            joinAtoms(&points, velocities: nil)
            moveAtoms(points, controller: nil)
        } else {
            let mesh = CellMesh(
                sharpness: sharpness, tolerance: options.cellTolerance, angles: points.angles,
                masses: points.masses)
            moveCells(mesh, pinned: points.isPinned, controller: nil)
        }
    }

    /// One representative of each orbit with the mass of the orbit, sorted by angle.
    private static func fundamental(
        angles: [Double], masses: [Double], of symmetry: DihedralSymmetry
    ) -> AtomList {
        let width = symmetry.reflects ? symmetry.period / 2 : symmetry.period
        var list = [(angle: Double, mass: Double, isPinned: Bool)]()
        for (θ, mass) in zip(angles, masses) {
            var φ = (θ - symmetry.origin).truncatingRemainder(dividingBy: symmetry.period)
            if φ < 0 { φ += symmetry.period }
            if symmetry.period - φ < 1e-13 { φ = 0 }
            if symmetry.reflects && φ > width + 1e-13 { φ = symmetry.period - φ }
            let isPinned = symmetry.reflects && (φ < 1e-13 || width - φ < 1e-13)
            if isPinned { φ = φ < width / 2 ? 0 : width }
            // With a symmetry, rounding is what keeps images from falling on each other exactly.
            let reach = symmetry.isTrivial ? 0 : 1e-13
            if let same = list.firstIndex(where: { abs($0.angle - φ) <= reach }) {
                list[same].mass += mass
            } else {
                list.append((φ, mass, isPinned))
            }
        }
        list.sort { $0.angle < $1.angle }
        return AtomList(
            angles: list.map(\.angle), masses: list.map(\.mass), isPinned: list.map(\.isPinned))
    }

    // MARK: Hand-overs

    /// Makes the last step permanent and changes the representation where that is due.
    public mutating func finishStep() throws {
        if spectral != nil {
            try finishSpectralStep()
        } else if cells != nil {
            finishCellStep()
        } else {
            finishAtomStep()
        }
    }

    private mutating func finishSpectralStep() throws {
        let y = spectral!.state
        let points = spectral!.equation.base.points
        let tail = spectral!.equation.base.tail(of: y)
        let minimum = spectral!.equation.base.minimum(of: y)
        // Noise keeps densities positive; what is negative then are errors of the time integration.
        let allowance = attention.diffusion > 0 ? 100 * options.timeTolerance : 0
        let isNegative = minimum < -max(100 * options.spectralTail, 1e-12, allowance)
        if tail <= options.spectralTail && !isNegative {
            chooseMethod()
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

    private mutating func refineGrid(to points: Int) {
        isImplicit = false
        moveSpectral(to: points)
    }

    /// Goes on with the same coefficients on `points` points, by the method that `isImplicit` says.
    private mutating func moveSpectral(to points: Int) {
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
    private mutating func chooseMethod() {
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
        var coarse = points
        while coarse % 4 == 0, current.equation.base.isResolved(
            current.state, on: coarse / 2, tail: 0.1 * options.spectralTail)
        {
            coarse /= 2
        }
        guard coarse <= Self.largestImplicitGrid else { return }
        current.controller.nextStep = current.lastStep
        spectral = current
        isImplicit = true
        moveSpectral(to: coarse)
    }

    /// Quiet steps before the implicit method takes over; empirical.
    private static let patience = 50
    /// Implicit steps before they are judged by their length; empirical.
    private static let trial = 12
    /// Length of an implicit step that no longer pays; empirical.
    private static let shortImplicitStep = 0.5
    /// Most grid points with a dense Jacobian: 2/3 of it unknowns, seconds a step above.
    private static let largestImplicitGrid = 512

    private mutating func finishCellStep() {
        var adapted = mesh!
        adapted.angles = cells!.state
        let pinned = cells!.equation.isPinned
        let velocities = cells!.derivative
        // Pinned points exist only where the mesh is made of points from the start.
        guard adapted.adapt(velocities: velocities) else {
            mesh = adapted
            return
        }
        let kept = pinned.count == adapted.count ? pinned : Self.unpinned(adapted.count)
        if adapted.isPoints && adapted.count <= Self.fewAtoms {
            var list = AtomList(
                angles: adapted.angles, masses: adapted.masses, isPinned: kept)
            joinAtoms(&list, velocities: nil)
            moveAtoms(list, controller: cells!.controller)
            note("all mass within single points", error: 1e-16 * Double(steps))
        } else {
            moveCells(adapted, pinned: kept, controller: cells!.controller)
        }
    }

    private static func unpinned(_ count: Int) -> [Bool] { [Bool](repeating: false, count: count) }

    // MARK: Atoms

    /// Most atoms that are summed pair by pair with full relative accuracy.
    static let fewAtoms = 512

    /// Representatives of the orbits of atoms, ascending.
    struct AtomList {
        var angles: [Double]
        var masses: [Double]
        var isPinned: [Bool]
    }

    private mutating func moveAtoms(_ list: AtomList, controller: StepController?) {
        var equation = AtomEquation(
            attention: attention, symmetry: symmetry, masses: list.masses,
            isPinned: list.isPinned, tolerance: atomTolerance)
        let old = atoms?.equation.timeUnit ?? 0
        // Forward Euler keeps its step in the papers' time.
        equation.timeUnit =
            options.eulerStep == nil ? equation.assess(list.angles).unit ?? old : 0
        var next = controller
        if controller != nil {
            next!.nextStep = scalbn(next!.nextStep, old - equation.timeUnit)
        }
        atoms = AdaptiveIntegrator(
            equation: equation, state: list.angles, controller: next, method: options.method)
        spectral = nil
        cells = nil
        mesh = nil
    }

    /// Merge times multiply an error of the gap by β sin: keep it far below the tolerance.
    private var atomTolerance: Double {
        max(1e-2 * options.timeTolerance / sharpness, 4e-16)
    }

    /// Goes on with stored atoms in their stored unit of time.
    mutating func resumeAtoms(_ state: EvolutionState, controller: StepController) {
        let equation = AtomEquation(
            attention: attention, symmetry: symmetry, masses: state.masses,
            isPinned: state.isPinned, tolerance: atomTolerance, timeUnit: state.parameter)
        atoms = AdaptiveIntegrator(
            equation: equation, state: state.unknowns, controller: controller,
            method: options.method)
    }

    private mutating func finishAtomStep() {
        let equation = atoms!.equation
        var list = AtomList(
            angles: atoms!.state, masses: equation.masses, isPinned: equation.isPinned)
        if joinAtoms(&list, velocities: atoms!.derivative) {
            moveAtoms(list, controller: atoms!.controller)
            return
        }
        // A new unit of time when the drift has changed by more than 2^8.
        if options.eulerStep == nil, let unit = atoms!.equation.assess(list.angles).unit,
            abs(unit - equation.timeUnit) > 8
        {
            moveAtoms(list, controller: atoms!.controller)
        }
    }

    /// Joins contracting neighbours within 3e-8/b at their centre of mass; `true` if any were joined.
    ///
    /// What is lost is the variance of the pair, (b·gap)² of the force: below rounding. Without
    /// velocities only coinciding atoms are joined.
    @discardableResult
    private func joinAtoms(_ list: inout AtomList, velocities: [Double]?) -> Bool {
        let reach = velocities == nil ? 0 : 3e-8 / sharpness
        var v = velocities ?? [Double](repeating: 0, count: list.angles.count)
        var joined = false
        func contracts(_ gap: Double, _ closing: Double) -> Bool {
            gap <= reach && (gap == 0 || closing < 0)
        }
        var i = 0
        while i + 1 < list.angles.count {
            let gap = list.angles[i + 1] - list.angles[i]
            guard contracts(gap, v[i + 1] - v[i]) else {
                i += 1
                continue
            }
            let (m, n) = (list.masses[i], list.masses[i + 1])
            let isPinned = list.isPinned[i] || list.isPinned[i + 1]
            list.angles[i] =
                list.isPinned[i]
                ? list.angles[i]
                : list.isPinned[i + 1] ? list.angles[i + 1] : list.angles[i] + gap * (n / (m + n))
            list.masses[i] = m + n
            list.isPinned[i] = isPinned
            list.angles.remove(at: i + 1)
            list.masses.remove(at: i + 1)
            list.isPinned.remove(at: i + 1)
            v.remove(at: i + 1)
            joined = true
        }
        let last = list.angles.count - 1
        if symmetry.reflects {
            // Meeting its own mirror image pins an atom to the axis.
            for (index, axis) in [(0, 0.0), (last, symmetry.period / 2)]
            where !list.isPinned[index] {
                let closing = axis == 0 ? v[index] : -v[index]
                if contracts(2 * abs(list.angles[index] - axis), closing) {
                    list.angles[index] = axis
                    list.isPinned[index] = true
                    joined = true
                }
            }
        } else if last > 0 {
            let gap = list.angles[0] + symmetry.period - list.angles[last]
            if contracts(gap, v[0] - v[last]) {
                let (m, n) = (list.masses[last], list.masses[0])
                list.angles[last] += gap * (n / (m + n))
                list.masses[last] = m + n
                list.angles.remove(at: 0)
                list.masses.remove(at: 0)
                list.isPinned.remove(at: 0)
                joined = true
            }
        }
        return joined
    }
}
