import Foundation
import Testing

@testable import Scenarios

/// Densities on S³ through the program.
@Suite struct HypersphereDensities {
    private static let bumps = """
        [model]
        dimension = 4
        beta = 2.0
        diffusion = 0.2
        [initial]
        kind = "mixture"
        components = [
            { mean = [1, 0, 0, 0], concentration = 1, weight = 0.5 },
            { mean = [0, 0, 1, 1], sigma = 1, weight = 0.5 },
        ]
        perturbation = { amplitude = 0.01, max_degree = 4, seed = 3 }
        [time]
        end = 1.0
        snapshots = 6
        """

    /// The free energy D ∫ log ρ dμ - E falls; two threads and one write the same bits.
    @Test func noiseLowersTheFreeEnergy() throws {
        let run = try FinishedRun(Self.bumps, "--threads", "1")
        let other = try FinishedRun(Self.bumps, "--threads", "2")
        #expect(run.series.rows == other.series.rows)
        let free = try #require(run.series["free_energy"])
        #expect(zip(free, free.dropFirst()).allSatisfy { $0 > $1 })
        #expect(run.series["mass"]!.allSatisfy { abs($0 - 1) < 1e-12 })
        #expect(run.series["m8"] != nil)
    }

    /// Without noise points of a grid take over: what that costs is in the stated error of the time at which
    /// the zonal solver ends clustering.
    @Test func statedErrorsCoverThePointsOfTheGrid() throws {
        func clustering(_ symmetry: String) throws -> FinishedRun.Time {
            let run = try FinishedRun(
                """
                [model]
                dimension = 4
                beta = 2.0
                [initial]
                kind = "degrees"
                degrees = [[1, 0.3], [2, 0.2], [3, 0.1]]
                [density]
                symmetry = "\(symmetry)"
                [time]
                snapshots = 5
                tolerance = 1e-7
                """)
            #expect(run.ended == "consensus")
            return try #require(run.times.first { $0.name == "clustering" })
        }
        let (exact, run) = (try clustering("zonal"), try clustering("none"))
        #expect(abs(run.time - exact.time) <= run.error && run.error < 0.03 * exact.time)
    }

    /// v of the uniform density is A_4(r) P_x V w/r, w = βKᵀQx, r = |w|, A_4 = I_2/I_1.
    @Test(arguments: [
        ("1", 17.505614966624236 / 24.33564214245053, 1.125),
        ("[1, 2, 3, 4]", 0.89899903477231941, 56.25 / 17),
    ]) func velocityOfTheUniformDensity(query: String, ratio: Double, square: Double) throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            "[model]\nbeta = 5\ndimension = 4\nquery = \(query)\nvalue = [1, 2, 3, 4]\n"
                + "[initial]\nkind = 'uniform'\n", to: "s.toml")
        let outcome = try Program.run(
            ["velocity", "s.toml", "--at", "1,0,0,1", "--json"], in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let answer = try JSONValue(parsing: outcome.output)
        let velocity = answer.elements?.first?["velocity"]?.elements?
            .compactMap(\.double)
        let size = ratio * square.squareRoot()
        let exact = [-size, 0, 0, size]
        try #require(velocity?.count == 4, "\(outcome.output)")
        for (v, w) in zip(velocity!, exact) { #expect(abs(v - w) < 1e-12) }
    }

    /// Any Q, K and V, through points to the end of the collapse, with the same bits on two threads.
    @Test func matricesRunToTheirCollapse() throws {
        let scenario = """
            [model]
            dimension = 4
            beta = 1.0
            query = [[1, 0.4, 0, -0.2], [-0.3, 0.8, 0.5, 0], [0, 0.2, -0.6, 0.7], [0.1, 0, 0.3, 1.2]]
            key = [1, 0.9, 0.8, 1.1]
            value = [[1, 0, 0.2, 0], [0, 1, 0, 0], [0, -0.3, 0.9, 0], [0, 0, 0, 1]]
            [initial]
            kind = "degrees"
            degrees = [[1, 0.2], [2, 0.1]]
            [density]
            symmetry = "none"
            resolution = 16
            tolerance = 1e-5
            [time]
            end = 6.0
            snapshots = 4
            tolerance = 1e-5
            """
        let run = try FinishedRun(scenario, "--threads", "1")
        let other = try FinishedRun(scenario, "--threads", "2")
        #expect(run.series.rows == other.series.rows)
        let residual = try #require(run.series["residual"])
        #expect(residual.last! < 0.5 * residual.first!)
        let energy = try #require(run.series["energy_attention"])
        #expect(energy.last! > 1.5 * energy.first!)
    }

    @Test(arguments: [
        ("beta = 30\nquery = [1, 1, 1, 2]", "s.toml:3:", "up to 50"),
        ("beta = 60", "s.toml:3:", "up to 50"),
        ("beta = 1\nlimit = 'heat'", "s.toml:4:", "limit"),
    ]) func whatIsRefused(_ model: String, _ place: String, _ words: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            "[model]\ndimension = 4\n\(model)\n[initial]\nkind = 'uniform'\n", to: "s.toml")
        let outcome = try Program.run(["validate", "s.toml"], in: directory)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(place) && outcome.errors.contains(words), "\(outcome)")
    }
}
