import Foundation
import MeanField
import Spectral

/// Finds the clusters of densities on S² and S³, and of crowds on S², on a grid of their potential.
///
/// W*μ has few degrees, which follow from the harmonic coefficients of μ by Funk–Hecke: it is looked at on
/// a grid that resolves them. Its maxima there ascend to those of W itself; basins follow the steepest way
/// between neighbouring nodes of the grid, and mass belongs to the nearest node. Definitions and
/// thresholds as in ``TokenCensus``. Cost O(N + L^d), L the degrees of the kernel.
struct GridCensus<Grid: CensusGrid>: Sendable {
    /// b.
    let sharpness: Double
    /// Least mass of a cluster.
    let minimumMass: Double

    let grid: Grid

    /// A census for the kernel e^{b<x,y>}; `nil` if it has too many degrees.
    init?(sharpness b: Double, minimumMass: Double) {
        guard let grid = Grid(sharpness: b) else { return nil }
        sharpness = b
        self.minimumMass = minimumMass
        self.grid = grid
    }

    /// The clusters of `density`, given those shortly before.
    func take(
        of density: HarmonicDensity<Grid.Transform>, after former: [Cluster]
    ) -> CensusResult {
        take(density.modes, in: density.layout, after: former, masses: density.forEachPoint)
    }

    /// The clusters of a measure with these coefficients; `masses` passes all its points.
    func take(
        _ modes: [Double], in layout: Grid.Transform.Layout, after former: [Cluster],
        masses forEachMass: (([Double], Double) -> Void) -> Void
    ) -> CensusResult {
        let (values, field) = grid.potential(of: modes, in: layout)
        let graph = grid.graph
        var summits = graph.ways.summits(of: values)
        var ascent = PotentialAscent(of: field, sharpness: sharpness)
        ascent.note(height: log(max(values.min()!, .leastNormalMagnitude)))
        var arrivals = summits.maxima.map { ascent.arrive(.init(at: graph.points[$0])) }
        let kept = former.map { ascent.arrive(.init(at: $0.position)) }
        // Shortly before it merges a maximum stands out too little for the nodes to show it.
        let hidden = Set(kept).subtracting(arrivals).sorted()
        if !hidden.isEmpty {
            summits = graph.ways.summits(
                of: values, resting: hidden.map { grid.node(ascent.maxima[$0]) })
            arrivals += hidden
        }
        let maxima = ascent.distinctMaxima(
            share: TokenCensus.flatness, apart: former.map(\.position))
        guard !maxima.list.isEmpty else {
            return CensusResult(
                clusters: [], condensed: 0, isFlat: true,
                basins: .tokens(
                    graph.nodes, owners: [Int?](repeating: nil, count: graph.points.count)))
        }
        let basins = summits.owner.map { maxima.index[arrivals[$0]] }
        var masses = [Double](repeating: 0, count: maxima.list.count)
        var condensed = 0.0
        // |x - z| = 2 sin(angle/2).
        let reach = 2 * sin(1 / (8 * sharpness.squareRoot()))
        forEachMass { x, mass in
            let basin = basins[grid.node(x)]
            masses[basin] += mass
            let z = maxima.list[basin]
            var square = 0.0
            for c in x.indices { square += (x[c] - z[c]) * (x[c] - z[c]) }
            if square <= reach * reach { condensed += mass }
        }
        return CensusResult(
            maxima: maxima.list, masses: masses, atLeast: minimumMass, condensed: condensed,
            nodes: graph.nodes, basins: basins)
    }
}

extension GridCensus where Grid == SphereGrid {
    /// The clusters of a crowd of tokens on S², given those shortly before.
    func take(of tokens: TokenMeasure, after former: [Cluster]) -> CensusResult {
        let modes = SphereMeasure.points(tokens).modes(grid.series)
        return take(modes, in: grid.series.layout, after: former) { body in
            for i in 0..<tokens.count { body(tokens.point(i), tokens.masses[i]) }
        }
    }
}
