import Foundation
import Spectral

extension HarmonicDensity where Transform == SphericalTransform {
    /// Panels of latitude and longitude above an equator, dm = ρ cos u du dw/4π, for a kernel of sharpness b.
    ///
    /// The nodes of the first panels are no farther apart than half a wave of the highest degree, so that
    /// nothing falls between them; what is negative, within the tolerance, is left out.
    ///
    /// - Parameters:
    ///   - equator: Two orthonormal vectors, the first of longitude 0.
    ///   - tolerance: As in ``SphereMesh``.
    func mesh(equator: [[Double]], sharpness b: Double, tolerance: Double) -> SphereMesh {
        let field = HarmonicField(modes, in: layout)
        let frame = SphereFrame(equator: equator)
        let width = SphereMesh.width(sharpness: b, degree: layout.degree)
        let patch = SpherePatch(frame: frame, width: SIMD2(width, width)) { labels in
            zip(field.values(at: labels.map(frame.point)), labels).map { max(0, $0) * cos($1.x) }
        }
        return SphereMesh(of: [patch], sharpness: b, tolerance: tolerance)
    }
}

extension SphereMesh {
    /// The widest panels for a kernel of sharpness b whose nodes are no farther apart than half a wave of
    /// `degree`.
    static func width(sharpness b: Double, degree: Int) -> Double {
        min(widest / b.squareRoot(), 4 * .pi / Double(max(degree, 1)))
    }
}

extension TokenMeasure {
    /// The largest error of a coefficient of W*μ, W = e^{b<x,y>}, over its mean, of points on S² that stand for
    /// a measure with given coefficients.
    func kernelError(sharpness b: Double, of modes: (HarmonicLayout) -> [Double]) -> Double {
        let multipliers = FunkHeckeMultipliers(dimension: 3, inverseTemperature: b)
        let short = HarmonicLayout(degree: multipliers.bandLimit)
        let missed = zip(modes(short), short.modes(of: self)).map { $0 - $1 }
        return short.scaled(missed, byDegree: multipliers.kernel).reduce(0) {
            max($0, abs($1) / multipliers.kernel[0])
        }
    }
}
