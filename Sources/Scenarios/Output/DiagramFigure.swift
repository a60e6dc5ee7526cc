import Foundation

/// The picture of a phase diagram: the fraction over β and time, and the edge for large d on it.
///
/// Drawn by gnuplot as PNG, 1800 pixels wide. The colours are those of viridis, which colour-blind
/// readers can tell apart, and contours say where a quarter, half and three quarters have met.
public struct DiagramFigure: Sendable {
    private let result: DiagramResult

    private static let (width, height) = (1800, 1240)
    /// Colours along β and time.
    private static let (columns, rows) = (720, 480)

    /// The picture of a diagram.
    public init(_ result: DiagramResult) { self.result = result }

    /// Whether there is an area to draw: two temperatures and two times.
    public var hasArea: Bool {
        result.diagram.betas.count > 1 && result.diagram.times.count > 1
    }

    /// Draws the picture into the file `png`, whole or not at all.
    ///
    /// - Throws: ``OutputError`` if gnuplot is missing or fails, or a file cannot be written.
    public func draw(png: URL, with gnuplot: Gnuplot) throws {
        precondition(hasArea, "a picture needs two temperatures and two times")
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("tokenfield-diagram-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        do {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true)
            try raster.write(to: directory.appendingPathComponent("raster.bin"))
            for (name, text) in [("grid.dat", grid), ("edge.dat", edge), ("main.gp", script)] {
                try Data(text.utf8).write(to: directory.appendingPathComponent(name))
            }
        } catch {
            throw OutputError.unwritable(file: directory.path, reason: AtomicFile.reason(of: error))
        }
        try gnuplot.run("main.gp", in: directory)
        try AtomicFile.replace(png) { partial in
            do {
                try Data(contentsOf: directory.appendingPathComponent("diagram.png"))
                    .write(to: partial)
            } catch {
                throw OutputError.unwritable(file: png.path, reason: AtomicFile.reason(of: error))
            }
        }
    }

    private var betas: [Double] { result.diagram.betas }
    private var times: [Double] { result.diagram.times }

    /// The fractions between the grid points, row by row of time, as the bytes of doubles.
    private var raster: Data {
        let x = DiagramAxis(betas, count: Self.columns)
        let y = DiagramAxis(times, count: Self.rows)
        var values = [UInt64]()
        values.reserveCapacity(Self.columns * Self.rows)
        for row in 0..<Self.rows {
            for column in 0..<Self.columns {
                let value = result.diagram.fraction(x.place(column), y.place(row))
                values.append(value.bitPattern.littleEndian)
            }
        }
        return values.withUnsafeBytes { Data($0) }
    }

    /// The grid itself, for the contours: blocks of one β each.
    private var grid: String {
        zip(betas, result.diagram.fractions).map { beta, row in
            zip(times, row).map { "\(beta) \($0) \($1)\n" }.joined()
        }.joined(separator: "\n")
    }

    private var edge: String {
        zip(betas, result.edge).filter { $1.isFinite }.map { "\($0) \($1)\n" }.joined()
    }

    private var subtitle: String {
        let dimension = result.scenario.model.dimension
        let space = dimension == 2 ? "the circle" : "the sphere of R^{\(dimension)}"
        return "\(result.tokens) tokens on \(space), "
            + "\(result.scenario.diagram?.systems ?? 0) systems at each β"
    }

    private var script: String {
        let (x, y) = (DiagramAxis(betas, count: Self.columns), DiagramAxis(times, count: Self.rows))
        return [
            "set encoding utf8",
            "set terminal pngcairo size \(Self.width),\(Self.height) enhanced font 'Sans,12'"
                + " fontscale 1.9 linewidth 2 background '#ffffff'",
            "set table 'contours.dat'", "set contour base", "unset surface",
            "set cntrparam levels discrete 0.25, 0.5, 0.75", "splot 'grid.dat' using 1:2:3",
            "unset table", "unset contour", "set surface",
            "set output 'diagram.png'",
            "set lmargin at screen 0.08", "set rmargin at screen 0.87",
            "set bmargin at screen 0.105", "set tmargin at screen 0.88",
            "set border lw 0.8 lc rgb '#555555'",
            "set tics nomirror out scale 0.5"
                + " textcolor rgb '#333333'",
            "set label 1 \(FigureScript.quoted(result.scenario.title)) at screen 0.08,0.957 left"
                + " noenhanced font ',15' textcolor rgb '#111111'",
            "set label 2 \(FigureScript.quoted(subtitle)) at screen 0.08,0.915 left"
                + " font ',11' textcolor rgb '#555555'",
            "set label 3 'fraction of pairs with ⟨x_i, x_j⟩ > \(result.diagram.product)'"
                + " at screen 0.955,0.922 right font ',11' textcolor rgb '#555555'",
            "set xlabel 'inverse temperature β' offset 0,0.3 textcolor rgb '#333333'",
            "set ylabel 'time t' offset 1.2,0 textcolor rgb '#333333'",
            "set xrange [\(x.start):\(x.end)]", "set yrange [\(y.start):\(y.end)]",
            FigureScript.viridis, "set cbrange [0:1]", "set cbtics 0,0.25,1 scale 0.4",
            "set colorbox user origin screen 0.885,0.105 size screen 0.016,0.775 noborder",
            // Early times are dark in every dimension.
            "set key at graph 0.985,0.035 right bottom vertical samplen 2.6 spacing 1.3"
                + " font ',11' textcolor rgb '#ffffff'",
            "plot 'raster.bin' binary array=(\(Self.columns),\(Self.rows)) format='%float64'"
                + " endian=little origin=(\(x.position(0)),\(y.position(0)))"
                + " dx=\(x.spacing) dy=\(y.spacing) using 1 with image notitle, \\",
            "  'contours.dat' using 1:2 with lines lw 0.9 lc rgb '#ffffff'"
                + " title 'a quarter, half, three quarters of the pairs', \\",
            "  'edge.dat' using 1:2 with lines lw 3.4 lc rgb '#ffffff' notitle, \\",
            "  'edge.dat' using 1:2 with lines lw 2 dashtype (9,4) lc rgb '#D55E00'"
                + " title 'edge for d → ∞: orthonormal tokens'",
            "unset output", "",
        ].joined(separator: "\n")
    }
}

/// Evenly spaced places along ascending values.
struct DiagramAxis {
    private let values: [Double]
    private let count: Int

    init(_ values: [Double], count: Int) {
        self.values = values
        self.count = count
    }

    var start: Double { values[0] }
    var end: Double { values[values.count - 1] }
    /// Distance of two places.
    var spacing: Double { (end - start) / Double(count) }

    /// The middle of a cell.
    func position(_ cell: Int) -> Double { start + (Double(cell) + 0.5) * spacing }

    /// The value before the middle of a cell, and its share of the way to the next one.
    func place(_ cell: Int) -> (index: Int, share: Double) {
        let x = position(cell)
        let after = values.firstIndex { $0 > x } ?? values.count - 1
        let index = max(0, after - 1)
        guard index + 1 < values.count else { return (index, 0) }
        return (index, (x - values[index]) / (values[index + 1] - values[index]))
    }
}
