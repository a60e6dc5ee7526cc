import Foundation

/// Two atoms under softmax attention, by formulas of their own: nothing here is taken from the library.
///
/// The lighter atom, of mass m ≤ 1/2, is at 0 and the other one at g; the masses sum to 1.
struct TwoAtomReference {
    let β: Double
    let m: Double

    /// Whether W*μ has two maxima: whether L' has three roots between the atoms.
    ///
    ///     L' = 0  ⟺  G(x) = ln(m/(1-m)) + ln(sin x/sin(g - x)) + β (cos x - cos(g - x)) = 0
    ///
    /// G rises from -∞, has a maximum at x = g/2 - y and a minimum at g/2 + y, where q = cos y solves
    /// β q³ - β c² q = c, c = cos(g/2), if that has a root below 1. The lighter atom has a maximum of its
    /// own as long as that of G is positive.
    func hasTwoMaxima(_ g: Double) -> Bool {
        let c = cos(g / 2)
        func cubic(_ q: Double) -> Double { β * q * (q - c) * (q + c) - c }
        guard cubic(1) > 0 else { return false }
        var (low, high) = (c, 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if cubic(middle) > 0 { high = middle } else { low = middle }
        }
        let x = g / 2 - acos(high)
        return log(m / (1 - m)) + log(sin(x) / sin(g - x)) + β * (cos(x) - cos(g - x)) > 0
            || m == 0.5
    }

    /// The gap at which the two maxima become one.
    var mergingGap: Double {
        var (low, high) = (0.0, Double.pi)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if hasTwoMaxima(middle) { high = middle } else { low = middle }
        }
        return high
    }

    /// ln T from the gap g₀ to ``mergingGap``, T = ∫ dg/(v₁ + v₂).
    ///
    ///     v₁ = sin g (1-m)/(m E + (1-m)),   v₂ = sin g m/((1-m) E + m),   E = e^{β(1 - cos g)}
    ///
    /// in units of e^{β(1 - cos g₀)}, by the tanh-sinh rule, which does not mind that the integrand ends
    /// in a peak of width 1/β. Source: Takahasi, Mori (1974).
    func logarithmOfTime(from g0: Double) -> Double {
        let length = g0 - mergingGap
        let h = 1.0 / 64
        var sum = 0.0
        for k in -256...256 {
            let t = h * Double(k)
            let e = exp(-.pi * sinh(t))
            let weight = .pi * cosh(t) * e / ((1 + e) * (1 + e))
            // The distance from g₀, which the exponent needs to relative accuracy.
            let below = length * e / (1 + e)
            let g = g0 - below
            let rise = -2 * β * sin(g0 - below / 2) * sin(below / 2)
            let excess = exp(2 * β * sin(g / 2) * sin(g / 2))
            // 1/(v₁ + v₂) = E/rates, E = e^{β(1 - cos g₀)} e^{rise}.
            let (first, second) = (m + (1 - m) / excess, (1 - m) + m / excess)
            let rates = sin(g) * ((1 - m) / first + m / second)
            sum += weight * exp(rise) / rates
        }
        return 2 * β * sin(g0 / 2) * sin(g0 / 2) + log(h * length * sum)
    }
}
