import Foundation
import Testing

@testable import Scenarios

/// Densities on S² through the program.
@Suite(.serialized) struct SphereDensities {
    static let clusters = """
        [model]
        dimension = 3
        beta = 4.0
        [initial]
        kind = "harmonics"
        harmonics = [[1, 1, 0.028209479177387815, 0.0], [2, 1, 0.04231421876608172, 0.0],
            [2, 2, 0.0, -0.028209479177387815], [3, 2, 0.05641895835477563, 0.0],
            [3, 1, 0.0, 0.04231421876608172]]
        [time]
        snapshots = 8
        """

    static let collapse = """
        [model]
        dimension = 3
        beta = 9.0
        value = [1.0, 1.0, -1.0]
        [initial]
        kind = "harmonics"
        harmonics = [[1, 0, 0.1, 0.0], [1, 1, 0.001, 0.0006], [2, 2, 0.002, 0.001],
            [3, 3, -0.0012, 0.002], [4, 3, 0.002, 0.001], [5, 4, 0.001, -0.002]]
        [time]
        snapshots = 8
        """

    /// V = I, β = 4: clustering ends at 10.793 with masses .57708 and .42292, the merger is at 1184.57
    /// by an independent computation.
    @Test func twoClustersMergeWhenTheyShould() throws {
        let run = try FinishedRun(Self.clusters)
        #expect(run.ended == "consensus")
        #expect(run.isNoiseDetermined == false)
        let times = run.times
        try #require(times.map(\.name) == ["clustering", "merger 1", "consensus"])
        #expect(abs(times[0].time / 10.793 - 1) < 1e-3)
        #expect(abs(times[1].time / 1184.57 - 1) < 2e-5)
        let masses = run.phases["clusters"]?["members"]?.elements?.compactMap {
            $0["mass"]?.double
        }
        try #require(masses?.count == 2)
        #expect(abs(masses![0] - 0.57708) < 2e-4)
        #expect(abs(masses![1] - 0.42292) < 2e-4)
    }

    /// All three phases: a grid of the sphere, points, the great circle, atoms.
    @Test func threePhasesInOneRun() throws {
        let run = try FinishedRun(Self.collapse)
        #expect(run.ended == "consensus")
        let changes = run.phases["representation"]?.elements ?? []
        let kinds = changes.compactMap { $0["kind"]?.text }
        #expect(kinds.first == "spectral" && kinds.contains("points") && kinds.last == "atoms")
        #expect(changes.contains { $0["reason"]?.text == "collapsed onto a great circle" })
        let collapse = run.phases["phases"]?.elements?.first { $0["name"]?.text == "collapse" }
        #expect((collapse?["end"]?.double ?? 0) > 0.1)
        #expect(run.mergers.count == 2)
        for time in run.times { #expect(time.error <= 1e-3 * time.time, "\(time)") }
        // Of a run to degree 254 at tolerance 2.5e-9.
        for (time, exact) in zip(run.mergers, [52746.0958, 41342372.0]) {
            #expect(abs(time.time / exact - 1) < 1e-6)
        }
        // The pole is left: all clusters lie on the equator.
        for member in run.phases["clusters"]?["members"]?.elements ?? [] {
            #expect(abs(member["position"]?.elements?[2].double ?? 1) < 1e-6)
        }
    }

    /// Four Gaussians in azimuth, whose basins meet near the poles (arXiv:2509.25040, Figure 4).
    static let azimuth = """
        [model]
        dimension = 3
        beta = 10.0
        value = [1.0, 1.0, 0.0]
        [initial]
        kind = "azimuth"
        elevation = "uniform-angle"
        angles = [
            { angle = 0.0, sigma = 0.2, weight = 0.3 }, { angle = 1.3, sigma = 0.2, weight = 0.2 },
            { angle = 2.6, sigma = 0.2, weight = 0.3 }, { angle = 4.0, sigma = 0.2, weight = 0.2 },
        ]
        [time]
        snapshots = 8
        """

    /// Components narrower than any grid.
    static let narrow = """
        [model]
        dimension = 3
        beta = 4.0
        [initial]
        kind = "mixture"
        components = [
            { mean = [0, 0, 1], sigma = 0.01, weight = 0.6 },
            { mean = [1, 0, 0], concentration = 1e4, weight = 0.4 },
        ]
        [time]
        snapshots = 8
        """

    /// The run starts as points and says so; its times are those of two points up to what the width changes,
    /// and the same for a turned start.
    @Test func narrowComponents() throws {
        let run = try FinishedRun(Self.narrow, "density.tolerance=1e-6")
        #expect(run.ended == "consensus")
        let first = try #require(run.phases["representation"]?.elements?.first)
        #expect(first["kind"]?.text == "points" && first["reason"]?.text == "start")
        #expect(first["error"]?.double.map { $0 > 0 && $0 < 1e-5 } == true)
        let points = try FinishedRun(
            """
            evolve = "particles"
            [model]
            dimension = 3
            beta = 4.0
            [initial]
            kind = "atoms"
            atoms = [{ point = [0, 0, 1], mass = 0.6 }, { point = [1, 0, 0], mass = 0.4 }]
            """)
        let turned = try FinishedRun(
            Self.narrow.replacing("[0, 0, 1]", with: "[3, 4, 0]")
                .replacing("[1, 0, 0]", with: "[4, -3, 5]"), "density.tolerance=1e-6")
        let times = run.times.filter { $0.time > 0 }
        try #require(times.map(\.name) == ["merger 1", "consensus"])
        for (name, other, width) in [("points", points, 5e-4), ("turned", turned, 0)] {
            let others = other.times.filter { $0.time > 0 }
            try #require(others.map(\.name) == times.map(\.name))
            for (a, b) in zip(times, others) {
                let error = a.error + b.error + width * a.time
                #expect(abs(a.time - b.time) <= error, "\(name): \(a) \(b)")
            }
        }
    }

    /// Just narrower than what a grid holds, and just wider: the same times.
    @Test func whereTheGridEnds() throws {
        func run(_ sigma: Double) throws -> (kind: String?, times: [FinishedRun.Time]) {
            let scenario = Self.narrow.replacing("sigma = 0.01", with: "sigma = \(sigma)")
                .replacing("concentration = 1e4", with: "sigma = \(sigma)")
            let run = try FinishedRun(scenario, "density.tolerance=1e-6", "time.end=6")
            let kind = run.phases["representation"]?.elements?.first?["kind"]?.text
            return (kind, run.times.filter { $0.time > 0 })
        }
        let (narrow, wide) = (try run(0.033), try run(0.0331))
        #expect(narrow.kind == "points" && wide.kind == "spectral")
        try #require(!wide.times.isEmpty && narrow.times.map(\.name) == wide.times.map(\.name))
        for (a, b) in zip(narrow.times, wide.times) {
            #expect(abs(a.time - b.time) <= a.error + b.error, "\(a) \(b)")
        }
    }

    /// V turns the great circle by 90°: the run says so instead of going on for ever.
    @Test func aGreatCircleThatTurns() throws {
        let run = try FinishedRun(
            """
            [model]
            dimension = 3
            beta = 4.0
            value = [[0.0, -1.0, 0.3], [1.0, 0.0, 0.2], [0.0, 0.0, -1.0]]
            [initial]
            kind = "harmonics"
            harmonics = [[1, 1, 0.05, 0.02], [2, 2, 0.03, -0.02], [1, 0, 0.1, 0.0]]
            [time]
            snapshots = 8
            tolerance = 1e-7
            [density]
            resolution = 62
            """)
        #expect(run.ended == "rotating" && run.isNoiseDetermined == false)
        let phases = try #require(run.phases["phases"]?.elements)
        #expect(phases[0]["end"]?.double.map { $0 > 2 * .pi && $0 < 100 } == true)
        #expect(phases[1]["reason"]?.text == "rotating" && phases[2]["reason"]?.text == "rotating")
        #expect(
            run.phases["notes"]?.elements?.contains {
                $0.text?.contains("a great circle that V turns by 90 degrees") == true
            } == true)
    }

    /// D_c = (coth β - 1/β)/β: a little less noise lets degree 1 grow, a little more makes it decay, at the
    /// rate 2(D_c - D), whatever its direction.
    @Test(arguments: [0.97, 1.03]) func criticalNoise(_ share: Double) throws {
        let β = 4.0
        let critical = (1 / tanh(β) - 1 / β) / β
        let run = try FinishedRun(
            """
            [model]
            dimension = 3
            beta = \(β)
            diffusion = \(share * critical)
            [initial]
            kind = "degrees"
            axis = [2, -1, 2]
            degrees = [[1, 1e-5]]
            [time]
            end = 20
            snapshots = [0, 20]
            """)
        let rate = try log(run.series.value("m1", at: 20) / run.series.value("m1", at: 0)) / 20
        let exact = 2 * critical * (1 - share)
        #expect(abs(rate - exact) < 1e-5 * abs(exact), "\(rate) \(exact)")
    }

    @Test(arguments: [
        (collapse, ["density.tolerance=1e-7"]), (azimuth, ["density.tolerance=1e-6"]),
        (narrow, ["density.tolerance=1e-6"]),
    ])
    func interruptedRunsGoOnBitForBit(_ scenario: String, _ options: [String]) throws {
        let directory = try TemporaryDirectory()
        try directory.write(scenario, to: "s.toml")
        func arguments(_ output: String, _ threads: Int) -> [String] {
            ["run", "s.toml", "--output", output, "--quiet", "--threads", "\(threads)"] + options
        }
        let straight = try Program.run(arguments("a", 1), in: directory)
        #expect(straight.status == 0, "\(straight.errors)")
        for (index, delay) in [0.1, 0.8, 2.5].enumerated() {
            let output = "b\(index)"
            let running = try Program.Running(arguments(output, 2), in: directory)
            let log = directory.url.appending(path: "\(output)/log.txt")
            while running.isRunning,
                (try? String(contentsOf: log, encoding: .utf8))?.contains(" at step ") != true
            {
                usleep(5000)
            }
            usleep(UInt32(1e6 * delay))
            running.signal(SIGINT)
            let part = try running.wait()
            if part.status == 130 {
                let rest = try Program.run(arguments(output, 2) + ["--resume"], in: directory)
                #expect(rest.status == 0, "\(rest.errors)")
            }
            for file in ["phases.json", "series.csv", "run.nc"] {
                let a = try Data(contentsOf: directory.url.appending(path: "a/\(file)"))
                let b = try Data(contentsOf: directory.url.appending(path: "\(output)/\(file)"))
                #expect(a == b, "\(file) after \(delay) s")
            }
        }
    }

    /// Densities on S³ and on S² as tables: their integrals are 1, and files give them back.
    @Test(arguments: [3, 4]) func exportOfDensities(dimension: Int) throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            "model.beta = 2\nmodel.dimension = \(dimension)\nmodel.diffusion = 0.1\n"
                + "initial.kind = 'degrees'\ninitial.degrees = [[1, 0.5]]\n"
                + "density.symmetry = 'none'\ntime.end = 0.2\ntime.snapshots = [0, 0.2]\n",
            to: "s.toml")
        let run = try Program.run(["run", "s.toml", "--output", "r", "--quiet"], in: directory)
        #expect(run.status == 0, "\(run.errors)")
        let outcome = try Program.run(
            ["export", "r", "--time", "0.1", "--interpolate"], in: directory)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let rows = lines.dropFirst().map { $0.split(separator: ",").map { Double($0)! } }
        if dimension == 4 {
            #expect(lines[0] == "x1,x2,x3,x4,density,weight")
            #expect(abs(rows.reduce(0) { $0 + $1[4] * $1[5] } - 1) < 1e-10)
            let page = try String(
                contentsOf: directory.url.appending(path: "r/report.html"), encoding: .utf8)
            #expect(page.contains("points drawn from the density"))
            // 1 + x4/2 at the start.
            let snapshots = try FinishedRun(in: directory.url.appending(path: "r")).snapshots
            let map = try #require(snapshots.first?.map)
            for (value, row) in zip(map, rows) { #expect(abs(value - 1 - row[3] / 2) < 1e-12) }
        } else {
            #expect(lines[0] == "latitude,longitude,density" && rows.count == 64 * 128)
            let start = try Program.run(["export", "r", "--time", "0"], in: directory)
            for line in start.output.split(separator: "\n").dropFirst(4) {
                let row = line.split(separator: ",").map { Double($0)! }
                #expect(abs(row[2] - 1 - sin(row[0] * .pi / 180) / 2) < 1e-12)
            }
        }
    }
}

/// What the errors of densities on S² are worth.
@Suite(.serialized, .enabled(if: Program.runsSlowTests)) struct SphereRefinement {
    /// The stated errors cover the change to twice the degrees with a quarter of the residual at the
    /// hand-over.
    @Test(arguments: [
        SphereDensities.clusters, SphereDensities.collapse, SphereDensities.azimuth,
    ])
    func statedErrorsCoverRefinement(_ scenario: String) throws {
        let run = try FinishedRun(scenario)
        let finer = try FinishedRun(
            scenario, "density.tolerance=2.5e-9", "density.resolution=254")
        try #require(run.times.map(\.name) == finer.times.map(\.name))
        for (time, other) in zip(run.times, finer.times) {
            #expect(abs(time.time - other.time) <= time.error, "\(time) \(other)")
        }
    }

    /// On request all times of the three phases are known to 1e-3.
    @Test(arguments: [SphereDensities.collapse, SphereDensities.azimuth])
    func aThousandthOnRequest(_ scenario: String) throws {
        let run = try FinishedRun(scenario, "density.tolerance=1e-10")
        #expect(run.ended == "consensus" && !run.mergers.isEmpty)
        for time in run.times { #expect(time.error <= 1e-3 * time.time, "\(time)") }
        let other = try FinishedRun(
            scenario, "density.tolerance=2.5e-9", "density.resolution=254")
        try #require(run.times.map(\.name) == other.times.map(\.name))
        for (time, other) in zip(run.times, other.times) {
            #expect(abs(time.time - other.time) <= 1e-3 * time.time, "\(time) \(other)")
        }
    }

    /// A start turned so that the front between two clusters passes a pole merges when it should.
    @Test func frontsOverThePoles() throws {
        func scenario(_ means: [String]) -> String {
            let parts = zip(means, [0.5, 0.3, 0.2]).map {
                "{ mean = \($0), concentration = 2.0, weight = \($1) }"
            }
            return """
                [model]
                dimension = 3
                beta = 6.0
                [initial]
                kind = "mixture"
                components = [\(parts.joined(separator: ", "))]
                [time]
                snapshots = 8
                """
        }
        let plain = try FinishedRun(scenario(["[1, 0, 0]", "[0, 1, 0]", "[-0.8, -0.6, 0]"]))
        // The front of the first two lies over the north pole.
        let turned = try FinishedRun(scenario(["[1, 0, 1]", "[-1, 0, 1]", "[-1, 0, -7]"]))
        try #require(plain.times.map(\.name) == turned.times.map(\.name))
        #expect(plain.ended == "consensus" && !plain.mergers.isEmpty)
        for (time, other) in zip(plain.times, turned.times) {
            #expect(abs(time.time - other.time) <= time.error + other.error, "\(time) \(other)")
        }
    }
}
