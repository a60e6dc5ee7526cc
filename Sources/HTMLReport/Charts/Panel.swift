import Foundation
import Scenarios

/// What gnuplot draws for a chart: curves and a raster in the unit square, without axes or text.
struct Panel: Sendable {
    /// A line through points of the unit square.
    struct Curve: Sendable {
        var points: [(x: Double, y: Double)]
        var ink: Ink
        var width = 2.0
        /// Whether y keeps its value up to the next x.
        var isSteps = false
        /// Lengths of dashes and gaps; none: a solid line.
        var dashes: [Int] = []
    }

    /// Numbers as colours of viridis.
    struct Raster: Sendable {
        var width: Int
        var height: Int
        /// Row by row from the bottom.
        var values: [Double]
        var range: ClosedRange<Double>
    }

    /// Name of its files.
    var name: String
    /// Behind the curves.
    var raster: Raster?
    /// From back to front.
    var curves: [Curve] = []
    /// Short separate lines over the raster, in its brightest colour.
    var tracks: [[(x: Double, y: Double)]] = []

    /// Coordinates of the picture before it is stretched.
    private static let (width, height) = (1000, 400)

    /// Draws panels; the SVG elements by the panels' names.
    ///
    /// - Throws: ``OutputError`` if gnuplot fails.
    static func draw(_ panels: [Panel], with gnuplot: Gnuplot) throws -> [String: Markup] {
        var input = ["main.gp": Data(panels.map(\.script).joined().utf8)]
        for panel in panels {
            input[panel.name + ".dat"] = Data(panel.table.utf8)
            if let raster = panel.raster {
                let values = raster.values.map { max($0, raster.range.lowerBound) }
                input[panel.name + ".bin"] = values.map(\.bitPattern.littleEndian)
                    .withUnsafeBytes { Data($0) }
            }
        }
        let pictures = try gnuplot.draw(
            panels.map { $0.name + ".svg" }, script: "main.gp", input: input)
        return Dictionary(
            uniqueKeysWithValues: panels.map { panel in
                let svg = String(decoding: pictures[panel.name + ".svg"] ?? Data(), as: UTF8.self)
                return (panel.name, GnuplotSVG(svg, width: width, height: height).markup)
            })
    }

    private var script: String {
        var plots = [String]()
        if let raster {
            let (dx, dy) = (1 / Double(raster.width), 1 / Double(raster.height))
            plots.append(
                "'\(name).bin' binary array=(\(raster.width),\(raster.height)) format='%float64'"
                    + " endian=little origin=(\(dx / 2),\(dy / 2)) dx=\(dx) dy=\(dy)"
                    + " using 1 with image")
        }
        plots += curves.enumerated().map { index, curve in
            let dashes =
                curve.dashes.isEmpty
                ? "" : " dt (\(curve.dashes.map(String.init).joined(separator: ",")))"
            let (r, g, b) = curve.ink.red
            return "'\(name).dat' index \(index) using 1:2 with"
                + " \(curve.isSteps ? "steps" : "lines") lw \(curve.width)\(dashes)"
                + String(format: " lc rgb '#%02x%02x%02x'", r, g, b)
        }
        if !tracks.isEmpty {
            plots.append(
                "'\(name).dat' index \(curves.count) using 1:2 with lines lw 2 lc rgb '#fde725'")
        }
        if plots.isEmpty { plots = ["NaN"] }
        let range = raster.map { "[\($0.range.lowerBound):\($0.range.upperBound)]" } ?? "[0:1]"
        return """
            reset
            set terminal svg size \(Self.width),\(Self.height) name "\(name)"
            set output "\(name).svg"
            unset border
            unset tics
            unset key
            unset colorbox
            set lmargin at screen 0
            set rmargin at screen 1
            set bmargin at screen 0
            set tmargin at screen 1
            set xrange [0:1]
            set yrange [0:1]
            set cbrange \(range)
            \(FigureScript.viridis)
            plot \(plots.joined(separator: ", \\\n  "))
            unset output

            """
    }

    /// One block of rows x, y for each curve, then one for the tracks.
    private var table: String {
        func rows(_ points: [(x: Double, y: Double)]) -> String {
            points.map { "\($0.x) \($0.y)\n" }.joined()
        }
        let blocks = curves.map { rows($0.points.isEmpty ? [(.nan, .nan)] : $0.points) }
        return (blocks + [tracks.map { rows($0) + "\n" }.joined()]).joined(separator: "\n\n")
    }
}
