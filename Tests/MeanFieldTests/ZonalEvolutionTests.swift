import Foundation
import Testing
import TimeIntegration

@testable import MeanField

/// Zonal densities on S^{d-1} against known values and against each other.
@Suite struct ZonalEvolutionTests {
    /// The evolution of 1 + Σ a_l P_l about the last axis.
    static func evolution(
        _ attention: ZonalAttention, _ degrees: [Double], tolerance: Double = 1e-12,
        density: Double = 1e-10, resolution: Int? = nil
    ) throws -> ZonalEvolution {
        let d = attention.dimension
        let axis = (0..<d).map { $0 == d - 1 ? 1.0 : 0 }
        let start = ZonalStart(.zonal(axis: axis, coefficients: degrees), dimension: d)!
        return try ZonalEvolution(
            of: start, attention: attention,
            options: EvolutionOptions(
                timeTolerance: tolerance, densityTolerance: density, resolution: resolution))
    }

    /// The measure at `end`.
    static func run(_ evolution: inout ZonalEvolution, to end: Double) throws -> ZonalMeasure {
        while evolution.time < ModelTime(end) {
            try evolution.step(limit: ModelTime(end))
            try evolution.finishStep()
        }
        return evolution.measure()
    }

    /// (1/2β) ∬ e^{β<x,y>} dμ dμ.
    static func energy(_ measure: ZonalMeasure, β: Double) -> Double {
        var potential = measure.potential(sharpness: β)
        let (angles, masses) = measure.points
        return zip(angles, masses).reduce(0) { sum, ring in
            sum + ring.1 * exp(potential.logarithm(at: ring.0))
        } / (2 * β)
    }

    @Test func attractionOnS2() throws {
        var run = try Self.evolution(ZonalAttention(dimension: 3, beta: 4), [0.1, 0.05])
        let measure = try Self.run(&run, to: 1)
        let m = measure.moments(upTo: 2)
        #expect(abs(m[1] - 0.0484668720153) < 2e-13)
        #expect(abs(m[2] - 0.0196835451803) < 2e-13)
        #expect(abs(Self.energy(measure, β: 4) - 0.8580437493770) < 2e-13)
    }

    @Test func repulsionOnS2() throws {
        let attention = ZonalAttention(dimension: 3, beta: 6, value: AxialMap(scale: -1))
        var run = try Self.evolution(attention, [0.5, 0.4])
        let m = try Self.run(&run, to: 5).moments(upTo: 2)
        #expect(abs(m[1] - 0.0418539843332) < 2e-13)
        #expect(abs(m[2] - 0.0036010699436) < 2e-13)
    }

    @Test func noiseOnS2() throws {
        let attention = ZonalAttention(dimension: 3, beta: 4, diffusion: 0.1)
        var run = try Self.evolution(attention, [0.1, 0.05])
        #expect(abs(try Self.run(&run, to: 1).moments(upTo: 1)[1] - 0.0396927479744) < 2e-13)
        let m = try Self.run(&run, to: 5).moments(upTo: 2)
        #expect(abs(m[1] - 0.0796717575338) < 2e-13)
        #expect(abs(m[2] - 0.0160395432816) < 2e-13)
    }

    @Test func energyOfTheUniformDensity() throws {
        var run = try Self.evolution(ZonalAttention(dimension: 3, beta: 5), [])
        #expect(abs(Self.energy(run.measure(), β: 5) - 1.484064211555775) < 1e-14)
    }

    /// d, β, κ, θ, v of softmax, v without normalisation: 40-digit values of theory, section 5.
    static let vonMisesFisher: [(d: Int, β: Double, κ: Double, θ: Double, v: Double, w: Double)] = [
        (3, 5, 2, 1, -0.22446719056589383, -5.3913589116853996),
        (8, 6, 4, 0.7, -0.18662776707560824, -4.2140931251565554),
        (64, 30, 20, 1.2, -0.22135681317758925, -1278.0023222754308),
        (1024, 100, 300, 1.3, -0.25653350086329328, -30023.440768561209),
    ]

    @Test(arguments: vonMisesFisher.indices) func velocityOfVonMisesFisher(_ i: Int) throws {
        let (d, β, κ, θ, v, w) = Self.vonMisesFisher[i]
        let axis = (0..<d).map { $0 == 1 ? 1.0 : 0 }
        let start = ZonalStart(
            .mixture([.init(mean: axis, shape: .concentration(κ), weight: 1)]), dimension: d)!
        for (normalization, value) in [(Normalization.softmax, v), (.none, w)] {
            let attention = ZonalAttention(
                dimension: d, beta: β, normalization: normalization)
            var evolution = try ZonalEvolution(
                of: start, attention: attention, options: EvolutionOptions())
            // 10^19 is the largest coefficient at d = 1024.
            #expect(evolution.representation.kind == (d < 1000 ? "spectral" : "cells"))
            var field = ZonalPotential(of: evolution.measure(), attention: attention)
            #expect(abs(field.velocity(at: θ) / value - 1) < 1e-12, "\(d) \(normalization)")
            // The same from panels.
            let panels = ZonalMeasure(
                axis: axis, content: .mesh(start.mesh(sharpness: β, tolerance: 1e-12)))
            var other = ZonalPotential(of: panels, attention: attention)
            #expect(abs(other.velocity(at: θ) / value - 1) < 1e-11, "\(d) \(normalization)")
        }
    }

    /// Growth rates of theory, section 3, by 40-digit values of I_ν.
    static let rates: [(d: Int, β: Double, l: Int, rate: Double)] = [
        (3, 5, 3, 0.672348687290954), (4, 5, 2, 0.679244055853679),
        (8, 6, 1, 0.64374678843746248), (8, 6, 2, 0.70477169238106672),
        (64, 30, 1, 0.83298311751818775), (64, 30, 2, 0.65619169380476504),
        (128, 50, 1, 0.87569607463955686), (128, 50, 2, 0.60113244507259857),
    ]

    @Test(arguments: rates.indices) func growthInRuns(_ i: Int) throws {
        let (d, β, l, rate) = Self.rates[i]
        let attention = ZonalAttention(dimension: d, beta: β)
        #expect(abs(attention.linearTheory!.growthRate(degree: l) / rate - 1) < 1e-14)
        let degrees = (1...l).map { $0 == l ? 1e-6 : 0.0 }
        var run = try Self.evolution(attention, degrees)
        let start = run.measure().moments(upTo: l)[l]
        let end = try Self.run(&run, to: 2).moments(upTo: l)[l]
        // The amplitude of the density at the pole is 1e-6: its square is what linear theory leaves out.
        #expect(abs(log(end / start) / 2 - rate) < 3e-6)
    }

    /// d, β, D_c of softmax, D_c without normalisation.
    static let criticalNoise: [(d: Int, β: Double, softmax: Double, none: Double)] = [
        (3, 4, 0.187667787600421, 1.28035959604591),
        (8, 6, 0.091963826919637498, 0.61616868214076667),
        (64, 30, 0.013221954246320441, 8.2327348402018828),
        (128, 50, 0.0068952446822012351, 64.694394380195086),
    ]

    @Test(arguments: criticalNoise.indices) func criticalNoiseInRuns(_ i: Int) throws {
        let (d, β, softmax, none) = Self.criticalNoise[i]
        for (normalization, critical) in [(Normalization.softmax, softmax), (.none, none)] {
            let plain = ZonalAttention(dimension: d, beta: β, normalization: normalization)
            #expect(abs(plain.linearTheory!.criticalDiffusion! / critical - 1) < 1e-13)
            // Just below it m_1 grows, just above it decays, at the rate (d-1)(D_c - D).
            for share in [0.99, 1.01] {
                let noisy = ZonalAttention(
                    dimension: d, beta: β, normalization: normalization,
                    diffusion: share * critical)
                let time = 1 / (Double(d - 1) * critical)
                var run = try Self.evolution(noisy, [1e-6])
                let start = run.measure().moments(upTo: 1)[1]
                let end = try Self.run(&run, to: time).moments(upTo: 1)[1]
                #expect(abs(log(end / start) - (1 - share)) < 1e-5)
            }
        }
    }

    /// Panels take over and go on as the coefficients do.
    @Test(arguments: [3, 8, 64]) func panelsAgreeWithCoefficients(_ d: Int) throws {
        let attention = ZonalAttention(dimension: d, beta: 4)
        var fine = try Self.evolution(attention, [0.3, 0.05])
        let expected = try Self.run(&fine, to: 3).moments(upTo: 8)
        #expect(fine.representation.kind == "spectral")
        let axis = (0..<d).map { $0 == 0 ? 1.0 : 0 }
        let start = ZonalStart(.zonal(axis: axis, coefficients: [0.3, 0.05]), dimension: d)!
        var panels = ZonalEvolution(
            resuming: EvolutionState(
                steps: 0, time: .zero, equation: "rings", parameter: 0,
                unknowns: start.mesh(sharpness: 4, tolerance: 1e-12).angles,
                controller: [0.01, 1e-4],
                masses: start.mesh(sharpness: 4, tolerance: 1e-12).masses,
                spans: start.mesh(sharpness: 4, tolerance: 1e-12).spans.map {
                    $0.isPanel ? -$0.count : $0.count
                }, isPinned: [], changes: []), of: start, attention: attention,
            options: EvolutionOptions(timeTolerance: 1e-11, densityTolerance: 1e-10))!
        let found = try Self.run(&panels, to: 3).moments(upTo: 8)
        for l in 1...8 { #expect(abs(found[l] - expected[l]) < 1e-10, "\(l)") }
    }
}
