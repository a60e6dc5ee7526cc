import Foundation
import Testing

@testable import Scenarios

/// What is refused: exit status 2, a sentence with its place, and nothing written.
@Suite struct BadInput {
    /// Changes to a good scenario that make it bad.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var text = BadInput.good
        var arguments: [String] = []
        /// What standard error must contain.
        var words: [String]
        var testDescription: String { "\(words)" }

        static func model(_ line: String, _ words: String...) -> Refusal {
            Refusal(
                text: "[model]\n\(line)\n[initial]\nkind = \"uniform\"\n",
                words: words)
        }

        static func initial(_ lines: String, _ words: String...) -> Refusal {
            Refusal(text: "[model]\nbeta = 1\n[initial]\n\(lines)\n", words: words)
        }

        static func arguments(_ arguments: [String], _ words: String...) -> Refusal {
            Refusal(arguments: arguments, words: words)
        }
    }

    static let good = "[model]\nbeta = 1\n[initial]\nkind = \"uniform\"\n[time]\nend = 1\n"

    static let refusals: [Refusal] = [
        // The text itself.
        .model("beta = ", "s.toml:2:"),
        .model("beta = 1\nbeta = 2", "s.toml:3:", "beta"),
        .model("beta = 1\nbta = 2", "s.toml:3:1: ", "bta", "did you mean"),
        .model("beta = 'warm'", "s.toml:2:", "beta"),
        .model("beta = nan", "s.toml:2:", "beta"),
        .model("beta = inf", "s.toml:2:", "beta"),
        .model("beta = -1", "s.toml:2:", "beta"),
        .model("beta = 1\nnormalization = 'sofmax'", "s.toml:3:", "softmax"),
        .model("beta = 1\ndiffusion = -0.1", "s.toml:3:", "diffusion"),
        .model("beta = 1\nquery = [1, 2, 3]", "s.toml:3:"),
        .model("beta = 1\nvalue = [[1, 0], [0, 1, 2]]", "s.toml:3:"),
        .model("beta = 1\nvalue = 'none.npy'", "s.toml:3:", "none.npy"),
        .model("beta = 1\nvalue = [1, 2]\nlimit = 'heat'", "s.toml:3:", "alignment"),
        .model("beta = 1\nlimit = 'pairing'", "s.toml:5:", "atoms"),
        .model("beta = 1\ndimension = 3\nlimit = 'heat'", "s.toml:", "S²"),
        .model("beta = 1000\ndimension = 3", "s.toml:", "S²"),
        // Particles.
        Refusal(text: good + "[particles]\ncount = 0\n", words: ["s.toml:", "particles.count"]),
        Refusal(text: good + "[particles]\ncount = 'all'\n", words: ["lists points"]),
        Refusal(text: good + "[compare]\ncounts = [10, 5]\n", words: ["ascending"]),
        // The start.
        .initial("kind = 'modes'\nmodes = [[1, 3, 0]]", "s.toml:", "negative"),
        .initial("kind = 'modes'\nmodes = [[0, 0.1, 0]]", "s.toml:5:"),
        .initial("kind = 'atoms'\natoms = [{ angle = 0, mass = -1 }]", "s.toml:5:", "mass"),
        .initial("kind = 'atoms'\natoms = []", "s.toml:5:"),
        .initial(
            "kind = 'tokens'\nfile = 'none.csv'\ncolumns = ['x', 'y']", "s.toml:5:", "none.csv"),
        .initial("kind = 'table'\nfile = 'none.csv'", "s.toml:5:", "none.csv"),
        .initial("kind = 'table'\nfile = 'bad.csv'", "bad.csv:3:"),
        .initial("kind = 'square'", "s.toml:4:", "modes"),
        .initial("kind = 'uniform'\nmodes = [[1, 0.1, 0]]", "s.toml:5:", "modes"),
        Refusal(text: "[model]\nbeta = 1\n", words: ["initial"]),
        // Sizes.
        .arguments(["density.resolution=3"], "density.resolution"),
        .arguments(["density.resolution=1e30"], "density.resolution"),
        .arguments(["time.tolerance=0"], "time.tolerance"),
        .arguments(["time.end='soon'"], "consensus"),
        .arguments(["time.snapshots=[2, 1, nan]"], "snapshots"),
        // Overrides.
        .arguments(["model.bet=2"], "model.bet", "did you mean"),
        .arguments(["model.beta="], "override:1"),
        .arguments(["model.beta=hot"], "model.beta"),
        .arguments(["model.beta"], "model.beta"),
        .arguments(["=2"], "error"),
        // Options.
        .arguments(["--threads", "0"], "--threads"),
        .arguments(["--threads", "many"], "--threads"),
        .arguments(["--outptu", "x"], "--output"),
    ]

    @Test(arguments: ["run", "validate", "predict", "converge"])
    func refused(by command: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write("theta,rho\n0,0.1\n1,cold\n2,0.3\n", to: "bad.csv")
        for refusal in Self.refusals {
            let isOption = refusal.arguments.first?.hasPrefix("--") == true
            if isOption && command != "run" { continue }
            try directory.write(refusal.text, to: "s.toml")
            let outcome = try Program.run([command, "s.toml"] + refusal.arguments, in: directory)
            #expect(outcome.status == 2, "\(refusal) by \(command): \(outcome.output)")
            #expect(outcome.output.isEmpty)
            for word in refusal.words {
                #expect(outcome.errors.contains(word), "\(word) in \(outcome.errors)")
            }
            #expect(
                try directory.contents().filter { !$0.hasPrefix(".") } == ["bad.csv", "s.toml"])
        }
    }

    @Test func missingFiles() throws {
        let directory = try TemporaryDirectory()
        for command in [
            "run", "validate", "predict", "converge", "compare", "figure", "report", "show",
        ] {
            let outcome = try Program.run([command, "none.toml"], in: directory)
            #expect(outcome.status == 2 && outcome.errors.contains("none.toml"))
        }
        #expect(
            try Program.run(["velocity", "none.toml", "--at", "1"], in: directory).status == 2)
        #expect(try Program.run(["run", "."], in: directory).status == 2)
        #expect(try directory.contents().filter { !$0.hasPrefix(".std") }.isEmpty)
    }

    @Test func usage() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.good, to: "s.toml")
        for arguments in [
            [], ["rnu"], ["run"], ["velocity", "s.toml"], ["velocity", "s.toml", "--at", "0,0"],
            ["velocity", "s.toml", "--at", "1,2,3"], ["velocity", "s.toml", "--at", "north"],
            ["run", "s.toml", "s.toml"], ["predict", "s.toml", "--resume"],
        ] {
            let outcome = try Program.run(arguments, in: directory)
            #expect(outcome.status == 2 && !outcome.errors.isEmpty, "\(arguments)")
        }
        #expect(!directory.contains("runs"))
    }

    @Test func unwritableDirectoriesAreRefused() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.good, to: "s.toml")
        let outcome = try Program.run(["run", "s.toml", "--output", "s.toml/run"], in: directory)
        #expect(outcome.status == 2 && outcome.errors.contains("s.toml/run"))
    }

    // MARK: What is accepted

    @Test func version() throws {
        let outcome = try Program.run(["--version"], in: TemporaryDirectory())
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix("tokenfield ") == true)
        for library in ["FFTW ", "netCDF-C ", "LAPACK ", "toml++ "] {
            #expect(lines.contains { $0.hasPrefix(library) }, "\(library)")
        }
    }

    @Test func validatePrintsAScenarioThatResolvesToItself() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.good, to: "s.toml")
        let first = try Program.run(["validate", "s.toml", "model.beta=3"], in: directory)
        #expect(first.status == 0)
        try directory.write(first.output, to: "resolved.toml")
        let second = try Program.run(["validate", "resolved.toml"], in: directory)
        #expect(second.status == 0 && second.output == first.output)
    }

    @Test func negativeAnglesArePoints() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            "[model]\nbeta = 2\n[initial]\nkind = 'modes'\nmodes = [[1, 0.2, 0]]\n", to: "s.toml")
        func velocity(_ points: String...) throws -> [JSONValue] {
            let outcome = try Program.run(
                ["velocity", "s.toml", "--at"] + points + ["--json"], in: directory)
            try #require(outcome.status == 0, "\(outcome.errors)")
            return try #require(try JSONValue(parsing: outcome.output).elements)
        }
        let mirror = try velocity("-0.3", "0.3")
        try #require(mirror.count == 2)
        #expect(mirror[0]["at"]?.double == -0.3)
        let left = try #require(mirror[0]["velocity"]?.double)
        let right = try #require(mirror[1]["velocity"]?.double)
        #expect(left > 0 && abs(left + right) < 1e-14)
        // As a point of the plane: the tangent vector of the same length.
        let plane = try velocity("\(cos(-0.3)),\(sin(-0.3))")[0]["velocity"]?.elements
        expect(plane?[0].double, is: left * sin(0.3))
        expect(plane?[1].double, is: left * cos(0.3))
        let text = try Program.run(["velocity", "s.toml", "--at", "-0.3"], in: directory)
        #expect(text.status == 0 && text.output.hasPrefix("at -0.3 "))
    }

    @Test func jsonParsesAndIsWhatIsWritten() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.good, to: "s.toml")
        let run = try Program.run(["run", "s.toml", "--json", "--quiet"], in: directory)
        #expect(run.status == 0 && run.errors.isEmpty)
        let written = try String(
            contentsOf: directory.url.appending(path: "runs/s/phases.json"), encoding: .utf8)
        #expect(try JSONValue(parsing: run.output) == JSONValue(parsing: written))
        let study = try Program.run(["converge", "s.toml", "--json"], in: directory)
        #expect(study.status == 0)
        #expect(try JSONValue(parsing: study.output).elements != nil)
    }

    /// With noise the density stays on a grid, and no grid holds so narrow a start.
    @Test func numericalFailuresHaveTheirOwnStatus() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            """
            [model]
            beta = 9
            diffusion = 1e-9
            [initial]
            kind = "mixture"
            components = [{ angle = 0.0, sigma = 1e-6, weight = 1.0 }]
            """, to: "s.toml")
        let outcome = try Program.run(
            ["run", "s.toml", "--output", "run", "--quiet"], in: directory)
        #expect(outcome.status == 3, "\(outcome.output)")
        #expect(outcome.errors.contains("raise model.diffusion"))
    }
}
