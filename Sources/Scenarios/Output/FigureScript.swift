import Foundation
import MeanField
import Phases

/// The gnuplot script of a run's figure; lengths in pixels of a 900-pixel-wide picture.
package struct FigureScript: Sendable {
    let title: String
    let record: RunRecord
    let axis: FigureTimeAxis
    let raster: DensityRaster
    /// Whether angles are azimuths of points beyond the circle.
    var isProjected = false
    let mostClusters: Int

    private static let (width, height) = (900.0, 620.0)
    /// Left and right edge of both panels.
    private static let (left, right) = (68.0, 822.0)
    /// Bottom and top of the strip of phases, the picture and the lower panel.
    private static let strip = (572.0, 592.0)
    private static let picture = (256.0, 568.0)
    private static let lower = (58.0, 242.0)

    private static let blue = "#0072B2"
    private static let vermilion = "#D55E00"
    private static let grey = "#555555"

    /// Draws the same script as SVG and as PNG.
    static let main = """
        set encoding utf8
        set terminal svg size 900,620 font "sans-serif,12" enhanced background "#ffffff" name "run"
        set output "figure.svg"
        load "figure.gp"
        set terminal pngcairo size 1800,1240 font "Sans,12" fontscale 1.7 linewidth 2 pointscale 2
        set output "figure.png"
        load "figure.gp"
        unset output

        """

    /// The commands that draw both panels.
    var text: String {
        ([
            "reset", "set border lw 0.8 lc rgb '\(Self.grey)'",
            "set tics nomirror textcolor rgb '#333333'",
            "set multiplot",
        ] + heading + phaseStrip + pictureCommands + lowerCommands + ["unset multiplot", ""])
        .joined(separator: "\n")
    }

    private var heading: [String] {
        [
            "set label 1 \(Self.quoted(title)) at \(screen(Self.left, 605)) left noenhanced"
                + " font ',14' textcolor rgb '#111111'",
            "set label 2 \(Self.quoted(ending)) at \(screen(Self.right, 605)) right"
                + " font ',11' textcolor rgb '\(Self.grey)'",
        ]
    }

    /// How the run ended, at what time.
    private var ending: String {
        let time = record.consensus?.time ?? record.endTime
        guard time > .zero else { return record.ended.rawValue }
        let number: String
        if let value = time.value, (0.01..<9999.5).contains(value) {
            number = String(format: "%.4g", value)
        } else {
            // Rounded to a tenth before the power is split off, so that 9.99 does not become 10.0.
            let power = (time.log10 + log10(10 / 9.95) - 1).rounded(.up)
            let digits = String(format: "%.1f", pow(10, time.log10 - power))
            number = "\(digits)·10^{\(Int(power))}"
        }
        return "\(record.ended.rawValue) at t = \(number)"
    }

    private var bands: [PhaseBand] { PhaseBand.all(of: record, on: axis) }

    private static func color(of phase: PhaseName) -> String {
        switch phase {
        case .collapse: "#CFE5F3"
        case .clustering: "#FBE3B4"
        case .merging: "#CDEBDD"
        }
    }

    /// Colours above the picture with the phases' names where they fit.
    private var phaseStrip: [String] {
        bands.enumerated().flatMap { index, band in
            let (from, to) = (pixel(band.start), pixel(band.end))
            var commands = [
                "set object \(index + 1) rectangle from \(screen(from, Self.strip.0))"
                    + " to \(screen(to, Self.strip.1)) fillcolor rgb '\(Self.color(of: band.name))'"
                    + " fillstyle solid noborder"
            ]
            if to - from > 8.0 * Double(band.name.rawValue.count) {
                commands.append(
                    "set label \(index + 10) '\(band.name.rawValue)' at"
                        + " \(screen((from + to) / 2, (Self.strip.0 + Self.strip.1) / 2)) center"
                        + " font ',11' textcolor rgb '#333333'")
            }
            return commands
        }
    }

    private var pictureCommands: [String] {
        let (dx, dy) = (axis.end / Double(raster.width), 2 * Double.pi / Double(raster.height))
        let (low, high) = (raster.range.lowerBound, raster.range.upperBound)
        let powers = (Int(low.rounded(.up))...Int(high.rounded(.down)))
            .map { "'10^{\($0)}' \($0)" }.joined(separator: ", ")
        return margins(Self.picture) + [
            "set xrange [0:\(axis.end)]", "set yrange [-pi:pi]",
            "set xtics \(xtics(labels: false)) out scale 0.5",
            "set ytics ('−π' -pi, '−π/2' -pi/2, '0' 0, 'π/2' pi/2, 'π' pi) out scale 0.5",
            "set ylabel '\(isProjected ? "azimuth of (x_1, x_2)" : "angle θ")' offset 1.2,0"
                + " textcolor rgb '#333333'",
            Self.viridis, "set cbrange [\(low):\(high)]", "set cbtics (\(powers)) scale 0.4",
            "set colorbox user origin \(screen(838, Self.picture.0)) size"
                + " \(screen(11, Self.picture.1 - Self.picture.0)) noborder",
            "set label 3 'density ρ' at \(screen(868, 580)) center"
                + " font ',11' textcolor rgb '#333333'",
            "unset key",
        ] + borders(color: "#FFFFFF") + mergerMarks + [
            "plot 'density.bin' binary array=(\(raster.width),\(raster.height))"
                + " format='%float64' endian=little origin=(\(dx / 2),\(-Double.pi + dy / 2))"
                + " dx=\(dx) dy=\(dy) using 1 with image, \\",
            "  'atoms.dat' using 1:2 with lines lw 2.2 lc rgb '#FDE725'",
        ]
    }

    /// Where basins joined (circles) or vanished (crosses).
    private var mergerMarks: [String] {
        record.mergers.enumerated().map { index, merger in
            let place = merger.into.position
            let angle = merger.into.angle ?? atan2(place[1], place[0])
            let x = axis.position(of: merger.time.time)
            let shape = merger.kind == .merged ? 6 : 2
            return "set label \(100 + index) '' at first \(x),\(angle) front"
                + " point pt \(shape) ps 1.1 lw 1.6 lc rgb '#FFFFFF'"
        }
    }

    private var lowerCommands: [String] {
        let top = max(mostClusters + 1, 2)
        let shading = bands.enumerated().map { index, band in
            "set object \(index + 20) rectangle from first \(band.start), graph 0"
                + " to first \(band.end), graph 1 behind"
                + " fillcolor rgb '\(Self.color(of: band.name))'"
                + " fillstyle transparent solid 0.45 noborder"
        }
        return [
            "unset label", "unset object", "unset arrow", "unset colorbox", "set border 11",
        ] + margins(Self.lower) + shading + borders(color: "#888888") + [
            "set xtics \(xtics(labels: true)) out scale 0.5",
            "set xlabel 'time t' offset 0,0.4 textcolor rgb '#333333'",
            "set yrange [0:1.08]", "set ytics 0,0.25,1 out scale 0.5 textcolor rgb '\(Self.blue)'",
            "set ylabel 'energy / largest energy' offset 1.2,0 textcolor rgb '\(Self.blue)'",
            "set y2range [0:\(top)]",
            "set y2tics 0,\(max(1, (top + 5) / 6)) out scale 0.5"
                + " textcolor rgb '\(Self.vermilion)'",
            "set y2label 'clusters' offset -1.2,0 textcolor rgb '\(Self.vermilion)'",
            "plot 'clusters.dat' using 1:2 axes x1y2 with steps lw 2 lc rgb '\(Self.vermilion)', \\",
            "  'energy.dat' using 1:2 with lines lw 2.4 lc rgb '\(Self.blue)'",
        ]
    }

    /// Dashed lines where phases end.
    private func borders(color: String) -> [String] {
        bands.filter { $0.end < axis.end }.enumerated().map { index, band in
            "set arrow \(index + 1) from first \(band.end), graph 0 to first \(band.end), graph 1"
                + " nohead front dashtype (6,4) lw 1.2 lc rgb '\(color)'"
        }
    }

    private func margins(_ panel: (Double, Double)) -> [String] {
        [
            "set lmargin at screen \(Self.left / Self.width)",
            "set rmargin at screen \(Self.right / Self.width)",
            "set bmargin at screen \(panel.0 / Self.height)",
            "set tmargin at screen \(panel.1 / Self.height)",
        ]
    }

    private func xtics(labels: Bool) -> String {
        let gap = 26 * axis.end / (Self.right - Self.left)
        let ticks = axis.ticks(gap: gap).map { "'\(labels ? $0.label : "")' \($0.position)" }
        return "(\(ticks.joined(separator: ", ")))"
    }

    private func pixel(_ x: Double) -> Double {
        Self.left + (Self.right - Self.left) * x / axis.end
    }

    private func screen(_ x: Double, _ y: Double) -> String {
        "screen \(x / Self.width),\(y / Self.height)"
    }

    /// A gnuplot string in single quotes, where only the quote itself is special.
    static func quoted(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return "'" + line.replacingOccurrences(of: "'", with: "''") + "'"
    }

    /// Nine colours of viridis (Smith and van der Walt, matplotlib 1.5, CC0).
    package static let viridis =
        "set palette defined (0 '#440154', 1 '#472d7b', 2 '#3b528b', 3 '#2c728e', 4 '#21918c',"
        + " 5 '#28ae80', 6 '#5ec962', 7 '#addc30', 8 '#fde725')"
}
