import Foundation

/// Values of harmonic series, and of all harmonics, at single points of S².
///
///     f(x) = Σ_m Re[(c_lm - i s_lm)(x₁ + i x₂)^m] Q_lm(x₃),   Q_lm = P_lm/sin^m θ
///
/// a polynomial in x, smooth at the poles. Cost O(D²) a point; harmonics as in ``HarmonicLayout``.
public struct HarmonicSeries: Sendable {
    /// Where coefficients stand.
    public let layout: HarmonicLayout
    /// ε_l of every pair, and 1/ε_{l+1}.
    private let below: [Double]
    private let above: [Double]
    /// Q_mm.
    private let tops: [Double]

    /// Highest degree: Q_lm comes to 1e146 there, and what sin^m θ < 1e-308 loses is below 1e-160.
    public static let mostDegrees = 700

    /// Series of degrees 0 … `degree`.
    public init(degree: Int) {
        precondition(degree <= Self.mostDegrees)
        layout = HarmonicLayout(degree: degree)
        var (below, above) = ([Double](), [Double]())
        var tops = [1.0]
        for m in 0...degree {
            if m > 0 {
                let share = Double(2 * m + 1) / Double(2 * m)
                tops.append(tops[m - 1] * (m == 1 ? 2 * share : share).squareRoot())
            }
            for l in m...degree {
                below.append(l > m ? LegendreTables.ε(l, m) : 0)
                above.append(1 / LegendreTables.ε(l + 1, m))
            }
        }
        self.below = below
        self.above = above
        self.tops = tops
    }

    /// f and its gradient along the sphere at the unit vector x.
    public func evaluate(
        _ modes: [Double], at x: [Double], gradient: inout [Double]
    ) -> Double {
        precondition(modes.count == layout.count)
        let z = x[2]
        var (re, im) = (1.0, 0.0)
        var (lowerRe, lowerIm) = (0.0, 0.0)
        var value = 0.0
        var (gx, gy, gz) = (0.0, 0.0, 0.0)
        var i = 0
        for m in 0...layout.degree {
            var (q, last, slope, lastSlope) = (tops[m], 0.0, 0.0, 0.0)
            var (sumRe, sumIm, slopeRe, slopeIm) = (0.0, 0.0, 0.0, 0.0)
            for _ in m...layout.degree {
                let (c, s) = (modes[2 * i], modes[2 * i + 1])
                sumRe += c * q
                sumIm += s * q
                slopeRe += c * slope
                slopeIm += s * slope
                let next = (z * q - below[i] * last) * above[i]
                let nextSlope = (q + z * slope - below[i] * lastSlope) * above[i]
                (last, q, lastSlope, slope) = (q, next, slope, nextSlope)
                i += 1
            }
            value += sumRe * re + sumIm * im
            gz += slopeRe * re + slopeIm * im
            // d(x + iy)^m = m (x + iy)^{m-1} (dx + i dy).
            gx += Double(m) * (sumRe * lowerRe + sumIm * lowerIm)
            gy += Double(m) * (sumIm * lowerRe - sumRe * lowerIm)
            (lowerRe, lowerIm) = (re, im)
            (re, im) = (re * x[0] - im * x[1], re * x[1] + im * x[0])
        }
        let radial = gx * x[0] + gy * x[1] + gz * z
        gradient[0] = gx - radial * x[0]
        gradient[1] = gy - radial * x[1]
        gradient[2] = gz - radial * z
        return value
    }

    /// Adds `factor` times every harmonic at the unit vector x to `sums`.
    public func add(_ factor: Double, at x: [Double], to sums: inout [Double]) {
        precondition(sums.count == layout.count)
        let z = x[2]
        var (re, im) = (factor, 0.0)
        var i = 0
        for m in 0...layout.degree {
            var (q, last) = (tops[m], 0.0)
            for _ in m...layout.degree {
                sums[2 * i] += q * re
                sums[2 * i + 1] += q * im
                (last, q) = (q, (z * q - below[i] * last) * above[i])
                i += 1
            }
            (re, im) = (re * x[0] - im * x[1], re * x[1] + im * x[0])
        }
    }
}
