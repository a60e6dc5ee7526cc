import CLAPACK
import CVectorMath
import Foundation

/// The zonal polynomials of S^{d-1}, orthonormal in L²(σ), at their Gauss nodes.
///
///     u p_l = b_{l+1} p_{l+1} + b_l p_{l-1},   b_l² = l(l+d-3)/((2l+d-2)(2l+d-4)),   p_0 = 1
///     p_l = √N_l P_l,   N_l the number of independent harmonics of degree l
///     ∫ f dσ = Σ_j w_j f(u_j)      exact to degree 2n - 1, u = <e,x>
///
/// Tables hold √w_j p_l(u_j), entries of an orthogonal matrix: neither they nor their use over- or
/// underflow, whatever d (the p_l themselves reach 10^300 at the poles for d = 1024). The nodes are the
/// eigenvalues of the Jacobi matrix. Cost O(n²). DLMF 18.9.1, 3.5(vi).
struct GegenbauerBasis: Sendable {
    /// d of R^d.
    let dimension: Int
    /// Number of modes: degrees 0 … modes - 1.
    let modes: Int
    /// u_j, descending: from the pole e to -e.
    let nodes: [Double]
    /// √w_j.
    let roots: [Double]
    /// √w_j p_l(u_j), shape [n][modes].
    let values: [Double]
    /// √w_j p_l'(u_j), shape [n][modes].
    let slopes: [Double]

    /// `modes` polynomials at `count` nodes.
    init(dimension d: Int, modes: Int, count n: Int) {
        precondition(d >= 2 && modes >= 1 && modes <= n)
        dimension = d
        self.modes = modes
        let b = (0...n).map { Self.coupling($0, dimension: d) }
        var eigenvalues = [Double](repeating: 0, count: n)
        var offDiagonal = Array(b[1..<n]) + [0]
        let status = LAPACKE_dsterf(Int32(n), &eigenvalues, &offDiagonal)
        precondition(status == 0, "the eigenvalues of a Jacobi matrix exist")
        var (nodes, roots) = ([Double](), [Double]())
        var values = [Double](repeating: 0, count: n * modes)
        var slopes = values
        for j in 0..<n {
            // Symmetric, and polished by one step of Newton's method.
            var u = (eigenvalues[n - 1 - j] - eigenvalues[j]) / 2
            var column = Self.column(at: u, b)
            if column.slope[n] != 0 { u -= column.value[n] / column.slope[n] }
            column = Self.column(at: u, b)
            var norm = 0.0
            for l in 0..<n { norm += column.value[l] * column.value[l] }
            norm = norm.squareRoot()
            nodes.append(u)
            roots.append(column.value[0] / norm)
            for l in 0..<modes {
                values[j * modes + l] = column.value[l] / norm
                slopes[j * modes + l] = column.slope[l] / norm
            }
        }
        (self.nodes, self.roots, self.values, self.slopes) = (nodes, roots, values, slopes)
    }

    /// b_l; b_1² = 1/d on the circle too.
    static func coupling(_ l: Int, dimension d: Int) -> Double {
        if l <= 1 { return Double(l) / Double(d).squareRoot() }
        let (k, d) = (Double(l), Double(d))
        return (k * (k + d - 3) / ((2 * k + d - 2) * (2 * k + d - 4))).squareRoot()
    }

    /// p_0 … p_n and their derivatives at u, up to a common factor.
    private static func column(
        at u: Double, _ b: [Double]
    ) -> (value: [Double], slope: [Double]) {
        let n = b.count - 1
        var value = [Double](repeating: 0, count: n + 1)
        var slope = value
        value[0] = 1
        for l in 0..<n {
            value[l + 1] = (u * value[l] - (l > 0 ? b[l] * value[l - 1] : 0)) / b[l + 1]
            slope[l + 1] =
                (value[l] + u * slope[l] - (l > 0 ? b[l] * slope[l - 1] : 0)) / b[l + 1]
            if abs(value[l + 1]) + abs(slope[l + 1]) > 0x1p300 {
                for k in 0...(l + 1) {
                    value[k] *= 0x1p-300
                    slope[k] *= 0x1p-300
                }
            }
        }
        return (value, slope)
    }

    /// Number of nodes n.
    var count: Int { nodes.count }

    /// √w_j ρ(u_j) for ρ = Σ c_l p_l.
    func synthesize(_ c: [Double], into result: inout [Double]) {
        Self.apply(values, to: c, into: &result)
    }

    /// c_l = Σ_j √w_j p_l(u_j) g_j, the coefficients of the function with g_j = √w_j ρ(u_j).
    func analyze(_ g: [Double]) -> [Double] {
        var c = [Double](repeating: 0, count: modes)
        for j in 0..<count {
            for l in 0..<modes { c[l] += values[j * modes + l] * g[j] }
        }
        return c
    }

    /// The product of a matrix, shape [result][vector], with a vector.
    static func apply(_ matrix: [Double], to vector: [Double], into result: inout [Double]) {
        let (n, m) = (result.count, vector.count)
        precondition(matrix.count == n * m)
        matrix.withUnsafeBufferPointer { rows in
            for j in 0..<n { result[j] = tf_dot(m, rows.baseAddress! + j * m, vector) }
        }
    }

    /// Σ_{l≥1} c_l p_l(u)·`factor`, with the number `factor` taken in from the start.
    static func sum(
        _ c: [Double], at u: Double, factor: Double, dimension d: Int
    ) -> (value: Double, slope: Double) {
        var (value, slope) = (0.0, 0.0)
        var (before, now) = (0.0, factor)
        var (slopeBefore, slopeNow) = (0.0, 0.0)
        var left = 0.0
        for l in 1..<max(c.count, 1) {
            let right = coupling(l, dimension: d)
            let next = (u * now - left * before) / right
            let slopeNext = (now + u * slopeNow - left * slopeBefore) / right
            (before, now, slopeBefore, slopeNow) = (now, next, slopeNow, slopeNext)
            left = right
            value += c[l] * next
            slope += c[l] * slopeNext
        }
        return (value, slope)
    }
}

/// The uniform probability measure σ of S^{d-1} by the angle θ to an axis.
///
///     dσ = sin^{d-2}θ dθ/Z_{d-2},   Z_n = ∫_0^π sin^n = (n-1)/n Z_{n-2},   Z_0 = π,   Z_1 = 2
public struct PolarMeasure: Sendable {
    /// d - 2.
    private let power: Int
    /// Z_{d-2}, and before it every second one from Z_0 or Z_1 on.
    private let norms: [Double]

    /// The measure on S^{d-1}.
    public init(dimension d: Int) {
        power = d - 2
        var norms = [power.isMultiple(of: 2) ? Double.pi : 2]
        for n in stride(from: power % 2 + 2, through: power, by: 2) {
            norms.append(norms.last! * Double(n - 1) / Double(n))
        }
        self.norms = norms
    }

    /// dσ/dθ = sin^{d-2}θ/Z.
    func density(at θ: Double) -> Double { exp(logDensity(at: θ)) }

    /// log dσ/dθ, which does not underflow.
    func logDensity(at θ: Double) -> Double {
        Double(power) * log(abs(sin(θ))) - log(norms.last!)
    }

    /// σ(angle < θ) by ∫ sin^n = ((n-1) ∫ sin^{n-2} - sin^{n-1} cos)/n; absolute error of rounding.
    public func mass(below θ: Double) -> Double {
        if θ <= 0 { return 0 }
        if θ >= .pi { return 1 }
        let (s, c) = (sin(θ), cos(θ))
        let isEven = power.isMultiple(of: 2)
        var mass = isEven ? θ / .pi : (1 - c) / 2
        var sine = isEven ? s : s * s
        for (i, n) in stride(from: power % 2 + 2, through: power, by: 2).enumerated() {
            mass -= sine * c / (Double(n) * norms[i + 1])
            sine *= s * s
        }
        return min(1, max(0, mass))
    }
}
