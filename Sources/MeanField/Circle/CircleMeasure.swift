import Foundation
import Spectral

/// A probability measure on the circle as the analysis sees it, whatever represents it.
///
/// Angles are the θ of the scenario. Masses sum to 1 up to rounding.
public struct CircleMeasure: Sendable {
    enum Content: Sendable {
        /// Fourier coefficients c_0 … c_K, and ρ on an equispaced grid that resolves them.
        case smooth(re: [Double], im: [Double], grid: [Double])
        /// Moving panels and points on the whole circle.
        case mesh(CellMesh)
    }
    let content: Content

    /// Angles and masses of points whose sums replace the integrals against the measure; masses are negative
    /// where too few points hold a density.
    public var points: (angles: [Double], masses: [Double]) {
        switch content {
        case .smooth(_, _, let grid):
            let n = grid.count
            let cell = 2 * Double.pi / Double(n)
            return ((0..<n).map { cell * Double($0) }, grid.map { $0 * cell })
        case .mesh(let mesh): return (mesh.angles, mesh.masses)
        }
    }

    /// Whether all mass sits in single points.
    public var isPoints: Bool {
        if case .mesh(let mesh) = content { return mesh.isPoints }
        return false
    }

    /// Whether the measure is a density on a grid.
    public var isSmooth: Bool {
        if case .smooth = content { return true }
        return false
    }

    /// ∫ log(dμ/dσ) dμ ≥ 0, σ the uniform probability measure; `nil` unless μ has a density, which is not
    /// negative by more than rounding: on too few points it is.
    public var relativeEntropy: Double? {
        switch content {
        case .smooth(_, _, let grid):
            let cell = 2 * Double.pi / Double(grid.count)
            let missing = grid.reduce(0) { $0 + max(0, -$1) * cell }
            return missing < 1e-6
                ? grid.reduce(0) { $1 > 0 ? $0 + cell * $1 * log(2 * .pi * $1) : $0 } : nil
        case .mesh(let mesh): return mesh.relativeEntropy
        }
    }

    /// c_k = ∫ e^{-ikθ} dμ for k = 0 … `count`.
    public func coefficients(upTo count: Int) -> (re: [Double], im: [Double]) {
        switch content {
        case .smooth(let re, let im, _):
            func padded(_ a: [Double]) -> [Double] {
                a.count > count
                    ? Array(a[0...count])
                    : a + [Double](repeating: 0, count: count + 1 - a.count)
            }
            return (padded(re), padded(im))
        case .mesh(let mesh):
            var re = [Double](repeating: 0, count: count + 1)
            var im = re
            for (angle, mass) in zip(mesh.angles, mesh.masses) {
                for k in 0...count {
                    re[k] += mass * cos(Double(k) * angle)
                    im[k] -= mass * sin(Double(k) * angle)
                }
            }
            return (re, im)
        }
    }

    /// The potential W*μ of the kernel e^{b cos}.
    package func potential(inverseTemperature b: Double) -> PointPotential {
        var potential = PointPotential(inverseTemperature: b)
        let (angles, masses) = points
        potential.setSources(angles: angles, masses: masses)
        potential.prepare()
        if case .smooth(let re, let im, _) = content { potential.setModes(re: re, im: im) }
        return potential
    }

    /// `sums` with the points of the measure as sources.
    package func attentionSums(_ sums: any AttentionSums) -> any AttentionSums {
        var sums = sums
        let (angles, masses) = points
        sums.setSources(angles: angles, masses: masses)
        if case .smooth(let re, let im, _) = content { sums.setModes(re: re, im: im) }
        return sums
    }

    /// Mass of the arc from `a` to `b`, a ≤ b ≤ a + 2π.
    public func mass(from a: Double, to b: Double) -> Double {
        switch content {
        case .smooth(let re, let im, _):
            var sum = (b - a) / (2 * .pi)
            for k in 1..<re.count where re[k] != 0 || im[k] != 0 {
                let degree = Double(k)
                // ∫_a^b e^{ikθ} = (2/k) sin(k(b-a)/2) e^{ik(a+b)/2}.
                let middle = degree * (a + b) / 2
                let factor = 2 / degree * sin(degree * (b - a) / 2) / .pi
                sum += factor * (re[k] * cos(middle) - im[k] * sin(middle))
            }
            return min(1, max(0, sum))
        case .mesh(let mesh):
            return max(0, Self.cumulative(mesh, b) - Self.cumulative(mesh, a))
        }
    }

    /// Mass in (-∞, φ) of the measure unrolled from its first node on.
    private static func cumulative(_ mesh: CellMesh, _ φ: Double) -> Double {
        // Panels may overhang the ends of the mesh: look at the turns before and after as well.
        let base = mesh.angles.first ?? 0
        let turns = ((φ - base) / (2 * .pi)).rounded(.down)
        let local = φ - 2 * .pi * turns
        return turns + mesh.mass(below: local + 2 * .pi) + mesh.mass(below: local)
            + mesh.mass(below: local - 2 * .pi)
    }

    /// ρ on the grid 2πj/n (mass 1 with respect to dθ): of a smooth density, or of cells.
    ///
    /// Cells give their share of mass in each grid cell, and series that are cut off are smoothed (``CutSeries``);
    /// `nil` for points only.
    public func density(onGridOf n: Int) -> [Double]? {
        let cell = 2 * Double.pi / Double(n)
        switch content {
        case .smooth(let re, let im, let grid):
            let top = re.count - 1
            let tail = ((top - top / 10)...top).reduce(0) { max($0, hypot(re[$1], im[$1])) }
            let factors = CutSeries.factors(tail: tail, degree: top)
            if grid.count == n, factors == nil { return Self.nonnegative(grid) }
            let fft = RealFFT(length: n)
            var spectrum = [Double](repeating: 0, count: n + 2)
            // A grid too coarse for the coefficients gets the means over its cells, which stay
            // positive and keep the mass: sinc(k cell/2) c_k, the degrees folded modulo n.
            let isCoarse = 2 * re.count > n
            for k in 0..<re.count {
                let half = Double(k) * cell / 2
                let mean = (isCoarse && k > 0 ? sin(half) / half : 1) * (factors?[k] ?? 1)
                let (a, b) = (re[k] * mean / (2 * .pi), im[k] * mean / (2 * .pi))
                let m = k % n
                if m == 0 || 2 * m == n {
                    spectrum[2 * m] += k == 0 ? a : 2 * a
                } else if 2 * m < n {
                    spectrum[2 * m] += a
                    spectrum[2 * m + 1] += b
                } else {
                    spectrum[2 * (n - m)] += a
                    spectrum[2 * (n - m) + 1] -= b
                }
            }
            var values = [Double](repeating: 0, count: n)
            fft.synthesise(&spectrum, into: &values)
            return Self.nonnegative(values)
        case .mesh(let mesh):
            if mesh.isPoints { return nil }
            var values = [Double](repeating: 0, count: n)
            var below = Self.cumulative(mesh, -cell / 2)
            let all = below + 1
            for j in 0..<n {
                // Monotone: where rounding makes the distribution function fall, it stays.
                let end = min(all, Self.cumulative(mesh, (Double(j) + 0.5) * cell))
                let next = max(below, j == n - 1 ? all : end)
                values[j] = (next - below) / cell
                below = next
            }
            return values
        }
    }

    /// Mass over width of the cells of width 2π/n around the grid points 2πj/n.
    public func histogram(onGridOf n: Int) -> [Double] {
        let (angles, masses) = points
        var values = [Double](repeating: 0, count: n)
        let scale = Double(n) / (2 * .pi)
        for i in 0..<angles.count {
            let turns = angles[i] * scale / Double(n)
            let cell = Int(((turns - turns.rounded(.down)) * Double(n)).rounded())
            values[cell == n ? 0 : cell] += masses[i] * scale
        }
        return values
    }

    /// The values without the negative ones, which are errors of the representation, and as much in all.
    private static func nonnegative(_ values: [Double]) -> [Double] {
        guard values.contains(where: { $0 < 0 }) else { return values }
        let positive = values.map { max(0, $0) }
        let share = values.reduce(0, +) / positive.reduce(0, +)
        return positive.map { $0 * share }
    }

    /// Number of grid points, nodes or atoms.
    public var size: Int { points.angles.count }
}
