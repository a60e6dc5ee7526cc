import Foundation
import Testing

@testable import Scenarios

/// The command `diagram`.
@Suite struct Diagrams {
    static let scenario = ShippedScenarios.directory.appending(path: "phase-diagram.toml").path
    static let small = [
        "diagram.systems=64", "diagram.betas={ from = 0.5, to = 9, count = 4 }", "diagram.times=13",
    ]

    private func run(
        _ arguments: [String], in directory: TemporaryDirectory
    ) throws -> Program.Outcome {
        try Program.run(["diagram", Self.scenario] + Self.small + arguments, in: directory)
    }

    @Test func writesTheSameFractionsInEveryForm() throws {
        let directory = try TemporaryDirectory()
        let outcome = try run(["--output", "out", "--json"], in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let json = try JSONValue(parsing: outcome.output)
        let betas = try #require(json["betas"]?.elements).compactMap(\.double)
        let times = try #require(json["times"]?.elements).compactMap(\.double)
        let rows = try #require(json["fraction"]?.elements).map { row in
            (row.elements ?? []).compactMap(\.double)
        }
        #expect(betas.count == 4 && times.count == 13 && times.last == 30)
        let url = directory.url.appending(path: "out")

        let file = try NetCDFFile(reading: url.appending(path: "diagram.nc"))
        let fraction = try #require(try file.variable("fraction"))
        let stored = try file.readDoubles(fraction)
        #expect(stored == times.indices.flatMap { time in rows.map { $0[time] } })

        let lines = try String(
            contentsOf: url.appending(path: "diagram.csv"), encoding: .utf8
        ).split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        #expect(lines[0] == ["beta", "time", "fraction", "standard_error"])
        #expect(lines.count == 1 + 4 * 13)
        #expect(lines.dropFirst().map { Double($0[2]) } == rows.flatMap { $0 })

        // The colder, the fewer have met in the end; at β = 0.5 all have.
        #expect(rows[0].last == 1 && rows[1].last! > rows[2].last! && rows[2].last! > rows[3].last!)
        #expect(abs((json["edge_beta"]?.double ?? 0) - 6.9064586475765) < 1e-9)

        let text = try String(contentsOf: url.appending(path: "scenario.toml"), encoding: .utf8)
        let again = try ScenarioDecoder.decode(text: text, name: "scenario.toml", for: .diagram)
        #expect(again.tomlText == text)
    }

    @Test func threadsChangeNoByte() throws {
        let directory = try TemporaryDirectory()
        for threads in ["1", "2", "5"] {
            let outcome = try run(["--output", threads, "--threads", threads], in: directory)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let files = ["diagram.csv", "diagram.nc", "scenario.toml"]
        let one = try directory.bytes("1", files)
        for threads in ["2", "5"] { #expect(try directory.bytes(threads, files) == one) }
    }

    @Test func reportFitsTheTerminalInAnyDimension() throws {
        let directory = try TemporaryDirectory()
        let outcome = try run(
            ["model.dimension=16", "--output", "out", "--quiet"], in: directory)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(outcome.output.contains("sphere of R^16"))
        for line in outcome.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }

    @Test func asksBeforeItReplaces() throws {
        let directory = try TemporaryDirectory()
        #expect(try run(["--output", "out", "--quiet"], in: directory).status == 0)
        let again = try run(["--output", "out", "--quiet"], in: directory)
        #expect(again.status == 2 && again.errors.contains("--force"))
        #expect(try run(["--output", "out", "--force", "--quiet"], in: directory).status == 0)
    }

    /// Interrupted and killed, with a last line that is cut off: the finished temperatures stay, and the
    /// bytes come out as from one run.
    @Test func goesOnWhereItStopped() throws {
        let directory = try TemporaryDirectory()
        let more = [
            "diagram.systems=128", "diagram.betas={ from = 0.5, to = 9, count = 12 }", "--quiet",
        ]
        #expect(try run(more + ["--output", "straight"], in: directory).status == 0)
        let straight = try directory.bytes("straight", ["diagram.csv"])[0]
        let half = directory.url.appending(path: "parts/diagram.csv")
        let first = try Program.Running(
            ["diagram", Self.scenario] + Self.small + more + ["--output", "parts"], in: directory)
        func lines() -> Int {
            ((try? Data(contentsOf: half)) ?? Data()).count { $0 == UInt8(ascii: "\n") }
        }
        while first.isRunning && lines() < 1 + 13 { usleep(1000) }
        first.signal(SIGINT)
        let stopped = try first.wait()
        try #require(stopped.status == 130, "\(stopped.errors)")
        #expect(stopped.errors.contains("--resume"))
        let there = try directory.bytes("parts", ["diagram.csv"])[0]
        #expect(there.count < straight.count && straight.starts(with: there))
        #expect(!directory.contains("parts/diagram.nc"))
        // A process that was killed in the midst of a line leaves half of it.
        let cut = straight.prefix(there.count + 100)
        try cut.write(to: half)
        let resume = more + ["--output", "parts", "--resume"]
        #expect(try run(resume, in: directory).status == 0)
        let files = ["diagram.csv", "diagram.nc", "scenario.toml"]
        #expect(try directory.bytes("parts", files) == directory.bytes("straight", files))
        // What does not belong to it is refused, and stays.
        try Data("beta,time,fraction,standard_error\n0.5,0.0,0,zero\n".utf8).write(to: half)
        let damaged = try run(resume, in: directory)
        #expect(damaged.status == 2 && damaged.errors.contains("line 2 is no row"))
        let other = try run(resume + ["particles.seed=2"], in: directory)
        #expect(other.status == 2 && other.errors.contains("another scenario"))
    }

    @Test func refusesOtherAttentionAndWritesNothing() throws {
        let directory = try TemporaryDirectory()
        let outcome = try run(["model.value=-1", "--output", "out"], in: directory)
        #expect(outcome.status == 2 && outcome.errors.contains("query = key = value = 1"))
        #expect(!directory.contains("out"))
    }
}
