import Foundation

/// The spectrum of V KᵀQ, which decides where the fast collapse leads.
///
///     residual(μ) = 1 - ∫ |Π x|² dμ,   Π the orthogonal projection on E_max
///
/// E_max is the real generalised eigenspace of all eigenvalues whose real part is within 1e-9 of the norm
/// of V KᵀQ of the largest: a line for a simple leading eigenvalue; the plane for a complex pair, a
/// Jordan block and zero. As β → ∞ the velocity of the uniform density is P_x V KᵀQ x/|KᵀQ x|, up to a
/// time change the normalised linear flow z' = V KᵀQ z, which draws all mass to E_max.
/// Source: arXiv:2509.25040, Proposition 3.4.
public struct CollapseSpectrum: Sendable, Equatable {
    /// Real parts of the two eigenvalues, the larger one first.
    public let eigenvalues: [Double]
    /// Imaginary part of the first eigenvalue, ≥ 0; the second is its conjugate.
    public let imaginaryPart: Double
    /// The direction of E_max as an angle in (-π/2, π/2]; `nil` if E_max is the plane.
    public let axis: Double?

    /// Real parts as close as this, as a share of the norm, belong together.
    private static let tolerance = 1e-9

    /// The spectrum of `map` = V KᵀQ.
    public init(of map: PlaneMap) {
        let middle = (map.xx + map.yy) / 2
        let half = (map.xx - map.yy) / 2
        // λ = middle ± √(half² + xy·yx). What rounding of the entries does to the root does not count:
        // a defective matrix in another frame stays defective.
        let square = half * half + map.xy * map.yx
        let noise = 0x1p-50 * map.norm * (2 * abs(half) + abs(map.xy) + abs(map.yx))
        let root = abs(square) <= noise ? 0 : abs(square).squareRoot()
        if square < 0 || root == 0 {
            eigenvalues = [middle, middle]
            imaginaryPart = root
        } else {
            eigenvalues = [middle + root, middle - root]
            imaginaryPart = 0
        }
        if eigenvalues[0] - eigenvalues[1] <= Self.tolerance * map.norm {
            axis = nil
            return
        }
        // (M - λ₂) maps the plane onto the eigenvector of λ₁; its longer column has no cancellation.
        let columns = [(half + root, map.yx), (map.xy, root - half)]
        let (x, y) = half >= 0 ? columns[0] : columns[1]
        let angle = atan2(y, x)
        axis = angle > .pi / 2 ? angle - .pi : angle <= -.pi / 2 ? angle + .pi : angle
    }

    /// Dimension of E_max, 1 or 2.
    public var dimension: Int { axis == nil ? 2 : 1 }

    /// Distance of the leading from the next real part; `nil` if E_max is everything.
    public var gap: Double? { axis == nil ? nil : eigenvalues[0] - eigenvalues[1] }

    /// 1 - ∫ |Π x|² dμ: the mean sin² of the angle to E_max, 0 if that is everything.
    public func residual(of measure: CircleMeasure) -> Double {
        guard let axis else { return 0 }
        if measure.isSmooth {
            let (re, im) = measure.coefficients(upTo: 2)
            return max(0, (1 - re[2] * cos(2 * axis) + im[2] * sin(2 * axis)) / 2)
        }
        let (angles, masses) = measure.points
        return zip(angles, masses).reduce(0) { sum, point in
            let s = sin(point.0 - axis)
            return sum + point.1 * s * s
        }
    }
}
