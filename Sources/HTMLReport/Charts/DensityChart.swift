import Foundation
import Phases
import Scenarios
import Terminal

/// The density on the circle in space and time, with the ways of its atoms.
///
/// Of zonal densities the angle to the axis, from 0 to π.
struct DensityChart: Sendable {
    let record: RunRecord
    let snapshots: [Snapshot]
    let scale: TimeScale
    /// Shares of the time axis at which the snapshots stand.
    let positions: [Double]

    private static let rows = 256

    private var isZonal: Bool { snapshots.areZonal }

    /// Where an angle stands between bottom and top.
    private func share(of angle: Double) -> Double {
        isZonal ? angle / .pi : (angle + .pi) / (2 * .pi)
    }

    /// What gnuplot draws.
    var panel: Panel {
        let picture = raster
        // Of both halves of a great circle the upper one, with the mass of both.
        let values =
            isZonal
            ? picture.values.suffix(Self.rows * picture.width).map { $0 + log10(2.0) }
            : picture.values
        let tracks = AtomTracks(snapshots, at: positions).lines.filter { line in
            !isZonal || line.allSatisfy { $0.angle >= 0 }
        }
        return Panel(
            name: "density",
            raster: Panel.Raster(
                width: picture.width, height: Self.rows, values: values, range: range(of: picture)),
            tracks: tracks.map { line in line.map { ($0.x, share(of: $0.angle)) } })
    }

    private var raster: DensityRaster {
        DensityRaster(
            snapshots, at: positions, end: 1, width: 640,
            height: isZonal ? 2 * Self.rows : Self.rows)
    }

    private func range(of picture: DensityRaster) -> ClosedRange<Double> {
        let shift = isZonal ? log10(2.0) : 0
        return (picture.range.lowerBound + shift)...(picture.range.upperBound + shift)
    }

    /// The chart around `picture`.
    func chart(_ picture: Markup) -> Chart {
        let angles: [(Double, Markup)] =
            isZonal
            ? [(0, "0"), (0.25, "π/4"), (0.5, "π/2"), (0.75, "3π/4"), (1, "π")]
            : [(0, "−π"), (0.25, "−π/2"), (0.5, "0"), (0.75, "π/2"), (1, "π")]
        return Chart(
            id: "density",
            title: isZonal
                ? "The density over the angle to the axis" : "The density in space and time",
            caption: """
                Mass per angle\(isZonal ? " to the axis" : ""), in colours by its logarithm; bright \
                lines are atoms, points \(isZonal ? "and rings " : "")that hold mass of their own. \
                Rings mark the places where clusters became one.
                """,
            alternative: description, height: 300,
            left: angles.map { Tick(share: $0.0, label: $0.1) },
            leftTitle: isZonal ? "angle to the axis" : "angle θ",
            bottom: .time(scale), body: Markup([picture] + record.mergers.map(mark)),
            legend: [ColorBar(range: range(of: raster), title: "density ρ").markup])
    }

    private func mark(_ merger: Merger) -> Markup {
        guard let angle = merger.into.angle else { return .empty }
        return """
            <i class="mark place \(merger.kind.rawValue)" \
            style="left:\(.percent(scale.share(of: merger.time.time)));\
            bottom:\(.percent(share(of: angle)))"></i>
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
