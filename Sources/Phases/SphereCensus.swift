import Foundation
import MeanField
import Spectral

/// Finds the clusters of measures on S².
///
/// Few tokens by their own ascent (``TokenCensus``). The potential W*μ of a density, or of many points, has
/// few degrees (numerics of Funk–Hecke): it is looked at on a grid that resolves them. Its maxima there
/// ascend to those of W itself; basins follow the steepest way between neighbouring nodes of the grid,
/// and mass belongs to the nearest node. Definitions and thresholds as in ``TokenCensus``.
public struct SphereCensus: MeasureCensus {
    /// b.
    public let sharpness: Double
    /// Least mass of a cluster.
    public let minimumMass: Double

    private var few: TokenCensus
    private var along: CircleCensus
    private let series: HarmonicSeries
    private let kernel: [Double]
    private let grid: SphereGraph

    /// Tokens that ascend on their own.
    private static let mostTokens = 512

    /// A census for the kernel e^{b<x,y>}.
    public init(sharpness b: Double, minimumMass: Double) {
        sharpness = b
        self.minimumMass = minimumMass
        few = TokenCensus(sharpness: b, minimumMass: minimumMass)
        along = CircleCensus(sharpness: b, minimumMass: minimumMass)
        let multipliers = FunkHeckeMultipliers(dimension: 3, inverseTemperature: b)
        series = HarmonicSeries(degree: min(300, multipliers.bandLimit))
        kernel = multipliers.kernel
        grid = SphereGraph(degree: series.layout.degree)
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
        if case .points(let points) = measure, points.count <= Self.mostTokens {
            return few.take(of: points, after: former)
        }
        if case .circle(let circle) = measure { return take(on: circle, after: former) }
        let modes = series.layout.scaled(measure.modes(series), byDegree: kernel)
        let values = grid.transform.values(of: modes, in: series.layout)
        let summits = grid.ways.summits(of: values)
        var ascent = PotentialAscent(
            of: HarmonicPotential(series: series, modes: modes, sharpness: sharpness),
            sharpness: sharpness)
        ascent.note(height: log(max(values.min()!, .leastNormalMagnitude)))
        let arrivals = summits.maxima.map { ascent.arrive(.init(at: grid.points[$0])) }
        for cluster in former { _ = ascent.arrive(.init(at: cluster.position)) }
        let maxima = ascent.distinctMaxima(
            share: TokenCensus.flatness, apart: former.map(\.position))
        guard !maxima.list.isEmpty else {
            return CensusResult(
                clusters: [], condensed: 0, isFlat: true,
                basins: .tokens(
                    grid.nodes, owners: [Int?](repeating: nil, count: grid.points.count)))
        }
        let basins = summits.owner.map { maxima.index[arrivals[$0]] }
        let (masses, condensed) = share(of: measure, among: maxima.list, basins: basins)
        return CensusResult(
            maxima: maxima.list, masses: masses, atLeast: minimumMass, condensed: condensed,
            nodes: grid.nodes, basins: basins)
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

    /// The mass of every basin, and what is within 1/(4√b) of its maximum.
    private func share(
        of measure: SphereMeasure, among maxima: [[Double]], basins: [Int]
    ) -> (masses: [Double], condensed: Double) {
        var masses = [Double](repeating: 0, count: maxima.count)
        var condensed = 0.0
        // |x - z| = 2 sin(angle/2).
        let reach = 2 * sin(1 / (8 * sharpness.squareRoot()))
        func add(_ x: Double, _ y: Double, _ z: Double, _ mass: Double) {
            let basin = basins[grid.node(x, y, z)]
            masses[basin] += mass
            let c = maxima[basin]
            let square =
                (x - c[0]) * (x - c[0]) + (y - c[1]) * (y - c[1]) + (z - c[2]) * (z - c[2])
            if square <= reach * reach { condensed += mass }
        }
        switch measure {
        case .density(let density):
            density.forEachNode { _, x, mass in add(x[0], x[1], x[2], mass) }
        case .points(let points):
            let (n, x) = (points.count, points.positions)
            for i in 0..<n { add(x[i], x[n + i], x[2 * n + i], points.masses[i]) }
        case .circle: preconditionFailure("a great circle has a census of its own")
        }
        return (masses, condensed)
    }
}

/// W*μ as a harmonic series.
struct HarmonicPotential: AscentPotential {
    let series: HarmonicSeries
    let modes: [Double]
    let sharpness: Double

    mutating func evaluate(at z: [Double], pull: inout [Double]) -> Double {
        let value = max(
            series.evaluate(modes, at: z, gradient: &pull), .leastNormalMagnitude)
        for c in 0..<3 { pull[c] /= sharpness * value }
        return log(value)
    }
}
