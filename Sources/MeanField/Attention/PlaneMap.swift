import Foundation

/// A linear map of the plane: Q, K or V on the circle.
///
///     M = [[xx, xy], [yx, yy]],   M z = c z + a z̄   for z = x + iy
///     c = ((xx + yy) + i (yx - xy))/2,   a = ((xx - yy) + i (yx + xy))/2
///
/// c is the conformal part (a rotation times a scale), a the anti-conformal one (a reflection times a
/// scale). The spectral norm is |c| + |a|. Entries are finite, of either sign; nothing is refused.
public struct PlaneMap: Sendable, Equatable {
    /// The first row.
    public var xx, xy: Double
    /// The second row.
    public var yx, yy: Double

    /// The matrix [[xx, xy], [yx, yy]].
    public init(_ xx: Double, _ xy: Double, _ yx: Double, _ yy: Double) {
        (self.xx, self.xy, self.yx, self.yy) = (xx, xy, yx, yy)
    }

    /// `scale` times the identity.
    public init(scale: Double) { self.init(scale, 0, 0, scale) }

    /// The rotation by `angle`.
    public init(rotation angle: Double) {
        self.init(cos(angle), -sin(angle), sin(angle), cos(angle))
    }

    /// The matrix product.
    public static func * (a: PlaneMap, b: PlaneMap) -> PlaneMap {
        PlaneMap(
            a.xx * b.xx + a.xy * b.yx, a.xx * b.xy + a.xy * b.yy, a.yx * b.xx + a.yy * b.yx,
            a.yx * b.xy + a.yy * b.yy)
    }

    /// The transposed matrix.
    public var transposed: PlaneMap { PlaneMap(xx, yx, xy, yy) }

    /// The map seen from a frame turned by `angle`: R(-angle) M R(angle).
    public func turned(by angle: Double) -> PlaneMap {
        PlaneMap(rotation: -angle) * self * PlaneMap(rotation: angle)
    }

    /// c.
    var conformal: Complex { Complex((xx + yy) / 2, (yx - xy) / 2) }
    /// a.
    var anticonformal: Complex { Complex((xx - yy) / 2, (yx + xy) / 2) }

    /// The spectral norm.
    public var norm: Double { conformal.modulus + anticonformal.modulus }

    /// The largest eigenvalue of the symmetric part.
    var largestSymmetricEigenvalue: Double { conformal.re + anticonformal.modulus }

    /// m if the map is m times the identity up to errors of size `error` in its entries.
    func multiple(error: Double) -> Double? {
        anticonformal.modulus <= error && abs(conformal.im) <= error ? conformal.re : nil
    }
}
