import Foundation
import MeanField

/// The phases over one key: bands in the decimal logarithm of time, with the scales of theory.
struct SweepTimesFigure {
    /// The script and its data, by name.
    let files: [String: Data]

    private static let (blue, vermilion, grey) = ("#0072B2", "#D55E00", "#555555")

    init(_ result: SweepResult, _ axis: SweepFigureAxis, _ heading: SweepFigureHeading) throws {
        func log10(_ event: String, _ row: SweepRow) -> Double? {
            result.number("log10_\(event)", of: row)
        }
        let rows = result.rows.filter { $0.ended != .failed }.sorted {
            axis.values[$0.point] < axis.values[$1.point]
        }
        let ends = rows.flatMap { row in
            ["clustering_end", "last_merger", "consensus", "end_time"].compactMap { log10($0, row) }
        }
        let bottom = ((ends.min() ?? 0) - 0.5).rounded(.down)
        let top = ((ends.max() ?? 1) + 0.3).rounded(.up)
        let times = rows.map { row -> [Double?] in
            let end = log10("end_time", row)
            let clustering = log10("clustering_end", row)
            let isClustered = result.number("clustering_end", of: row) != nil || clustering != nil
            let consensus = log10("consensus", row)
            let start = log10("collapse_end", row) ?? bottom
            // Clustering that is over at once has no band; phases without an end reach to that of the run.
            let middle = isClustered ? clustering ?? bottom : end
            return [
                axis.values[row.point], bottom, start, middle, isClustered ? consensus ?? end : nil,
                log10("collapse_end", row), clustering, log10("first_merger", row),
                log10("last_merger", row), consensus,
            ]
        }
        let theory = try Self.theory(result.plan, axis)
        let script =
            heading.commands(right: 0.96) + [
                axis.isLogarithmic ? "set logscale x" : "unset logscale",
                "set xlabel \(FigureScript.quoted(axis.label)) offset 0,0.3"
                    + " textcolor rgb '#333333'",
                "set ylabel 'time t' offset 0.6,0 textcolor rgb '#333333'",
                "set format y '10^{%g}'",
                "set xrange [\(axis.values.min()!):\(axis.values.max()!)]",
                "set yrange [\(bottom):\(top)]",
                "set key at screen 0.96,0.012 right bottom horizontal maxrows 2 samplen 2"
                    + " spacing 1.25 font ',10' textcolor rgb '#333333'",
                "set bmargin at screen 0.19",
                "plot "
                    + Self.curves(
                        hasCollapse: times.contains { $0[2] != bottom }, hasTheory: !theory.isEmpty
                    ).joined(separator: ", \\\n  "),
                "unset output", "",
            ]
        files = [
            "main.gp": Data(script.joined(separator: "\n").utf8),
            "times.dat": SweepFigureHeading.data(times),
            "theory.dat": SweepFigureHeading.data(theory),
        ]
    }

    private static func curves(hasCollapse: Bool, hasTheory: Bool) -> [String] {
        func band(_ low: Int, _ high: Int, _ color: String, _ title: String) -> String {
            "'times.dat' using 1:\(low):\(high) with filledcurves fc rgb '\(color)'"
                + " title '\(title)'"
        }
        func marks(_ column: Int, _ style: String, _ color: String, _ title: String) -> String {
            "'times.dat' using 1:\(column) with \(style) ps 1.2 lw 1.4 lc rgb '\(color)'"
                + " title '\(title)'"
        }
        func theory(_ column: Int, _ dashes: String, _ title: String) -> String {
            "'theory.dat' using 1:\(column) with lines lw 2 dashtype \(dashes)"
                + " lc rgb '#111111' title '\(title)'"
        }
        let collapse = hasCollapse ? [band(2, 3, "#CFE5F3", "collapse")] : []
        let measured =
            collapse + [
                band(3, 4, "#FBE3B4", "clustering"), band(4, 5, "#CDEBDD", "merging"),
                marks(7, "linespoints pt 7", vermilion, "end of clustering"),
                // The first merger jumps with the number of clusters.
                marks(8, "points pt 9", grey, "first merger"),
                marks(10, "linespoints pt 5", blue, "consensus"),
            ]
        return hasTheory
            ? measured + [
                theory(2, "(9,4)", "theory: clustering"),
                theory(3, "(2,3)", "theory: an even pair merges"),
            ] : measured
    }

    /// The scales of clustering and merging along the key; none where theory does not know the equation.
    private static func theory(_ plan: SweepPlan, _ axis: SweepFigureAxis) throws -> [[Double?]] {
        // Between the values of a key that counts, such as a seed, there is nothing.
        let isWhole = plan.axes[axis.index].values.allSatisfy { Int($0) != nil }
        let places = isWhole && axis.key != "model.beta" ? axis.values.sorted() : axis.places
        return try places.compactMap { place in
            let scenario = try plan.scenario(at: place, on: axis)
            guard scenario.isOnCircle, scenario.model.limit == .none else { return nil }
            let scales = scenario.prediction.timeScales
            return [place, scales.clustering.map { Foundation.log10($0) }, scales.pairingLog10]
        }
    }
}
