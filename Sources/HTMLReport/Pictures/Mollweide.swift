import Foundation

/// Mollweide's projection of S² to an ellipse of half-axes 2 and 1, which keeps areas.
///
///     x = 2λ/π cos ψ,   y = sin ψ,   2ψ + sin 2ψ = π sin φ
///
/// with longitude λ = atan2(x₂, x₁) and latitude φ = asin x₃. Source: J. P. Snyder, Map Projections:
/// A Working Manual, USGS Professional Paper 1395 (1987), doi:10.3133/pp1395, chapter 31.
enum Mollweide {
    /// The place of a unit vector on the map.
    static func project(_ point: [Double]) -> (x: Double, y: Double) {
        let psi = auxiliaryAngle(sineOfLatitude: max(-1, min(1, point[2])))
        return (2 * atan2(point[1], point[0]) / .pi * cos(psi), sin(psi))
    }

    /// The unit vector at a place of the map; `nil` outside the ellipse.
    static func unproject(x: Double, y: Double) -> [Double]? {
        guard x * x / 4 + y * y < 1 else { return nil }
        let psi = asin(y)
        let sine = (2 * psi + sin(2 * psi)) / .pi
        let longitude = .pi * x / (2 * cos(psi))
        let radius = max(0, 1 - sine * sine).squareRoot()
        return [radius * cos(longitude), radius * sin(longitude), sine]
    }

    /// ψ by Newton's method, from the poles' side where the equation is flat.
    private static func auxiliaryAngle(sineOfLatitude sine: Double) -> Double {
        let target = .pi * abs(sine)
        // Near the pole 2ψ + sin 2ψ = π - (π - 2ψ)³/6 + …
        var double = .pi - cbrt(6 * max(0, .pi - target))
        double = max(double, 0)
        for _ in 0..<50 {
            let slope = 1 + cos(double)
            if slope < 1e-14 { break }
            let step = (double + sin(double) - target) / slope
            double = min(max(double - step, 0), .pi)
            if abs(step) < 1e-15 { break }
        }
        return sine < 0 ? -double / 2 : double / 2
    }
}
