import Foundation

/// A probability measure on S^{d-1}, d ≥ 3, that is symmetric under all rotations about an axis.
///
/// It is a measure of the angle θ ∈ [0, π] to the axis: a density, or weighted rings (the points of one
/// angle), which are points at the poles ±e. Masses sum to 1 up to rounding.
public struct ZonalMeasure: Sendable {
    enum Content: Sendable {
        /// Coefficients c_0 = 1, c_1 … of the orthonormal p_l (``GegenbauerBasis``), which resolves them.
        case smooth([Double], GegenbauerBasis)
        /// Moving panels and rings on [0, π].
        case mesh(CellMesh)
    }
    /// The axis e, a unit vector of R^d.
    public let axis: [Double]
    let content: Content

    /// d of R^d.
    public var dimension: Int { axis.count }

    /// Angles and masses of rings whose sums replace the integrals against the measure.
    public var points: (angles: [Double], masses: [Double]) {
        switch content {
        case .smooth(let c, let basis):
            var values = basis.roots
            basis.synthesize(c, into: &values)
            return (
                basis.nodes.map { acos($0) },
                zip(values, basis.roots).map { max(0, $0 * $1) }
            )
        case .mesh(let mesh): return (mesh.angles, mesh.masses)
        }
    }

    /// Whether all mass sits in single rings and poles.
    public var isPoints: Bool {
        if case .mesh(let mesh) = content { return mesh.isPoints }
        return false
    }

    /// Whether the measure is a density by its coefficients.
    public var isSmooth: Bool {
        if case .smooth = content { return true }
        return false
    }

    /// The highest degree of a density by its coefficients; `nil` for others.
    package var degree: Int? {
        if case .smooth(let c, _) = content { return c.count - 1 }
        return nil
    }

    /// ‖ρ_l‖ = |c_l| of the part of every degree l = 0 … D of a density by its coefficients.
    public var spectrum: [Double]? {
        if case .smooth(let c, _) = content { return c.map { abs($0) } }
        return nil
    }

    /// Number of nodes or rings.
    public var size: Int {
        switch content {
        case .smooth(_, let basis): basis.count
        case .mesh(let mesh): mesh.count
        }
    }

    /// m_l = ∫ P_l(cos θ) dμ, l = 0 … `count`.
    public func moments(upTo count: Int) -> [Double] {
        let (angles, masses) = points
        var sums = [Double](repeating: 0, count: count + 1)
        for (θ, mass) in zip(angles, masses) {
            let values = zonalPolynomials(upTo: count, dimension: dimension, at: cos(θ))
            for l in 0...count { sums[l] += mass * values[l] }
        }
        if case .smooth(let c, _) = content {
            // √N_l m_l = c_l, without the rounding of sums.
            var size = 1.0
            for l in 0..<min(c.count, count + 1) {
                sums[l] = c[l] / size.squareRoot()
                size *= harmonicGrowth(degree: l, dimension: dimension)
                if !size.isFinite { break }
            }
        }
        return sums
    }

    /// Mass at the angles from `a` to `b`, the ends included where they are poles.
    public func mass(from a: Double, to b: Double) -> Double {
        max(0, mass(below: b >= .pi ? 4 : b) - (a <= 0 ? 0 : mass(below: a)))
    }

    /// Mass at the angles below θ.
    private func mass(below θ: Double) -> Double {
        switch content {
        case .mesh(let mesh): return mesh.mass(below: θ)
        case .smooth(let c, _):
            if θ >= .pi { return 1 }
            let measure = PolarMeasure(dimension: dimension)
            // ∫_u^1 p_l dσ = w(u) (1 - u²) p_l'(u)/L_l, w du = dσ: w (1 - u²) = (dσ/dθ) sin θ.
            let scaled = c.indices.map { l in
                l == 0 ? 0 : c[l] / (Double(l) * Double(l + dimension - 2))
            }
            let factor = measure.density(at: θ) * sin(θ)
            return measure.mass(below: θ)
                + GegenbauerBasis.sum(scaled, at: cos(θ), factor: factor, dimension: dimension)
                .slope
        }
    }

    /// Mass per radian of θ in n equal cells of [0, π]; `nil` for rings only.
    public func density(onCells n: Int) -> [Double]? {
        if isPoints { return nil }
        let cell = Double.pi / Double(n)
        var below = 0.0
        return (1...n).map { i in
            // Monotone: where rounding makes the distribution function fall, it stays.
            let next = i == n ? 1 : min(1, max(below, mass(below: cell * Double(i))))
            defer { below = next }
            return (next - below) / cell
        }
    }

    /// ∫ log(dμ/dσ) dμ ≥ 0; `nil` unless μ has a density.
    public var relativeEntropy: Double? {
        switch content {
        case .smooth(let c, let basis):
            var values = basis.roots
            basis.synthesize(c, into: &values)
            return zip(values, basis.roots).reduce(0) { sum, pair in
                pair.0 > 0 ? sum + pair.0 * pair.1 * log(pair.0 / pair.1) : sum
            }
        case .mesh(let mesh):
            let measure = PolarMeasure(dimension: dimension)
            // The mesh compares with the uniform density 1/2π of the circle.
            return mesh.relativeEntropy.map { entropy in
                zip(mesh.angles, mesh.masses).reduce(entropy) { sum, ring in
                    ring.1 > 0
                        ? sum - ring.1 * (log(2 * .pi) + measure.logDensity(at: ring.0)) : sum
                }
            }
        }
    }

    /// -(1/β) ∫ Δ(W*μ) dμ e^{-β} = Σ_l l(l+d-2) (K_l/β) m_l² for W = e^{β<x,y>} (``RingKernel``).
    package func energyDecay(_ β: Double) -> Double {
        let weights = RingKernel.weights(dimension: dimension, β)
        let moments = self.moments(upTo: max(1, weights.count - 1))
        if β == 0 { return Double(dimension - 1) * moments[1] * moments[1] }
        return weights.indices.reduce(0) { sum, l in
            sum + Double(l) * Double(l + dimension - 2) * weights[l] / β * moments[l] * moments[l]
        }
    }

    /// A unit vector at the angle θ to the axis: one point of the ring.
    public func point(at θ: Double) -> [Double] {
        let (c, s) = (θ >= .pi ? -1 : cos(θ), ZonalAttention.sine(θ))
        // Towards the basis vector that is farthest from the axis.
        let k = axis.indices.min { abs(axis[$0]) < abs(axis[$1]) }!
        let length = (1 - axis[k] * axis[k]).squareRoot()
        return axis.indices.map { i in
            let across = ((i == k ? 1 : 0) - axis[k] * axis[i]) / length
            return c * axis[i] + s * across
        }
    }
}

/// N_{l+1}/N_l, the growth of the number of harmonics of S^{d-1}.
package func harmonicGrowth(degree l: Int, dimension d: Int) -> Double {
    if l == 0 { return Double(d) }
    return Double(2 * l + d) / Double(2 * l + d - 2) * Double(l + d - 2) / Double(l + 1)
}
