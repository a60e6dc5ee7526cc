import Foundation
import Spectral

/// The heat equation for a mixture of heat kernels: variances fall or grow at a constant rate.
///
///     ∂_t μ = -g Δμ,   μ(t) = Σ_j w_j N(θ_j, σ_j² - 2 g t)  wrapped round the circle,   g = v/β'
///
/// σ_j = 0 is a Dirac mass, which forward heat (g < 0) spreads. Backward heat (g > 0) ends when the
/// narrowest kernel becomes a point, at s = g t = min σ_j²/2: beyond that it has no solution, and none
/// is made up. The measure at t is a density on a grid where the kernels are wide enough, Gauss panels
/// of the density with points for the kernels that have collapsed elsewhere.
/// Source: arXiv:2509.25040, section 4.
struct HeatKernels: ExactMotion {
    /// Kernels of one standard deviation at the start.
    private struct Group {
        var sigma: Double
        /// Ascending in [0, 2π).
        var angles: [Double]
        var weights: [Double]
        /// Σ w_j cos kθ_j, k = 0 … `spectralModes`.
        var re: [Double]
        /// -Σ w_j sin kθ_j.
        var im: [Double]

        var mass: Double { weights.reduce(0, +) }
    }

    /// g.
    let growth: Double
    let horizon: Horizon?
    private let groups: [Group]
    private let attention: IsotropicAttention
    /// What a panel may lose.
    private let cellTolerance: Double

    /// Degrees up to which the measure is a density on a grid.
    private static let spectralModes = 1365
    /// Standard deviations within which a kernel is above 1e-18 of its maximum.
    private static let reach = 9.1

    /// The mixture of kernels of standard deviation `sigmas` ≥ 0.
    init(
        angles: [Double], sigmas: [Double], weights: [Double], attention: IsotropicAttention,
        cellTolerance: Double
    ) {
        growth = attention.heatGrowth
        self.attention = attention
        self.cellTolerance = cellTolerance
        let order = angles.indices.sorted {
            (sigmas[$0], Self.turned(angles[$0])) < (sigmas[$1], Self.turned(angles[$1]))
        }
        var groups = [Group]()
        for i in order {
            if groups.last?.sigma != sigmas[i] {
                groups.append(Group(sigma: sigmas[i], angles: [], weights: [], re: [], im: []))
            }
            groups[groups.count - 1].angles.append(Self.turned(angles[i]))
            groups[groups.count - 1].weights.append(weights[i])
        }
        for i in groups.indices {
            let points = CircleInitial.atoms(angles: groups[i].angles, masses: groups[i].weights)
            (groups[i].re, groups[i].im) = points.coefficients(upTo: Self.spectralModes)
            groups[i].re[0] = groups[i].mass
        }
        self.groups = groups
        let narrowest = groups[0]
        horizon =
            growth > 0
            ? Horizon(
                time: ModelTime(narrowest.sigma * narrowest.sigma / 2 / growth),
                cause: .collapse(
                    sigma: narrowest.sigma, angle: remainder(narrowest.angles[0], 2 * .pi)))
            : nil
    }

    /// θ in [0, 2π).
    private static func turned(_ θ: Double) -> Double {
        let turn = θ - 2 * .pi * (θ / (2 * .pi)).rounded(.down)
        return turn < 2 * .pi ? turn : 0
    }

    /// b.
    private var sharpness: Double { max(attention.sharpness, 1) }

    /// σ_j² - 2 g t; zero at the collapse exactly.
    private func variance(of group: Group, at t: Double) -> Double {
        if let horizon, group.sigma == groups[0].sigma, t >= horizon.time.approximation {
            return 0
        }
        return max(0, group.sigma * group.sigma - 2 * growth * t)
    }

    func measure(at t: Double) -> CircleMeasure {
        let variances = groups.map { variance(of: $0, at: t) }
        let narrowest = variances.min()!.squareRoot()
        guard 8.6 <= Double(Self.spectralModes) * narrowest else {
            return CircleMeasure(content: .mesh(mesh(variances)))
        }
        let top = max(1, Int((8.6 / narrowest).rounded(.up)))
        let (re, im) = coefficients(variances, upTo: top)
        return CircleMeasure(re: re, im: im, kernelModes: attention.kernelModes)
    }

    private func coefficients(_ variances: [Double], upTo top: Int) -> (re: [Double], im: [Double])
    {
        var (re, im) = (
            [Double](repeating: 0, count: top + 1), [Double](repeating: 0, count: top + 1)
        )
        for (group, variance) in zip(groups, variances) {
            for k in 0...top {
                let decay = exp(-0.5 * variance * Double(k) * Double(k))
                re[k] += decay * group.re[k]
                im[k] += decay * group.im[k]
            }
        }
        re[0] = 1
        return (re, im)
    }

    // MARK: Narrow kernels

    /// Panels of the kernels that are wide, and points for those that have become so narrow that
    /// their variance is below the rounding of the force, b σ² < 1e-18.
    private func mesh(_ variances: [Double]) -> CellMesh {
        let isPoint = variances.map { $0 * sharpness < 1e-18 }
        let smooth = groups.indices.filter { !isPoint[$0] }
        var points = [(angle: Double, mass: Double)]()
        for i in groups.indices where isPoint[i] {
            for (θ, w) in zip(groups[i].angles, groups[i].weights) { points.append((θ, w)) }
        }
        var panels = CellMesh(
            sharpness: sharpness, tolerance: cellTolerance, angles: [], masses: [])
        if !smooth.isEmpty {
            panels = self.panels(smooth.map { (groups[$0], variances[$0]) }, points.map(\.angle))
        }
        return panels.inserting(points)
    }

    /// Panels that resolve the density of some groups; they end at `points`.
    private func panels(_ parts: [(group: Group, variance: Double)], _ points: [Double])
        -> CellMesh
    {
        func density(_ θ: Double) -> Double {
            parts.reduce(0) { $0 + Self.density(of: $1.group, variance: $1.variance, at: θ) }
        }
        let candidates = (0..<512).map { 2 * .pi * Double($0) / 512 }
        let start = candidates.min { density($0) < density($1) }!
        let narrow = parts.flatMap { part in
            part.group.angles.flatMap { angle in
                [-9.0, -3, 0, 3, 9].map { angle + $0 * min(part.variance.squareRoot(), .pi / 9) }
            }
        }
        let edges = (narrow + points).map { start + Self.turned($0 - start) }
        var mesh = CellMesh(
            sharpness: sharpness, tolerance: cellTolerance, from: start, to: start + 2 * .pi,
            edges: edges, density: density)
        let mass = parts.reduce(0) { $0 + $1.group.mass }
        mesh.scaleMasses(by: mass / mesh.masses.reduce(0, +))
        return mesh
    }

    /// Density of a group at θ, of the kernels within reach of it.
    private static func density(of group: Group, variance: Double, at θ: Double) -> Double {
        let σ = variance.squareRoot()
        let width = reach * σ
        var sum = 0.0
        let base = turned(θ)
        let turns = Int((width / (2 * .pi)).rounded(.up))
        for n in -turns...turns {
            let centre = base + 2 * .pi * Double(n)
            var i = firstIndex(in: group.angles, notBelow: centre - width)
            while i < group.angles.count && group.angles[i] <= centre + width {
                let z = (centre - group.angles[i]) / σ
                sum += group.weights[i] * exp(-0.5 * z * z)
                i += 1
            }
        }
        return sum / (σ * (2 * Double.pi).squareRoot())
    }

    private static func firstIndex(in list: [Double], notBelow x: Double) -> Int {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle] < x { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Where to look

    func stepLength(from t: Double) -> Double {
        let narrowest = groups.map { variance(of: $0, at: t) }.min()!
        if growth == 0 { return .infinity }
        if growth > 0 {
            // Kernels this much narrower than the attention are points to every observable.
            if narrowest * sharpness < 1e-6 { return .infinity }
            return 0.05 * min(narrowest, 4) / growth
        }
        return min(0.25, max(0.05 * narrowest, 1e-4 / sharpness)) / -growth
    }

    func relativeSpeed(at t: Double) -> Double {
        let variances = groups.map { variance(of: $0, at: t) }
        let (re, im) = coefficients(variances, upTo: 64)
        let speed = (1...64).reduce(0) { max($0, Double($1) * hypot(re[$1], im[$1])) }
        return speed == 0 ? 0 : abs(growth) * speed / attention.velocityScale
    }
}

extension CellMesh {
    /// The mesh with additional points between its panels.
    func inserting(_ points: [(angle: Double, mass: Double)]) -> CellMesh {
        if points.isEmpty { return self }
        var pieces = spans.map { span in
            (
                angles: Array(angles[span.start..<(span.start + span.count)]),
                masses: Array(masses[span.start..<(span.start + span.count)]),
                isPanel: span.isPanel
            )
        }
        let start = angles.first ?? points.map(\.angle).min()!
        for point in points {
            let turns = ((point.angle - start) / (2 * .pi)).rounded(.down)
            pieces.append(([point.angle - 2 * .pi * turns], [point.mass], false))
        }
        pieces.sort { $0.angles[0] < $1.angles[0] }
        var result = CellMesh(sharpness: sharpness, tolerance: tolerance, angles: [], masses: [])
        for piece in pieces {
            result.append(angles: piece.angles, masses: piece.masses, isPanel: piece.isPanel)
        }
        return result
    }
}
