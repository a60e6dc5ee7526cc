import Foundation
import MeanField
import Phases

/// `sweep.csv`: one row for each point.
///
/// Its number, the values of the keys, why it ended, the numbers of ``SweepRow/Columns`` (17 significant
/// digits, empty where there is none), and what went wrong. Rows are appended as points finish, and put in
/// the order of the points in the end, so that the bytes do not depend on who was first.
struct SweepTable: Sendable {
    private let plan: SweepPlan
    let columns: SweepRow.Columns

    init(_ plan: SweepPlan) {
        self.plan = plan
        columns = SweepRow.Columns(plan)
    }

    /// The first line.
    var header: String {
        (["point"] + plan.axes.map(\.key) + ["ended"] + columns.names + ["reason"])
            .joined(separator: ",")
    }

    /// The line of a row.
    func line(_ row: SweepRow) -> String {
        let numbers = row.numbers.map { $0.map(SeriesColumns.format) ?? "" }
        return
            (["\(row.point)"] + plan.values(row.point).map(Self.field)
            + [row.ended.rawValue] + numbers + [Self.field(row.reason)]).joined(separator: ",")
    }

    /// The whole file.
    func text(_ rows: [SweepRow]) -> String {
        ([header] + rows.map(line)).joined(separator: "\n") + "\n"
    }

    /// The rows of a file of this sweep; a last line that was not written to its end is left out.
    ///
    /// - Throws: ``OutputError/damaged(file:reason:)`` where it holds anything else.
    func rows(of url: URL) throws -> [SweepRow] {
        try GrowingFile.rows(of: url, header: header).map { line, cells in
            guard let row = row(cells) else {
                throw OutputError.damaged(
                    file: url.path, reason: "line \(line) is no row of this sweep")
            }
            return row
        }
    }

    /// The row of a line.
    func row(of line: String) -> SweepRow? {
        guard let file = try? CSVFile(Array(line.utf8), name: ""),
            file.columnCount == plan.axes.count + columns.names.count + 3
        else { return nil }
        return row((0..<file.columnCount).map { file.text(row: 0, column: $0) })
    }

    private func row(_ cells: [String]) -> SweepRow? {
        let start = plan.axes.count + 2
        guard let point = Int(cells[0]), (0..<plan.count).contains(point),
            Array(cells[1..<(start - 1)]) == plan.values(point),
            let ended = Reason(rawValue: cells[start - 1])
        else { return nil }
        let texts = cells[start..<(start + columns.names.count)]
        let numbers = texts.map(Double.init)
        guard zip(texts, numbers).allSatisfy({ $0.isEmpty || $1 != nil }) else { return nil }
        return SweepRow(
            point: point, ended: ended, numbers: numbers, reason: cells[cells.count - 1])
    }

    /// The text as a field: in quotes where it needs them.
    private static func field(_ text: String) -> String {
        let isPlain = !text.contains { ",\"#\n\r".contains($0) }
        return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
    }
}
