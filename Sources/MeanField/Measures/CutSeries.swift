import Foundation

/// How a density is shown whose series is cut off: a start that noise has yet to smooth (``RoughStart``).
///
///     f_l = e^{-s l²},   s = ln(10⁶ tail)/L²
///
/// a heat kernel that brings the last coefficients, `tail` of degree L, down to 10⁻⁶. Up to 10⁻³ they are shown as
/// they are.
public enum CutSeries {
    /// f_l, l = 0 … L; `nil` where nothing is changed.
    public static func factors(tail: Double, degree: Int) -> [Double]? {
        guard tail > 1e-3, degree > 0 else { return nil }
        let s = log(1e6 * tail) / (Double(degree) * Double(degree))
        return (0...degree).map { exp(-s * Double($0) * Double($0)) }
    }
}
