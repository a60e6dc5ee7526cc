import Foundation
import MeanField
import Testing

@testable import Phases

/// Clusters of zonal measures: poles and rings.
@Suite struct ZonalCensusTests {
    static func measure(
        _ initial: SphereInitial, dimension d: Int, beta: Double
    ) throws -> ZonalMeasure {
        var evolution = try ZonalEvolution(
            of: ZonalStart(initial, dimension: d)!,
            attention: ZonalAttention(dimension: d, beta: beta), options: EvolutionOptions())
        return evolution.measure()
    }

    static func axis(_ d: Int) -> [Double] { (0..<d).map { $0 == 0 ? 1 : 0 } }

    @Test(arguments: [3, 8, 64]) func polesAreClusters(_ d: Int) throws {
        let e = Self.axis(d)
        let κ = 20 * Double(d)
        let measure = try Self.measure(
            .mixture([
                .init(mean: e, shape: .concentration(κ), weight: 0.7),
                .init(mean: e.map { -$0 }, shape: .concentration(κ), weight: 0.3),
            ]), dimension: d, beta: 4)
        var census = ZonalCensus(sharpness: 4, minimumMass: 1e-3)
        let result = census.take(of: measure)
        #expect(result.clusters.map(\.angle) == [0, .pi])
        #expect(result.clusters[0].position == e)
        #expect(result.clusters[1].position == e.map { -$0 })
        #expect(abs(result.clusters[0].mass - 0.7) < 1e-9)
        #expect(abs(result.clusters[1].mass - 0.3) < 1e-9)
        // exp(-κ(1 - cos(1/8))) of the mass lies outside, and more of it in high dimensions.
        #expect(result.condensed > (d == 3 ? 0.3 : 0) && result.condensed < 1)
    }

    @Test func aBandIsOneRing() throws {
        let measure = try Self.measure(
            .zonal(axis: Self.axis(3), coefficients: [0, -0.5]), dimension: 3, beta: 9)
        var census = ZonalCensus(sharpness: 9, minimumMass: 1e-3)
        let result = census.take(of: measure)
        #expect(result.clusters.count == 1)
        let ring = try #require(result.clusters.first)
        #expect(abs(ring.angle! - .pi / 2) < 1e-15 && ring.mass == 1)
        #expect(abs(ring.position.reduce(0) { $0 + $1 * $1 } - 1) < 1e-15)
        #expect(abs(ring.position[0]) < 1e-15)
        // 1 - P_2/2 over |cos θ| < sin(1/12), in closed form.
        let z = sin(1.0 / 12)
        #expect(abs(result.condensed - (z - (z * z * z - z) / 4)) < 1e-12)
    }

    @Test func polesAndARing() throws {
        let measure = try Self.measure(
            .zonal(axis: Self.axis(3), coefficients: [0.02, 0, 0, 0.5]), dimension: 3, beta: 12)
        var census = ZonalCensus(sharpness: 12, minimumMass: 1e-3)
        let result = census.take(of: measure)
        #expect(result.clusters.count == 3)
        #expect(result.clusters[0].angle == 0 && result.clusters[2].angle == .pi)
        #expect(abs(result.clusters.reduce(0) { $0 + $1.mass } - 1) < 1e-13)
        // The basin of each cluster is found again by its angle.
        for (i, cluster) in result.clusters.enumerated() {
            #expect(result.index(of: cluster) == i)
        }
    }

    @Test func uniformIsFlat() throws {
        for d in [3, 64] {
            let measure = try Self.measure(.uniform, dimension: d, beta: 5)
            var census = ZonalCensus(sharpness: 5, minimumMass: 1e-3)
            let result = census.take(of: measure)
            #expect(result.isFlat && result.clusters.isEmpty && result.condensed == 0)
        }
    }

    /// Two poles of any masses share one maximum below the critical sharpness of their ring; the pair of
    /// extrema is seen when it appears: log(m/(1-m)) is where tanh-like W has a double root.
    @Test func pairsBetweenGridPointsAreSeen() throws {
        // W = m e^{b cos θ} + (1-m) e^{-b cos θ}: both poles are maxima as long as both have mass, and the
        // minimum lies where tan h: b cos θ = ½ log((1-m)/m).
        let e = Self.axis(3)
        let κ = 1e5
        for m in [0.9, 0.999] {
            let start = ZonalStart(
                .mixture([
                    .init(mean: e, shape: .concentration(κ), weight: m),
                    .init(mean: e.map { -$0 }, shape: .concentration(κ), weight: 1 - m),
                ]), dimension: 3)!
            var run = try ZonalEvolution(
                of: start, attention: ZonalAttention(dimension: 3, beta: 4),
                options: EvolutionOptions())
            var extrema = ZonalExtrema(of: run.measure(), sharpness: 4)
            #expect(extrema.maxima.count == 2 && extrema.minima.count == 1)
            let expected = acos(log((1 - m) / m) / 8)
            #expect(abs(extrema.minima[0].angle - expected) < 1e-4)
            extrema.removeFlat(share: 1e-10)
            #expect(extrema.maxima.count == 2)
        }
    }
}
