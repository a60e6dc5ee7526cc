import Foundation
import Testing

@testable import Scenarios

/// Every scenario that comes with the program runs to its end and leaves valid files.
@Suite struct ShippedScenarios {
    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "scenarios")

    static let names = [
        "alignment-circle", "antipodal-sphere", "azimuth-sphere", "bruno-2024-beta5",
        "bruno-2024-beta5-particles", "bruno-2024-beta7", "bruno-2024-beta7-particles",
        "compare-circle", "compare-heat", "compare-sphere", "geshkovski-2024-kinetic",
        "geshkovski-2024-staircase", "heat-50000-tokens", "hypersphere", "metastable-tokens",
        "minilm-words", "minilm-words-sphere", "noisy-stationary", "phase-diagram", "repulsive",
        "rotating", "rotating-density", "rotating-sphere", "sphere-clusters",
        "staircase-five-atoms", "staircase-sphere", "three-phases-circle", "three-phases-sphere",
        "tokens-sphere", "two-clusters", "zonal-64",
    ]

    @Test func allAreTested() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.directory.path)
        let baselines = files.filter { $0.hasSuffix(Baseline.suffix) }
        let found = Set(files.filter { $0.hasSuffix(".toml") }).subtracting(baselines)
        #expect(found == Set(Self.names.map { $0 + ".toml" }))
        // make check holds them against their runs.
        #expect(Set(baselines) == Set(Self.names.map { $0 + Baseline.suffix }))
    }

    @Test(arguments: names)
    func headerSaysWhatHowLongAndWhereFrom(_ name: String) throws {
        let text = try String(
            contentsOf: Self.directory.appending(path: name + ".toml"), encoding: .utf8)
        let header = text.split(separator: "\n", omittingEmptySubsequences: false)
            .prefix { $0.hasPrefix("#") }
        for word in ["Shows", "Takes", "From"] {
            #expect(header.contains { $0.hasPrefix("# \(word) ") }, "\(word)")
        }
    }

    /// A time that is off by two percent is found, and so is another number of mergers, in drawn tokens too.
    @Test(arguments: names)
    func baselineIsSharp(_ name: String) throws {
        let file = Self.directory.appending(path: name + Baseline.suffix).path
        let baseline = try #require(try Baseline.read(file))
        let entries = baseline.entries.filter { ["phases", "mergers"].contains($0.name.section) }
        #expect(entries.count >= 2)
        for entry in entries {
            switch entry.rule {
            case .equals: break
            case .near(let value, let tolerance):
                #expect(tolerance <= (entry.name.key == "count" ? 0.5 : 0.02 * max(value, 0.02)))
            case .within, .notCompared: Issue.record("\(entry.name) is not held to a number")
            }
        }
    }

    @Test(arguments: names)
    func runsToItsEnd(_ name: String) throws {
        let directory = try TemporaryDirectory()
        let scenario = Self.directory.appending(path: name + ".toml").path
        let outcome = try Program.run(
            ["run", scenario, "--output", "run", "--quiet"], in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        expectPrintable(outcome.output)
        let run = try FinishedRun(in: directory.url.appending(path: "run"))
        // NaN and infinities are no JSON: a file that parses has none.
        #expect(run.ended != "failed" && run.ended != "interrupted" && run.ended != nil)
        expectValidSeries(run.series)
        try expectValidSnapshots(run)
        // Densities on S² go on as points, to 1e-2 at default settings.
        let share = run.snapshots.contains { $0.map != nil } || name == "hypersphere" ? 1e-2 : 1e-3
        for time in run.times { #expect(time.error >= 0 && time.error <= share * time.time) }
    }

    /// What people read fits 80 columns and has no numbers that are none.
    private func expectPrintable(_ text: String) {
        for line in text.split(separator: "\n") {
            #expect(line.count <= 80, "\(line)")
            #expect(!line.split(separator: " ").contains { $0 == "nan" || $0 == "inf" })
        }
    }

    private func expectValidSeries(_ series: Series) {
        let times = series["time"] ?? []
        #expect(times.count > 10 && times.first == 0)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        #expect(series["mass"]!.allSatisfy { abs($0 - 1) <= 1e-12 })
        for (column, name) in series.names.enumerated() where name != "log10_time" {
            #expect(series.rows.allSatisfy { $0[column].isFinite }, "\(name)")
        }
    }

    private func expectValidSnapshots(_ run: FinishedRun) throws {
        #expect(run.snapshots.count == run.series.rows.count)
        for (snapshot, time) in zip(run.snapshots, run.series["time"]!) {
            #expect(snapshot.time.approximation == time)
            if let density = snapshot.density {
                #expect(density.allSatisfy { $0 >= 0 }, "at \(time)")
                let mass = density.reduce(0, +) * 2 * .pi / Double(density.count)
                #expect(abs(mass - 1) <= 1e-12, "at \(time)")
            }
            for points in [snapshot.cells, snapshot.atoms] where !points.isEmpty {
                #expect(points.allSatisfy { $0.mass >= 0 && abs($0.angle) <= .pi })
                #expect(abs(points.reduce(0) { $0 + $1.mass } - 1) <= 1e-12, "at \(time)")
            }
        }
    }
}
