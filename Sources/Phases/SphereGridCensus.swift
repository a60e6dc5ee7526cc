import Foundation
import MeanField
import Spectral

/// Finds the clusters of densities and crowds on S² on a grid of their potential.
///
/// W*μ has few degrees, which follow from the harmonic coefficients of μ by Funk–Hecke: it is looked at on
/// a grid that resolves them. Its maxima there ascend to those of W itself; basins follow the steepest way
/// between neighbouring nodes of the grid, and mass belongs to the nearest node. Definitions and
/// thresholds as in ``TokenCensus``. Cost O(N + L³), L the degrees of the kernel.
struct SphereGridCensus: Sendable {
    /// b.
    let sharpness: Double
    /// Least mass of a cluster.
    let minimumMass: Double

    private let series: HarmonicSeries
    private let kernel: [Double]
    private let grid: SphereGraph

    /// The highest degree of a kernel; more are for ``TokenCensus`` alone.
    private static let mostDegrees = 300

    /// A census for the kernel e^{b<x,y>}; `nil` if it has too many degrees.
    init?(sharpness b: Double, minimumMass: Double) {
        sharpness = b
        self.minimumMass = minimumMass
        let multipliers = FunkHeckeMultipliers(dimension: 3, inverseTemperature: b)
        guard multipliers.bandLimit <= Self.mostDegrees else { return nil }
        series = HarmonicSeries(degree: multipliers.bandLimit)
        kernel = multipliers.kernel
        grid = SphereGraph(degree: series.layout.degree)
    }

    /// The clusters of `measure`, given those shortly before.
    func take(of measure: SphereMeasure, after former: [Cluster]) -> CensusResult {
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
            density.forEachPoint { x, mass in add(x[0], x[1], x[2], mass) }
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
