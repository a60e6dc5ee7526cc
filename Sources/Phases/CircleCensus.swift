import Foundation
import MeanField

/// Finds the clusters of measures on the circle.
///
/// Clusters are the local maxima of W*μ = ∫ e^{b<x,y>} dμ(y), b = max(|β'|, 1), whose basins of
/// attraction (between the neighbouring minima) hold at least `minimumMass`. A maximum counts only if it
/// rises above its basin's higher minimum by more than 1e-10 of W. The measure is condensed by the share
/// of its mass that lies within 1/(4√b) of the maximum of its basin.
///
/// Clusters merge when their basins become one: when the lower maximum and the saddle meet and are no
/// more. In time a cluster that has counted therefore counts until then, although its rise is below 1e-10
/// of W shortly before: like the square of the gap that is left for equal clusters, like its power 3/2
/// for others. What has never risen by more than 1e-10 is no cluster, and never was.
public struct CircleCensus: MeasureCensus {
    /// b.
    public let sharpness: Double
    /// Least mass of a cluster.
    public let minimumMass: Double
    /// 1/(4√b): how far from its maximum mass is condensed.
    private var radius: Double { 1 / (4 * sharpness.squareRoot()) }
    private var grid: PotentialGrid

    /// A census for the kernel e^{b cos}.
    public init(sharpness b: Double, minimumMass: Double) {
        sharpness = b
        self.minimumMass = minimumMass
        grid = PotentialGrid(sharpness: b)
    }

    /// That of an arc within 1/(4√b) of its centre with the share, and of the rest, each uniform.
    public func leastEntropy(condensing share: Double) -> Double {
        Self.leastEntropy(condensing: share, into: radius / .pi)
    }

    /// The clusters of `measure`, given those shortly before.
    public mutating func take(of measure: CircleMeasure, after former: [Cluster]) -> CensusResult {
        var extrema = PotentialExtrema(of: measure, sharpness: sharpness, grid: &grid)
        extrema.removeFlat(share: Self.flatness, keeping: former.map { $0.angle! })
        let maxima = extrema.maxima
        let minima = extrema.minima
        if maxima.isEmpty {
            return CensusResult(clusters: [], condensed: 0, isFlat: true, basins: .arcs([]))
        }
        var found = [(cluster: Cluster, basin: ClosedRange<Double>)]()
        var condensed = 0.0
        for i in maxima.indices {
            let centre = maxima[i].angle
            let lower = i > 0 ? minima[i - 1].angle : minima[minima.count - 1].angle - 2 * .pi
            let upper = minima[i].angle
            let mass =
                maxima.count == 1 ? 1 : measure.mass(from: lower, to: upper)
            condensed += measure.mass(
                from: max(lower, centre - radius), to: min(upper, centre + radius))
            guard mass >= minimumMass else { continue }
            let angle = remainder(centre, 2 * .pi)
            found.append(
                (
                    Cluster(position: [cos(angle), sin(angle)], angle: angle, mass: mass),
                    lower...max(lower, upper)
                ))
        }
        found.sort { $0.cluster.angle! < $1.cluster.angle! }
        return CensusResult(
            clusters: found.map(\.cluster), condensed: min(1, condensed), isFlat: false,
            basins: .arcs(found.map(\.basin)))
    }
}
