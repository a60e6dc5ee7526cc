import MeanField
import Phases
import Testing

@testable import Scenarios
@testable import Terminal

@Suite struct TimelineTests {
    private func event(_ time: Double, _ error: Double = 1e-6) -> EventTime {
        EventTime(time: ModelTime(time), relativeError: error)
    }

    private func cluster(_ angle: Double?, _ mass: Double) -> Cluster {
        Cluster(position: [0.3, -0.9539392014169457], angle: angle, mass: mass)
    }

    /// beta = 5 with three clusters, as the first issue states it.
    private var usual: RunRecord {
        RunRecord(
            ended: .consensus, endTime: ModelTime(17215.2), noiseDetermined: false,
            phases: [
                PhaseInterval(name: .collapse, start: event(0), end: event(0), reason: nil),
                PhaseInterval(name: .clustering, start: event(0), end: event(12.3), reason: nil),
                PhaseInterval(
                    name: .merging, start: event(12.3), end: event(17215.2), reason: nil),
            ],
            clusters: ClusterCensus(
                time: ModelTime(12.3),
                members: [
                    cluster(-2.1, 0.352231), cluster(0.1, 0.292638), cluster(2.3, 0.355130),
                ], condensed: 0.99),
            clustersEnd: ClusterCensus(
                time: ModelTime(17215.2), members: [cluster(0.4, 1)], condensed: 1),
            mergers: [
                Merger(
                    kind: .merged, time: event(51.75, 6e-5), clustersAfter: 2,
                    into: cluster(0.1, 0.64)),
                Merger(
                    kind: .merged, time: event(17213.3, 1e-5), clustersAfter: 1,
                    into: cluster(0.4, 1)),
            ],
            consensus: event(17215.2),
            representation: [
                RepresentationChange(
                    from: .zero, kind: "spectral", size: 1024, reason: "start", error: 0),
                RepresentationChange(
                    from: ModelTime(7.9), kind: "cells", size: 800,
                    reason: "the spectral tail reached 1e-9 of the largest mode and would have "
                        + "needed 4096 points within the next step", error: 3.2e-9),
            ], notes: ["The clusters are narrower than the grid from t = 15.1 on."])
    }

    /// Everything that may be missing, long or beyond double range.
    private func nasty(ended: Reason, mergers: Int, clusters: Int) -> RunRecord {
        let end = ModelTime(1.5, exponent: 3000)
        var record = usual
        record.ended = ended
        record.endTime = end
        record.noiseDetermined = true
        record.phases = [
            PhaseInterval(
                name: .collapse, start: event(0), end: event(1e-200, 0.5), reason: nil),
            PhaseInterval(
                name: .clustering, start: event(1e-200), end: nil, reason: .metastable),
            PhaseInterval(name: .merging, start: nil, end: nil, reason: .metastable),
        ]
        record.clusters = nil
        record.clustersEnd.members = (0..<clusters).map {
            cluster($0 % 2 == 0 ? nil : -3.1415926535, 1e-3)
        }
        record.mergers = (0..<mergers).map {
            Merger(
                kind: $0 % 3 == 0 ? .vanished : .merged,
                time: EventTime(
                    time: ModelTime(1.7, exponent: 900 + 40 * $0), relativeError: 1.2345e-9),
                clustersAfter: mergers - $0, into: cluster(nil, 0.5))
        }
        record.consensus = nil
        record.representation.append(
            RepresentationChange(
                from: end, kind: "atoms", size: 123_456_789,
                reason: String(repeating: "unbreakable", count: 20), error: .nan))
        record.notes = [String(repeating: "x", count: 200), "", "a\u{1B}[31m b\nc"]
        return record
    }

    private func expectFits(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            #expect(TextLayout.width(of: String(line)) <= 80, "\(line)")
            #expect(!line.hasSuffix(" "), "trailing blank: \(line)")
        }
    }

    @Test func usualRun() {
        let text = TimelineReport(
            title: "Three clusters", summary: "circle, softmax attention", record: usual,
            theory: [TheoryRow(label: "growth rate", predicted: "0.68268", measured: "0.681")]
        ).text
        expectFits(text)
        for part in [
            "Ended at t = 17215.2: consensus", "17213.30 ± 0.18", "51.750 ± 0.004",
            "3 clusters at the end of clustering, t = 12.3", "0.352231", "◆", "●", "growth rate",
            "10^4",
        ] {
            #expect(text.contains(part), "\(part) is missing in\n\(text)")
        }
        #expect(!text.contains("noise-determined") && !text.contains("\u{1B}"))
    }

    @Test(arguments: Reason.allCases)
    func everyEndFits(_ ended: Reason) {
        for (mergers, clusters) in [(0, 0), (1, 1), (40, 100)] {
            let record = nasty(ended: ended, mergers: mergers, clusters: clusters)
            let text = TimelineReport(
                title: "会議" + String(repeating: "長い題", count: 40), summary: "s\u{7}",
                record: record,
                theory: [
                    TheoryRow(
                        label: String(repeating: "a long label ", count: 12),
                        predicted: "10^344.12",
                        measured: String(repeating: "9", count: 120))
                ]
            ).text
            expectFits(text)
            #expect(!text.contains("\u{1B}") && !text.contains("\u{7}"))
            #expect(text.contains("noise-determined"))
            #expect(text.contains("10^903.2"))
            #expect(text.contains("does not start: metastable: drift"))
        }
    }

    @Test func nothingHappened() {
        var record = usual
        record.ended = .uniform
        record.endTime = .zero
        record.phases = PhaseName.allCases.map {
            PhaseInterval(name: $0, start: nil, end: nil, reason: .uniform)
        }
        record.clusters = nil
        record.clustersEnd = ClusterCensus(time: .zero, members: [], condensed: 0)
        record.mergers = []
        record.consensus = nil
        record.representation = []
        record.notes = []
        let text = TimelineReport(title: "", record: record).text
        expectFits(text)
        #expect(text.contains("No clusters at the end of the run, t = 0"))
        #expect(text.contains("not reached") && !text.contains("┼"))
    }

    @Test func axisSpansWhatHappened() throws {
        for exponent in [-1000, -3, 0, 4, 40, 400, 4000, 40000] {
            var record = usual
            record.endTime = ModelTime(1.1, exponent: max(exponent, 15))
            record.phases[1].end = EventTime(
                time: ModelTime(1, exponent: exponent), relativeError: 0)
            let chart = try #require(TimelineChart(record, style: .plain)).lines()
            expectFits(chart.joined(separator: "\n"))
            let axis = try #require(chart.first { $0.contains("┼") })
            #expect((2...9).contains(axis.filter { $0 == "┼" }.count), "\(chart)")
        }
    }

    @Test func colourChangesNothingButColour() {
        let record = nasty(ended: .timeLimit, mergers: 5, clusters: 3)
        let plain = TimelineReport(title: "t", record: record).text
        let colored = TimelineReport(
            title: "t", record: record, style: TextStyle(isColored: true)
        ).text
        #expect(colored.contains("\u{1B}["))
        #expect(colored.replacing(/\u{1B}\[[0-9]*m/, with: "") == plain)
    }

    @Test func colourIsForPeopleWhoWantIt() {
        func isColored(_ isTerminal: Bool, _ environment: [String: String]) -> Bool {
            TextStyle(isTerminal: isTerminal, environment: environment).isColored
        }
        #expect(isColored(true, ["TERM": "xterm-256color"]))
        #expect(isColored(true, ["NO_COLOR": ""]))
        #expect(!isColored(true, ["NO_COLOR": "1"]))
        #expect(!isColored(true, ["TERM": "dumb"]))
        #expect(!isColored(false, [:]))
    }
}

@Suite struct TextTests {
    @Test func wrapping() {
        #expect(TextLayout.wrap("a bb ccc", width: 4) == ["a bb", "ccc"])
        #expect(TextLayout.wrap("abcdefg h", width: 3) == ["abc", "def", "g h"])
        #expect(TextLayout.wrap("a", width: 1) == ["a"])
        #expect(TextLayout.wrap("", width: 5) == [""])
        #expect(TextLayout.wrap("会議", width: 3) == ["会", "議"])
    }

    @Test func truncating() {
        #expect(TextLayout.truncated("abcdef", to: 6) == "abcdef")
        #expect(TextLayout.truncated("abcdef", to: 4) == "abc…")
        #expect(TextLayout.truncated("会議室", to: 4) == "会…")
        #expect(TextLayout.truncated("abc", to: 0) == "")
    }

    @Test func summaryLine() {
        let scenario = Scenario(
            title: "t", evolve: .density,
            model: .init(
                dimension: 2, beta: 9, normalization: .softmax, query: 1, key: 1, value: -1,
                diffusion: 0.2),
            initial: .init(
                kind: .uniform, perturbation: .init(amplitude: 0.04, maxDegree: 8, seed: 3)),
            density: .init(resolution: nil, tolerance: 1e-8),
            time: .init(
                end: .stationary, maxLog10: 300, tolerance: 1e-9, method: .adaptive,
                snapshots: .count(200)),
            phases: .init(collapseResidual: 0.01, condensedFraction: 0.99, minimumMass: 1e-3))
        #expect(
            ScenarioSummary.line(scenario)
                == "circle, softmax attention, beta = 9, Q = K = 1, V = -1, D = 0.2; from the "
                + "uniform density perturbed with seed 3, until stationary")
    }
}
