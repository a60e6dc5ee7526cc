import Foundation
import FoundationXML
import MeanField
import Testing

@testable import Phases
@testable import Scenarios

/// Tolerances of baselines, their file, and what a check says.
@Suite struct BaselineTests {
    private func samples(
        _ number: Double, coarser: Double?, error: Double = 0, rounded: [Double?] = [],
        seeds: [Double?] = [], scale: Quantity.Scale = .free
    ) -> QuantitySamples {
        func quantity(_ number: Double) -> Quantity {
            Quantity("a", "b", number, error: error, scale: scale)
        }
        return QuantitySamples(
            run: quantity(number), coarser: coarser.map(quantity),
            rounded: rounded.map { $0.map(quantity) }, seeds: seeds.map { $0.map(quantity) },
            resolution: 1e-8)
    }

    // MARK: Tolerances

    @Test func toleranceIsTwiceTheError() {
        // The distance from the coarser run, the stated error, and never nothing.
        #expect(samples(0.5, coarser: 0.5003).rule == .near(0.5, tolerance: 6.0e-4))
        #expect(samples(0.5, coarser: 0.5, error: 2e-5).rule == .near(0.5, tolerance: 4.0e-5))
        #expect(samples(0.5, coarser: 0.5).rule == .near(0.5, tolerance: 2e-8))
        #expect(samples(0, coarser: 0, scale: .time).rule == .near(0, tolerance: 2e-8))
        // A time is off by a share of itself, an energy by an amount of its logarithm.
        #expect(samples(1e6, coarser: 1e6, scale: .time).rule == .near(1e6, tolerance: 0.02))
        #expect(
            samples(1e6, coarser: 1e6, scale: .logarithm(base: 10)).rule
                == .near(1e6, tolerance: 2e-8))
    }

    /// The sample deviation of 1, 2, 3, 4, 5 is √2.5 = 1.5811…; three of them, rounded up, 4.8.
    @Test func seedsStandBesideTheTolerance() {
        let drawn = samples(3, coarser: 3, seeds: [1, 2, 4, 5], scale: .between(0, 9))
        #expect(drawn.rule == .near(3, tolerance: 2e-8) && drawn.spread == 4.8)
        #expect(samples(3, coarser: 3).spread == nil)
        // Another seed may lack what this one has; that makes nothing optional, and no spread.
        let rare = samples(100, coarser: 100, seeds: [nil, 120], scale: .time)
        #expect(!rare.isOptional && rare.rule == .near(100, tolerance: 2e-6) && rare.spread == nil)
    }

    @Test func whatNoiseDecidesHasARange() {
        let time = samples(100, coarser: 100, rounded: [150], scale: .time)
        #expect(time.rule == .within(10...1500) && !time.isOptional)
        // A change of less than 1e-6 is no other outcome.
        #expect(
            samples(100, coarser: 100, rounded: [100 + 1e-5], scale: .time).rule
                == .near(100, tolerance: 2e-6))
        #expect(
            samples(0.3, coarser: 0.3, rounded: [0.4], scale: .between(0, 1)).rule
                == .within(-1e-8...1.001))
        #expect(
            samples(300, coarser: 300, rounded: [302], scale: .logarithm(base: 10)).rule
                == .within(299...303))
        // Where rounding decides, other seeds say how far it may go.
        let rare = samples(100, coarser: 100, rounded: [100], seeds: [nil, 120], scale: .time)
        #expect(rare.isOptional && rare.rule == .within(10...1200) && rare.spread == nil)
        // A time with an error of its own size, and one that a coarser run does not have.
        #expect(samples(40, coarser: 40, error: 30, scale: .time).rule == .within(4...400))
        #expect(samples(40, coarser: nil, scale: .time).rule == .within(4...400))
    }

    @Test func wordsAndCounts() {
        func rule(_ values: [Quantity.Value]) -> BaselineRule {
            let all = values.map { Quantity("a", "b", $0) }
            return QuantitySamples(
                run: all[0], coarser: all[0], rounded: Array(all.dropFirst()), resolution: 1e-8
            ).rule
        }
        #expect(rule([.text("x"), .text("x")]) == .equals("x"))
        #expect(rule([.text("x"), .text("y")]) == .notCompared("rounding decides it"))
        #expect(rule([.count(4), .count(4)]) == .near(4, tolerance: 0.5))
        #expect(rule([.count(4), .count(6)]) == .within(2...13))
    }

    // MARK: The file

    private static let text = """
        version = "0.1.0"

        [run]
        ended = { equals = "consensus" }

        [phases]
        clustering_end = { value = 15.25, tolerance = 1e-3 }
        merging_end = { least = 1e6, most = 1e8, optional = true }

        ["t = 4.6"]
        clusters = { value = 4, tolerance = 0.5, seeds = 2.5 }

        """

    private func parse(_ text: String) throws -> Baseline {
        try Baseline.parse(Array(text.utf8), name: "s.baseline.toml")
    }

    @Test func fileReadsBack() throws {
        var baseline = try parse(Self.text)
        #expect(baseline.times == [4.6] && baseline.entries.count == 4)
        #expect(baseline.entries[1].position?.description == "s.baseline.toml:7:1")
        #expect(baseline.entries[2].isOptional && baseline.entries[2].rule == .within(1e6...1e8))
        #expect(baseline.entries.map(\.spread) == [nil, nil, nil, 2.5])
        var again = try parse(baseline.tomlText)
        for index in baseline.entries.indices {
            baseline.entries[index].position = nil
            again.entries[index].position = nil
        }
        #expect(again == baseline)
        #expect(Baseline.file(of: "a/b.toml") == "a/b.baseline.toml")
    }

    @Test(arguments: [
        (
            "tolerance = 1e-3", "tolerence = 1e-3", "7:",
            "did you mean phases.clustering_end.tolerance"
        ),
        ("tolerance = 1e-3", "tolerance = 0", "7:47", "a finite number > 0"),
        ("most = 1e8", "most = 1e5", "8:37", "above least"),
        ("seeds = 2.5", "seeds = -1", "11:50", "a finite number >= 0"),
        ("value = 4,", "value = \"4\",", "11:22", "a finite number"),
        ("{ equals = \"consensus\" }", "\"consensus\"", "4:9", "a table"),
        ("version", "verison", "1:1", "did you mean version"),
    ])
    func mistakesAreRefused(_ old: String, _ new: String, _ place: String, _ words: String) {
        let error = #expect(throws: ScenarioError.self) {
            try parse(Self.text.replacing(old, with: new))
        }
        let text = error?.description ?? ""
        #expect(text.contains("s.baseline.toml:\(place)") && text.contains(words), "\(text)")
    }

    // MARK: Checks

    private func measurement(_ more: Quantity...) -> RunQuantities {
        RunQuantities(
            [
                Quantity("run", "ended", text: "consensus"),
                Quantity("phases", "clustering_end", 15.2505, scale: .time),
                Quantity("t = 4.6", "clusters", count: 4),
            ] + more)
    }

    @Test func verdicts() throws {
        let baseline = try parse(Self.text)
        let good = BaselineCheck("s.toml", measurement(), against: baseline)
        #expect(good.passes && good.rows.count == 3)
        #expect(abs(good.rows[1].drift! - 0.5) < 1e-9)

        let new = BaselineCheck(
            "s.toml", measurement(Quantity("mergers", "count", count: 3)), against: baseline)
        #expect(!new.passes && new.failures.map(\.verdict) == [.new])

        let misspelt = try parse(Self.text.replacing("clustering_end", with: "clusterin_end"))
        let gone = BaselineCheck("s.toml", measurement(), against: misspelt)
        #expect(gone.failures.map(\.verdict) == [.gone, .new])
        let sentence = gone.failures[0].sentence
        #expect(sentence.hasPrefix("s.baseline.toml:7:1: ") && sentence.contains("did you mean"))
        #expect(sentence.contains("phases clustering_end?"))

        let late = try parse(Self.text.replacing("15.25", with: "15.2525"))
        let drifted = BaselineCheck("s.toml", measurement(), against: late)
        #expect(drifted.failures.map { "\($0.name)" } == ["phases clustering_end"])
        #expect(abs(drifted.failures[0].drift! + 2) < 1e-9)

        let early = BaselineCheck(
            "s.toml", measurement(Quantity("phases", "merging_end", 1e5, scale: .time)),
            against: baseline)
        #expect(early.failures.map(\.verdict) == [.drifted] && early.failures[0].drift! < 0)
        // What other seeds give is told, and no excuse.
        let fewer = RunQuantities([Quantity("t = 4.6", "clusters", count: 3)])
        let counted = try #require(
            BaselineCheck("s.toml", fewer, against: baseline).rows.first { $0.now != nil })
        #expect(counted.verdict == .drifted && counted.sentence.hasSuffix("other seeds give ± 2.5"))
        // A word where a number was, and the other way round.
        let words = RunQuantities([Quantity("run", "ended", count: 1)])
        #expect(BaselineCheck("s.toml", words, against: baseline).rows[0].verdict == .drifted)
    }

    @Test func junitIsXML() throws {
        let baseline = try parse(Self.text.replacing("15.25", with: "15.2525"))
        let checks = [
            BaselineCheck("a <&\"> b.toml", measurement(), against: baseline),
            BaselineCheck("c.toml", problem: "there is\nno baseline"),
        ]
        let counter = ElementCounter()
        let parser = XMLParser(data: Data(JUnitFile.text(checks).utf8))
        parser.delegate = counter
        #expect(parser.parse())
        #expect(counter.counts["testsuite"] == 2 && counter.counts["testcase"] == 4)
        #expect(counter.counts["failure"] == 1 && counter.counts["error"] == 1)
        #expect(counter.names.contains("a <&\"> b.toml"))
    }

    private final class ElementCounter: NSObject, XMLParserDelegate {
        var counts: [String: Int] = [:]
        var names: Set<String> = []

        func parser(
            _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
            qualifiedName: String?, attributes: [String: String]
        ) {
            counts[element, default: 0] += 1
            if let name = attributes["name"] { names.insert(name) }
        }
    }

    // MARK: Runs

    /// What is blessed passes; the same start at a temperature off by 1/4000 does not.
    @Test func blessedRunsPass() throws {
        let text = """
            [model]
            beta = 4
            [initial]
            kind = "modes"
            modes = [[1, 0.3, 0.1]]
            [time]
            end = "consensus"
            """
        let scenario = try ScenarioDecoder.decode(text: text, name: "s.toml")
        let run = BaselineRun(
            scenario: scenario, diagram: nil, version: "0", isInterrupted: { false })
        let (baseline, measurement) = try #require(
            try run.baseline(threads: 2, onProgress: { _ in }))
        #expect(BaselineCheck("s.toml", measurement, against: baseline).passes)
        #expect(baseline.times.count >= 3 && baseline.times.first == 0)
        for entry in baseline.entries {
            if case .near(_, let tolerance) = entry.rule { #expect(tolerance > 0) }
        }
        let again = try #require(try run.measurement(at: baseline.times))
        #expect(again == measurement)
        // The same equation at a slightly other temperature does not pass.
        let warm = try ScenarioDecoder.decode(
            text: text, name: "s.toml", overrides: ["model.beta=4.001"])
        let other = try #require(
            try BaselineRun(scenario: warm, diagram: nil, version: "0", isInterrupted: { false })
                .measurement(at: baseline.times))
        #expect(!BaselineCheck("s.toml", other, against: baseline).passes)
    }

    /// Drawn tokens are held to their draw: neither one percent of a number of the model nor another
    /// seed passes, and no time has a tolerance of a percent.
    @Test func onePercentIsFoundInDrawnTokens() throws {
        let text = """
            evolve = "particles"
            [model]
            beta = 5
            [initial]
            kind = "uniform"
            [particles]
            count = 60
            [time]
            end = "consensus"
            """
        func run(_ overrides: String...) throws -> BaselineRun {
            BaselineRun(
                scenario: try ScenarioDecoder.decode(
                    text: text, name: "s.toml", overrides: overrides),
                diagram: nil, version: "0", isInterrupted: { false })
        }
        let (baseline, measurement) = try #require(
            try run().baseline(threads: 2, onProgress: { _ in }))
        #expect(BaselineCheck("s.toml", measurement, against: baseline).passes)
        let times = baseline.entries.filter { ["phases", "mergers"].contains($0.name.section) }
        #expect(times.count >= 3 && times.contains { $0.spread != nil })
        for entry in times {
            guard case .near(let value, let tolerance) = entry.rule, value > 0 else { continue }
            #expect(tolerance < 0.01 * value || tolerance == 0.5, "\(entry)")
        }
        for change in [
            "model.beta=5.05", "model.value=1.01", "model.query=0.99", "particles.seed=2",
        ] {
            let other = try #require(try run(change).measurement(at: baseline.times))
            let check = BaselineCheck("s.toml", other, against: baseline)
            #expect(check.failures.contains { $0.name.key == "clustering_end" }, "\(change)")
            #expect(check.failures.contains { $0.name.key == "merging_end" }, "\(change)")
        }
    }
}
