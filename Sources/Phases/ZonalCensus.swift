import Foundation
import MeanField

/// Finds the clusters of zonal measures on S^{d-1}.
///
/// Clusters are the local maxima of W*μ = ∫ e^{b<x,y>} dμ(y), b = max(β‖KᵀQ‖, 1), whose basins hold at
/// least `minimumMass`. A maximum at a pole is a point. The points of a maximal ring form one connected
/// set of maxima and one basin: the ring is one cluster, whose position is one of its points and whose
/// angle is its angle θ to the axis. A maximum counts only if it rises above its higher saddle by more
/// than 1e-10 of W, or has counted before (``CircleCensus``). The measure is condensed by the share of its
/// mass that lies within the angle 1/(4√b) of the pole or ring that is the maximum of its basin.
public struct ZonalCensus: MeasureCensus {
    /// b.
    public let sharpness: Double
    /// Least mass of a cluster.
    public let minimumMass: Double

    /// A census for the kernel e^{b<x,y>}.
    public init(sharpness b: Double, minimumMass: Double) {
        sharpness = b
        self.minimumMass = minimumMass
    }

    /// Zero: only neutral attention asks, and none of them is zonal.
    public func leastEntropy(condensing share: Double) -> Double { 0 }

    /// The clusters of `measure`, given those shortly before.
    public mutating func take(of measure: ZonalMeasure, after former: [Cluster]) -> CensusResult {
        var extrema = ZonalExtrema(of: measure, sharpness: sharpness)
        extrema.removeFlat(share: Self.flatness, keeping: former.compactMap(\.angle))
        let maxima = extrema.maxima
        if maxima.isEmpty {
            return CensusResult(clusters: [], condensed: 0, isFlat: true, basins: .arcs([]))
        }
        let radius = 1 / (4 * sharpness.squareRoot())
        var (clusters, basins) = ([Cluster](), [ClosedRange<Double>]())
        var condensed = 0.0
        for (i, maximum) in maxima.enumerated() {
            let basin = extrema.basin(i)
            let (low, high) = (basin.lowerBound, basin.upperBound)
            let mass = maxima.count == 1 ? 1 : measure.mass(from: low, to: high)
            condensed += measure.mass(
                from: max(low, maximum.angle - radius), to: min(high, maximum.angle + radius))
            guard mass >= minimumMass else { continue }
            clusters.append(
                Cluster(
                    position: measure.point(at: maximum.angle), angle: maximum.angle, mass: mass))
            basins.append(basin)
        }
        return CensusResult(
            clusters: clusters, condensed: min(1, condensed), isFlat: false,
            basins: .arcs(basins))
    }
}

extension ZonalEvolution: ObservedEvolution {
    /// By the angle to the axis.
    public typealias Census = ZonalCensus
}
