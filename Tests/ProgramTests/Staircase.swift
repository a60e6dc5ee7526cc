import Foundation
import Testing

@testable import Scenarios

/// The staircase of the energy of five equal atoms that merge one at a time (arXiv:2410.06833).
@Suite struct Staircase {
    /// Σ m_i² with five clusters, four, three, two and one.
    private static let heights = [0.2, 0.28, 0.44, 0.68, 1]

    @Test func plateausOfTheEnergy() throws {
        let directory = try TemporaryDirectory()
        let scenario = ShippedScenarios.directory.appending(path: "staircase-five-atoms.toml").path
        let outcome = try Program.run(
            ["run", scenario, "--output", "run", "--quiet"], in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let run = try FinishedRun(in: directory.url.appending(path: "run"))
        let mergers = run.mergers.map(\.time)
        try #require(mergers.count == 4 && run.isNoiseDetermined == false)
        let β = 500.0
        // 2β e^{-β} E = Σ m_i² + 2 Σ_{i<j} m_i m_j e^{-β(1 - cos θ_ij)}.
        let rows = zip(run.series["time"]!, run.series["log_energy"]!).map { time, energy in
            (time: time, height: exp(energy + log(2 * β) - β))
        }
        #expect(zip(rows, rows.dropFirst()).allSatisfy { $1.height > $0.height * (1 - 1e-12) })
        let ends = mergers.map { 0.5 * $0 } + [.infinity]
        let starts = [0] + mergers.map { $0 + 100 }
        for (i, height) in Self.heights.enumerated() {
            let plateau = rows.filter { $0.time >= starts[i] && $0.time <= ends[i] }
            #expect(plateau.count >= 3, "plateau \(height)")
            for row in plateau {
                // With 0.25 rad between atoms the cross terms are 1.4e-8 at the start.
                #expect(abs(row.height - height) < 1e-7, "t = \(row.time)")
            }
        }
    }
}
