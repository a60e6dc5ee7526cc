import Foundation
import Phases
import Scenarios

/// The table of a convergence study, in 80 columns.
public struct ConvergenceReport: Sendable {
    private let title: String
    private let study: ConvergenceStudy

    /// The report of `study`.
    public init(title: String, study: ConvergenceStudy) {
        self.title = TextLayout.harmless(title)
        self.study = study
    }

    /// The report, lines separated by newlines, without one at the end.
    public var text: String {
        var lines = [title, ""]
        lines.append(
            Self.columns("time of", "value", "change /10", "/100", "stated", "order", ""))
        for row in study.rows {
            lines.append(
                Self.columns(
                    row.name, row.times[0].map { NumberText.time($0.time) } ?? "-",
                    Self.short(row.changes[0]), Self.short(row.changes[1]),
                    Self.short(row.times[0]?.relativeError),
                    row.observedOrder.map { NumberText.plain(($0 * 100).rounded() / 100) } ?? "-",
                    row.passes ? "ok" : "MISSED"))
        }
        lines += [
            "", "Changes and stated errors are relative. change /10: tolerances divided by ten;",
            "order: decades of the change per decade of tolerance.",
        ]
        return lines.joined(separator: "\n")
    }

    private static func short(_ value: Double?) -> String {
        guard let value else { return "-" }
        return value == 0 ? "0" : String(format: "%.1e", value)
    }

    private static func columns(_ cells: String...) -> String {
        let widths = [15, 15, 10, 9, 9, 6, 6]
        return zip(cells, widths).map { cell, width in
            cell.count >= width
                ? cell + " " : cell + String(repeating: " ", count: width - cell.count + 1)
        }.joined().replacing(#/ +$/#, with: "")
    }
}

extension ConvergenceStudy.Row {
    /// The row as an object of `converge --json`.
    public var json: JSONValue {
        [
            "name": .string(name),
            "log10_times": .array(times.map { JSONValue($0?.time.log10) }),
            "relative_changes": .array(changes.map { JSONValue($0) }),
            "relative_stated_error": JSONValue(times[0]?.relativeError),
            "observed_order": JSONValue(observedOrder), "passes": .bool(passes),
        ]
    }
}
