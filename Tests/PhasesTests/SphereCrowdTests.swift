import Foundation
import MeanField
import Testing

@testable import Phases

/// Clusters of crowds on S², which are looked for on a grid.
@Suite struct SphereCrowdTests {
    /// Two heaps at an angle, of masses 0.6 and 0.4 and of `count` tokens each, turned by a rotation.
    private static func heaps(_ angle: Double, _ count: Int, _ axes: [[Double]]) -> TokenMeasure {
        var generator = Random(seed: 1)
        let parts = [(0.0, 0.6), (angle, 0.4)].flatMap { place, mass in
            (0..<count).map { k -> ([Double], Double) in
                let noise = (0..<3).map { _ in k == 0 ? 0 : 1e-8 * generator.nextNormal() }
                let x = (0..<3).map {
                    cos(place) * axes[0][$0] + sin(place) * axes[1][$0] + noise[$0]
                }
                let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return (x.map { $0 / length }, mass / Double(count))
            }
        }
        return TokenMeasure(unitVectors: parts.map(\.0), masses: parts.map(\.1))
    }

    /// The angle, coming down from `start`, at which the heaps become one cluster.
    private static func mergingAngle(
        _ count: Int, _ axes: [[Double]], _ b: Double, from start: Double
    ) -> Double {
        var census = SphereCensus(sharpness: b, minimumMass: 1e-3)
        var former = [Cluster]()
        var angle = start
        while true {
            let result = census.take(
                of: .points(heaps(angle, count, axes)), after: former)
            if result.clusters.count < 2 { return angle }
            former = result.clusters
            angle -= 1e-3
        }
    }

    /// A crowd merges when its two heaps do, not where the nodes of the grid lose sight of the lower one: on
    /// the way over a pole and elsewhere.
    @Test(arguments: [(4.0, 1.225), (30.0, 0.455)])
    func crowdsMergeAsPairs(_ b: Double, _ start: Double) {
        for axes in [
            [[0.48, -0.6, 0.64], [0.8, 0, -0.6]],
            [[sin(0.3), 0, cos(0.3)], [-cos(0.3), 0, sin(0.3)]],
        ] {
            let pair = Self.mergingAngle(1, axes, b, from: start)
            let crowd = Self.mergingAngle(260, axes, b, from: pair + 0.008)
            #expect(abs(pair - crowd) < 2.5e-3, "\(axes)")
        }
    }
}
