import Foundation
import MeanField
import Phases

/// The phases of a run as bars over a logarithmic time axis, its mergers as marks.
struct TimelineChart {
    private static let labelWidth = 12
    private static let plotWidth = 64

    private let record: RunRecord
    private let style: TextStyle
    /// Decades at the ends of the axis.
    private let first: Int
    private let last: Int

    /// The chart of `record`, or `nil` if nothing in it has a time greater than zero.
    init?(_ record: RunRecord, style: TextStyle) {
        var times = record.phases.flatMap { [$0.start?.time, $0.end?.time] }.compactMap { $0 }
        times += record.mergers.map(\.time.time) + [record.endTime]
        times += record.consensus.map { [$0.time] } ?? []
        let logarithms = times.filter { $0 > .zero }.map(\.log10)
        guard let least = logarithms.min(), let most = logarithms.max() else { return nil }
        self.record = record
        self.style = style
        let first = Int(least.rounded(.down))
        // An event on the left edge would hide what comes before it.
        self.first = least - Double(first) < 0.02 ? first - 1 : first
        self.last = max(Int(most.rounded(.up)), self.first + 1)
    }

    /// The lines of the chart, 80 columns at most.
    func lines() -> [String] {
        record.phases.map(bar) + mergerRow() + [axis(), labels()] + legend()
    }

    private func column(_ time: ModelTime) -> Int {
        guard time > .zero else { return 0 }
        let share = (time.log10 - Double(first)) / Double(last - first)
        return Int((share * Double(Self.plotWidth - 1)).rounded())
    }

    private func row(_ label: String, _ plot: String) -> String {
        let blanks = max(0, Self.labelWidth - label.count)
        return String(repeating: " ", count: blanks) + label + "  " + plot
    }

    private func bar(_ phase: PhaseInterval) -> String {
        let name = phase.name.rawValue
        guard let start = phase.start else { return row(name, style("does not start", .faint)) }
        if let end = phase.end, end.time == start.time {
            let place = column(start.time)
            let note = place < Self.plotWidth - 18 ? "╴ends as it starts" : ""
            return row(name, String(repeating: " ", count: place) + style("│" + note, .faint))
        }
        let from = column(start.time)
        let to = max(from, column(phase.end?.time ?? record.endTime))
        var cells = Array(repeating: "━", count: to - from + 1)
        if phase.end == nil { cells[cells.count - 1] = "╌" }
        if phase.name == .merging, record.consensus != nil { cells[cells.count - 1] = "●" }
        let emphasis: TextStyle.Emphasis =
            switch phase.name {
            case .collapse: .collapse
            case .clustering: .clustering
            case .merging: .merging
            }
        return row(name, String(repeating: " ", count: from) + style(cells.joined(), emphasis))
    }

    private func mergerRow() -> [String] {
        guard !record.mergers.isEmpty else { return [] }
        var cells = Array(repeating: " ", count: Self.plotWidth)
        let places = Dictionary(grouping: record.mergers) { column($0.time.time) }
        for (place, mergers) in places {
            let mark = mergers[0].kind == .merged ? "◆" : "◇"
            cells[place] = mergers.count == 1 ? mark : mergers.count < 10 ? "\(mergers.count)" : "+"
        }
        let end = (cells.lastIndex { $0 != " " } ?? -1) + 1
        return [row("mergers", cells[..<end].joined())]
    }

    private var ticks: [Int] {
        // The least step of 1, 2, 5, 10, … decades that leaves 8 columns to a label.
        var (step, unit) = (1, 1)
        while (last - first) * 8 > Self.plotWidth * step {
            switch step / unit {
            case 1: step = 2 * unit
            case 2: step = 5 * unit
            default:
                unit *= 10
                step = unit
            }
        }
        let start = Int((Double(first) / Double(step)).rounded(.up)) * step
        return Array(stride(from: start, through: last, by: step))
    }

    private func tickColumn(_ decade: Int) -> Int {
        let share = Double(decade - first) / Double(last - first)
        return Int((share * Double(Self.plotWidth - 1)).rounded())
    }

    private func axis() -> String {
        var cells = Array(repeating: "─", count: Self.plotWidth)
        for tick in ticks { cells[tickColumn(tick)] = "┼" }
        return style(row("", cells.joined()), .faint)
    }

    private func labels() -> String {
        var cells = Array(repeating: " ", count: Self.plotWidth)
        for tick in ticks {
            let text =
                (-3...3).contains(tick) ? NumberText.plain(pow(10, Double(tick))) : "10^\(tick)"
            let start = min(max(0, tickColumn(tick) - text.count / 2), Self.plotWidth - text.count)
            for (offset, character) in text.enumerated() {
                cells[start + offset] = String(character)
            }
        }
        let end = (cells.lastIndex { $0 != " " } ?? -1) + 1
        return style(row("time t", cells[..<end].joined()), .faint)
    }

    private func legend() -> [String] {
        var parts: [String] = []
        let kinds = Set(record.mergers.map(\.kind))
        if kinds.contains(.merged) { parts.append("◆ merger") }
        if kinds.contains(.vanished) { parts.append("◇ vanished") }
        if record.mergers.count > 1 { parts.append("2…9, + several at one place") }
        if record.consensus != nil { parts.append("● consensus") }
        return parts.isEmpty ? [] : [style(row("", parts.joined(separator: "   ")), .faint)]
    }
}
