import Foundation
import Spectral

extension SphereMesh {
    /// The point of latitude u and longitude w.
    static func point(_ label: SIMD2<Double>) -> [Double] {
        [cos(label.x) * cos(label.y), cos(label.x) * sin(label.y), sin(label.x)]
    }
}

extension HarmonicDensity where Transform == SphericalTransform {
    /// Panels of latitude and longitude above an equator, dm = ρ cos u du dw/4π, for a kernel of sharpness b.
    ///
    /// The nodes of the first panels are no farther apart than half a wave of the highest degree, so that
    /// nothing falls between them; what is negative, within the tolerance, is left out.
    ///
    /// - Parameters:
    ///   - equator: Two orthonormal vectors, the first of longitude 0.
    ///   - tolerance: As in ``SphereMesh``.
    func mesh(
        equator: [[Double]], sharpness b: Double, tolerance: Double
    ) -> SphereMesh {
        let (e, f) = (equator[0], equator[1])
        let axes = [
            e, f,
            [e[1] * f[2] - e[2] * f[1], e[2] * f[0] - e[0] * f[2], e[0] * f[1] - e[1] * f[0]],
        ]
        func point(_ label: SIMD2<Double>) -> [Double] {
            let x = SphereMesh.point(label)
            return (0..<3).map { c in x[0] * axes[0][c] + x[1] * axes[1][c] + x[2] * axes[2][c] }
        }
        var field = SphericalPointModes(top: layout.degree)
        field.setFields([modes])
        var places = SphericalPlaces()
        return SphereMesh(
            from: SIMD2(-.pi / 2, 0), to: SIMD2(.pi / 2, 2 * .pi),
            width: min(SphereMesh.widest / b.squareRoot(), 4 * .pi / Double(layout.degree)),
            sharpness: b, tolerance: tolerance, point: point
        ) { labels in
            let points = labels.map(point)
            field.place((0..<3).flatMap { c in points.map { $0[c] } }, into: &places)
            var values = [Double](repeating: 0, count: labels.count)
            field.evaluate(at: places, into: &values)
            return zip(values, labels).map { max(0, $0) * cos($1.x) }
        }
    }

    /// The largest error of a coefficient of W*μ, W = e^{b<x,y>}, over its mean, of `points` that stand for the
    /// density.
    func error(of points: TokenMeasure, sharpness b: Double) -> Double {
        let multipliers = FunkHeckeMultipliers(dimension: 3, inverseTemperature: b)
        let short = HarmonicLayout(degree: multipliers.bandLimit)
        let missed = zip(layout.moved(modes, to: short), short.modes(of: points)).map { $0 - $1 }
        return short.scaled(missed, byDegree: multipliers.kernel).reduce(0) {
            max($0, abs($1) / multipliers.kernel[0])
        }
    }
}
