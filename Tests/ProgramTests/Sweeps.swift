import Foundation
import Testing

@testable import Scenarios

/// `tokenfield sweep` as a process.
@Suite struct Sweeps {
    private static let axes = ["--over", "model.beta=1:8:8", "--over", "model.value=1,0.5"]
    private static let files = ["sweep.csv", "sweep.nc", "scenario.toml"]

    private func prepare() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.write(twoHeapsScenario, to: "s.toml")
        return directory
    }

    private func sweep(_ directory: TemporaryDirectory, _ more: String...) throws
        -> Program.Outcome
    {
        try Program.run(["sweep", "s.toml", "--quiet"] + Self.axes + more, in: directory)
    }

    private func bytes(_ directory: TemporaryDirectory, _ run: String) throws -> [Data] {
        try Self.files.map { try Data(contentsOf: directory.url.appending(path: "\(run)/\($0)")) }
    }

    private func rows(_ directory: TemporaryDirectory, _ run: String) throws -> [String] {
        try String(
            contentsOf: directory.url.appending(path: "\(run)/sweep.csv"), encoding: .utf8
        ).split(separator: "\n").map(String.init)
    }

    @Test func pointsAreRunsAndPartsAreTheWhole() throws {
        let directory = try prepare()
        let outcome = try sweep(directory, "--threads", "2")
        try #require(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        for line in outcome.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        let found = try rows(directory, "runs/s-sweep")
        #expect(found.count == 17 && found[1].hasPrefix("0,1,1,consensus,"))
        let whole = try bytes(directory, "runs/s-sweep")
        #expect((try? Gnuplot()) == nil || directory.contains("runs/s-sweep/sweep.png"))

        // A point is the run with these keys.
        let run = try Program.run(
            ["run", "s.toml", "model.beta=4", "model.value=1", "--quiet", "--json"], in: directory)
        let json = try JSONValue(parsing: run.output)
        let names = found[0].split(separator: ",", omittingEmptySubsequences: false)
        let cells = found[7].split(separator: ",", omittingEmptySubsequences: false)
        let column = try #require(names.firstIndex(of: "consensus"))
        #expect(Double(cells[column]) == json["consensus"]?["time"]?.double)

        // The netCDF file has the same numbers, over the keys; half the value takes twice the time.
        let file = try NetCDFFile(
            reading: directory.url.appending(path: "runs/s-sweep/sweep.nc"))
        let times = try #require(try file.variable("consensus"))
        #expect(times.shape == [8, 2])
        let stored = try file.readDoubles(times)
        #expect(stored[6] == Double(cells[column]) && abs(stored[7] / stored[6] - 2) < 1e-5)

        // Parts by several processes, joined; one of them with another number of threads.
        for part in ["1/3", "2/3", "3/3"] {
            let outcome = try sweep(directory, "--shard", part, "--threads", "1")
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let names3 = (1...3).map { "runs/s-sweep-\($0)-of-3" }
        #expect(try rows(directory, names3[1]).count == 6)
        let joined = try sweep(
            directory, "--join", names3[0], "--join", names3[1], "--join", names3[2], "--output",
            "joined")
        #expect(joined.status == 0, "\(joined.errors)")
        #expect(try bytes(directory, "joined") == whole)
        // A part of another sweep is none of this one.
        let other = try Program.run(
            [
                "sweep", "s.toml", "--over", "model.beta=1,2", "--join", names3[0], "--output",
                "other",
            ], in: directory)
        #expect(other.status == 2 && !directory.contains("other"))
    }

    /// Interrupted and killed again and again: the same bytes, and finished points stay finished.
    @Test func resumeIsStraight() throws {
        let directory = try prepare()
        let straight = try Program.run(
            ["sweep", "s.toml", "--quiet", "--output", "straight"] + Self.axes, in: directory)
        try #require(straight.status == 0, "\(straight.errors)")
        var stops = 0
        while true {
            let running = try Program.Running(
                ["sweep", "s.toml", "--quiet", "--output", "stopped", "--threads", "2"]
                    + Self.axes + (directory.contains("stopped") ? ["--resume"] : []),
                in: directory)
            let table = directory.contains("stopped/sweep.csv")
            let before = table ? try rows(directory, "stopped").count : 0
            // Longer every time: a point that takes long must have its turn.
            usleep(UInt32(150_000 * pow(1.3, Double(stops))))
            running.signal(stops % 2 == 0 ? SIGINT : SIGKILL)
            let outcome = try running.wait()
            if outcome.status == 0 { break }
            try #require([130, -SIGINT, -SIGKILL].contains(outcome.status), "\(outcome.errors)")
            if directory.contains("stopped/sweep.csv") {
                #expect(try rows(directory, "stopped").count >= before)
            }
            stops += 1
            try #require(stops < 20)
        }
        #expect(stops > 0, "the sweep is too short to be interrupted")
        #expect(try bytes(directory, "straight") == bytes(directory, "stopped"))
    }

    /// A narrow start under noise needs more grid points than there are.
    @Test func failedPointIsARow() throws {
        let directory = try prepare()
        let outcome = try Program.run(
            [
                "sweep", "s.toml", "--quiet", "--over", "model.diffusion=1e-9,0.5", "--over",
                "model.beta=4",
                "initial={ kind = \"mixture\", components = [{ angle = 0.0, sigma = 1e-6, "
                    + "weight = 1.0 }] }", "time.end=0.1",
            ], in: directory)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let found = try rows(directory, "runs/s-sweep")
        #expect(found.count == 3 && found.contains { $0.contains(",failed,") }, "\(found)")
        #expect(outcome.output.contains("failed"))
        // One good point over one key, and a key that stays: there is still something to see.
        #expect((try? Gnuplot()) == nil || directory.contains("runs/s-sweep/sweep.png"))
    }

    @Test func refusals() throws {
        let directory = try prepare()
        for arguments in [
            [], ["--over", "model.beta=1:9"], ["--over", "model.bta=1,2"],
            ["--over", "model.beta=1,2", "--shard", "3/2"],
            ["--over", "model.beta=1,2", "--shard", "x"],
            ["--over", "model.beta=1,2", "--resume"],
            ["--over", "model.beta=1,2", "--join", "nowhere"],
            ["--over", "model.normalization=none"],
        ] {
            let outcome = try Program.run(["sweep", "s.toml"] + arguments, in: directory)
            #expect(outcome.status == 2 && !outcome.errors.isEmpty, "\(arguments)")
        }
        #expect(!directory.contains("runs"))
    }
}
