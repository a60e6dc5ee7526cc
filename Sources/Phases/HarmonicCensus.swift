import Foundation
import MeanField
import Spectral

/// Finds the clusters of measures on S² and S³.
///
/// Tokens by ``TokenCensus``, densities on a grid (``GridCensus``), what lives on a great circle along it
/// (``CircleCensus``).
public struct HarmonicCensus<Grid: CensusGrid>: MeasureCensus {
    /// b.
    public let sharpness: Double
    /// Least mass of a cluster.
    public let minimumMass: Double

    private var tokens: TokenCensus
    private var along: CircleCensus
    private let grid: GridCensus<Grid>

    /// A census for the kernel e^{b<x,y>}.
    public init(sharpness b: Double, minimumMass: Double) {
        sharpness = b
        self.minimumMass = minimumMass
        tokens = TokenCensus(sharpness: b, minimumMass: minimumMass)
        along = CircleCensus(sharpness: b, minimumMass: minimumMass)
        guard let grid = GridCensus<Grid>(sharpness: b, minimumMass: minimumMass) else {
            preconditionFailure("densities on spheres have kernels of few degrees")
        }
        self.grid = grid
    }

    /// That of the angles along a great circle: what turns without condensing does so on one.
    public func leastEntropy(condensing share: Double) -> Double {
        along.leastEntropy(condensing: share)
    }

    /// The clusters of `measure`, given those shortly before.
    public mutating func take(
        of measure: SphericalMeasure<Grid.Transform>, after former: [Cluster]
    ) -> CensusResult {
        switch measure {
        case .density(let density): grid.take(of: density, after: former)
        case .points(let points): tokens.take(of: points, after: former)
        case .circle(let circle): take(on: circle, after: former)
        }
    }

    /// The clusters of a measure on a great circle: maxima along it are maxima on the sphere.
    private mutating func take(
        on circle: GreatCircleMeasure, after former: [Cluster]
    ) -> CensusResult {
        var result = along.take(
            of: circle.measure,
            after: former.map {
                Cluster(
                    position: $0.position,
                    angle: GreatCircleMeasure.angle(of: $0.position, in: circle.basis),
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
}

/// A sphere on which clusters of densities can be counted.
public protocol ObservedHarmonicSpace: HarmonicSpace {
    /// On which they are.
    associatedtype Grid: CensusGrid where Grid.Transform == Transport.Transform
}

extension HarmonicEvolution: ObservedEvolution where Space: ObservedHarmonicSpace {
    /// By tokens, on a grid of the potential, or along a great circle.
    public typealias Census = HarmonicCensus<Space.Grid>
}

extension TwoSphere: ObservedHarmonicSpace {
    /// Of latitudes and longitudes.
    public typealias Grid = SphereGrid
}

extension ThreeSphere: ObservedHarmonicSpace {
    /// Of Hopf coordinates.
    public typealias Grid = HypersphereGrid
}

/// The census of measures on S².
public typealias SphereCensus = HarmonicCensus<SphereGrid>

/// The census of measures on S³.
public typealias HypersphereCensus = HarmonicCensus<HypersphereGrid>
