import Testing

@testable import Scenarios
@testable import Terminal

/// The table of drift.
@Suite struct DriftReportTests {
    private func checks() throws -> [BaselineCheck] {
        let many = (1...40).map { "mass_\($0) = { value = 0.5, tolerance = 2.2e-08 }\n" }.joined()
        let text = """
            version = "0"
            [run]
            representation = { equals = "spectral cells atoms" }
            [phases]
            clustering_end = { value = 15.312812355774048, tolerance = 9.8e-07 }
            merging_log10_end = { least = 299.1234, most = 303.1234 }
            [clusters]

            """ + many
        let baseline = try Baseline.parse(Array(text.utf8), name: "s.baseline.toml")
        let run = RunQuantities(
            [
                Quantity("run", "representation", text: "spectral cells"),
                Quantity("phases", "clustering_end", 15.3128129, scale: .time),
                Quantity("phases", "merging_log10_end", 300.5),
            ] + (1...40).map { Quantity("clusters", "mass_\($0)", 0.5) })
        return [
            BaselineCheck("scenarios/some-scenario.toml", run, against: baseline),
            BaselineCheck("scenarios/other.toml", problem: "there is no baseline"),
        ]
    }

    @Test(arguments: [80, 120]) func fitsTheTerminal(_ width: Int) throws {
        let text = DriftReport(try checks(), width: width).text
        for line in text.split(separator: "\n") {
            #expect(TextLayout.width(of: String(line)) <= width, "\(line)")
        }
        #expect(text.contains("DRIFTED") && text.contains("FAILED  scenarios/some-scenario.toml"))
        #expect(text.contains("2 of 2 scenarios FAILED") && text.contains("there is no baseline"))
        // 5.44e-7/9.8e-7 of a tolerance, printed to two digits.
        #expect(text.contains("0.56") && text.contains("15.3128124 ± 9.8e-7"))
    }

    @Test func showsTheWorstOrAll() throws {
        let checks = try [checks()[0]]
        let short = DriftReport(checks).text.split(separator: "\n").count
        let long = DriftReport(checks, showsAll: true).text.split(separator: "\n").count
        #expect(short < 15 && long > 43)
    }
}
