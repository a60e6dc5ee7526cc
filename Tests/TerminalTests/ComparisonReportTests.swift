import MeanField
import Testing

@testable import Scenarios
@testable import Terminal

@Suite struct ComparisonReportTests {
    /// A comparison whose runs have come to made-up numbers: W₁ = N^{-1/2} times 1, 2, … per draw.
    private func study(_ overrides: String..., replicas: Int = 3) throws -> ComparisonStudy {
        let scenario = try ScenarioDecoder.decode(
            text: """
                title = "Some tokens"
                [model]
                beta = 5
                [initial]
                kind = "modes"
                modes = [[1, 0.2, 0]]
                [compare]
                counts = [1000, 1000000, 100000000]
                times = [0.0, 6.5, 8.5]
                """, name: "s.toml", overrides: overrides + ["particles.replicas=\(replicas)"])
        let plan = try ComparisonPlan(scenario)
        var samples = [ComparisonSample]()
        for index in plan.counts.indices {
            for replica in 0..<replicas {
                let size = Double(replica + 1) / Double(plan.counts[index]).squareRoot()
                let distances = ComparisonSample.Distances(
                    wasserstein: size, energy: size * size,
                    modes: [Double](repeating: size, count: 8))
                samples.append(
                    ComparisonSample(
                        index: index, replica: replica,
                        distances: plan.times.map { _ in distances },
                        phases: ComparedPhases(
                            [0, 12 + size, nil, nil, replica == 0 ? .infinity : nil], clusters: 3)))
            }
        }
        return ComparisonStudy(plan, finished: samples)
    }

    private func lines(_ study: ComparisonStudy) -> [String] {
        let lines = ComparisonReport(study).text.split(separator: "\n").map(String.init)
        for line in lines {
            #expect(TextLayout.width(of: line) <= 80, "\(line)")
            #expect(!line.contains("nan") && !line.contains("inf"), "\(line)")
        }
        return lines
    }

    /// t* = ln(N/8)/(2 λ_max) is 3.54, 8.60 and 12.0 for these counts.
    @Test func horizonAndVerdicts() throws {
        let text = lines(try study())
        #expect(text[0] == "Some tokens")
        let beyond = text.filter { $0.contains(" *") && $0.contains("±") }
        #expect(beyond.count == 2 && beyond.allSatisfy { $0.hasPrefix("  1000 ") })
        let verdicts = text.filter { $0.hasSuffix("pass") }
        #expect(verdicts.count == 3 && verdicts.allSatisfy { $0.contains("-0.500 (") })
        #expect(text.contains { $0.contains("end of clustering") && $0.contains("3 of 3") })
        #expect(text.contains { $0.contains("consensus") && $0.contains("beyond 10^308") })
        #expect(!text.contains { $0.contains("end of collapse") })
    }

    @Test func whatIsNotJudged() throws {
        let single = lines(try study(replicas: 1))
        #expect(single.contains { $0.contains("one replica gives no interval") })
        #expect(!single.contains { $0.hasSuffix("pass") || $0.hasSuffix("FAIL") })
        let few = lines(try study("compare.counts=[1000, 1001]"))
        #expect(few.contains { $0.contains("fewer than two counts") })
        let limit = lines(try study("model.limit=\"heat\"", "model.value=-1"))
        #expect(limit.contains { $0.contains("do not tend to the limit") })
    }

    @Test func missedExpectations() throws {
        var wrong = try study("particles.sampling=\"stratified\"").samples
        for i in wrong.indices { wrong[i].distances[1].wasserstein = 0.3 + 0.01 * Double(i % 3) }
        let plan = try study("particles.sampling=\"stratified\"").plan
        let failed = ComparisonStudy(plan, finished: wrong)
        #expect(lines(failed).contains { $0.hasSuffix("FAIL") && $0.contains("<= -1/2") })
        #expect(!ComparisonSummary(failed).passes)
    }

    @Test func progress() {
        func text(_ finished: Int, _ total: Int, _ fraction: Double?) -> String {
            ProgressLine.text(
                ComparisonProgress(finished: finished, total: total, fraction: fraction),
                elapsed: 10)
        }
        #expect(text(0, 0, nil) == "computing the density")
        #expect(text(12, 60, 0.25) == "12 of 60 runs of particles  25 %  30 s left")
    }
}
