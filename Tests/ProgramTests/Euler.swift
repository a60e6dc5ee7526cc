import Foundation
import Testing

@testable import Scenarios

/// The literature's forward Euler, for comparison: it runs, and states how much worse it is.
@Suite struct Euler {
    @Test func statesALargerError() throws {
        let adaptive = try FinishedRun(threeClustersScenario, "time.end=60")
        let euler = try FinishedRun(
            threeClustersScenario, "time.end=60", "time.method='euler'", "time.step=0.1")
        #expect(adaptive.times.map(\.name) == euler.times.map(\.name))
        #expect(euler.lastSteps.map { $0.to } == 600)
        try #require(euler.times.count == 2)
        for (a, e) in zip(adaptive.times, euler.times) {
            #expect(e.error > 100 * a.error, "\(a) \(e)")
            #expect(abs(e.time - a.time) <= 1.5 * e.error, "\(a) \(e)")
        }
    }

    /// Order 1: half the step, half the error.
    @Test func isOfFirstOrder() throws {
        func amplitude(_ overrides: String...) throws -> Double {
            try FinishedRun(
                threeClustersScenario,
                overrides: ["time.end=4", "time.snapshots=[4]"] + overrides
            ).series.modulus(3, at: 4)
        }
        let exact = try amplitude("time.tolerance=1e-12")
        let coarse = try amplitude("time.method='euler'", "time.step=0.01") - exact
        let fine = try amplitude("time.method='euler'", "time.step=0.005") - exact
        #expect(abs(log2(coarse / fine) - 1) < 0.2)
    }

    @Test func needsAStep() throws {
        let directory = try TemporaryDirectory()
        try directory.write(threeClustersScenario, to: "s.toml")
        let outcome = try Program.run(["run", "s.toml", "time.method='euler'"], in: directory)
        #expect(outcome.status == 2 && outcome.errors.contains("step"))
    }
}
