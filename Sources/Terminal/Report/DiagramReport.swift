import Foundation
import MeanField
import Scenarios

/// A phase diagram in 80 columns: a map of shades over β and time, and fractions with their errors.
public struct DiagramReport: Sendable {
    /// Columns and rows of the map.
    private static let (columns, rows) = (66, 16)
    /// From no pair to all pairs.
    private static let shades: [Character] = ["·", "░", "▒", "▓", "█"]

    private let result: DiagramResult
    private var diagram: PhaseDiagram { result.diagram }

    /// The report of a diagram.
    public init(_ result: DiagramResult) { self.result = result }

    /// The report, lines separated by newlines, without one at the end.
    public var text: String {
        let sections = [heading, map, table, [edge]].filter { !$0.isEmpty }
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private var heading: [String] {
        let scenario = result.scenario
        let d = scenario.model.dimension
        let space = d == 2 ? "the circle" : "the unit sphere of R^\(d)"
        let systems = scenario.diagram?.systems ?? 0
        let line =
            "\(systems) system\(systems == 1 ? "" : "s") of \(result.tokens) tokens on \(space), "
            + "\(scenario.model.normalization.rawValue) normalization: fraction of pairs with "
            + "<x_i,x_j> > \(NumberText.plain(diagram.product))"
        return [TextLayout.harmless(scenario.title)] + TextLayout.wrap(line, width: 80)
    }

    /// Time upwards, β to the right.
    private var map: [String] {
        guard diagram.betas.count > 1, diagram.times.count > 1 else { return [] }
        let (x, y) = (Scale(diagram.betas, Self.columns), Scale(diagram.times, Self.rows))
        var lines = (0..<Self.rows).reversed().map { row in
            let label = row == Self.rows - 1 ? number(y.last) : row == 0 ? number(y.first) : ""
            let cells = (0..<Self.columns).map { column -> Character in
                let share = diagram.fraction(x.place(column), y.place(row))
                return Self.shades[min(Self.shades.count - 1, Int(share * 5))]
            }
            return "  " + padded(row == Self.rows / 2 ? "t" : label, 7) + " " + String(cells)
        }
        let (low, high) = (number(x.first), number(x.last))
        let gap = Self.columns - low.count - high.count
        let half = (gap - 4) / 2
        lines.append(
            String(repeating: " ", count: 10) + low + String(repeating: " ", count: half) + "beta"
                + String(repeating: " ", count: gap - 4 - half) + high)
        lines.append(
            String(repeating: " ", count: 10) + "· below 0.2   ░ 0.2   ▒ 0.4   ▓ 0.6   █ above 0.8")
        return lines
    }

    /// Fractions at a few temperatures and times.
    private var table: [String] {
        let rows = Self.spread(diagram.betas.count, 7)
        let columns = Self.spread(diagram.times.count, 5)
        var lines = [
            "  " + padded("beta", 8)
                + columns.map { padded("t = " + number(diagram.times[$0]), 14) }.joined()
        ]
        for row in rows {
            let cells = columns.map { column in
                padded(
                    String(
                        format: "%.3f ± %.3f", diagram.fractions[row][column],
                        diagram.standardErrors[row][column]), 14)
            }
            lines.append("  " + padded(number(diagram.betas[row]), 8) + cells.joined())
        }
        return lines
    }

    private var edge: String {
        let end = diagram.times.last.map(number) ?? "0"
        guard let beta = result.edgeBeta else {
            return "For large d the edge does not reach t = \(end) between these temperatures."
        }
        return "For large d all meet by t = \(end) up to beta = "
            + NumberText.plain(beta, digits: 8) + " (orthonormal tokens)."
    }

    private func number(_ value: Double) -> String { NumberText.plain(value, digits: 4) }

    private func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// At most `most` of the indices below `count`, first and last among them.
    private static func spread(_ count: Int, _ most: Int) -> [Int] {
        let parts = min(count, most)
        return (0..<parts).map { parts > 1 ? $0 * (count - 1) / (parts - 1) : 0 }
    }

    /// Evenly spaced places from the first to the last of ascending values.
    private struct Scale {
        let values: [Double]
        let count: Int

        init(_ values: [Double], _ count: Int) { (self.values, self.count) = (values, count) }

        var first: Double { values[0] }
        var last: Double { values[values.count - 1] }

        func place(_ cell: Int) -> (index: Int, share: Double) {
            let x = first + (last - first) * (Double(cell) / Double(count - 1))
            let index = max(0, (values.lastIndex { $0 <= x } ?? 0))
            guard index + 1 < values.count else { return (index, 0) }
            return (index, (x - values[index]) / (values[index + 1] - values[index]))
        }
    }
}
