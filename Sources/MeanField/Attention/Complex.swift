import Foundation

/// A complex number re + i im, as the closed forms of the plane need it.
struct Complex: Sendable, Equatable {
    var re: Double
    var im: Double

    init(_ re: Double, _ im: Double = 0) {
        self.re = re
        self.im = im
    }

    /// size · e^{i angle}.
    init(size: Double, angle: Double) {
        self.init(size * cos(angle), size * sin(angle))
    }

    static let zero = Complex(0)

    var conjugate: Complex { Complex(re, -im) }
    var modulus: Double { hypot(re, im) }
    /// In (-π, π]; 0 for 0.
    var argument: Double { atan2(im, re) }

    static func + (a: Complex, b: Complex) -> Complex { Complex(a.re + b.re, a.im + b.im) }
    static func - (a: Complex, b: Complex) -> Complex { Complex(a.re - b.re, a.im - b.im) }
    static func * (a: Complex, b: Complex) -> Complex {
        Complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
    }
    static func * (a: Double, b: Complex) -> Complex { Complex(a * b.re, a * b.im) }
}
