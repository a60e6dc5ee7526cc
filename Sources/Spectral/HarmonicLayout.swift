/// Where the coefficients of real spherical harmonics up to a degree stand.
///
///     f = Σ_l c_{l0} P_l0 + Σ_{m>0} (c_{lm} cos mφ + s_{lm} sin mφ) P_lm(cos θ)
///
/// The harmonics are orthonormal with respect to the uniform probability measure σ, without
/// Condon–Shortley phase. Order after order, degree after degree, each a pair (c, s), s = 0 for m = 0.
public struct HarmonicLayout: HarmonicPlaces {
    /// Highest degree D.
    public let degree: Int

    /// The layout of degrees 0 … `degree`.
    @inlinable
    public init(degree: Int) {
        precondition(degree >= 0)
        self.degree = degree
    }

    /// Number of pairs.
    public var pairs: Int { (degree + 1) * (degree + 2) / 2 }
    /// Number of coefficients, the zeros of order 0 among them.
    public var count: Int { 2 * pairs }
    /// Number of harmonics.
    public var harmonics: Int { (degree + 1) * (degree + 1) }

    /// The pair of degree l and order m.
    @inlinable
    public func pair(_ l: Int, _ m: Int) -> Int { m * (degree + 1) - m * (m - 1) / 2 + (l - m) }

    /// The degree of every coefficient, shape [count].
    public var degrees: [Int] { (0...degree).flatMap { m in (m...degree).flatMap { [$0, $0] } } }

    /// The coefficients `modes` of this layout in another, with zeros or cut off.
    public func moved(_ modes: [Double], to other: HarmonicLayout) -> [Double] {
        var result = [Double](repeating: 0, count: other.count)
        let top = min(degree, other.degree)
        for m in 0...top {
            let (from, to) = (2 * pair(m, m), 2 * other.pair(m, m))
            for i in 0..<(2 * (top - m + 1)) { result[to + i] = modes[from + i] }
        }
        return result
    }

    /// The coefficients `modes` times a factor for each degree; without one they become zero.
    public func scaled(_ modes: [Double], byDegree factors: [Double]) -> [Double] {
        var result = modes
        for m in 0...degree {
            for l in m...degree {
                let (i, factor) = (2 * pair(l, m), l < factors.count ? factors[l] : 0)
                result[i] *= factor
                result[i + 1] *= factor
            }
        }
        return result
    }
}
