import Foundation
import MeanField
import Phases
import Testing

@testable import Scenarios

/// Particles beside their density on S², S³ and about an axis in R^d.
@Suite struct SphereComparisonTests {
    static func text(_ dimension: Int) -> String {
        let axis = (0..<dimension).map { $0 == 0 ? "1" : "0" }.joined(separator: ", ")
        return """
            [model]
            dimension = \(dimension)
            beta = 3
            [initial]
            kind = "degrees"
            axis = [\(axis)]
            degrees = [[1, 0.4], [2, 0.3]]
            [particles]
            replicas = 3
            [compare]
            counts = [60, 120]
            times = [0.0, 0.5]
            [time]
            end = 0.5
            tolerance = 1e-6

            """
    }

    static func scenario(_ dimension: Int, _ overrides: String...) throws -> Scenario {
        try ScenarioDecoder.decode(
            text: text(dimension), name: "s.toml", directory: "", overrides: overrides)
    }

    @Test(arguments: [3, 4, 6]) func threadsAndTables(_ dimension: Int) throws {
        let scenario = try Self.scenario(dimension)
        let (one, two) = (try study(scenario, threads: 1), try study(scenario, threads: 3))
        #expect(one.isComplete && one.samples == two.samples && one.samples.count == 6)
        for sample in one.samples {
            for distances in sample.distances {
                #expect(distances.wasserstein == nil && distances.energy > 0)
                #expect(distances.judged == distances.energy.squareRoot())
                #expect(distances.modes.count == 8 && distances.modes.allSatisfy { $0 > 0 })
            }
        }
        let text = ComparisonTable.text(one)
        #expect(try ComparisonTable.samples(text, of: one.plan) == one.samples)
        let json = ComparisonFile.json(one, version: "1")
        let fit = try #require(json["fits"]?.elements?.first)
        #expect(json["judged"]?.text == "root_energy_distance")
        #expect(fit["w1"] == .null && fit["root_energy_distance"]?["exponent"]?.double != nil)
        #expect(json["rows"]?.elements?.first?["w1"] == .null)
    }

    /// At t = 0 the tokens are the draws and the density is the law.
    @Test(arguments: [3, 4, 6]) func distancesAtTheStart(_ dimension: Int) throws {
        let found = try study(try Self.scenario(dimension))
        var law = try ZonalEvolution(
            try Self.scenario(dimension, "density.symmetry=\"zonal\""),
            options: EvolutionOptions(), isRounded: false)
        let zonal = law.measure().compared(degrees: 8)
        for sample in found.samples {
            let tokens = found.plan.sphereTokens(sample.index, replica: sample.replica)
            let direct = EnergyDistance.onSphere(tokens, zonal, degrees: 8).energy
            #expect(abs(sample.distances[0].energy - direct) < 1e-12)
        }
    }

    /// The same density as harmonics of S² and about an axis: the same distances at every time.
    @Test func zonalAndFullDensitiesAgree() throws {
        let full = try study(try Self.scenario(3))
        let zonal = try study(try Self.scenario(3, "density.symmetry=\"zonal\""))
        for (a, b) in zip(full.samples, zonal.samples) {
            for (p, q) in zip(a.distances, b.distances) {
                // As far as tolerances of 1e-6 know the density.
                #expect(abs(p.energy - q.energy) < 1e-6 * p.energy.squareRoot() + 1e-10)
            }
        }
    }

    /// -1/2 on S², within the mean-field horizon.
    @Test func exponentOnTheSphere() throws {
        let found = try study(
            try Self.scenario(3, "particles.replicas=20", "compare.counts=[100, 400, 1600]"))
        let summary = ComparisonSummary(found)
        #expect(summary.passes)
        for fit in summary.fits {
            #expect(fit.verdict == .pass)
            #expect(abs(fit.judged!.exponent + 0.5) < 0.12, "\(fit.judged!.exponent)")
        }
    }

    /// ln(N/4n)/(2 λ_max): λ_3 of S² at β = 5, and where V KᵀQ leads to a plane λ_3 of the circle.
    @Test func horizons() throws {
        let sphere = try ComparisonPlan(try Self.scenario(3, "model.beta=5"))
        #expect(abs(sphere.horizon(0)! - log(60.0 / 28) / (2 * 0.672348687290954)) < 1e-12)
        let plane = try ComparisonPlan(
            try Self.scenario(3, "model.beta=5", "model.value=[1, 0.2, 1]"))
        #expect(abs(plane.horizon(0)! - log(60.0 / 8) / (2 * 0.682678333616746)) < 1e-12)
        let line = try ComparisonPlan(try Self.scenario(3, "model.value=[1, 0.5, 0.2]"))
        #expect(line.horizon(0) == nil)
    }

    /// Noise alone: tokens stay independent draws of the density, so that N 𝔼E is its mean chord, and its
    /// first moment falls as e^{-(d-1)Dt}.
    @Test(arguments: [3, 4, 6]) func noise(_ dimension: Int) throws {
        let (strength, replicas) = (0.4, 30)
        let found = try study(
            try Self.scenario(
                dimension, "model.value=0", "model.diffusion=\(strength)",
                "particles.replicas=\(replicas)", "compare.counts=[100]"))
        for time in found.plan.times.indices {
            guard case .sphere(let density) = found.references[0].targets[time] else {
                Issue.record("a target on the sphere")
                return
            }
            let mean =
                found.samples.reduce(0) { $0 + $1.distances[time].energy } / Double(replicas)
            #expect(abs(mean * 100 / density.ownMeanChord - 1) < 0.2)
        }
        var free = try ZonalEvolution(
            try Self.scenario(
                dimension, "model.value=0", "model.diffusion=\(strength)",
                "density.symmetry=\"zonal\""),
            options: EvolutionOptions(), isRounded: false)
        while free.time < ModelTime(0.5) { try free.step(limit: ModelTime(0.5)) }
        let exact = 0.4 / Double(dimension) * exp(-Double(dimension - 1) * strength * 0.5)
        #expect(abs(free.measure().moments(upTo: 1)[1] - exact) < 1e-8)
        let endless = try Self.scenario(
            dimension, "model.diffusion=0.4", "time.end=\"consensus\"")
        #expect(throws: ComparisonError.endlessNoise) { try ComparisonPlan(endless) }
    }

    /// Attention and noise on S²: tokens part from the density as N^{-1/2}.
    @Test func exponentWithNoise() throws {
        let found = try study(
            try Self.scenario(
                3, "model.diffusion=0.1", "particles.replicas=20", "compare.counts=[100, 400, 1600]"
            ))
        #expect(ComparisonSummary(found).passes)
        let fit = try #require(ComparisonSummary(found).fits.last)
        #expect(fit.verdict == .pass && abs(fit.judged!.exponent + 0.5) < 0.12)
    }

    /// Tokens of listed points with a bandwidth are drawn from the density's heat kernels: E has the mean
    /// 𝔼|Y - Y'|/N.
    @Test(arguments: [3, 4]) func bandwidthOfPoints(_ dimension: Int) throws {
        try withTemporaryDirectory { directory in
            let names = ["x", "y", "z", "w"].prefix(dimension)
            let rows = [
                names.joined(separator: ","), "1,0,0,0".prefix(2 * dimension - 1).description,
                "0,0,-1,0".prefix(2 * dimension).description,
            ]
            try Data((rows.joined(separator: "\n") + "\n").utf8).write(
                to: directory.appending(path: "points.csv"))
            let columns = names.map { "\"\($0)\"" }.joined(separator: ", ")
            let axis = (0..<dimension).map { $0 == 0 ? "1" : "0" }.joined(separator: ", ")
            let scenario = try ScenarioDecoder.decode(
                text: Self.text(dimension).replacing(
                    "kind = \"degrees\"", with: "kind = \"tokens\""
                )
                .replacing(
                    "axis = [\(axis)]",
                    with: "file = \"points.csv\"\ncolumns = [\(columns)]"
                )
                .replacing("degrees = [[1, 0.4], [2, 0.3]]", with: "bandwidth = 0.4")
                .replacing("[0.0, 0.5]", with: "[0.0]"),
                name: "s.toml", directory: directory.path,
                overrides: ["particles.replicas=30", "compare.counts=[100]"])
            let found = try study(scenario)
            guard case .sphere(let density) = found.references[0].targets[0] else {
                Issue.record("a target on the sphere")
                return
            }
            let mean = found.samples.reduce(0) { $0 + $1.distances[0].energy } / 30
            #expect(abs(mean * 100 / density.ownMeanChord - 1) < 0.25)
        }
    }

    @Test func refusals() throws {
        let perturbed = try Self.scenario(3, "initial.perturbation={ amplitude = 0.1 }")
        #expect(throws: ComparisonError.perturbation) { try ComparisonPlan(perturbed) }
        let fast = try Self.scenario(4, "particles.engine=\"fast\"")
        #expect(throws: ComparisonError.engine) { try ComparisonPlan(fast) }
        let tokens = try Self.scenario(3, "evolve=\"particles\"")
        #expect(throws: ComparisonError.particles) { try ComparisonPlan(tokens) }
        let late = try Self.scenario(3, "time.max=0.4")
        #expect(throws: ComparisonError.beyondLimit(time: 0.5, limit: 0.4)) {
            try ComparisonPlan(late)
        }
    }
}
