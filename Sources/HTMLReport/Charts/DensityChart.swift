import Foundation
import Phases
import Scenarios
import Terminal

/// The density on the circle in space and time, with the ways of its atoms.
struct DensityChart: Sendable {
    let record: RunRecord
    let snapshots: [Snapshot]
    let scale: TimeScale
    /// Shares of the time axis at which the snapshots stand.
    let positions: [Double]

    /// What gnuplot draws.
    var panel: Panel {
        let picture = raster
        return Panel(
            name: "density",
            raster: Panel.Raster(
                width: picture.width, height: picture.height, values: picture.values,
                range: picture.range),
            tracks: AtomTracks(snapshots, at: positions).lines.map { line in
                line.map { ($0.x, ($0.angle + .pi) / (2 * .pi)) }
            })
    }

    private var raster: DensityRaster {
        DensityRaster(snapshots, at: positions, end: 1, width: 640, height: 256)
    }

    /// The chart around `picture`.
    func chart(_ picture: Markup) -> Chart {
        let angles: [(Double, Markup)] = [
            (0, "−π"), (0.25, "−π/2"), (0.5, "0"), (0.75, "π/2"), (1, "π"),
        ]
        let range = raster.range
        return Chart(
            id: "density", title: "The density in space and time",
            caption: """
                Mass per angle, in colours by its logarithm; bright lines are atoms, points that \
                hold mass of their own. Rings mark the places where clusters became one.
                """,
            alternative: description, height: 300,
            left: angles.map { Tick(share: $0.0, label: $0.1) }, leftTitle: "angle θ",
            bottom: .time(scale), body: Markup([picture] + record.mergers.map(mark)),
            legend: [ColorBar(range: range, title: "density ρ").markup])
    }

    private func mark(_ merger: Merger) -> Markup {
        guard let angle = merger.into.angle else { return .empty }
        return """
            <i class="mark place \(merger.kind.rawValue)" \
            style="left:\(.percent(scale.share(of: merger.time.time)));\
            bottom:\(.percent((angle + .pi) / (2 * .pi)))"></i>
            """
    }

    private var description: String {
        let formed = record.clusters ?? record.clustersEnd
        return
            "Density over angle and time: \(formed.members.count) clusters at t = "
            + "\(NumberText.time(formed.time)), \(record.clustersEnd.members.count) at the end, t = "
            + "\(NumberText.time(record.endTime))."
    }
}

/// The colours of a raster with the numbers that they stand for.
struct ColorBar: Sendable {
    /// Decimal logarithms at its ends.
    let range: ClosedRange<Double>
    /// What the numbers are.
    let title: Markup

    /// A bar with a label at every power of ten.
    var markup: Markup {
        let ticks = Tick.decades(range, count: 6).map { tick -> Markup in
            "<span style=\"left:\(.percent(tick.share))\">\(tick.label)</span>"
        }
        return "<span class=\"colors\">\(title) <span class=\"viridis\">\(ticks)</span></span>"
    }
}
