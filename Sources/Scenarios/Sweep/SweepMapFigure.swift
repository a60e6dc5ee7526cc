import Foundation
import MeanField

/// The state at the end over two keys, in colours, with the critical noise of theory.
struct SweepMapFigure {
    /// The script and its data, by name.
    let files: [String: Data]

    init(_ result: SweepResult, _ axes: [SweepFigureAxis], _ heading: SweepFigureHeading) throws {
        let plan = result.plan
        // Noise upwards, as in the papers.
        let (x, y) = axes[0].key == "model.diffusion" ? (axes[1], axes[0]) : (axes[0], axes[1])
        func place(_ point: Int, _ axis: SweepFigureAxis) -> Int {
            let index = point / axes[1].values.count
            return axis.index == axes[0].index ? index : point % axes[1].values.count
        }
        let (columns, lines) = (x.cells, y.cells)
        var (known, unknown) = ([[Double?]](), [[Double?]]())
        let rows = Dictionary(uniqueKeysWithValues: result.rows.map { ($0.point, $0) })
        for point in 0..<plan.count {
            let (i, j) = (place(point, x), place(point, y))
            let box = [
                x.values[i], y.values[j], columns[i].low, columns[i].high, lines[j].low,
                lines[j].high,
            ]
            let value = rows[point].flatMap { Self.order(of: $0, in: result) }
            if let value { known.append(box + [value]) } else { unknown.append(box) }
        }
        let isOnCircle = plan.first.isOnCircle
        let theory = try Self.criticalNoise(plan, x, y)
        let script =
            heading.commands(right: 0.87) + [
                x.isLogarithmic ? "set logscale x" : "", y.isLogarithmic ? "set logscale y" : "",
                "set xlabel \(FigureScript.quoted(x.label)) offset 0,0.3 textcolor rgb '#333333'",
                "set ylabel \(FigureScript.quoted(y.label)) offset 0.6,0 textcolor rgb '#333333'",
                "set xrange [\(columns.map(\.low).min()!):\(columns.map(\.high).max()!)]",
                "set yrange [\(lines.map(\.low).min()!):\(lines.map(\.high).max()!)]",
                FigureScript.viridis,
                isOnCircle ? "set cbrange [0:1]" : "set cbrange [0:*]",
                "set cblabel '\(isOnCircle ? "|c_1| at the end" : "clusters at the end")'"
                    + " textcolor rgb '#333333'",
                "set colorbox user origin screen 0.885,0.105 size screen 0.016,0.795 noborder",
                "set key at graph 0.985,0.975 right top vertical samplen 2.6 spacing 1.3"
                    + " font ',11' opaque fillcolor rgb '#ffffff' textcolor rgb '#333333'",
                "plot "
                    + Self.layers(
                        hasUnknown: !unknown.isEmpty, theory: theory
                    ).joined(separator: ", \\\n  "),
                "unset output", "",
            ]
        files = [
            "main.gp": Data(script.joined(separator: "\n").utf8),
            "known.dat": SweepFigureHeading.data(known),
            "unknown.dat": SweepFigureHeading.data(unknown),
            "theory.dat": SweepFigureHeading.data(theory),
        ]
    }

    /// |c₁| on the circle, else the number of clusters; `nil` of a failed point.
    private static func order(of row: SweepRow, in result: SweepResult) -> Double? {
        if row.ended == .failed { return nil }
        if let re = result.number("c1_re", of: row), let im = result.number("c1_im", of: row) {
            return hypot(re, im)
        }
        return result.number("clusters_end", of: row)
    }

    private static func layers(hasUnknown: Bool, theory: [[Double?]]) -> [String] {
        var layers = [
            "'known.dat' using 1:2:3:4:5:6:7 with boxxyerror fillcolor palette fillstyle solid 1"
                + " noborder notitle"
        ]
        if hasUnknown {
            layers.append(
                "'unknown.dat' using 1:2:3:4:5:6 with boxxyerror fillcolor rgb '#dddddd'"
                    + " fillstyle solid 1 noborder title 'no result'")
        }
        func line(_ column: Int, _ color: String, _ title: String) -> [String] {
            guard theory.contains(where: { $0[column - 1] != nil }) else { return [] }
            let curve = "'theory.dat' using 1:\(column) with lines"
            return [
                "\(curve) lw 3.6 lc rgb '#ffffff' notitle",
                "\(curve) lw 2 dashtype (9,4) lc rgb '\(color)' title '\(title)'",
            ]
        }
        return layers + line(2, "#D55E00", "theory: critical noise D_c")
            + line(3, "#CC79A7", "theory: coexistence")
    }

    /// D_c and the noise of coexistence along `x`, where `y` is the noise.
    private static func criticalNoise(
        _ plan: SweepPlan, _ x: SweepFigureAxis, _ y: SweepFigureAxis
    ) throws -> [[Double?]] {
        guard y.key == "model.diffusion" else { return [] }
        return try x.places.compactMap { place in
            let scenario = try plan.scenario(at: place, on: x)
            guard scenario.isOnCircle else { return nil }
            let prediction = scenario.prediction
            return [
                place, prediction.criticalDiffusion, prediction.firstOrder?.coexistenceDiffusion,
            ]
        }
    }
}
