import Foundation
import Testing

@testable import Scenarios

/// `tokenfield compare` as a process.
@Suite struct Compare {
    private static let scenario = """
        title = "Some tokens"
        [model]
        beta = 3
        [initial]
        kind = "modes"
        modes = [[1, 0.3, 0.1]]
        [particles]
        replicas = 6
        [compare]
        counts = [600, 1200, 2400]
        times = [0.0, 1.0]
        [time]
        end = 1.0
        tolerance = 1e-6

        """
    private static let files = ["comparison.json", "comparison.csv", "scenario.toml"]

    private func prepare(_ text: String = Self.scenario) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.write(text, to: "s.toml")
        return directory
    }

    private func compare(_ directory: TemporaryDirectory, _ more: String...) throws
        -> Program.Outcome
    {
        try Program.run(["compare", "s.toml", "--quiet"] + more, in: directory)
    }

    private func bytes(_ directory: TemporaryDirectory, _ run: String) throws -> [Data] {
        try Self.files.map { try Data(contentsOf: directory.url.appending(path: "\(run)/\($0)")) }
    }

    @Test func filesAndReport() throws {
        let directory = try prepare()
        let outcome = try compare(directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.isEmpty)
        for line in outcome.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        #expect(outcome.output.contains("-1/2"))
        let text = try String(
            contentsOf: directory.url.appending(path: "runs/s-compare/comparison.json"),
            encoding: .utf8)
        let json = try JSONValue(parsing: text)
        #expect(json["ended"]?.text == "complete" && json["passes"]?.boolean == true)
        let rows = try #require(json["rows"]?.elements)
        #expect(rows.count == 3 * 6 * 2)
        for row in rows {
            #expect(row["w1"]!.double! > 0 && row["energy_distance"]!.double! > 0)
            #expect(row["mode_errors"]!.elements!.count == 8 && row["beta"]?.double == 3)
        }
        let fit = try #require(json["fits"]?.elements?.first?["w1"])
        #expect(fit["low"]!.double! < -0.5 && fit["high"]!.double! > -0.5)
        // The same object on standard output, and a comparison that is there is kept.
        #expect(try compare(directory, "--json", "--output", "again").output == text)
        #expect(try compare(directory).status == 2)
        #expect(try compare(directory, "--resume").status == 0)
        #expect(try compare(directory, "--force").status == 0)
        #expect(try bytes(directory, "runs/s-compare") == bytes(directory, "again"))
    }

    /// On S², also for the scenario of a run of particles; what cannot be compared is refused.
    @Test func sphere() throws {
        let directory = try prepare(
            Self.scenario.replacing("beta = 3", with: "beta = 3\ndimension = 3")
                .replacing("\"modes\"", with: "\"harmonics\"")
                .replacing("modes = [[1, 0.3, 0.1]]", with: "harmonics = [[1, 1, 0.3, 0.1]]")
                .replacing("[600, 1200, 2400]", with: "[100, 300]"))
        let outcome = try compare(directory, "evolve=\"particles\"", "--json")
        try #require([0, 1].contains(outcome.status), "\(outcome.errors)")
        let json = try JSONValue(parsing: outcome.output)
        #expect(json["judged"]?.text == "root_energy_distance")
        #expect(directory.contains("runs/s-compare/checkpoint.nc"))
        #expect(try compare(directory, "evolve=\"particles\"", "--resume").status == outcome.status)
        for override in [
            "initial.perturbation={ amplitude = 0.1 }", "model.limit=\"heat\"",
            "model.dimension=5",
        ] {
            let refused = try compare(directory, override, "--output", "refused")
            #expect(refused.status == 2 && !refused.errors.isEmpty, "\(override)")
        }
        #expect(!directory.contains("refused"))
    }

    /// Moderate interaction that does not come near its limit: status 1, and the files are there.
    @Test func missedExpectations() throws {
        let directory = try prepare()
        let outcome = try compare(
            directory, "model.beta=1", "model.value=-1", "model.limit=\"heat\"",
            "particles.beta_exponent=0.001")
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.output.contains("FAIL"))
        #expect(directory.contains("runs/s-compare/comparison.json"))
    }

    @Test func refusals() throws {
        let directory = try prepare()
        for overrides in [
            ["model.diffusion=0.1", "time.end='consensus'"],
            ["compare.counts=[]"], ["compare.times=[2, 1]"],
            ["compare.count=[3]"], ["particles.replicas=0"], ["--resume"],
            ["--resume", "--force"], ["--threads", "0"],
        ] {
            let outcome = try Program.run(["compare", "s.toml"] + overrides, in: directory)
            #expect(outcome.status == 2 && !outcome.errors.isEmpty, "\(overrides)")
        }
        #expect(!directory.contains("runs"))
    }

    /// Interrupted again and again, continued with other numbers of threads: the same bytes.
    @Test func resumeIsStraight() throws {
        let directory = try prepare()
        let more = ["time.tolerance=1e-11", "particles.replicas=30", "compare.counts=[2400, 4800]"]
        let straight = try Program.run(
            ["compare", "s.toml", "--quiet", "--output", "straight"] + more, in: directory)
        #expect(straight.status == 0 || straight.status == 1, "\(straight.errors)")
        var interruptions = 0
        while true {
            let running = try Program.Running(
                ["compare", "s.toml", "--quiet", "--output", "stopped"] + more
                    + ["--threads", "\(1 + interruptions % 2)"]
                    + (interruptions > 0 ? ["--resume"] : []), in: directory)
            usleep(150_000 + UInt32(interruptions) * 50_000)
            running.signal(SIGINT)
            let outcome = try running.wait()
            if outcome.status == straight.status { break }
            // Before it listens, a signal ends the process.
            try #require([130, -SIGINT].contains(outcome.status), "\(outcome.errors)")
            if outcome.status == 130 { #expect(outcome.errors.contains("--resume")) }
            if directory.contains("stopped/scenario.toml") { interruptions += 1 }
            try #require(interruptions < 60)
        }
        #expect(interruptions > 0, "the comparison is too short to be interrupted")
        #expect(try bytes(directory, "straight") == bytes(directory, "stopped"))
    }
}

/// The comparisons that come with the program meet what they expect.
@Suite(.enabled(if: Program.runsSlowTests)) struct SlowComparisons {
    @Test(arguments: ["compare-circle", "compare-heat", "compare-sphere"]) func passes(
        _ name: String
    ) throws {
        let directory = try TemporaryDirectory()
        let scenario = ShippedScenarios.directory.appending(path: name + ".toml").path
        let outcome = try Program.run(["compare", scenario, "--quiet", "--json"], in: directory)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let fits = try #require(try JSONValue(parsing: outcome.output)["fits"]?.elements)
        #expect(fits.allSatisfy { $0["verdict"]?.text == "pass" })
    }
}
