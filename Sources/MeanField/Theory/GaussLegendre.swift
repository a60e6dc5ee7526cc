import Spectral

/// The 20-point Gauss–Legendre rule on [-1, 1], exact for degree 39.
enum GaussLegendre {
    static let count = 20
    static let rule = gaussLegendreRule(count)
}
