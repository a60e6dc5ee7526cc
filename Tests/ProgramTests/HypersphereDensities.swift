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

    /// v of the uniform density is A_4(β) P_x V x, A_4 = I_2/I_1.
    @Test func velocityOfTheUniformDensity() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            "[model]\nbeta = 5\ndimension = 4\nvalue = [1, 2, 3, 4]\n[initial]\nkind = 'uniform'\n",
            to: "s.toml")
        let outcome = try Program.run(
            ["velocity", "s.toml", "--at", "1,0,0,1", "--json"], in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let answer = try JSONValue(parsing: outcome.output)
        let velocity = answer.elements?.first?["velocity"]?.elements?
            .compactMap(\.double)
        let size = 17.505614966624236 / 24.33564214245053 * 1.5 / 2.0.squareRoot()
        let exact = [-size, 0, 0, size]
        try #require(velocity?.count == 4, "\(outcome.output)")
        for (v, w) in zip(velocity!, exact) { #expect(abs(v - w) < 1e-12) }
    }

    @Test(arguments: [
        ("beta = 1\nquery = [1, 1, 1, 2]", "s.toml:4:", "a multiple of the identity"),
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
