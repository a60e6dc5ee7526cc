import Foundation
import MeanField

/// Finds the clusters of weighted tokens on S^{d-1}.
///
/// Clusters are the local maxima of W*μ = ∫ e^{b<x,y>} dμ(y), b = max(β‖KᵀQ‖, 1), whose basins of
/// attraction hold at least `minimumMass`. Every token ascends along the gradient of W; those that come
/// within 1e-2/√b of each other go on as one (``TokenAscent``). A maximum counts only if W falls by
/// more than 1e-10 of it on the way to each of the others. The measure is condensed by the share of its
/// mass within the angle 1/(4√b) of the maximum of its basin.
///
/// Cost: O(n k d), k ≤ 512 the number of tokens that ascend on their own; of crowds on S² O(n), on a grid
/// (``GridCensus``).
public struct TokenCensus: MeasureCensus {
    /// b.
    public let sharpness: Double
    /// Least mass of a cluster.
    public let minimumMass: Double

    /// Of crowds on S², once there is one; `nil` in it where the kernel has too many degrees.
    private var crowd: GridCensus<SphereGrid>??

    /// Tokens that ascend on their own.
    static let few = 512

    /// A census for the kernel e^{b<x,y>}.
    public init(sharpness b: Double, minimumMass: Double) {
        sharpness = b
        self.minimumMass = minimumMass
    }

    /// Tokens have no density, and no entropy.
    public func leastEntropy(condensing share: Double) -> Double { 0 }

    /// The clusters of `measure`, given those shortly before.
    public mutating func take(of measure: TokenMeasure, after former: [Cluster]) -> CensusResult {
        if measure.dimension == 3 && measure.count > Self.few {
            if crowd == nil {
                crowd = .some(GridCensus(sharpness: sharpness, minimumMass: minimumMass))
            }
            if let crowd = crowd! { return crowd.take(of: measure, after: former) }
        }
        let width = 1 / sharpness.squareRoot()
        let groups = measure.groups(within: 1e-3 * width)
        var ascent = TokenAscent(of: groups.measure, sharpness: sharpness)
        ascent.run()
        let owners = groups.leader.map { ascent.owner[$0] }
        let maxima = ascent.ascent.distinctMaxima(
            share: Self.flatness, apart: former.map(\.position))
        guard !maxima.list.isEmpty else {
            return CensusResult(
                clusters: [], condensed: 0, isFlat: true, basins: .tokens(measure, owners: []))
        }
        let basins = owners.map { maxima.index[$0] }
        var masses = [Double](repeating: 0, count: maxima.list.count)
        var condensed = 0.0
        let n = measure.count
        // |x - z| = 2 sin(angle/2).
        let reach = 2 * sin(width / 8)
        for i in 0..<n {
            masses[basins[i]] += measure.masses[i]
            let centre = maxima.list[basins[i]]
            var square = 0.0
            for c in centre.indices {
                let difference = measure.positions[c * n + i] - centre[c]
                square += difference * difference
            }
            if square <= reach * reach { condensed += measure.masses[i] }
        }
        return CensusResult(
            maxima: maxima.list, masses: masses, atLeast: minimumMass, condensed: condensed,
            nodes: measure, basins: basins)
    }
}
