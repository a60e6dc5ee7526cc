import Foundation
import MeanField
import Spectral

/// The nodes of a grid of Hopf coordinates on S³ with their neighbours.
struct HypersphereGraph: Sendable {
    /// The transform with this grid.
    let transform: HypersphericalTransform
    /// Unit vectors of the nodes.
    let points: [[Double]]
    /// The same as tokens of equal mass.
    let nodes: TokenMeasure
    /// The steepest ways between the 26 neighbours of each node and it.
    let ways: SteepestWays

    /// A grid for fields of degree `degree`, with two nodes a wave at least.
    init(degree: Int) {
        let transform = HypersphericalTransform(
            degree: degree, nodes: degree / 2 + 4, azimuths: 2 * degree + 8)
        let (count, n) = (transform.nodes, transform.azimuths)
        var points = [[Double]]()
        transform.forEachPoint { _, x in points.append(x) }
        var neighbours = [Int]()
        neighbours.reserveCapacity(26 * points.count)
        for node in 0..<count {
            for i in 0..<n {
                for j in 0..<n {
                    for up in -1...1 {
                        // Beyond an end of u lies the same node, half a turn away in the angle that has
                        // no meaning there: φ₂ at u = 1, where nodes begin, φ₁ at u = 0.
                        let isFirst = node + up < 0
                        let isLast = node + up >= count
                        let other = isFirst || isLast ? node : node + up
                        for a in -1...1 {
                            for b in -1...1 where up != 0 || a != 0 || b != 0 {
                                let k = (i + a + (isLast ? n / 2 : 0) + n) % n
                                let l = (j + b + (isFirst ? n / 2 : 0) + n) % n
                                neighbours.append((other * n + k) * n + l)
                            }
                        }
                    }
                }
            }
        }
        self.transform = transform
        self.points = points
        ways = SteepestWays(between: points, neighbours: neighbours)
        nodes = TokenMeasure(
            unitVectors: points,
            masses: [Double](repeating: 1 / Double(points.count), count: points.count))
    }

    /// The node next to a unit vector, up to one in u.
    func node(_ x: [Double]) -> Int {
        let (count, n) = (transform.nodes, transform.azimuths)
        let (p, q) = (
            (x[0] * x[0] + x[1] * x[1]).squareRoot(), (x[2] * x[2] + x[3] * x[3]).squareRoot()
        )
        // Gauss nodes of cos 2ψ are at 2ψ ≈ π(i + 3/4)/(count + 1/2).
        let place = 2 * atan2(q, p) / .pi * (Double(count) + 0.5) - 0.75
        let node = min(max(Int(place.rounded()), 0), count - 1)
        func turn(_ s: Double, _ c: Double) -> Int {
            (Int((atan2(s, c) / (2 * .pi) * Double(n)).rounded()) + n) % n
        }
        return (node * n + turn(x[1], x[0])) * n + turn(x[3], x[2])
    }
}
