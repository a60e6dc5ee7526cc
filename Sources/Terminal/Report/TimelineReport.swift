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

    /// The report, lines separated by newlines, without one at the end.
    public var text: String {
        let sections = [
            heading(), TimelineChart(record, style: style)?.lines() ?? [], warning(), phaseTable(),
            clusterList(), mergerTable(), representationTable(), theoryTable(), notes(),
        ]
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
        guard record.noiseDetermined else { return [] }
        return wrapped(
            "Careful: the outcome is noise-determined. Changing the start by 1e-15, as rounding "
                + "does, changes the number of clusters or a merger by more than its stated "
                + "error. Take the clusters and times as one draw out of many."
        ).map { style($0, .warning) }
    }

    private func phaseTable() -> [String] {
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
        return section("Phases", table.lines(width: Self.width))
    }

    private func clusterList() -> [String] {
        let census = record.clusters ?? record.clustersEnd
        let when = record.clusters == nil ? "the end of the run" : "the end of clustering"
        let count = census.members.count
        let amount = count == 0 ? "No clusters" : count == 1 ? "1 cluster" : "\(count) clusters"
        let title =
            "\(amount) at \(when), t = \(NumberText.time(census.time)), "
            + String(format: "%.4f of the mass condensed", census.condensed)
        guard count > 0 else { return section(title, []) }
        var table = TextTable(places(census.members), "mass")
        for cluster in census.members.prefix(Self.mostRows) {
            table.append(place(cluster), mass(cluster))
        }
        return section(title, table.lines(width: Self.width) + rest(of: count))
    }

    private func mergerTable() -> [String] {
        guard !record.mergers.isEmpty else { return [] }
        let places = "into " + places(record.mergers.map(\.into))
        var table = TextTable("time", "clusters after", places, "mass", "")
        for merger in record.mergers.prefix(Self.mostRows) {
            table.append(
                NumberText.time(merger.time), "\(merger.clustersAfter)", place(merger.into),
                mass(merger.into), merger.kind == .merged ? "" : "vanished")
        }
        return section(
            "Mergers", table.lines(width: Self.width) + rest(of: record.mergers.count))
    }

    private func representationTable() -> [String] {
        guard !record.representation.isEmpty else { return [] }
        var table = TextTable("from t", "as", "size", "error", "because")
        for change in record.representation.prefix(Self.mostRows) {
            table.append(
                NumberText.time(change.from), change.kind, "\(change.size)",
                NumberText.plain(change.error, digits: 2), change.reason)
        }
        return section(
            "How the measure was represented",
            table.lines(width: Self.width) + rest(of: record.representation.count))
    }

    private func theoryTable() -> [String] {
        guard !theory.isEmpty else { return [] }
        var table = TextTable("", "theory", "measured")
        for row in theory { table.append(row.label, row.predicted, row.measured) }
        return section("Theory beside measurement", table.lines(width: Self.width))
    }

    private func notes() -> [String] {
        let notes = record.notes.filter { $0.contains { !$0.isWhitespace } }
        guard !notes.isEmpty else { return [] }
        return section("Notes", notes.flatMap { wrapped($0, indent: 2) })
    }

    private func rest(of count: Int) -> [String] {
        count > Self.mostRows ? ["  … and \(count - Self.mostRows) more in phases.json"] : []
    }

    /// What `place` gives: angles on the circle, else points.
    private func places(_ clusters: [Cluster]) -> String {
        clusters.first?.angle == nil ? "position" : "angle / rad"
    }

    private func place(_ cluster: Cluster) -> String {
        // No "-0.000000".
        if let angle = cluster.angle {
            return String(format: "%9.6f", abs(angle) < 5e-7 ? 0 : angle)
        }
        let shown = cluster.position.prefix(4).map { String(format: "%.4f", $0) }
        let rest = cluster.position.count > 4 ? ["…"] : []
        return "(" + (shown + rest).joined(separator: ", ") + ")"
    }

    private func mass(_ cluster: Cluster) -> String { String(format: "%.6f", cluster.mass) }
}

extension Reason {
    /// The reason as half a sentence after "Ended at t = …:".
    var explanation: String {
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
