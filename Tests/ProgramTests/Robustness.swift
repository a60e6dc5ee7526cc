import Foundation
import Testing

/// Killed at any moment, with a full disk, or beyond the memory: nothing that was whole is lost.
@Suite struct Robustness {
    /// Scenarios that take about a second each, of everything that can evolve.
    private static let scenarios = [
        "density": threeClustersScenario + "\ntolerance = 1e-13\n",
        "tokens": """
        evolve = "particles"
        [model]
        beta = 6.0
        [initial]
        kind = "uniform"
        [particles]
        count = 3000
        [time]
        end = "consensus"
        tolerance = 1e-12
        """,
        "sphere": """
        evolve = "particles"
        [model]
        dimension = 3
        beta = 4.0
        diffusion = 0.01
        [initial]
        kind = "uniform"
        [particles]
        count = 60
        [time]
        end = 3.0
        """,
    ]

    private static let files = ["phases.json", "series.csv", "run.nc", "scenario.toml"]

    private func arguments(_ output: String, _ more: String...) -> [String] {
        ["run", "s.toml", "--quiet", "--output", output] + more
    }

    /// Interrupted and killed in turn until it is done, `pause` microseconds after each start.
    private func runInPieces(
        _ name: String, pause: UInt32, in directory: TemporaryDirectory
    ) throws {
        for round in 0..<60 {
            let resumes = directory.contains("\(name)/scenario.toml")
            let running = try Program.Running(
                arguments(name) + (resumes ? ["--resume"] : []), in: directory)
            // Longer each time, so that it comes to an end.
            usleep(pause + UInt32(round) * pause / 4)
            running.signal(round % 3 == 0 ? SIGINT : SIGKILL)
            let outcome = try running.wait()
            if outcome.status == 0 { return }
            #expect([130, -SIGKILL].contains(outcome.status), "\(outcome.errors)")
        }
        let outcome = try Program.run(arguments(name, "--resume"), in: directory)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private func expectPiecesEqualTheWhole(_ kind: String, pauses: [UInt32]) throws {
        let directory = try TemporaryDirectory()
        try directory.write(try #require(Self.scenarios[kind]), to: "s.toml")
        #expect(try Program.run(arguments("straight"), in: directory).status == 0)
        let straight = try directory.bytes("straight", Self.files)
        for pause in pauses {
            try runInPieces("pieces\(pause)", pause: pause, in: directory)
            for (name, (a, b)) in zip(
                Self.files, zip(straight, try directory.bytes("pieces\(pause)", Self.files)))
            {
                #expect(a == b, "\(kind), \(pause): \(name)")
            }
        }
    }

    @Test func killedTokensGoOn() throws {
        try expectPiecesEqualTheWhole("sphere", pauses: [300_000])
    }

    @Test(.enabled(if: Program.runsSlowTests), arguments: ["density", "tokens", "sphere"])
    func killedAtAnyMomentSlow(_ kind: String) throws {
        try expectPiecesEqualTheWhole(
            kind, pauses: [20_000, 50_000, 90_000, 140_000, 220_000, 350_000])
    }

    /// A limit on the size of files stands for a full disk.
    @Test func aFullDiskLeavesWhatWasWhole() throws {
        let directory = try TemporaryDirectory()
        try directory.write(try #require(Self.scenarios["sphere"]), to: "s.toml")
        #expect(try Program.run(arguments("straight"), in: directory).status == 0)
        let straight = try directory.bytes("straight", Self.files)
        // From nothing: an error that says so, and nothing half written. Where there is no room even for
        // the scenario, nothing has begun.
        for (blocks, status) in [(0, 2), (8, 3), (60, 3)] {
            let outcome = try Program.shell(
                "ulimit -f \(blocks); \"$TOKENFIELD\" run s.toml --quiet --output full\(blocks)",
                in: directory)
            #expect(outcome.status == status, "\(blocks): \(outcome.errors)")
            #expect(outcome.errors.hasPrefix("error: "), "\(outcome.errors)")
            #expect(outcome.errors.contains("--resume") == (status == 3), "\(outcome.errors)")
            let left =
                (try? FileManager.default.contentsOfDirectory(
                    atPath: directory.url.appending(path: "full\(blocks)").path)) ?? []
            #expect(!left.contains { $0.hasSuffix(".partial") || $0 == "run.nc" }, "\(left)")
        }
        // A run that is there stays as it was, and goes on when there is room.
        let running = try Program.Running(arguments("stopped"), in: directory)
        usleep(400_000)
        running.signal(SIGINT)
        let stopped = try running.wait().status
        #expect([0, 130].contains(stopped))
        let whole = ["run.nc", "phases.json", "checkpoint.nc"].map {
            directory.url.appending(path: "stopped/\($0)")
        }
        if directory.contains("stopped/checkpoint.nc") {
            let before = try whole.map { try Data(contentsOf: $0) }
            let outcome = try Program.shell(
                "ulimit -f 4; \"$TOKENFIELD\" run s.toml --quiet --output stopped --resume",
                in: directory)
            #expect(outcome.status == 3, "\(outcome.errors)")
            #expect(try whole.map { try Data(contentsOf: $0) } == before)
        }
        let resumed = try Program.run(arguments("stopped", "--resume"), in: directory)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try directory.bytes("stopped", Self.files) == straight)
    }

    /// What has been claimed and goes away is no bad input; where it was moved to it goes on.
    @Test func aDirectoryThatGoesAwayIsNoBadInput() throws {
        let directory = try TemporaryDirectory()
        try directory.write(try #require(Self.scenarios["density"]), to: "s.toml")
        let gone = directory.url.appending(path: "gone")
        for isMoved in [false, true] {
            let running = try Program.Running(arguments("gone"), in: directory)
            while running.isRunning && !directory.contains("gone/series.csv") { usleep(1000) }
            if isMoved {
                try FileManager.default.moveItem(
                    at: gone, to: directory.url.appending(path: "elsewhere"))
            } else {
                try FileManager.default.removeItem(at: gone)
            }
            let outcome = try running.wait()
            #expect(outcome.status == 3 && outcome.output.isEmpty, "\(outcome.errors)")
            #expect(outcome.errors.contains("was removed or moved away"), "\(outcome.errors)")
            #expect(!directory.contains("gone"))
        }
        let outcome = try Program.run(arguments("elsewhere", "--resume"), in: directory)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    /// The table of a sweep would grow on where nobody finds it.
    @Test func aSweepWhoseDirectoryGoesAwayStops() throws {
        let directory = try TemporaryDirectory()
        try directory.write(try #require(Self.scenarios["density"]), to: "s.toml")
        let running = try Program.Running(
            ["sweep", "s.toml", "--over", "model.beta=5:9:40", "--output", "gone"], in: directory)
        while running.isRunning && !directory.contains("gone/sweep.csv") { usleep(1000) }
        try FileManager.default.removeItem(at: directory.url.appending(path: "gone"))
        let outcome = try running.wait()
        #expect(outcome.status == 3, "\(outcome.errors)")
        #expect(outcome.errors.contains("was removed or moved away"), "\(outcome.errors)")
    }

    @Test func twoRunsDoNotShareADirectory() throws {
        let directory = try TemporaryDirectory()
        try directory.write(try #require(Self.scenarios["density"]), to: "s.toml")
        let first = try Program.Running(arguments("run"), in: directory)
        while first.isRunning && !directory.contains("run/scenario.toml") { usleep(2000) }
        for way in ["--resume", "--force"] {
            let second = try Program.run(arguments("run", way), in: directory)
            #expect(second.status == 2, "\(second.errors)")
            #expect(second.errors.contains("another run is going on"), "\(second.errors)")
        }
        #expect(try first.wait().status == 0)
    }

    @Test func placesThatCannotBeWrittenAreRefused() throws {
        let directory = try TemporaryDirectory()
        try directory.write(try #require(Self.scenarios["sphere"]), to: "s.toml")
        try directory.write("", to: "file")
        for place in ["/proc/none/run", "file/run", "file"] {
            let outcome = try Program.run(arguments(place), in: directory)
            #expect(outcome.status == 2 && outcome.output.isEmpty, "\(place)")
            #expect(outcome.errors.hasPrefix("error: "), "\(outcome.errors)")
        }
    }

    // MARK: Memory

    /// Most bytes that were resident while the program ran.
    private func peak(_ arguments: [String], in directory: TemporaryDirectory) throws -> Double {
        let path = Program.executable.path
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        var (pid, status, peak) = (pid_t(0), Int32(0), 0.0)
        try #require(posix_spawn(&pid, path, &actions, nil, &words, environ) == 0)
        // What the system counts for a child begins with the memory of its parent: ask while it runs.
        while waitpid(pid, &status, WNOHANG) == 0 {
            let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
            let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }) ?? []
            if words.count > 1, let kilobytes = Double(words[1]) {
                peak = max(peak, 1024 * kilobytes)
            }
            usleep(2000)
        }
        try #require(status == 0)
        return peak
    }

    @Test(arguments: [
        ("three-phases-circle", ["time.snapshots=20"]),
        ("three-phases-circle", ["time.snapshots=1500"]),
        ("bruno-2024-beta5-particles", ["particles.count=100000", "time.end=0.01"]),
    ])
    func memoryIsWhatValidateSays(_ name: String, _ overrides: [String]) throws {
        let directory = try TemporaryDirectory()
        let file = ShippedScenarios.directory.appending(path: name + ".toml").path
        let validated = try Program.run(["validate", file] + overrides, in: directory)
        let line = try #require(
            validated.output.split(separator: "\n").first { $0.hasPrefix("# memory") })
        let megabytes = try #require(line.split(separator: " ").compactMap { Double($0) }.first)
        let output = directory.url.appending(path: "run").path
        let peak = try peak(
            ["run", file, "--output", output, "--quiet"] + overrides, in: directory)
        #expect(peak <= 1.25e6 * megabytes, "\(peak / 1e6) MB, stated \(megabytes) MB")
        #expect(peak >= 0.25e6 * megabytes, "\(peak / 1e6) MB, stated \(megabytes) MB")
    }

    @Test func runsThatFitNoMemoryAreRefused() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            "evolve = \"particles\"\n[model]\nbeta = 1\ndimension = 256\n"
                + "[initial]\nkind = \"uniform\"\n[particles]\ncount = 100000000\n", to: "s.toml")
        let outcome = try Program.run(arguments("run"), in: directory)
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("GB of memory at the least"), "\(outcome.errors)")
        #expect(!directory.contains("run"))
    }
}
