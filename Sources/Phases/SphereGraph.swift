import Foundation
import MeanField
import Spectral

/// The nodes of a grid on S² with their neighbours.
struct SphereGraph: Sendable {
    /// The transform with this grid.
    let transform: SphericalTransform
    /// Unit vectors of the nodes, ring after ring.
    let points: [[Double]]
    /// The same as tokens of equal mass.
    let nodes: TokenMeasure
    /// The steepest ways between neighbouring nodes.
    let ways: SteepestWays

    /// A grid for fields of degree `degree`, with about four nodes a wave.
    init(degree: Int) {
        transform = SphericalTransform(
            degree: degree, rings: 2 * degree + 8, longitudes: 4 * degree + 16)
        let (rings, n) = (transform.rings, transform.longitudes)
        var points = [[Double]]()
        for z in transform.heights {
            let s = ((1 - z) * (1 + z)).squareRoot()
            for j in 0..<n {
                let φ = 2 * .pi * Double(j) / Double(n)
                points.append([s * cos(φ), s * sin(φ), z])
            }
        }
        var neighbours = [Int]()
        for ring in 0..<rings {
            for j in 0..<n {
                for (up, aside) in [
                    (-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1),
                ] {
                    // Beyond a pole lies the same ring, half a turn away.
                    let isBeyond = ring + up < 0 || ring + up >= rings
                    let other = isBeyond ? ring : ring + up
                    let k = (j + aside + (isBeyond ? n / 2 : 0) + n) % n
                    neighbours.append(other * n + k)
                }
            }
        }
        self.points = points
        ways = SteepestWays(between: points, neighbours: neighbours)
        nodes = TokenMeasure(
            unitVectors: points,
            masses: [Double](repeating: 1 / Double(points.count), count: points.count))
    }

    /// The node next to a unit vector, up to one ring.
    func node(_ x: Double, _ y: Double, _ z: Double) -> Int {
        let (rings, n) = (transform.rings, transform.longitudes)
        // Gauss nodes are at θ ≈ π(i + 3/4)/(rings + 1/2).
        let θ = atan2((x * x + y * y).squareRoot(), z)
        let ring = Int((θ / .pi * (Double(rings) + 0.5) - 0.75).rounded())
        let turn = atan2(y, x) / (2 * .pi) * Double(n)
        let j = (Int(turn.rounded()) + n) % n
        return min(max(ring, 0), rings - 1) * n + j
    }
}
