/// The Cartesian components of vector fields that spherical harmonics make on S².
///
///     (F_c)_l = p_l U_c f_{l-1} + q_l D_c f_{l+1},   x_c Y_l = U_c Y_l + D_c Y_l
///
/// for a field f of degrees up to L: multiplication by a coordinate x_c leads from degree l one up
/// and one down (U_c, D_c). p = q = 1 gives x f; p_l = -(l - 1), q_l = l + 2 the tangential
/// gradient,
///
///     grad Y_l = (l + 1) D Y_l - l U Y_l
///
/// since grad r^l Y_l is homogeneous and harmonic of degree l - 1. Degrees beyond L are left out.
/// Coefficients stand as ``HarmonicLayout`` says. Cost: O(L²).
public struct SphericalLadder: Sendable {
    /// L.
    public let top: Int
    /// √n.
    private let roots: [Double]
    /// 1/√((2l - 1)(2l + 1)), which stands between degrees l - 1 and l.
    private let norms: [Double]

    /// The ladder of degrees up to `top`.
    public init(top: Int) {
        self.top = top
        roots = (0...(2 * top + 4)).map { Double($0).squareRoot() }
        norms = (0...(top + 1)).map { 1 / Double(abs(4 * $0 * $0 - 1)).squareRoot() }
    }

    /// Writes the three components; `up` and `down` are p and q, of degrees 0 … L.
    public func components(
        of f: [Double], up p: [Double], down q: [Double], into x: inout [Double],
        _ y: inout [Double], _ z: inout [Double]
    ) {
        let size = HarmonicLayout(degree: top).count
        precondition(f.count == size && x.count == size && y.count == size && z.count == size)
        precondition(p.count > top && q.count > top)
        let half = 0.5.squareRoot()
        for m in 0...top {
            for l in m...top {
                let i = 2 * HarmonicLayout(degree: top).pair(l, m)
                let (rise, fall) = (p[l] * norms[l], q[l] * norms[l + 1])
                // z from degrees l - 1 and l + 1 of the same order.
                let below = l > m ? rise * roots[l - m] * roots[l + m] : 0
                let above = l < top ? fall * roots[l + 1 - m] * roots[l + 1 + m] : 0
                for part in 0..<2 {
                    z[i + part] =
                        (l > m ? below * f[i - 2 + part] : 0)
                        + (l < top ? above * f[i + 2 + part] : 0)
                }
                // sin θ e^{-iφ} from order m + 1, sin θ e^{iφ} from order m - 1, as (a, -b).
                var (outer, inner) = ((0.0, 0.0), (0.0, 0.0))
                let scale = m == 0 ? half : 1
                if l - 1 >= m + 1 {
                    let j = 2 * HarmonicLayout(degree: top).pair(l - 1, m + 1)
                    let factor = -scale * rise * roots[l - m - 1] * roots[l - m]
                    outer = (factor * f[j], -factor * f[j + 1])
                }
                if l < top {
                    let j = 2 * HarmonicLayout(degree: top).pair(l + 1, m + 1)
                    let factor = scale * fall * roots[l + m + 2] * roots[l + m + 1]
                    outer.0 += factor * f[j]
                    outer.1 -= factor * f[j + 1]
                }
                if m == 0 {
                    (x[i], x[i + 1]) = (outer.0, 0)
                    (y[i], y[i + 1]) = (-outer.1, 0)
                    continue
                }
                let own = m == 1 ? 2 * half : 1
                if l > 0 {
                    let j = 2 * HarmonicLayout(degree: top).pair(l - 1, m - 1)
                    let factor = own * rise * roots[l + m - 1] * roots[l + m]
                    inner = (factor * f[j], -factor * f[j + 1])
                }
                if l < top {
                    let j = 2 * HarmonicLayout(degree: top).pair(l + 1, m - 1)
                    let factor = -own * fall * roots[l - m + 2] * roots[l - m + 1]
                    inner.0 += factor * f[j]
                    inner.1 -= factor * f[j + 1]
                }
                // (inner + outer)/2 and (inner - outer)/2i.
                (x[i], x[i + 1]) = (0.5 * (inner.0 + outer.0), -0.5 * (inner.1 + outer.1))
                (y[i], y[i + 1]) = (0.5 * (inner.1 - outer.1), 0.5 * (inner.0 - outer.0))
            }
        }
    }
}
