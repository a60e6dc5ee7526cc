import Foundation

/// The picture of a comparison: W₁, or √E beyond the circle, against the number of tokens, both
/// logarithmic.
///
/// One colour for each time: means with the spread over replicas (open circles beyond the mean-field
/// horizon), the fitted power, and a dashed guide of slope -1/2. Drawn by gnuplot as PNG; Okabe and Ito's
/// colours can be told apart by colour-blind readers.
public struct ComparisonFigure: Sendable {
    private let plan: ComparisonPlan
    private let summary: ComparisonSummary

    /// The figure of a study with samples.
    public init(_ study: ComparisonStudy) {
        plan = study.plan
        summary = ComparisonSummary(study)
    }

    /// Draws the figure into the file `png`, whole or not at all.
    ///
    /// - Throws: ``OutputError`` if gnuplot fails or the file cannot be written.
    public func draw(png: URL, with gnuplot: Gnuplot) throws {
        var input = ["main.gp": Data(script.utf8)]
        for fit in summary.fits {
            for isBeyond in [false, true] {
                let text = table(fit.time, beyondHorizon: isBeyond)
                input[Self.name(fit.time, isBeyond)] = Data(text.utf8)
            }
        }
        try gnuplot.draw([("figure.png", png)], script: "main.gp", input: input)
    }

    private static let colors = [
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000",
    ]
    private static let grey = "#555555"

    private static func name(_ time: Int, _ isBeyond: Bool) -> String {
        "time\(time)\(isBeyond ? "beyond" : "").dat"
    }

    /// Rows N, mean, mean - spread, mean + spread; the N of a time a little aside, so that bars can be
    /// told apart.
    private func table(_ time: Int, beyondHorizon: Bool) -> String {
        let rows = summary.rows.filter {
            $0.time == time && $0.isBeyondHorizon == beyondHorizon && $0.judged.mean > 0
        }
        if rows.isEmpty { return "NaN NaN NaN NaN\n" }
        return rows.map { row in
            let (mean, spread) = (row.judged.mean, row.judged.deviation ?? 0)
            let aside = 1 + 0.02 * (Double(time) - Double(plan.times.count - 1) / 2)
            // What would reach zero ends at a tenth, so that the axis can show it.
            return "\(Double(plan.counts[row.index]) * aside) \(mean) "
                + "\(max(mean - spread, mean / 10)) "
                + "\(mean + spread)\n"
        }.joined()
    }

    private var script: String {
        let (first, last) = (Double(plan.counts.first!), Double(plan.counts.last!))
        let ticks = plan.counts.map { "'\($0)' \($0)" }.joined(separator: ", ")
        let title = plan.scenario.title.filter { $0 != "'" && !$0.isNewline }
        let target = plan.scenario.model.limit == .none ? "density" : "limit equation"
        let distance =
            plan.judged == .wasserstein ? "W_1" : "root of the energy distance"
        let lines = [
            "set encoding utf8",
            "set terminal pngcairo size 1500,1100 font 'Sans,12' fontscale 1.7 linewidth 2 "
                + "pointscale 2 background '#ffffff'",
            "set output 'figure.png'", "set border 3 lw 0.8 lc rgb '\(Self.grey)'",
            "set tics nomirror textcolor rgb '#333333'", "set logscale xy",
            "set title '\(title)' noenhanced textcolor rgb '#111111'",
            "set xrange [\(first / 1.3):\(last * 1.3)]", "set xtics (\(ticks)) out scale 0.5",
            "set format y '10^{%T}'", "set ytics out scale 0.5", range,
            "set xlabel 'number of tokens N' textcolor rgb '#333333'",
            "set ylabel '\(distance) between particles and \(target)' textcolor rgb '#333333'",
            "set key top right Left reverse samplen 2 spacing 1.2 textcolor rgb '#333333'",
            "set samples 600", "plot \\", curves.joined(separator: ", \\\n"), "unset output", "",
        ]
        return lines.joined(separator: "\n")
    }

    /// Times N^{-1/2} the guide, above all points, so that it crosses none.
    private var guide: Double {
        let heights = summary.rows.map {
            $0.judged.mean * Double(plan.counts[$0.index]).squareRoot()
        }
        return 1.6 * (heights.max() ?? 0)
    }

    /// The axis of distances, from below all bars to above the guide, with room for the key.
    private var range: String {
        let highest = 2.5 * guide / Double(plan.counts[0]).squareRoot()
        let ends = summary.rows.map { row in
            let mean = row.judged.mean
            return max(mean - (row.judged.deviation ?? 0), mean / 10)
        }
        guard let lowest = ends.filter({ $0 > 0 }).min() else { return "unset yrange" }
        return "set yrange [\(lowest / 1.5):\(highest)]"
    }

    private var curves: [String] {
        var curves = summary.fits.flatMap { fit -> [String] in
            let color = "lc rgb '\(Self.colors[fit.time % Self.colors.count])'"
            var curves = [
                "'\(Self.name(fit.time, false))' with yerrorbars pt 7 ps 0.8 \(color) notitle",
                "'\(Self.name(fit.time, true))' with yerrorbars pt 6 ps 0.8 \(color) notitle",
            ]
            let label = "t = \(String(format: "%.4g", plan.times[fit.time]))"
            guard let power = fit.judged else {
                return curves + ["NaN with points pt 7 \(color) title '\(label)'"]
            }
            let exponent = String(format: "%.2f", power.exponent)
            let (from, to) = (power.counts.first!, power.counts.last!)
            curves.append(
                "(x >= \(from) && x <= \(to) ? \(power.factor)*x**(\(power.exponent)) : NaN) "
                    + "with lines lw 1.6 \(color) title '\(label):  N^{\(exponent)}'")
            return curves
        }
        if guide > 0 {
            curves.append(
                "\(guide)/sqrt(x) with lines dashtype (6,4) lw 1.2 lc rgb '\(Self.grey)' "
                    + "title 'slope -1/2'")
        }
        return curves
    }
}
