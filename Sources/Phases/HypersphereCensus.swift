import Foundation
import MeanField
import Spectral

/// Finds the clusters of measures on S³.
///
/// Tokens by their own ascent (``TokenCensus``). The potential W*μ of a density is looked at on a grid; its
/// maxima there ascend to those of W itself; basins follow the steepest way between neighbouring nodes of
/// the grid, and mass belongs to the nearest node. Definitions and thresholds as in ``TokenCensus``.
public struct HypersphereCensus: MeasureCensus {
    /// b.
    public let sharpness: Double
    /// Least mass of a cluster.
    public let minimumMass: Double

    private var few: TokenCensus
    private var fields: HypersphereFields
    private let grid: HypersphereGraph

    /// a_l/a_0 of the last degree that the grid shows; empirical.
    private static let share = 1e-7

    /// A census for the kernel e^{b<x,y>}.
    public init(sharpness b: Double, minimumMass: Double) {
        sharpness = b
        self.minimumMass = minimumMass
        few = TokenCensus(sharpness: b, minimumMass: minimumMass)
        let kernel = FunkHeckeMultipliers(dimension: 4, inverseTemperature: b).kernel
        fields = HypersphereFields(sharpness: b)
        grid = HypersphereGraph(degree: kernel.lastIndex { $0 >= Self.share * kernel[0] }!)
    }

    /// That of a cap of the angle α = 1/(4√b) with the share, and of the rest, each uniform.
    ///
    /// The cap has the measure (α - sin α cos α)/π.
    public func leastEntropy(condensing share: Double) -> Double {
        let α = 1 / (4 * sharpness.squareRoot())
        let cap = (α - sin(α) * cos(α)) / .pi
        guard share > cap else { return 0 }
        let rest = 1 - share
        return share * log(share / cap) + (rest > 0 ? rest * log(rest / (1 - cap)) : 0)
    }

    /// The clusters of `measure`, given those shortly before.
    public mutating func take(
        of measure: HypersphereMeasure, after former: [Cluster]
    ) -> CensusResult {
        switch measure {
        case .points(let points): few.take(of: points, after: former)
        case .density(let density): census(of: density, after: former)
        case .circle: preconditionFailure("no measure on S³ goes on along a circle")
        }
    }

    private mutating func census(
        of density: HypersphereDensity, after former: [Cluster]
    ) -> CensusResult {
        fields.update(from: density.modes, in: density.layout)
        let values = grid.transform.values(of: fields.modes[0], in: fields.layout)
        let summits = grid.ways.summits(of: values)
        var ascent = PotentialAscent(
            of: HyperspherePotential(values: HypersphereFieldValues(of: fields)),
            sharpness: sharpness)
        ascent.note(height: log(max(values.min()!, .leastNormalMagnitude)))
        let arrivals = summits.maxima.map { ascent.arrive(.init(at: grid.points[$0])) }
        for cluster in former { _ = ascent.arrive(.init(at: cluster.position)) }
        let maxima = ascent.distinctMaxima(
            share: Self.flatness, apart: former.map(\.position))
        guard !maxima.list.isEmpty else {
            return CensusResult(
                clusters: [], condensed: 0, isFlat: true,
                basins: .tokens(
                    grid.nodes, owners: [Int?](repeating: nil, count: grid.points.count)))
        }
        let basins = summits.owner.map { maxima.index[arrivals[$0]] }
        var masses = [Double](repeating: 0, count: maxima.list.count)
        var condensed = 0.0
        // |x - z| = 2 sin(angle/2).
        let reach = 2 * sin(1 / (8 * sharpness.squareRoot()))
        density.forEachPoint { x, mass in
            let basin = basins[grid.node(x)]
            masses[basin] += mass
            let z = maxima.list[basin]
            var square = 0.0
            for c in 0..<4 { square += (x[c] - z[c]) * (x[c] - z[c]) }
            if square <= reach * reach { condensed += mass }
        }
        return CensusResult(
            maxima: maxima.list, masses: masses, atLeast: minimumMass, condensed: condensed,
            nodes: grid.nodes, basins: basins)
    }
}

/// W*μ of a density on S³.
private struct HyperspherePotential: AscentPotential {
    let values: HypersphereFieldValues

    mutating func evaluate(at z: [Double], pull: inout [Double]) -> Double {
        let (potential, force) = values(at: z)
        let value = max(potential, .leastNormalMagnitude)
        let radial = zip(force, z).reduce(0) { $0 + $1.0 * $1.1 }
        for c in 0..<4 { pull[c] = (force[c] - radial * z[c]) / value }
        return log(value)
    }
}

extension ThreeSphere: ObservedHarmonicSpace {
    /// On a grid of the potential, tokens by steepest ascent.
    public typealias Census = HypersphereCensus
}
