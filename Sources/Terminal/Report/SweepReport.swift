import Foundation
import Scenarios

/// The table of a sweep: how each point ended, and when.
public struct SweepReport: Sendable {
    /// Points that are listed; the others are in `sweep.csv`.
    private static let mostRows = 24

    private let result: SweepResult
    private let width: Int

    /// The report of a sweep, in lines of at most `width` columns.
    public init(_ result: SweepResult, width: Int = 80) {
        self.result = result
        self.width = width
    }

    /// The report, lines separated by newlines, without one at the end.
    public var text: String {
        let (plan, rows) = (result.plan, result.rows)
        var table = TextTable(
            plan.axes.map(\.key) + ["ended", "clusters", "clustering", "consensus"])
        for row in rows.prefix(Self.mostRows) {
            table.append(
                plan.values(row.point) + [
                    row.ended.rawValue,
                    result.number("clusters", of: row).map { NumberText.plain($0) } ?? "-",
                    time("clustering_end", of: row), time("consensus", of: row),
                ])
        }
        var lines =
            TextLayout.wrap(TextLayout.harmless(plan.first.title), width: width) + [
                "\(rows.count) of \(plan.count) points"
                    + plan.axes.map { ", \($0.values.count) of \($0.key)" }.joined(), "",
            ] + table.lines(width: width)
        if rows.count > Self.mostRows {
            lines.append("  … and \(rows.count - Self.mostRows) more in sweep.csv")
        }
        let failed = rows.filter { $0.ended == .failed }
        if let first = failed.first {
            lines.append("")
            lines += TextLayout.wrap(
                "\(failed.count) of them failed, point \(first.point) first: "
                    + TextLayout.harmless(first.reason), width: width)
        }
        return lines.joined(separator: "\n")
    }

    private func time(_ event: String, of row: SweepRow) -> String {
        if let time = result.number(event, of: row) { return NumberText.plain(time) }
        return result.number("log10_\(event)", of: row).map { String(format: "10^%.2f", $0) } ?? "-"
    }
}

extension SweepResult {
    /// The sweep as an object of `sweep --json`.
    public var json: JSONValue {
        [
            "scenario": .string(plan.first.title), "version": .string(version),
            "points": .integer(plan.count),
            "rows": .array(
                rows.map { row in
                    let keys = zip(plan.axes, plan.values(row.point)).map {
                        JSONValue.Member($0.key, .string($1))
                    }
                    let numbers = zip(columnNames, row.numbers).map {
                        JSONValue.Member($0, JSONValue($1))
                    }
                    return .object(
                        [.init("point", .integer(row.point))] + keys
                            + [.init("ended", .string(row.ended.rawValue))] + numbers
                            + [.init("reason", .string(row.reason))])
                }),
        ]
    }
}
