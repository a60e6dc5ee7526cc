import MeanField
import Phases
import Terminal

/// The phases of a run as bars over the common time axis, its mergers as marks.
///
/// Made of boxes and text alone, so that it is there without gnuplot.
struct PhaseTimeline: Sendable {
    let record: RunRecord
    let scale: TimeScale

    /// The chart.
    var chart: Chart {
        Chart(
            id: "timeline", title: "The three phases",
            caption: """
                Time runs from left to right, in equal steps up to the end of clustering and in \
                powers of ten beyond. \(record.mergers.isEmpty ? .empty : legend)
                """,
            alternative: description, height: 42 * rows + 6, bottom: .time(scale),
            body: Markup(
                record.phases.enumerated().map { bar($1, at: height($0)) } + mergers + consensus
                    + representation))
    }

    /// Phases, mergers and representations, those there are.
    private var rows: Int {
        PhaseName.allCases.count + (record.mergers.isEmpty ? 0 : 1)
            + (record.representation.isEmpty ? 0 : 1)
    }

    /// The height of the bar of a row.
    private func height(_ row: Int) -> Double { 1 - (Double(row) + 0.72) / Double(rows) }

    private var legend: Markup {
        """
        Marks: <span class="key merged"></span>two clusters become one, \
        <span class="key vanished"></span>one vanishes, \
        <span class="key consensus"></span>consensus.
        """
    }

    /// Words over a bar, on the side of it where there is room.
    private func label(_ words: Markup, at share: Double, height: Double) -> Markup {
        let side: Markup =
            share > 0.6 ? "right:\(.percent(1 - share))" : "left:\(.percent(share))"
        return "<span class=\"row\" style=\"\(side);bottom:\(.percent(height))\">\(words)</span>"
    }

    private func bar(_ phase: PhaseInterval, at height: Double) -> Markup {
        let name = phase.name.rawValue
        let why = phase.reason.map { ": \($0.rawValue)" } ?? ""
        guard let start = phase.start else {
            return label("\(name) <small>does not start\(why)</small>", at: 0, height: height)
        }
        let from = scale.share(of: start.time)
        let to = phase.end.map { scale.share(of: $0.time) } ?? scale.share(of: record.endTime)
        let time = NumberText.time(start.time)
        let words: Markup
        if let end = phase.end {
            words =
                end.time == start.time
                ? "\(name) <small>ends as it starts, t = \(time)</small>"
                : "\(name) <small>\(time) … \(NumberText.time(end.time))</small>"
        } else {
            words = "\(name) <small>from \(time) on\(why)</small>"
        }
        return """
            <i class="bar \(name)\(phase.end == nil ? " open" : "")" \
            style="left:\(.percent(from));width:\(.percent(to - from));\
            bottom:\(.percent(height))"></i>\(label(words, at: from, height: height))
            """
    }

    private var mergers: [Markup] {
        if record.mergers.isEmpty { return [] }
        let place = height(PhaseName.allCases.count)
        return [label("mergers", at: 0, height: place)] + record.mergers.map { mark($0, at: place) }
    }

    /// As what the measure was computed, one bar after the other.
    private var representation: [Markup] {
        record.representation.enumerated().map { index, change in
            let next = index + 1
            let end =
                next < record.representation.count
                ? record.representation[next].from : record.endTime
            let from = scale.share(of: change.from)
            let place: Markup = "left:\(.percent(from));bottom:\(.percent(height(rows - 1)))"
            let width = Markup.percent(max(scale.share(of: end) - from, 0))
            return """
                <i class="bar held" style="\(place);width:\(width)"></i>\
                <span class="row cut" style="\(place);max-width:\(width)">\
                \(index == 0 ? "<small>as</small> " : .empty)\(change.kind)</span>
                """
        }
    }

    private func mark(_ merger: Merger, at height: Double) -> Markup {
        """
        <i class="mark \(merger.kind.rawValue)" \
        style="left:\(.percent(scale.share(of: merger.time.time)));bottom:\(.percent(height))" \
        title="t = \(NumberText.time(merger.time)): \(merger.clustersAfter) left"></i>
        """
    }

    /// At the end of the bar of merging.
    private var consensus: [Markup] {
        guard let consensus = record.consensus,
            let merging = record.phases.firstIndex(where: { $0.name == .merging })
        else { return [] }
        return [
            """
            <i class="mark consensus" style="left:\(.percent(scale.share(of: consensus.time)));\
            bottom:\(.percent(height(merging)))" \
            title="consensus at t = \(NumberText.time(consensus))"></i>
            """
        ]
    }

    /// The same in words.
    private var description: String {
        let phases = record.phases.map { phase in
            guard let start = phase.start else { return "\(phase.name.rawValue) does not start" }
            let end = phase.end.map { "to \(NumberText.time($0.time))" } ?? "without an end"
            return "\(phase.name.rawValue) from \(NumberText.time(start.time)) \(end)"
        }
        let mergers = record.mergers.isEmpty ? [] : ["\(record.mergers.count) mergers"]
        return "Timeline: " + (phases + mergers).joined(separator: "; ") + "."
    }
}
