import Foundation
import MeanField
import Spectral
import Synchronization

/// Densities on S² on one grid for pictures and files.
///
/// 64 Gauss–Legendre latitudes from north to south and 128 longitudes from 0 eastwards, row after row.
/// A density is given by its values there (``CutSeries`` where it is not resolved), many points by their mass
/// in the cell around each node over its share of the sphere.
public final class SphereMap: Sendable {
    /// Number of latitudes.
    public static let rings = 64
    /// Number of longitudes.
    public static let longitudes = 128
    /// The sines of the latitudes, descending.
    public static let heights = gaussLegendreRule(rings).nodes

    /// Transforms of densities by their degree.
    private let transforms = Mutex<[Int: SphericalTransform]>([:])

    /// A map.
    public init() {}

    /// The values of `measure`, shape [rings][longitudes].
    public func values(of measure: SphereMeasure) -> [Double] {
        if case .density(let density) = measure {
            let layout = density.layout
            let last = layout.degree - layout.degree / 10
            let tail = zip(layout.degrees, density.modes).reduce(0) {
                $1.0 >= last ? max($0, abs($1.1)) : $0
            }
            let modes =
                CutSeries.factors(tail: tail, degree: layout.degree)
                .map { layout.scaled(density.modes, byDegree: $0) } ?? density.modes
            return transform(degree: layout.degree).values(of: modes, in: layout)
        }
        return Self.histogram(of: measure.tokens!)
    }

    private func transform(degree: Int) -> SphericalTransform {
        transforms.withLock { known in
            if let transform = known[degree] { return transform }
            let transform = SphericalTransform(
                degree: degree, rings: Self.rings, longitudes: Self.longitudes, isSample: true)
            known[degree] = transform
            return transform
        }
    }

    private static func histogram(of points: TokenMeasure) -> [Double] {
        let (rings, n, count) = (Self.rings, Self.longitudes, points.count)
        let weights = gaussLegendreRule(rings).weights
        var values = [Double](repeating: 0, count: rings * n)
        for i in 0..<count {
            let (x, y) = (points.positions[i], points.positions[count + i])
            let z = points.positions[2 * count + i]
            // Gauss nodes are at θ ≈ π(i + 3/4)/(rings + 1/2).
            let θ = atan2((x * x + y * y).squareRoot(), z)
            let ring = Int((θ / .pi * (Double(rings) + 0.5) - 0.75).rounded())
            let j = (Int((atan2(y, x) / (2 * .pi) * Double(n)).rounded()) + n) % n
            values[min(max(ring, 0), rings - 1) * n + j] += points.masses[i]
        }
        for ring in 0..<rings {
            for j in 0..<n { values[ring * n + j] *= 2 * Double(n) / weights[ring] }
        }
        return values
    }
}
