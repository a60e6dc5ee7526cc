import Foundation
import Testing

/// The program under `mpirun`, two ranks on this machine; `make mpi-test` builds it with Open MPI.
@Suite(.serialized, .enabled(if: Program.withMPI != nil)) struct RanksTogether {
    private func together(
        _ arguments: [String], in directory: TemporaryDirectory
    ) throws -> Program.Outcome {
        let start = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2"]
        return try Program.run(
            start + [try #require(Program.withMPI)] + arguments, in: directory,
            program: URL(fileURLWithPath: "/usr/bin/env"))
    }

    // MARK: Sweeps

    private static let sweep = [
        "sweep", "s.toml", "--quiet", "--over", "model.beta=1:7:7", "--over", "model.value=1,0.5",
    ]
    private static let sweepFiles = ["sweep.csv", "sweep.nc", "scenario.toml"]

    @Test func sweepsHaveTheSameBytesAndResume() throws {
        let directory = try TemporaryDirectory()
        try directory.write(twoHeapsScenario, to: "s.toml")
        let alone = try Program.run(Self.sweep + ["--output", "alone"], in: directory)
        try #require(alone.status == 0, "\(alone.errors)")
        let outcome = try together(Self.sweep + ["--output", "both"], in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let whole = try directory.bytes("alone", Self.sweepFiles)
        #expect(try directory.bytes("both", Self.sweepFiles) == whole)

        // As an interruption leaves it: some rows, in the order in which they came, and half a row.
        let table = directory.url.appending(path: "both/sweep.csv")
        let lines = try String(contentsOf: table, encoding: .utf8).split(separator: "\n")
        let rest = [lines[0], lines[9], lines[2], lines[5].prefix(20)].joined(separator: "\n")
        try Data(rest.utf8).write(to: table)
        let resumed = try together(Self.sweep + ["--output", "both", "--resume"], in: directory)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try directory.bytes("both", Self.sweepFiles) == whole)
    }

    @Test func failuresAreRowsAndErrorsAreSaidOnce() throws {
        let directory = try TemporaryDirectory()
        try directory.write(twoHeapsScenario, to: "s.toml")
        // A narrow start under little noise needs more grid points than there are.
        let failing = try together(
            [
                "sweep", "s.toml", "--quiet", "--over", "model.diffusion=0.5,1e-9", "--output",
                "failing", "time.end=0.1",
                "initial={ kind = \"mixture\", components = [{ angle = 0.0, sigma = 1e-6, "
                    + "weight = 1.0 }] }",
            ], in: directory)
        #expect(failing.status == 0, "\(failing.errors)")
        let table = try String(
            contentsOf: directory.url.appending(path: "failing/sweep.csv"), encoding: .utf8)
        #expect(table.split(separator: "\n").count == 3 && table.contains("\n1,1e-9,failed,"))

        for arguments in [
            ["sweep", "s.toml", "--over", "model.bet=1,2"], ["run", "missing.toml"],
            ["run", "s.toml"], Self.sweep + ["--output", "failing"],
        ] {
            let outcome = try together(arguments, in: directory)
            #expect(outcome.status == 2)
            let errors = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("error:") }
            #expect(errors.count == 1, "\(outcome.errors)")
        }
    }

    // MARK: Particles

    private static let crowd = """
        title = "A crowd"
        evolve = "particles"
        [model]
        beta = 5
        [initial]
        kind = "mixture"
        components = [
            { angle = 0.0, concentration = 3.0, weight = 0.6 },
            { angle = 2.2, concentration = 9.0, weight = 0.4 },
        ]
        [particles]
        count = 41000
        [time]
        end = "consensus"
        snapshots = 7

        """
    private static let runFiles = [
        "phases.json", "series.csv", "run.nc", "checkpoint.nc", "scenario.toml",
    ]

    @Test func tokensOnTheCircleHaveTheSameBytes() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.crowd, to: "s.toml")
        let run = ["run", "s.toml", "--quiet", "--output"]
        let alone = try Program.run(run + ["alone"], in: directory)
        try #require(alone.status == 0, "\(alone.errors)")
        let outcome = try together(run + ["both"], in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        #expect(
            try directory.bytes("both", Self.runFiles)
                == directory.bytes("alone", Self.runFiles))
    }

    @Test func tokensOnTheSphereAgree() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            """
            title = "A crowd on S²"
            evolve = "particles"
            [model]
            dimension = 3
            beta = 4
            value = [1.0, 0.8, 0.6]
            [initial]
            kind = "uniform"
            [particles]
            count = 9000
            [time]
            end = 2.0
            snapshots = [0.0, 1.0, 2.0]

            """, to: "s.toml")
        let run = ["run", "s.toml", "--quiet", "--output"]
        let alone = try Program.run(run + ["alone"], in: directory)
        try #require(alone.status == 0, "\(alone.errors)")
        for name in ["both", "again"] {
            let outcome = try together(run + [name], in: directory)
            try #require(outcome.status == 0, "\(outcome.errors)")
        }
        #expect(
            try directory.bytes("both", Self.runFiles)
                == directory.bytes("again", Self.runFiles))
        func numbers(_ run: String) throws -> [Double] {
            try String(
                contentsOf: directory.url.appending(path: "\(run)/series.csv"), encoding: .utf8
            ).split(separator: "\n").dropFirst().flatMap { $0.split(separator: ",") }
                .compactMap { Double($0) }.filter(\.isFinite)
        }
        let (one, two) = (try numbers("alone"), try numbers("both"))
        #expect(one.count == two.count && one.count > 30)
        for (a, b) in zip(one, two) { #expect(abs(a - b) <= 1e-11 * max(1, abs(a))) }
    }

    @Test func whatCannotBeSharedIsRefused() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.crowd, to: "s.toml")
        for (overrides, reason) in [
            (["particles.count=39999"], "too many for 39999 tokens"),
            (["model.diffusion=0.1", "time.end=1"], "tokens with noise"),
            (["particles.engine=\"direct\""], "through modes"),
            (["evolve=\"density\""], "a density"),
        ] {
            let outcome = try together(["run", "s.toml"] + overrides, in: directory)
            #expect(outcome.status == 2 && outcome.errors.contains(reason), "\(outcome.errors)")
        }
        #expect(try directory.contents() == ["s.toml"])
        // The rest is for rank 0, which says what the program is linked to.
        let version = try together(["--version"], in: directory)
        #expect(version.status == 0 && version.output.contains("Open MPI"))
        #expect(version.output.split(separator: "\n").count { $0.hasPrefix("tokenfield") } == 1)
    }
}
