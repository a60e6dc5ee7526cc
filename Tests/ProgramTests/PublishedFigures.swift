import Foundation
import Testing

@testable import Scenarios

/// The scenarios of published figures show what was published.
@Suite struct PublishedFigures {
    /// I_k(x) by its power series.
    private func bessel(_ k: Int, _ x: Double) -> Double {
        var term = (1...max(k, 1)).reduce(1.0) { k == 0 ? 1 : $0 * x / 2 / Double($1) }
        var sum = term
        for m in 1...80 {
            term *= x * x / 4 / Double(m * (m + k))
            sum += term
        }
        return sum
    }

    /// arXiv:2410.23228: c_k grows as e^{λ_k t}, λ_k = k² I_k(β)/β, odd degrees as even ones.
    @Test(arguments: [(5.0, 0.2), (7, 0.03)])
    func modesGrowAtTheBesselRates(β: Double, end: Double) throws {
        let directory = try TemporaryDirectory()
        let file = ShippedScenarios.directory.appending(path: "bruno-2024-beta\(Int(β)).toml")
        let outcome = try Program.run(
            [
                "run", file.path, "--output", "run", "--quiet",
                "initial.perturbation.amplitude=1e-9", "time.tolerance=1e-12",
                "density.tolerance=1e-12", "time.end=\(end)", "time.snapshots=[0, \(end)]",
            ], in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let run = try FinishedRun(in: directory.url.appending(path: "run"))
        for k in 1...8 {
            let (start, grown) = (
                try run.series.modulus(k, at: 0), try run.series.modulus(k, at: end)
            )
            let rate = Double(k * k) * bessel(k, β) / β
            #expect(abs(log(grown / start) / end / rate - 1) < 1e-5, "degree \(k)")
        }
    }

    /// The published cluster counts at the published times, and the growth at the amplitude of the figure.
    @Test(arguments: [(5.0, 0.3, 3, 0.05), (7, 0.045, 4, 0.01)])
    func clustersOfTheFigure(β: Double, time: Double, clusters: Int, early: Double) throws {
        let directory = try TemporaryDirectory()
        let file = ShippedScenarios.directory.appending(path: "bruno-2024-beta\(Int(β)).toml")
        let outcome = try Program.run(
            [
                "run", file.path, "--output", "run", "--quiet",
                "time.snapshots=[0, \(early), \(time)]",
            ], in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let run = try FinishedRun(in: directory.url.appending(path: "run"))
        #expect(try run.series.value("clusters", at: time) == Double(clusters))
        for k in [1, 3, 5] {
            let rate = Double(k * k) * bessel(k, β) / β
            let (start, grown) = (
                try run.series.modulus(k, at: 0), try run.series.modulus(k, at: early)
            )
            // The rest is of the order of the amplitude, 0.04.
            #expect(abs(log(grown / start) / early / rate - 1) < 0.04, "degree \(k)")
        }
    }
}
