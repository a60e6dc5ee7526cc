import Foundation
import MeanField
import Testing

@testable import Scenarios

/// Readers refuse what they cannot read, and never crash, hang or take it for something else.
///
/// Thousands of mutations of good inputs, the same ones at every run.
@Suite struct FuzzTests {
    /// Multiplies the number of mutations.
    var factor = 1

    private static let shipped: [String] = {
        let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "scenarios")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return names.sorted().filter { $0.hasSuffix(".toml") && !$0.hasPrefix("minilm") }.compactMap
        {
            try? String(contentsOf: directory.appending(path: $0), encoding: .utf8)
        }
    }()

    private static let kinds = [
        "kind = \"degrees\"\naxis = [0.6, 0.8]\ndegrees = [[1, 0.3], [4, 0.2]]",
        "kind = \"mixture\"\ncomponents = [{ mean = [1.0, 0.5], concentration = 8.0, weight = 0.5 }, "
            + "{ angle = 1.0, sigma = 0.2, weight = 0.5 }]",
        "kind = \"atoms\"\natoms = [{ point = [0, 1], mass = 0.5 }, { angle = 1.0, mass = 0.5 }]",
        "kind = \"uniform\"\nperturbation = { amplitude = 0.1, max_degree = 8, seed = 3 }\n"
            + "[time]\nend = 2.0\nsnapshots = [0.5, 1.0]\nmethod = \"euler\"\nstep = 0.1\n"
            + "max_log10 = 20",
    ].map { "[model]\nbeta = 2.5\nvalue = [[1.0, 0.5], [0.0, 1.0]]\n[initial]\n\($0)\n" }

    private static let sphere = [
        "kind = \"harmonics\"\nharmonics = [[2, 1, 0.1, 0.0]]",
        "kind = \"azimuth\"\nangles = [{ angle = 0.5, sigma = 0.2, weight = 1.0 }]\n"
            + "elevation = \"uniform-area\"",
        "kind = \"mixture\"\ncomponents = [{ mean = [1.0, 0.5, 2.0], sigma = 0.5, weight = 1.0 }]",
    ].map {
        "evolve = \"particles\"\n[model]\nbeta = 2.5\ndimension = 3\nquery = [1.0, 0.5, 2.0]\n"
            + "[initial]\n\($0)\n[particles]\ncount = 20\n"
    }

    /// Decodes; what is accepted is a scenario that reads back equal, what is refused says where.
    private func check(
        _ text: String, directory: String = "", overrides: [String] = [], isStated: Bool = true
    ) throws {
        do {
            let scenario = try decode(text, directory: directory, overrides: overrides)
            if isStated {
                #expect(try decode(scenario.tomlText, directory: directory) == scenario, "\(text)")
            }
            _ = try? CostEstimate(scenario)
        } catch let error as ScenarioError {
            #expect(!error.issues.isEmpty, "\(text)")
            #expect(error.issues.allSatisfy { $0.position.line >= 1 && $0.position.column >= 1 })
        }
    }

    @Test func scenarios() throws {
        let seeds = Self.shipped + Self.kinds + Self.sphere
        #expect(seeds.count > 20)
        for (index, seed) in seeds.enumerated() {
            try check(seed)
            var mutator = Mutator(seed: UInt64(index))
            for _ in 0..<(40 * factor) { try check(mutator.mutated(seed)) }
        }
    }

    @Test func overrides() throws {
        let good = [
            "model.beta=3", "time.end=\"stationary\"", "initial.modes=[[1, 0.1, 0.2]]",
            "initial={ kind = \"uniform\" }", "time.snapshots=[1, 2.5]", "title=\"a b\"",
        ]
        let text = "[model]\nbeta = 1\n[initial]\nkind = \"modes\"\nmodes = [[1, 0.5, 0]]\n"
        var mutator = Mutator(seed: 7)
        for _ in 0..<(600 * factor) {
            let word = mutator.mutated(good[mutator.below(good.count)])
            try check(text, overrides: [word, good[mutator.below(good.count)]])
        }
    }

    @Test func dataFiles() throws {
        let directory = try TemporaryDirectory()
        let files = [
            ("tokens", "# words\nx,y,z\n1.0, 0.5, 2\n-1e3,\"2.5\",1\n0.25,-1,3\n0.5,0.5,0.5\n"),
            ("table", "theta,rho\n-3.0,0.5\n-1.0,1.5\n0.5,0.0\n2.5,1e-3\n3.0,1\n"),
        ]
        let head = "[model]\nbeta = 1\n[initial]\nfile = \"f.csv\"\nkind = "
        var mutator = Mutator(seed: 11)
        for (kind, good) in files {
            let rest = kind == "tokens" ? "\ncolumns = [\"x\", \"y\"]\nbandwidth = 0.1\n" : "\n"
            for round in 0..<(400 * factor) {
                let bytes = round == 0 ? Array(good.utf8) : mutator.mutated(Array(good.utf8))
                try Data(bytes).write(to: URL(fileURLWithPath: directory.path + "/f.csv"))
                try check(head + kind.quoted + rest, directory: directory.path)
            }
        }
    }

    @Test func matrices() throws {
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }"
        let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
        var good: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8)
        for value in [1.0, 2, -0.5, 1e300, 1e-300, 3] {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { good += Array($0) }
        }
        #expect(try NumPyFile(good).rows == [[1, 2], [-0.5, 1e300], [1e-300, 3]])
        var mutator = Mutator(seed: 13)
        for length in good.indices { _ = try? NumPyFile(Array(good[..<length])) }
        for _ in 0..<(5000 * factor) {
            let bytes = mutator.mutated(good)
            // Whatever is read has the size that the bytes can hold.
            if let rows = try? NumPyFile(bytes).rows {
                #expect(rows.reduce(0) { $0 + $1.count } <= bytes.count / 4)
            }
        }
    }

    @Test func checkpoints() throws {
        try withTemporaryDirectory { directory in
            let url = directory.appendingPathComponent("checkpoint.nc")
            var archive = Archive()
            archive[integers: "session"] = [1, 2]
            archive.store(SnapshotSamples.all, as: "snapshots")
            try archive.save(to: url)
            let good = [UInt8](try Data(contentsOf: url))
            var mutator = Mutator(seed: 17)
            for _ in 0..<(200 * factor) {
                let bytes = mutator.mutated(good)
                guard bytes != good else { continue }
                try Data(bytes).write(to: url)
                #expect(throws: OutputError.self) { try Archive.load(from: url) }
            }
        }
    }

    /// Entries that are missing, empty, or too short or long for the others.
    @Test func checkpointsWithIntactSeals() throws {
        let scenario = try decode(
            "[model]\nbeta = 5\n[initial]\nkind = \"modes\"\nmodes = [[1, 0.03, 0], [2, 0.01, 0.02]]\n"
                + "[time]\nsnapshots = 20")
        var session = try #require(try RunSession<CircleEvolution>.start(scenario))
        var kinds = Set<String>()
        while !session.isFinished {
            session.step()
            guard kinds.insert(session.progress.representation).inserted else { continue }
            let good = session.archive
            _ = try RunSession<CircleEvolution>.resume(scenario, from: good)
            for name in [
                "unknowns", "controller", "masses", "time.significand", "changes.error",
                "snapshot_times.significand", "step_times.significand", "current.condensed",
                "current.mass", "current.position", "mergers.time.significand", "snapshots.energy",
                "snapshots.density.values", "snapshots.cells.masses", "snapshots.modes.values",
            ] {
                for values in Self.altered(try good.doubles(name)) {
                    var bad = good
                    bad[doubles: name] = values
                    _ = try? RunSession<CircleEvolution>.resume(scenario, from: bad)
                }
            }
            for name in [
                "layout", "steps", "spans", "stiffness", "pinned", "time.exponent", "changes.size",
                "mergers.kind", "mergers.after", "current.flat", "coarser.clusters",
                "snapshots.density.lengths", "snapshots.cells.counts", "snapshots.clusters",
            ] {
                for values in Self.altered(try good.integers(name)) {
                    var bad = good
                    bad[integers: name] = values
                    _ = try? RunSession<CircleEvolution>.resume(scenario, from: bad)
                }
            }
            var bad = good
            bad[integers: "layout"]?[1] = -1
            #expect(throws: CheckpointError.self) {
                try RunSession<CircleEvolution>.resume(scenario, from: bad)
            }
        }
        #expect(kinds == ["spectral", "cells", "atoms"])
    }

    private static func altered<Number>(_ values: [Number]) -> [[Number]?] {
        [nil, [], Array(values.dropLast()), values + values.suffix(1), values.reversed()]
    }

    @Test func snapshotFiles() throws {
        try withTemporaryDirectory { directory in
            let url = directory.appendingPathComponent("run.nc")
            try ResultsFile(
                title: "A", scenarioText: "title = \"A\"\n", version: "1",
                snapshots: SnapshotSamples.all
            ).write(to: url)
            let good = [UInt8](try Data(contentsOf: url))
            var mutator = Mutator(seed: 23)
            for _ in 0..<60 {
                let bytes = mutator.mutated(good)
                guard bytes != good else { continue }
                try Data(bytes).write(to: url)
                #expect(throws: OutputError.self) { try ResultsFile(from: url) }
            }
        }
    }

    @Test func reportsOfRuns() throws {
        let good =
            "{\"a\": [1, -2.5e-3, null, true], \"θ\\u00e9\": {\"b\": \"c\\n\", \"d\": {}}}"
        _ = try JSONValue(parsing: good)
        var mutator = Mutator(seed: 19)
        for _ in 0..<(5000 * factor) {
            if let value = try? JSONValue(parsing: mutator.mutated(good)) {
                #expect(try JSONValue(parsing: value.prettyPrinted) == value)
            }
        }
        // Deeper than any stack.
        #expect(throws: (any Error).self) {
            try JSONValue(parsing: String(repeating: "[", count: 1_000_000))
        }
        #expect(throws: (any Error).self) {
            try decode("a = " + String(repeating: "[", count: 100_000))
        }
    }
}

/// Many more mutations.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["TOKENFIELD_SLOW"] != nil))
struct SlowFuzzTests {
    @Test func inputsOfAllKinds() throws {
        let fuzz = FuzzTests(factor: 10)
        try fuzz.scenarios()
        try fuzz.overrides()
        try fuzz.matrices()
        try fuzz.reportsOfRuns()
        try FuzzTests(factor: 3).dataFiles()
        try FuzzTests(factor: 3).checkpoints()
    }
}
