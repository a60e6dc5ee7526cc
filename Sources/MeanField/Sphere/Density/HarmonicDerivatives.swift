import Spectral

/// Derivatives of fields on S² in their harmonic coefficients.
///
///     sin θ ∂_θ P_lm = l ε_{l+1} P_{l+1,m} - (l+1) ε_l P_{l-1,m},   ε_l = √((l² - m²)/(4l² - 1))
///
/// Source: NIST DLMF 14.10.5, normalised as in ``Spectral/HarmonicLayout``.
struct HarmonicDerivatives: Sendable {
    /// Of the fields that are differentiated.
    let layout: HarmonicLayout
    /// l ε_{l+1} and (l+1) ε_l for every pair.
    private let up: [Double]
    private let down: [Double]

    init(_ layout: HarmonicLayout) {
        self.layout = layout
        var up = [Double](repeating: 0, count: layout.pairs)
        var down = up
        func ε(_ l: Int, _ m: Int) -> Double {
            (Double((l - m) * (l + m)) / Double(4 * l * l - 1)).squareRoot()
        }
        for m in 0...layout.degree {
            for l in m...layout.degree {
                up[layout.pair(l, m)] = Double(l) * ε(l + 1, m)
                down[layout.pair(l, m)] = l == 0 ? 0 : Double(l + 1) * ε(l, m)
            }
        }
        self.up = up
        self.down = down
    }

    /// sin θ ∂_θ f, of one degree more: `result` has the layout of `layout.degree` + 1.
    func polar(_ f: [Double], into result: inout [Double]) {
        let wide = HarmonicLayout(degree: layout.degree + 1)
        precondition(f.count == layout.count && result.count == wide.count)
        for i in 0..<result.count { result[i] = 0 }
        for m in 0...layout.degree {
            let (from, to) = (layout.pair(m, m), wide.pair(m, m))
            for k in 0...(layout.degree - m) {
                for part in 0..<2 {
                    let value = f[2 * (from + k) + part]
                    result[2 * (to + k + 1) + part] += up[from + k] * value
                    if k > 0 { result[2 * (to + k - 1) + part] -= down[from + k] * value }
                }
            }
        }
    }

    /// ∂_φ f, in the layout of `layout.degree` + 1.
    func azimuthal(_ f: [Double], into result: inout [Double]) {
        let wide = HarmonicLayout(degree: layout.degree + 1)
        precondition(f.count == layout.count && result.count == wide.count)
        for i in 0..<result.count { result[i] = 0 }
        for m in 0...layout.degree {
            let (from, to) = (layout.pair(m, m), wide.pair(m, m))
            for k in 0...(layout.degree - m) {
                result[2 * (to + k)] = Double(m) * f[2 * (from + k) + 1]
                result[2 * (to + k) + 1] = -Double(m) * f[2 * (from + k)]
            }
        }
    }

    /// ∫ <grad Y, F> dσ for every harmonic up to degree `layout.degree` - 1, from the coefficients of
    /// F_θ/sin θ and F_φ/sin θ in `layout`, one after the other; the last degree becomes zero.
    func weakDivergence(_ flux: [Double], into result: inout [Double]) {
        precondition(flux.count == 2 * layout.count && result.count == layout.count)
        let second = layout.count
        for m in 0...layout.degree {
            let from = layout.pair(m, m)
            let order = Double(m)
            for k in 0...(layout.degree - m) {
                let i = 2 * (from + k)
                if m + k == layout.degree {
                    (result[i], result[i + 1]) = (0, 0)
                    continue
                }
                let (a, b) = (up[from + k], down[from + k])
                var (re, im) = (a * flux[i + 2], a * flux[i + 3])
                if k > 0 {
                    re -= b * flux[i - 2]
                    im -= b * flux[i - 1]
                }
                result[i] = re - order * flux[second + i + 1]
                result[i + 1] = im + order * flux[second + i]
            }
        }
    }
}
