import Foundation
import Spectral
import TimeIntegration

// Where an evolution starts.

extension CircleEvolution {
    /// Most grid points that diffusion may ask for.
    static let exhaustiveGrid = 65536

    /// The evolution of `start`.
    public init(
        of start: StartingMeasure, attention: any CircleAttention, options: EvolutionOptions
    ) throws {
        let symmetry = options.keepsSymmetry ? attention.keptSymmetry(of: start) : .none
        self.init(attention: attention, options: options, symmetry: symmetry)
        if let motion = try attention.exactMotion(from: start, options: options) {
            exact = ExactEvolution(motion)
            noteExact("start: exact solution")
            return
        }
        if attention.diffusion > 0 {
            try startWithNoise(start)
            return
        }
        if let points = start.atoms() {
            startAtoms(angles: points.angles, masses: points.masses)
        } else if !attention.hasSpectralForm || start.initial.highestDegree * 3 >= 4096
            || !startSpectral(start, limit: 4096)
        {
            startCells(start)
        }
        note("start", error: 0)
    }

    mutating func note(_ reason: String, error: Double) {
        let now = representation
        changes.append(
            RepresentationChange(
                from: time, kind: now.kind, size: now.size, reason: reason, error: error))
    }

    /// Records what stands for an exact solution now, where that has changed.
    mutating func noteExact(_ reason: String) {
        let now = measure()
        if changes.last?.kind == now.kind { return }
        changes.append(
            RepresentationChange(
                from: time, kind: now.kind, size: now.size, reason: reason, error: 0))
    }

    // MARK: Starts

    /// Starts on the first grid of at most `limit` points that resolves the density; `false` if none does.
    private mutating func startSpectral(_ start: StartingMeasure, limit: Int) -> Bool {
        let fold = symmetry.fold
        let (re, im) = start.coefficients(upTo: min(Int(start.initial.highestDegree) + 16, limit))
        var points = firstGrid
        while true {
            let equation = spectralEquation(points: points)
            let y = internalCoefficients(re, im, modes: equation.base.modes)
            let rest = re.indices.dropFirst((equation.base.modes + 1) * fold)
            let lost = rest.reduce(0) { max($0, abs(re[$1]), abs(im[$1])) }
            if max(lost, equation.base.tail(of: y)) <= options.spectralTail
                || options.resolution != nil
            {
                spectral = AdaptiveIntegrator(
                    equation: equation, state: y, method: options.method)
                return true
            }
            if points * fold * 2 > limit { return false }
            points *= 2
        }
    }

    /// Starts on a grid that resolves the density, or on one from which noise makes it smooth.
    private mutating func startWithNoise(_ start: StartingMeasure) throws {
        var start = start
        if let points = start.atoms() {
            start = StartingMeasure(.atoms(angles: points.angles, masses: points.masses))
        } else if startSpectral(start, limit: Self.exhaustiveGrid) {
            return note("start", error: 0)
        }
        let (fold, rough) = (symmetry.fold, RoughStart(of: attention))
        var points = firstGrid
        while rough.loss(degree: points / 3 * fold) > options.densityTolerance,
            options.resolution == nil, points * fold * 2 <= Self.exhaustiveGrid
        {
            points *= 2
        }
        let loss = rough.loss(degree: points / 3 * fold)
        guard loss <= RoughStart.mostLoss else {
            throw EvolutionError.resolutionExhausted(points: points * fold * 2)
        }
        let equation = spectralEquation(points: points)
        let (re, im) = start.coefficients(upTo: equation.base.modes * fold)
        spectral = AdaptiveIntegrator(
            equation: equation,
            state: internalCoefficients(re, im, modes: equation.base.modes),
            method: options.method)
        note(RoughStart.reason, error: loss)
    }

    /// Points of the first grid that a start is tried on, in its symmetry.
    var firstGrid: Int {
        if let resolution = options.resolution {
            return max(16, resolution / symmetry.fold / 2 * 2)
        }
        var points = 64
        while points < 6 * attention.kernelModes / symmetry.fold { points *= 2 }
        return points
    }

    /// The equation for densities of this symmetry on `points` points.
    func spectralEquation(points: Int) -> IntegratingFactorEquation<SpectralEquation> {
        IntegratingFactorEquation(
            base: SpectralEquation(
                attention: frameAttention, points: points, fold: symmetry.fold,
                isEven: symmetry.reflects, tolerance: options.timeTolerance),
            tailTolerance: options.spectralTail, isPlain: isImplicit)
    }

    /// (Re, Im) of c_{jq} in the internal frame, real for a density that is even about the origin.
    func internalCoefficients(_ re: [Double], _ im: [Double], modes: Int) -> [Double] {
        var y = [Double](repeating: 0, count: 2 * modes)
        for j in 1...modes where j * symmetry.fold < re.count {
            let k = j * symmetry.fold
            let angle = Double(k) * symmetry.origin
            y[2 * j - 2] = re[k] * cos(angle) - im[k] * sin(angle)
            y[2 * j - 1] = symmetry.reflects ? 0 : re[k] * sin(angle) + im[k] * cos(angle)
        }
        return y
    }

    mutating func startCells(_ start: StartingMeasure) {
        let origin = symmetry.origin
        let edges = start.initial.edges.flatMap { θ in
            (-1...1).map { θ - origin + 2 * .pi * Double($0) }
        }
        buildCells(edges: edges) { start.density(at: $0 + origin) }
    }

    /// Panels that resolve `density` on one domain of the symmetry; `density` in the internal frame.
    mutating func buildCells(edges: [Double], density: (Double) -> Double) {
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
            sharpness: attention.meshSharpness, tolerance: options.cellTolerance, from: from,
            to: from + length,
            edges: shifted, density: density)
        mesh.scaleMasses(by: 1 / mesh.masses.reduce(0, +))
        moveCells(mesh, pinned: [Bool](repeating: false, count: mesh.count), controller: nil)
    }

    mutating func moveCells(
        _ mesh: CellMesh, pinned: [Bool], controller: StepController?
    ) {
        let equation = PointEquation(
            attention: frameAttention, symmetry: symmetry, masses: mesh.masses, isPinned: pinned,
            tolerance: options.timeTolerance / sharpness, sums: pointSums(),
            engine: attention.limit == .none ? options.engine : nil, leader: .current)
        cells = AdaptiveIntegrator(
            equation: equation, state: mesh.angles, controller: controller,
            method: options.method)
        self.mesh = mesh
        spectral = nil
        atoms = nil
    }

    mutating func startAtoms(angles: [Double], masses: [Double]) {
        var points = Self.fundamental(angles: angles, masses: masses, of: symmetry)
        if !isCrowd(points.angles.count) || attention.limit == .pairing {
            joinAtoms(&points, velocities: nil)
            moveAtoms(points, controller: nil)
        } else {
            let mesh = CellMesh(
                sharpness: attention.meshSharpness, tolerance: options.cellTolerance,
                angles: points.angles,
                masses: points.masses)
            moveCells(mesh, pinned: points.isPinned, controller: nil)
        }
    }

    /// Whether so many points move as a crowd: more than can be summed pair by pair, or tokens of which
    /// several lie within the width of the kernel, so that none drifts exponentially slowly.
    private func isCrowd(_ count: Int) -> Bool {
        if count > Self.fewAtoms { return true }
        return options.engine != nil && Double(count) > max(64, 16 * sharpness.squareRoot())
    }

    /// One representative of each orbit with the mass of the orbit, sorted by angle.
    static func fundamental(
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
            list.append((φ, mass, isPinned))
        }
        list.sort { $0.angle < $1.angle }
        // With a symmetry, rounding is what keeps images from falling on each other exactly.
        let reach = symmetry.isTrivial ? 0 : 1e-13
        var last = 0
        for next in list.indices.dropFirst() {
            if list[next].angle - list[last].angle <= reach {
                list[last].mass += list[next].mass
            } else {
                last += 1
                list[last] = list[next]
            }
        }
        list.removeSubrange((last + 1)...)
        return AtomList(
            angles: list.map(\.angle), masses: list.map(\.mass), isPinned: list.map(\.isPinned))
    }
}
