import Foundation
import MeanField

/// Finds the clusters of measures on S².
///
/// Few tokens by their own ascent (``TokenCensus``), densities and many points on a grid
/// (``SphereGridCensus``), what lives on a great circle along it (``CircleCensus``).
public struct SphereCensus: MeasureCensus {
    /// b.
    public let sharpness: Double
    /// Least mass of a cluster.
    public let minimumMass: Double

    private var few: TokenCensus
    private var along: CircleCensus
    private let grid: SphereGridCensus

    /// A census for the kernel e^{b<x,y>}.
    public init(sharpness b: Double, minimumMass: Double) {
        sharpness = b
        self.minimumMass = minimumMass
        few = TokenCensus(sharpness: b, minimumMass: minimumMass)
        along = CircleCensus(sharpness: b, minimumMass: minimumMass)
        guard let grid = SphereGridCensus(sharpness: b, minimumMass: minimumMass) else {
            preconditionFailure("densities on S² have kernels of few degrees")
        }
        self.grid = grid
    }

    /// That of a cap of the angle 1/(4√b) with the share, and of the rest, each uniform.
    public func leastEntropy(condensing share: Double) -> Double {
        let height = sin(1 / (8 * sharpness.squareRoot()))
        let cap = height * height
        guard share > cap else { return 0 }
        let rest = 1 - share
        return share * log(share / cap) + (rest > 0 ? rest * log(rest / (1 - cap)) : 0)
    }

    /// The clusters of `measure`, given those shortly before.
    public mutating func take(of measure: SphereMeasure, after former: [Cluster]) -> CensusResult {
        if case .points(let points) = measure, points.count <= TokenCensus.few {
            return few.take(of: points, after: former)
        }
        if case .circle(let circle) = measure { return take(on: circle, after: former) }
        return grid.take(of: measure, after: former)
    }

    /// The clusters of a measure on a great circle: maxima along it are maxima on the sphere.
    private mutating func take(
        on circle: GreatCircleMeasure, after former: [Cluster]
    ) -> CensusResult {
        var result = along.take(
            of: circle.measure,
            after: former.map {
                Cluster(
                    position: $0.position, angle: Self.angle(of: $0, in: circle.basis),
                    mass: $0.mass)
            })
        guard case .arcs(let arcs) = result.basins else { return result }
        let order = result.clusters.indices.sorted {
            (result.clusters[$0].mass, $1) > (result.clusters[$1].mass, $0)
        }
        let clusters = result.clusters
        result.clusters = order.map {
            Cluster(
                position: circle.point(clusters[$0].angle!), angle: nil, mass: clusters[$0].mass)
        }
        let sorted = arcs.isEmpty ? [] : order.map { arcs[$0] }
        result.basins = .greatCircle(sorted, basis: circle.basis)
        return result
    }

    /// The angle of a cluster along the great circle of a basis.
    static func angle(of cluster: Cluster, in basis: [[Double]]) -> Double {
        let components = basis.map { u in
            zip(u, cluster.position).reduce(0) { $0 + $1.0 * $1.1 }
        }
        return atan2(components[1], components[0])
    }
}
