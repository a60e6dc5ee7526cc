import Foundation
import MeanField
import Testing

@testable import Phases

/// Clusters and observables of densities on S³.
@Suite struct HypersphereCensusTests {
    private static func attention(_ beta: Double, diffusion: Double = 0) -> SphereAttention {
        SphereAttention(
            IsotropicAttention(beta: beta, diffusion: diffusion),
            dimension: 4)
    }

    private static func start(
        _ law: SphereInitial, _ attention: SphereAttention
    ) throws -> HypersphereMeasure {
        var evolution = try HypersphereEvolution(
            of: SphereStart(law), attention: attention,
            options: EvolutionOptions(resolution: 31))
        return evolution.measure()
    }

    private static func bumps(_ means: [([Double], Double)], _ κ: Double) -> SphereInitial {
        .mixture(means.map { .init(mean: $0.0, shape: .concentration(κ), weight: $0.1) })
    }

    /// Three narrow bumps, one of them where coordinates degenerate, are three clusters.
    @Test func bumpsAreClusters() throws {
        let means = [
            ([1, 0, 0, 0], 0.5), ([0, 0, -0.6, 0.8], 0.3), ([-0.5, 0.5, 0.5, 0.5], 0.2),
        ]
        let measure = try Self.start(Self.bumps(means, 12), Self.attention(9))
        var census = HypersphereCensus(sharpness: 9, minimumMass: 1e-3)
        let result = census.take(of: measure)
        try #require(result.clusters.count == 3)
        for (cluster, (mean, mass)) in zip(result.clusters, means) {
            #expect(abs(cluster.mass - mass) < 0.02)
            let nearness = zip(cluster.position, mean).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(nearness > 0.99)
        }
        #expect(result.condensed > 0.001 && result.condensed < 0.1)
        // The maxima are those of many points of the same measure.
        guard case .density(let density) = measure else { return }
        let points = TokenCensus(sharpness: 9, minimumMass: 1e-3)
        var other = points
        let thinned = density.points(tolerance: 1e-8).measure
        for (a, b) in zip(result.clusters, other.take(of: thinned).clusters) {
            let square = zip(a.position, b.position).reduce(0) {
                $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
            }
            #expect(square.squareRoot() < 1e-5)
            #expect(abs(a.mass - b.mass) < 0.02)
        }
    }

    @Test func uniformDensitiesHaveNoClusters() throws {
        var census = HypersphereCensus(sharpness: 5, minimumMass: 1e-3)
        let result = census.take(of: try Self.start(.uniform, Self.attention(5)))
        #expect(result.isFlat && result.clusters.isEmpty)
        // All mass within 1/(4√5) of a point of a great circle.
        #expect(abs(census.leastEntropy(condensing: 1) - log(4 * .pi * 5.0.squareRoot())) < 1e-12)
    }

    /// The observables of a density are those of its points.
    @Test(arguments: [
        SquareMatrix(scale: 1, count: 4),
        SquareMatrix(rows: [
            [0.6, 0.1, 0, 0.3], [-0.2, 0.5, 0.1, 0], [0, 0, -0.4, 0.2], [0.1, 0, 0.3, 0.7],
        ]),
    ]) func observablesAgreeWithThoseOfPoints(query: SquareMatrix) throws {
        let attention = SphereAttention(
            beta: 3, query: query,
            key: SquareMatrix(scale: 1, count: 4),
            value: SquareMatrix(diagonal: [1, 0.5, -1, 0.8]))
        let means = [([0.6, 0.0, 0.8, 0.0], 0.7), ([0, -1, 0, 0.0], 0.3)]
        let measure = try Self.start(Self.bumps(means, 1.5), attention)
        guard case .density(let density) = measure else { return }
        let observables = HypersphereObservables(
            beta: 3, attention: attention, axis: [0.5, 0.5, 0.5, 0.5])
        let nodes = density.points(tolerance: 1e-8).measure
        let census = CensusResult(
            clusters: [], condensed: 0, isFlat: true, basins: .tokens(nodes, owners: []))
        let smooth = observables.measure(measure, census: census)
        let points = observables.measure(.points(nodes), census: census)
        #expect(abs(smooth.mass - 1) < 1e-13)
        #expect(abs(smooth.energy - points.energy) < 1e-8)
        #expect(abs(smooth.energyRate - points.energyRate) < 1e-8)
        #expect(abs(smooth.energyRate) > 1e-3)
        #expect((smooth.energyAttention == nil) == (query.multiple(error: 0) == 1))
        if let energy = smooth.energyAttention {
            #expect(abs(energy - points.energyAttention!) < 1e-8)
        }
        #expect(abs(smooth.effectiveDimension - points.effectiveDimension) < 1e-8)
        #expect(abs(smooth.residual - points.residual) < 1e-8 && smooth.residual > 0.1)
        for (a, b) in zip(smooth.moments, points.moments) { #expect(abs(a - b) < 1e-8) }
    }
}
