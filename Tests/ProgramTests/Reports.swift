import Foundation
import Testing

@testable import Scenarios

/// `report`, `show` and `export`: a run looked at afterwards.
@Suite struct Reports {
    /// A directory with a run of three clusters in `run`, and what the run printed.
    private static func finished(_ arguments: String...) throws -> (TemporaryDirectory, String) {
        let directory = try TemporaryDirectory()
        try directory.write(threeClustersScenario, to: "s.toml")
        let outcome = try Program.run(
            ["run", "s.toml", "--output", "run", "--quiet", "time.snapshots=40"] + arguments,
            in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return (directory, outcome.output)
    }

    private func page(_ directory: TemporaryDirectory, _ run: String = "run") throws -> String {
        try String(
            contentsOf: directory.url.appending(path: "\(run)/report.html"), encoding: .utf8)
    }

    // MARK: Report

    @Test func pageHoldsTheRunAndIsDrawnAgainWithTheSameBytes() throws {
        let (directory, _) = try Self.finished()
        let first = try page(directory)
        for words in [
            "the three phases", "clustering", "who merged with whom", "mergers", "consensus",
            "theory beside measurement", "how the measure was represented", "the resolved scenario",
            "beta = 5", "spectral", "<noscript>", "@media print", "name=\"viewport\"",
        ] { #expect(first.lowercased().contains(words.lowercased()), "\(words)") }
        // Nothing comes from elsewhere.
        #expect(!first.contains("http:") && !first.contains("https:"))
        #expect(first.matches(of: /(src|href)="(?!data:)/).isEmpty)
        #expect(first.utf8.count < 5_000_000)
        let again = try Program.run(["report", "run"], in: directory)
        #expect(again.status == 0 && again.output == "run/report.html\n" && again.errors.isEmpty)
        #expect(try page(directory) == first)
    }

    @Test func withoutGnuplotThePageSaysSo() throws {
        let (directory, _) = try Self.finished()
        let outcome = try Program.run(["report", "run"], in: directory, environment: ["PATH": "/"])
        #expect(outcome.status == 0)
        let text = try page(directory)
        #expect(text.contains("gnuplot-nox") && !text.contains("id=\"energy\""))
        #expect(text.contains("id=\"timeline\"") && text.contains("id=\"tree\""))
        #expect(text.contains("id=\"player\"") && text.contains("<table>"))
        if (try? Gnuplot()) != nil {
            #expect(try Program.run(["report", "run"], in: directory).status == 0)
            let complete = try page(directory)
            #expect(complete.contains("id=\"energy\"") && !complete.contains("gnuplot-nox"))
        }
    }

    @Test func interruptedRunsAreDrawnUpToThere() throws {
        let directory = try TemporaryDirectory()
        try directory.write(threeClustersScenario, to: "s.toml")
        let running = try Program.Running(
            [
                "run", "s.toml", "--output", "run", "--quiet", "time.tolerance=1e-13",
                "density.tolerance=1e-12",
            ], in: directory)
        let log = directory.url.appending(path: "run/log.txt")
        while running.isRunning {
            let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            if text.contains(" at step ") { break }
            usleep(2000)
        }
        running.signal(SIGINT)
        try #require(try running.wait().status == 130, "it ended before it was interrupted")
        let first = try page(directory)
        #expect(first.contains("The run was interrupted"))
        #expect(try Program.run(["report", "run"], in: directory).status == 0)
        #expect(try page(directory) == first)
        let shown = try Program.run(["show", "run"], in: directory)
        #expect(shown.status == 0 && shown.output.contains("interrupted"))
    }

    @Test(arguments: [
        // Limits, noise, particles on the circle, in four dimensions, atoms beyond double range.
        "model.limit='alignment' time.end=3 model.value=[1,0.5]",
        "model.diffusion=0.3 time.end=2",
        "evolve='particles' particles.count=2000 time.end=2",
        "evolve='particles' particles.count=50 time.end=2 model.diffusion=0.1",
        "evolve='particles' particles.count=60 time.end=5 model.dimension=4 initial.kind='uniform'",
        "model.value=-1 time.end=1 time.snapshots=[0,1]",
        "time.end=1 time.snapshots=[1]",
    ])
    func allKindsOfRuns(_ overrides: String) throws {
        let directory = try TemporaryDirectory()
        let isUniform = overrides.contains("uniform")
        try directory.write(
            isUniform
                ? "model.beta = 5\ninitial.kind = 'uniform'\n" : threeClustersScenario, to: "s.toml"
        )
        let outcome = try Program.run(
            ["run", "s.toml", "--output", "run", "--quiet"]
                + overrides.split(separator: " ").map(String.init), in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.isEmpty)
        let text = try page(directory)
        #expect(text.contains("id=\"timeline\"") && text.contains("id=\"moments\""))
        #expect(text.matches(of: /[ >":(](nan|inf)[ <",%)]|Markup\(/).isEmpty)
    }

    // MARK: Show

    @Test func showPrintsWhatTheRunPrinted() throws {
        let (directory, printed) = try Self.finished()
        let shown = try Program.run(["show", "run"], in: directory)
        #expect(shown.status == 0 && shown.errors.isEmpty)
        #expect(printed == shown.output + "\nresults in run\n")
        let json = try Program.run(["show", "run", "--json"], in: directory)
        let file = try String(
            contentsOf: directory.url.appending(path: "run/phases.json"), encoding: .utf8)
        #expect(json.output == file)
        // The parents of a merger, by their masses.
        let merger = try #require(try JSONValue(parsing: file)["mergers"]?.elements?.first)
        let parents = try #require(merger["from"]?.elements).compactMap { $0["mass"]?.double }
        #expect(parents.count == 2)
        #expect(abs(parents.reduce(0, +) - (merger["into"]?["mass"]?.double ?? 0)) < 1e-6)
    }

    // MARK: Export

    /// The lines of an export without comments, split at commas.
    private func rows(_ text: String) -> [[String]] {
        text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            $0.split(separator: ",").map(String.init)
        }
    }

    @Test func densitiesGoRoundThroughTables() throws {
        let (directory, _) = try Self.finished("time.snapshots=[0,4,5,1000]")
        let exported = try Program.run(
            ["export", "run", "--time", "4.2", "--output", "rho.csv"], in: directory)
        #expect(exported.status == 0 && exported.output == "t = 4 written to rho.csv\n")
        let written = try String(
            contentsOf: directory.url.appending(path: "rho.csv"), encoding: .utf8)
        #expect(written.contains("# t = 4.0, ") && written.contains("the nearest to t = 4.2"))
        #expect(rows(written)[0] == ["theta", "rho"])
        try directory.write(
            "[model]\nbeta = 5\n[initial]\nkind = 'table'\nfile = 'rho.csv'\n[time]\nend = 0.1\n"
                + "snapshots = [0, 0.1]\n", to: "t.toml")
        #expect(
            try Program.run(["run", "t.toml", "--output", "t", "--quiet"], in: directory).status
                == 0)
        let (old, new) = try (
            FinishedRun(in: directory.url.appending(path: "run")),
            FinishedRun(in: directory.url.appending(path: "t"))
        )
        for name in ["energy"] + (1...8).flatMap({ ["c\($0)_re", "c\($0)_im"] }) {
            let (x, y) = try (old.series.value(name, at: 4), new.series.value(name, at: 0))
            // Between the rows of a table the density is a cubic.
            #expect(abs(x - y) < 1e-6 * max(abs(x), 1), "\(name): \(x), \(y)")
        }
        // Linear between its neighbours.
        let tables = try ["4", "4.5", "5"].map { time in
            rows(
                try Program.run(["export", "run", "--time", time, "--interpolate"], in: directory)
                    .output
            ).dropFirst().map { Double($0[1]) ?? .nan }
        }
        for (middle, ends) in zip(tables[1], zip(tables[0], tables[2])) {
            #expect(abs(middle - (ends.0 + ends.1) / 2) < 1e-12)
        }
        // Atoms are no function.
        let refused = try Program.run(
            ["export", "run", "--time", "1000", "--density"], in: directory)
        #expect(refused.status == 2 && refused.output.isEmpty)
        let atoms = rows(
            try Program.run(["export", "run", "--time", "1000"], in: directory).output)
        #expect(atoms[0] == ["angle", "mass", "x1", "x2"])
        let masses = atoms.dropFirst().compactMap { Double($0[1]) }
        #expect(abs(masses.reduce(0, +) - 1) < 1e-9)
    }

    @Test func tokensGoRoundThroughFiles() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            "evolve = 'particles'\nmodel.beta = 2\nmodel.dimension = 3\ninitial.kind = 'uniform'\n"
                + "particles.count = 30\ntime.end = 0.1\ntime.snapshots = [0, 0.1]\n", to: "s.toml")
        #expect(
            try Program.run(["run", "s.toml", "--output", "run", "--quiet"], in: directory).status
                == 0)
        let first = try Program.run(["export", "run", "--time", "start"], in: directory)
        #expect(first.status == 0)
        try directory.write(first.output, to: "tokens.csv")
        try directory.write(
            "evolve = 'particles'\nmodel.beta = 2\nmodel.dimension = 3\ninitial.kind = 'tokens'\n"
                + "initial.file = 'tokens.csv'\ninitial.columns = ['x1', 'x2', 'x3']\n"
                + "time.end = 0.1\ntime.snapshots = [0, 0.1]\n", to: "t.toml")
        #expect(
            try Program.run(["run", "t.toml", "--output", "t", "--quiet"], in: directory).status
                == 0)
        let again = try Program.run(["export", "t", "--time", "0"], in: directory)
        let (old, new) = (rows(first.output), rows(again.output))
        #expect(old.count == 31 && old[0] == ["x1", "x2", "x3", "mass"] && new[0] == old[0])
        for (x, y) in zip(old.dropFirst().joined(), new.dropFirst().joined()) {
            let (x, y) = (try #require(Double(x)), try #require(Double(y)))
            #expect(abs(x - y) < 1e-15)
        }
    }

    @Test func pipesMayCloseAndFilesHaveNoColour() throws {
        let (directory, _) = try Self.finished()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "\"$0\" export run --time 3 2>errors | head -n 1 >first",
            Program.executable.path,
        ]
        process.currentDirectoryURL = directory.url
        try process.run()
        process.waitUntilExit()
        func text(_ name: String) throws -> String {
            try String(contentsOf: directory.url.appending(path: name), encoding: .utf8)
        }
        #expect(try text("errors").isEmpty)
        #expect(try text("first").hasPrefix("# "))
        let shown = try Program.run(["show", "run"], in: directory)
        #expect(!shown.output.contains("\u{1B}"))
    }

    // MARK: Refusals

    @Test func whatIsNoRunIsRefused() throws {
        let (directory, _) = try Self.finished()
        func refused(
            _ run: String, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            for command in [["report", run], ["show", run], ["export", run, "--time", "1"]] {
                let before = try directory.contents()
                let outcome = try Program.run(command, in: directory)
                // `show` looks at phases.json alone.
                let isShown = command[0] == "show" && words.contains("run.nc")
                #expect(
                    outcome.status == (isShown ? 0 : 2), "\(command): \(outcome.output)",
                    sourceLocation: sourceLocation)
                for word in isShown ? [] : words {
                    #expect(
                        outcome.errors.contains(word), "\(word) in \(outcome.errors)",
                        sourceLocation: sourceLocation)
                }
                #expect(try directory.contents() == before, sourceLocation: sourceLocation)
            }
        }
        let url = directory.url
        func copy(_ name: String) throws -> URL {
            let copy = url.appending(path: name)
            try FileManager.default.copyItem(at: url.appending(path: "run"), to: copy)
            return copy
        }
        try refused("nowhere", "holds no run")
        try refused("s.toml", "holds no run")
        try FileManager.default.createDirectory(
            at: url.appending(path: "empty"), withIntermediateDirectories: false)
        try refused("empty", "holds no run")
        let begun = try copy("begun")
        try FileManager.default.removeItem(at: begun.appending(path: "phases.json"))
        try refused("begun", "no results yet", "--resume")
        let broken = try copy("broken")
        try Data("{ \"scenario\": ".utf8).write(to: broken.appending(path: "phases.json"))
        try refused("broken", "phases.json", "damaged")
        let truncated = try copy("truncated").appending(path: "run.nc")
        try Data(contentsOf: truncated).prefix(5000).write(to: truncated)
        try refused("truncated", "run.nc")
        let later = try copy("later").appending(path: "run.nc")
        let file = try NetCDFFile(creating: later)
        try file.setAttribute("format", .text("tokenfield run 2"))
        try file.close()
        try refused("later", "run.nc", "tokenfield run 2", "tokenfield run 1")
    }

    @Test(arguments: [
        ["export", "run"], ["export", "run", "--time", "soon"], ["export", "run", "--time", "-1"],
        ["export", "run", "--time", "nan"], ["export", "run", "--time", "10^x"], ["show"],
        ["report"], ["show", "run", "more"],
    ])
    func usage(_ arguments: [String]) throws {
        let directory = try TemporaryDirectory()
        let outcome = try Program.run(arguments, in: directory)
        #expect(outcome.status == 2 && outcome.output.isEmpty && !outcome.errors.isEmpty)
    }
}
