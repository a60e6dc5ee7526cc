import Foundation
import Spectral

extension SphereStart {
    /// c_lm = ∫ Y_lm dμ of a mixture in azimuth, which are those of its azimuths times those of its elevations.
    ///
    ///     c_lm = A_lm Σ w_k e^{-m²σ_k²/2} (cos mφ_k, sin mφ_k),   A_lm = ∫ Y_lm(e, 0) g(e) de
    ///
    /// with g = 1/π or ½ cos e. In z = sin e the integrand is a polynomial, for Gauss–Legendre nodes, or one
    /// times √(1-z²)^{±1}, which makes it one of cosines of e, for equispaced nodes: by the parity of m.
    static func modes(
        of parts: [SphereInitial.AzimuthComponent], _ elevation: SphereInitial.Elevation,
        in layout: HarmonicLayout
    ) -> [Double] {
        let (degree, isArea) = (layout.degree, elevation == .uniformArea)
        let series = HarmonicSeries(degree: degree)
        func sum(_ heights: [Double], _ weights: [Double]) -> [Double] {
            var sum = [Double](repeating: 0, count: layout.count)
            for (z, weight) in zip(heights, weights) {
                series.add(weight, at: [((1 - z) * (1 + z)).squareRoot(), 0, z], to: &sum)
            }
            return sum
        }
        let rule = gaussLegendreRule(degree / 2 + 2)
        let polynomials = sum(
            rule.nodes,
            zip(rule.nodes, rule.weights).map { z, weight in
                isArea ? weight / 2 : weight / (.pi * ((1 - z) * (1 + z)).squareRoot())
            })
        let n = degree + 3
        let angles = (0..<n).map { .pi * (Double($0) + 0.5) / Double(n) }
        let cosines = sum(
            angles.map(cos), angles.map { (isArea ? sin($0) * .pi / 2 : 1) / Double(n) })
        var modes = [Double](repeating: 0, count: layout.count)
        for m in 0...degree {
            let elevations = (m % 2 == 0) == isArea ? polynomials : cosines
            var (c, s) = (0.0, 0.0)
            for part in parts {
                let wave = part.weight * exp(-pow(Double(m) * part.sigma, 2) / 2)
                c += wave * cos(Double(m) * part.angle)
                s += wave * sin(Double(m) * part.angle)
            }
            for l in m...degree {
                let i = 2 * layout.pair(l, m)
                (modes[i], modes[i + 1]) = (elevations[i] * c, elevations[i] * s)
            }
        }
        return modes
    }
}
