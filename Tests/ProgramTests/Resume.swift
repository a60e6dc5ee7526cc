import Foundation
import Testing

@testable import Scenarios

/// Interrupted, killed, repeated, continued: the result files have the same bytes.
@Suite struct Resume {
    /// Takes about a second: long enough to be interrupted.
    private static let scenario =
        threeClustersScenario + """

            tolerance = 1e-13
            snapshots = 50
            [density]
            tolerance = 1e-12
            """

    private static let resultFiles = [
        "phases.json", "series.csv", "run.nc", "scenario.toml", "report.html",
    ]

    /// A directory with the scenario `s.toml`.
    private func prepare() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.write(Self.scenario, to: "s.toml")
        return directory
    }

    private func arguments(_ output: String, _ more: String...) -> [String] {
        ["run", "s.toml", "--quiet", "--output", output] + more
    }

    private func expectSameFiles(
        _ directory: TemporaryDirectory, _ a: String, _ b: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        for (name, (a, b)) in try zip(
            Self.resultFiles,
            zip(directory.bytes(a, Self.resultFiles), directory.bytes(b, Self.resultFiles)))
        {
            #expect(a == b, "\(name)", sourceLocation: location)
        }
    }

    /// Waits until the run in `run` has started its steps.
    private func waitForSteps(_ directory: TemporaryDirectory, _ run: String) throws {
        let log = directory.url.appending(path: "\(run)/log.txt")
        for _ in 0..<3000 {
            if let text = try? String(contentsOf: log, encoding: .utf8), text.contains(" at step ")
            {
                return
            }
            usleep(5000)
        }
        Issue.record("the run did not start")
    }

    @Test func threadsAndRepetitionsGiveTheSameBytes() throws {
        let directory = try prepare()
        for (run, threads) in [("one", "1"), ("two", "2"), ("again", "2")] {
            let outcome = try Program.run(arguments(run, "--threads", threads), in: directory)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        try expectSameFiles(directory, "one", "two")
        try expectSameFiles(directory, "two", "again")
    }

    @Test func interruptionsLeaveValidFilesAndResumeBitForBit() throws {
        let directory = try prepare()
        #expect(try Program.run(arguments("straight"), in: directory).status == 0)
        var running = try Program.Running(arguments("stopped"), in: directory)
        try waitForSteps(directory, "stopped")
        var interruptions = 0
        while true {
            // Longer each time: on a busy machine a process may need that before its first step.
            usleep(80_000 + UInt32(interruptions) * 40_000)
            running.signal(SIGINT)
            let outcome = try running.wait()
            if outcome.status == 0 { break }
            try #require(outcome.status == 130, "\(outcome.errors)")
            let run = try FinishedRun(in: directory.url.appending(path: "stopped"))
            #expect(run.ended == "interrupted")
            #expect(outcome.errors.contains("--resume"))
            interruptions += 1
            try #require(interruptions < 100)
            running = try Program.Running(arguments("stopped", "--resume"), in: directory)
        }
        #expect(interruptions > 0, "the run is too short to be interrupted")
        try expectSameFiles(directory, "straight", "stopped")
        // A finished run has nothing left to do, and stays as it is.
        #expect(try Program.run(arguments("stopped", "--resume"), in: directory).status == 0)
        try expectSameFiles(directory, "straight", "stopped")
    }

    @Test func killedRunsGoOnFromWhatIsThere() throws {
        let directory = try prepare()
        #expect(try Program.run(arguments("straight"), in: directory).status == 0)
        // Also before the first step, when there is nothing but the directory.
        for (index, delay) in [10_000, 60_000, 300_000, 900_000].enumerated() {
            let name = "killed\(index)"
            let running = try Program.Running(arguments(name), in: directory)
            usleep(UInt32(delay))
            running.signal(SIGKILL)
            _ = try running.wait()
            let isThere = directory.contains("\(name)/scenario.toml")
            let outcome = try Program.run(
                arguments(name) + (isThere ? ["--resume"] : []), in: directory)
            #expect(outcome.status == 0, "\(outcome.errors)")
            try expectSameFiles(directory, "straight", name)
        }
    }

    /// Interrupted late, the rest is taken up where it was left, not computed again.
    @Test func resumingLateCostsOnlyTheRest() throws {
        let directory = try prepare()
        #expect(try Program.run(arguments("straight"), in: directory).status == 0)
        let straight = try FinishedRun(in: directory.url.appending(path: "straight"))
        let all = try #require(straight.lastSteps)
        #expect(all.from == 0 && all.to > 100)
        let running = try Program.Running(arguments("late"), in: directory)
        try waitForSteps(directory, "late")
        // Stop when most rows of the series are there.
        let series = directory.url.appending(path: "late/series.csv")
        let rows = straight.series.rows.count
        while running.isRunning {
            let text = (try? String(contentsOf: series, encoding: .utf8)) ?? ""
            if text.split(separator: "\n").count > rows * 8 / 10 { break }
            usleep(2000)
        }
        running.signal(SIGINT)
        let outcome = try running.wait()
        try #require(outcome.status == 130, "ended before it was interrupted")
        let first = try #require(
            try FinishedRun(in: directory.url.appending(path: "late")).lastSteps)
        #expect(try Program.run(arguments("late", "--resume"), in: directory).status == 0)
        let second = try #require(
            try FinishedRun(in: directory.url.appending(path: "late")).lastSteps)
        // Not a single step is taken twice.
        #expect(second.from == first.to && second.to == all.to)
        try expectSameFiles(directory, "straight", "late")
    }

    @Test func refusals() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            "[model]\nbeta = 1\n[initial]\nkind = \"uniform\"\n[time]\nend = 1\n", to: "s.toml")
        #expect(try Program.run(arguments("run", "--resume"), in: directory).status == 2)
        #expect(!directory.contains("run"))
        #expect(try Program.run(arguments("run"), in: directory).status == 0)
        let before = try directory.bytes("run", Self.resultFiles)
        let again = try Program.run(arguments("run"), in: directory)
        #expect(again.status == 2 && again.output.isEmpty)
        #expect(again.errors.contains("--resume") && again.errors.contains("--force"))
        let other = try Program.run(
            arguments("run", "--resume", "model.beta=2"), in: directory)
        #expect(other.status == 2 && other.errors.contains("beta"))
        let both = try Program.run(arguments("run", "--resume", "--force"), in: directory)
        #expect(both.status == 2)
        #expect(try directory.bytes("run", Self.resultFiles) == before)
        // Replaced by another scenario; what is not of the run stays.
        try directory.write("mine", to: "run/notes.txt")
        #expect(
            try Program.run(arguments("run", "--force", "model.beta=2"), in: directory).status == 0)
        #expect(try directory.bytes("run", Self.resultFiles) != before)
        #expect(directory.contains("run/notes.txt"))
        // What is no run is not replaced.
        try directory.write("mine", to: "file")
        #expect(try Program.run(arguments("file", "--force"), in: directory).status == 2)
    }
}
