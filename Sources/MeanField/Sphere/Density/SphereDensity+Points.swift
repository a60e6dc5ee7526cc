import Foundation
import Spectral

extension HarmonicDensity where Transform == SphericalTransform {
    /// The nodes of the grid with their masses, every ring turned by the golden section of a step more than
    /// the last, so that no column of nodes follows a front; what is negative, within the tolerance, is
    /// left out.
    public var points: TokenMeasure {
        let n = transform.longitudes
        let turns = (0..<transform.rings).map {
            2 * .pi / Double(n) * SphereStart.goldenShare($0)
        }
        let values = transform.values(of: modes, in: layout, turns: turns)
        var (x, masses) = ([[Double]](repeating: [], count: 3), [Double]())
        for ring in 0..<transform.rings {
            let z = transform.heights[ring]
            let s = ((1 - z) * (1 + z)).squareRoot()
            for j in 0..<n where values[ring * n + j] > 0 {
                let φ = 2 * .pi * Double(j) / Double(n) + turns[ring]
                x[0].append(s * cos(φ))
                x[1].append(s * sin(φ))
                x[2].append(z)
                masses.append(transform.weights[ring] * values[ring * n + j])
            }
        }
        let total = masses.reduce(0, +)
        return TokenMeasure(
            dimension: 3, positions: x[0] + x[1] + x[2], masses: masses.map { $0 / total })
    }
}
