import Foundation
import Testing

@testable import Scenarios

/// Stated errors against true ones, over random scenarios.
struct ErrorStatistics {
    /// A reported time with its stated and its true error, relative to the time.
    struct Row {
        var name: String
        var stated: Double
        var actual: Double
    }
    private(set) var rows: [Row] = []

    /// β in 2…25 and 2 to 4 modes of degree 1…5 with amplitudes 0.01…0.1.
    static func scenario(seed: UInt64) -> String {
        var generator = Xorshift(seed: seed)
        func uniform(_ range: ClosedRange<Double>) -> Double {
            Double.random(in: range, using: &generator)
        }
        let beta = uniform(2...25)
        let degrees = Array(1...5).shuffled(using: &generator)
            .prefix(Int.random(in: 2...4, using: &generator))
        let modes = degrees.map { degree in
            let parts = (0..<2).map { _ in
                (Bool.random(using: &generator) ? 1 : -1) * uniform(0.01...0.1)
            }
            return "[\(degree), \(parts[0]), \(parts[1])]"
        }
        return """
            [model]
            beta = \(beta)
            [initial]
            kind = "modes"
            modes = [\(modes.joined(separator: ", "))]
            [time]
            end = "consensus"
            max = 1e12
            """
    }

    /// Runs the scenario at default settings and against a reference.
    mutating func add(seed: UInt64) throws {
        let scenario = Self.scenario(seed: seed)
        let plain = try FinishedRun(scenario)
        let reference = try FinishedRun(
            scenario, "time.tolerance=1e-13", "density.tolerance=1e-12")
        #expect(plain.times.map(\.name) == reference.times.map(\.name), "seed \(seed)")
        for (a, b) in zip(plain.times, reference.times) where a.time > 0 {
            rows.append(
                Row(
                    name: "seed \(seed), \(a.name)", stated: a.error / a.time,
                    actual: abs(a.time - b.time) / a.time))
        }
    }

    /// What a user may rely on.
    func check() throws {
        try #require(!rows.isEmpty)
        let outside = rows.filter { $0.actual > $0.stated }
        #expect(
            Double(outside.count) <= 0.05 * Double(rows.count),
            "\(outside.count) of \(rows.count) outside: \(outside)")
        let ratios = rows.map { $0.actual > 0 ? $0.stated / $0.actual : .infinity }.sorted()
        #expect(ratios[ratios.count / 2] < 100, "median of stated/true")
        let large = rows.filter { $0.stated > 1e-3 }
        #expect(large.isEmpty, "\(large)")
    }

    /// A small generator whose numbers do not change from one Swift to another.
    private struct Xorshift: RandomNumberGenerator {
        var state: UInt64
        init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }
}

@Suite struct StatedErrors {
    private static let twoClusters = """
        [model]
        beta = 9
        [initial]
        kind = "mixture"
        components = [
            { angle = -1, sigma = 0.1, weight = 0.5 }, { angle = 1, sigma = 0.1, weight = 0.5 },
        ]
        [time]
        end = "consensus"
        """

    /// Twice the resolution and a tenth of the tolerances: no time moves beyond its stated error.
    @Test(arguments: [threeClustersScenario, twoClusters], ["'auto'", "256"])
    func refinement(_ scenario: String, resolution: String) throws {
        let finer = Int(resolution).map { "\(2 * $0)" } ?? resolution
        let coarse = try FinishedRun(scenario, "density.resolution=\(resolution)")
        let fine = try FinishedRun(
            scenario, "density.resolution=\(finer)", "time.tolerance=1e-10",
            "density.tolerance=1e-9")
        #expect(coarse.times.map(\.name) == fine.times.map(\.name) && coarse.times.count > 2)
        for (a, b) in zip(coarse.times, fine.times) {
            #expect(abs(a.time - b.time) <= a.error, "\(a) \(b)")
            #expect(a.error <= 1e-3 * a.time, "\(a)")
        }
    }

    @Test(arguments: [threeClustersScenario, twoClusters])
    func tightTolerancesStateSmallErrors(_ scenario: String) throws {
        let run = try FinishedRun(scenario, "time.tolerance=1e-11", "density.tolerance=1e-11")
        for time in run.times { #expect(time.error <= 1e-5 * time.time, "\(time)") }
    }

    /// `converge` comes to the same judgement and tells it by its status.
    @Test func converge() throws {
        let directory = try TemporaryDirectory()
        try directory.write(threeClustersScenario, to: "s.toml")
        let outcome = try Program.run(["converge", "s.toml", "--json"], in: directory)
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(try JSONValue(parsing: outcome.output).elements?.count == 4)
    }

    @Test func fiveRandomScenarios() throws {
        var statistics = ErrorStatistics()
        for seed in UInt64(1)...5 { try statistics.add(seed: seed) }
        try statistics.check()
    }
}

@Suite(.enabled(if: Program.runsSlowTests)) struct SlowStatedErrors {
    @Test func twentyRandomScenarios() throws {
        var statistics = ErrorStatistics()
        for seed in UInt64(1)...20 { try statistics.add(seed: seed) }
        try statistics.check()
    }
}
