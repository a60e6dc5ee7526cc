import Foundation
import Scenarios

/// What was measured: tables on the terminal, rows {bench, case, n, median_s} in a file.
struct Report {
    private var rows: [JSONValue] = []

    /// Adds a row to the file.
    mutating func add(
        _ bench: String, _ name: String, _ n: Int, seconds: Double, megabytes: Double? = nil
    ) {
        rows.append([
            "bench": .string(bench), "case": .string(name), "n": .integer(n),
            "median_s": .number(seconds), "peak_mb": megabytes.map(JSONValue.number) ?? .null,
        ])
    }

    /// Writes the file.
    func write(to path: String) throws {
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let content: JSONValue = ["rows": .array(rows)]
        try Data((content.description + "\n").utf8).write(to: url, options: .atomic)
    }

    /// Prints the title of a table and the heads of its columns.
    static func printTitle(_ title: String, _ columns: String...) {
        print("\n\(title)")
        print(columns.map(cell).joined())
    }

    /// Prints a row of a table.
    static func printRow(_ cells: String...) {
        print(cells.map(cell).joined())
    }

    private static func cell(_ text: String) -> String {
        String(repeating: " ", count: max(1, 14 - text.count)) + text
    }

    /// A time in microseconds.
    static func time(_ seconds: Double) -> String { String(format: "%.2f us", seconds * 1e6) }

    /// A ratio of times.
    static func ratio(_ a: Double, _ b: Double) -> String { String(format: "%.2f", a / b) }
}
