import Foundation
import MeanField
import Phases
import Scenarios

/// What theory says beside what a run measured.
public struct TheoryRow: Sendable, Hashable {
    /// What is compared.
    public let label: String
    /// What theory says.
    public let predicted: String
    /// What the run found.
    public let measured: String

    /// `label`: `predicted` beside `measured`.
    public init(label: String, predicted: String, measured: String) {
        self.label = label
        self.predicted = predicted
        self.measured = measured
    }
}

/// The closing summary of a run: what happened, when, and how sure that is, in 80 columns.
///
/// A timeline of the phases, their table, the clusters, the mergers, why the run ended, how the
/// representation changed, theory beside measurement, and what to be careful about.
public struct TimelineReport: Sendable {
    static let width = 80

    /// What to know about an outcome that rounding decides.
    package static let noiseWarning =
        "Careful: the outcome is noise-determined. Changing the start by 1e-15, as rounding does, "
        + "changes the number of clusters or a merger by more than its stated error. Take the "
        + "clusters and times as one draw out of many."

    /// Rows of a list that are printed; `phases.json` has all of them.
    private static let mostRows = 24

    private let title: String
    private let summary: String
    private let record: RunRecord
    private let theory: [TheoryRow]
    private let style: TextStyle

    /// The summary of `record`.
    ///
    /// - Parameters:
    ///   - summary: One line about the model and the start; see ``ScenarioSummary``.
    public init(
        title: String, summary: String = "", record: RunRecord, theory: [TheoryRow] = [],
        style: TextStyle = .plain
    ) {
        self.title = TextLayout.harmless(title)
        self.summary = TextLayout.harmless(summary)
        self.record = record
        self.theory = theory
        self.style = style
    }

    /// The summary of a run of `scenario`, with what theory says about it; without a scenario, of
    /// the record alone.
    public init(
        title: String, scenario: Scenario?, record: RunRecord, style: TextStyle = .plain
    ) {
        self.init(
            title: title, summary: scenario.map(ScenarioSummary.line) ?? "", record: record,
            theory: scenario.map { TheoryComparison.rows($0, record) } ?? [], style: style)
    }

    /// The report, lines separated by newlines, without one at the end.
    public var text: String {
        let sections =
            [
                heading(), TimelineChart(record, style: style)?.lines() ?? [], warning(),
            ] + tables.map(lines) + [notes()]
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
            .joined(separator: "\n\n")
    }

    private func wrapped(_ text: String, indent: Int = 0) -> [String] {
        TextLayout.wrap(TextLayout.harmless(text), width: Self.width - indent).map {
            String(repeating: " ", count: indent) + $0
        }
    }

    private func section(_ name: String, _ lines: [String]) -> [String] {
        wrapped(name).map { style($0, .heading) } + lines
    }

    private func heading() -> [String] {
        let ended =
            "Ended at t = \(NumberText.time(record.endTime)): \(record.ended.explanation)."
        return wrapped(title).map { style($0, .heading) }
            + (summary.isEmpty ? [] : wrapped(summary)) + wrapped(ended)
    }

    private func warning() -> [String] {
        record.noiseDetermined ? wrapped(Self.noiseWarning).map { style($0, .warning) } : []
    }

    /// The tables of the record that have rows: phases, clusters, mergers, representation, theory.
    package var tables: [ReportTable] {
        [phases, clusters, mergers, representation, comparison].compactMap { $0 }
    }

    private var phases: ReportTable {
        var table = TextTable("phase", "start", "end")
        for phase in record.phases {
            let why = phase.reason.map { ": \($0.rawValue)" } ?? ""
            guard let start = phase.start else {
                table.append(phase.name.rawValue, "—", "does not start" + why)
                continue
            }
            table.append(
                phase.name.rawValue, NumberText.time(start),
                phase.end.map { NumberText.time($0) } ?? "does not end" + why)
        }
        let consensus = record.consensus.map { NumberText.time($0) } ?? "not reached"
        table.append("consensus", "", consensus)
        return ReportTable(title: "Phases", table: table)
    }

    private var clusters: ReportTable {
        let census = record.clusters ?? record.clustersEnd
        let when = record.clusters == nil ? "the end of the run" : "the end of clustering"
        let count = census.members.count
        let amount = count == 0 ? "No clusters" : count == 1 ? "1 cluster" : "\(count) clusters"
        let title =
            "\(amount) at \(when), t = \(NumberText.time(census.time)), "
            + String(format: "%.4f of the mass condensed", census.condensed)
        var table = TextTable(Cluster.places(census.members), "mass")
        for cluster in census.members { table.append(cluster.placeText, cluster.massText) }
        return ReportTable(title: title, table: table)
    }

    private var mergers: ReportTable? {
        guard !record.mergers.isEmpty else { return nil }
        let places = "into " + Cluster.places(record.mergers.map(\.into))
        var table = TextTable("time", "clusters after", places, "mass", "")
        for merger in record.mergers {
            table.append(
                NumberText.time(merger.time), "\(merger.clustersAfter)", merger.into.placeText,
                merger.into.massText, merger.kind == .merged ? "" : "vanished")
        }
        return ReportTable(title: "Mergers", table: table)
    }

    private var representation: ReportTable? {
        guard !record.representation.isEmpty else { return nil }
        var table = TextTable("from t", "as", "size", "error", "because")
        for change in record.representation {
            table.append(
                NumberText.time(change.from), change.kind, "\(change.size)",
                NumberText.plain(change.error, digits: 2), change.reason)
        }
        return ReportTable(title: "How the measure was represented", table: table)
    }

    private var comparison: ReportTable? {
        guard !theory.isEmpty else { return nil }
        var table = TextTable("", "theory", "measured")
        for row in theory { table.append(row.label, row.predicted, row.measured) }
        return ReportTable(title: "Theory beside measurement", table: table)
    }

    private func lines(_ section: ReportTable) -> [String] {
        let count = section.table.rows.count
        let rest =
            count > Self.mostRows ? ["  … and \(count - Self.mostRows) more in phases.json"] : []
        return self.section(
            section.title,
            count == 0
                ? [] : section.table.lines(width: Self.width, first: Self.mostRows) + rest)
    }

    private func notes() -> [String] {
        let notes = record.notes.filter { $0.contains { !$0.isWhitespace } }
        guard !notes.isEmpty else { return [] }
        return section("Notes", notes.flatMap { wrapped($0, indent: 2) })
    }
}

/// A table of a report with its title.
package struct ReportTable {
    /// What it is about.
    package let title: String
    /// Its header and rows.
    package let table: TextTable
}

extension Cluster {
    /// What ``placeText`` gives: angles on the circle, else points.
    package static func places(_ clusters: [Cluster]) -> String {
        clusters.first?.angle == nil ? "position" : "angle / rad"
    }

    /// The angle on the circle, else the first coordinates.
    package var placeText: String {
        // No "-0.000000".
        if let angle { return String(format: "%9.6f", abs(angle) < 5e-7 ? 0 : angle) }
        let shown = position.prefix(4).map { String(format: "%.4f", abs($0) < 5e-5 ? 0 : $0) }
        let rest = position.count > 4 ? ["…"] : []
        return "(" + (shown + rest).joined(separator: ", ") + ")"
    }

    /// The mass to six digits.
    package var massText: String { String(format: "%.6f", mass) }
}

extension Reason {
    /// The reason as half a sentence after "Ended at t = …:".
    package var explanation: String {
        switch self {
        case .consensus: "consensus, one condensed cluster is left"
        case .endTime: "the end time of the scenario"
        case .timeLimit: "the time limit; raise time.max or time.max_log10 to go on"
        case .stationary: "stationary, nothing moves any more"
        case .symmetricEquilibrium:
            "symmetric equilibrium, the clusters pull at one another with equal force"
        case .rotating: "rotating, the clusters only turn together"
        case .uniform: "uniform, there is nothing to gather round"
        case .stableUniform: "stable uniform state, every perturbation decays"
        case .repulsive: "repulsive, attention drives the tokens apart"
        case .noiseDominated: "noise-dominated, diffusion keeps the clusters from condensing"
        case .metastable: "metastable, the remaining drift is below what can be resolved"
        case .firstCollapse: "first collapse, a heat kernel has become a point"
        case .zeroDensity: "zero density, backward heat has no density beyond"
        case .interrupted: "interrupted; continue with --resume"
        case .failed: "numerical failure; the results up to there are valid"
        }
    }
}
