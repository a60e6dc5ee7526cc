import Foundation
import MeanField
import Phases

/// The picture of a sweep over one or two keys with numbers, with what theory says drawn in.
///
/// Over one key: the phases in the logarithm of time, from the end of one to the end of the next, and the
/// time scales of ``Prediction`` on them. Over two keys: the order parameter |c₁| at the end (beyond the
/// circle the number of clusters) in colours, and where one key is `model.diffusion` the critical noise D_c
/// of ``LinearTheory`` and the coexistence of ``FirstOrderTransition``. 1800 pixels wide, by gnuplot.
struct SweepFigure {
    /// The script and its data, by name.
    private let files: [String: Data]

    /// Places along a key at which theory is evaluated.
    static let theoryPoints = 161

    /// The picture of `result`; `nil` where there is none: more keys than two, texts, a single point.
    ///
    /// Keys of a single value do not count.
    ///
    /// Throws ``ScenarioError`` where the scenario file has changed meanwhile.
    init?(_ result: SweepResult) throws {
        let swept = result.plan.axes.enumerated().filter { $0.element.values.count > 1 }
        let axes = swept.compactMap { SweepFigureAxis($0.element, index: $0.offset) }
        guard axes.count == swept.count, !result.rows.isEmpty else { return nil }
        let heading = SweepFigureHeading(result)
        switch axes.count {
        case 1: files = try SweepTimesFigure(result, axes[0], heading).files
        case 2: files = try SweepMapFigure(result, axes, heading).files
        default: return nil
        }
    }

    /// Draws the picture into the file `png`, whole or not at all.
    ///
    /// - Throws: ``OutputError``.
    func draw(png: URL, with gnuplot: Gnuplot) throws {
        try gnuplot.draw([("sweep.png", png)], script: "main.gp", input: files)
    }
}

/// A swept key as an axis of a picture.
struct SweepFigureAxis {
    /// Which axis of the sweep.
    let index: Int
    let key: String
    /// Its values, in the order of the sweep.
    let values: [Double]
    /// Whether the values are multiples of one another, at least a decade in all.
    let isLogarithmic: Bool

    /// `nil` where there are no two numbers.
    init?(_ axis: SweepAxis, index: Int) {
        guard let numbers = axis.numbers, numbers.count > 1 else { return nil }
        (self.index, key, values) = (index, axis.key, numbers)
        let ratios = zip(numbers.dropFirst(), numbers).map { $0 / $1 }
        let isPositive = numbers.allSatisfy { $0 > 0 }
        let (low, high) = (ratios.min() ?? 1, ratios.max() ?? 1)
        isLogarithmic =
            isPositive && numbers.count > 2 && high / low < 1.001
            && numbers.max()! / numbers.min()! >= 10
    }

    /// The key in words that gnuplot understands.
    var label: String {
        switch key {
        case "model.beta": "inverse temperature β"
        case "model.diffusion": "noise D"
        default: key.replacingOccurrences(of: "_", with: "\\_")
        }
    }

    /// Evenly spaced places from the least to the greatest value.
    var places: [Double] {
        let (low, high) = (values.min()!, values.max()!)
        return (0..<SweepFigure.theoryPoints).map {
            let share = Double($0) / Double(SweepFigure.theoryPoints - 1)
            return isLogarithmic ? low * pow(high / low, share) : low + (high - low) * share
        }
    }

    /// From where to where a value stands for its neighbourhood, in the order of the values.
    var cells: [(low: Double, high: Double)] {
        let sorted = values.map { isLogarithmic ? log($0) : $0 }.sorted()
        return values.map { value in
            let x = isLogarithmic ? log(value) : value
            let i = sorted.firstIndex(of: x)!
            let before = i > 0 ? x - sorted[i - 1] : sorted[1] - sorted[0]
            let after = i + 1 < sorted.count ? sorted[i + 1] - x : before
            let edges = (x - before / 2, x + after / 2)
            return isLogarithmic ? (exp(edges.0), exp(edges.1)) : edges
        }
    }
}

extension SweepPlan {
    /// The scenario of the first point with another value of one axis.
    ///
    /// - Throws: ``ScenarioError`` where there is no such scenario.
    func scenario(at place: Double, on axis: SweepFigureAxis) throws(ScenarioError) -> Scenario {
        var values = values(0)
        values[axis.index] = place.short
        return try scenario(with: values)
    }
}

/// What every picture of a sweep begins with.
struct SweepFigureHeading {
    private let title: String
    private let ending: String

    init(_ result: SweepResult) {
        title = result.plan.first.title
        let failed = result.rows.count { $0.ended == .failed }
        let open = result.plan.count - result.rows.count
        ending =
            "\(result.plan.count) points" + (failed > 0 ? ", \(failed) failed" : "")
            + (open > 0 ? ", \(open) not computed" : "")
    }

    /// The commands, for a plot that ends at `right` as a share of the width.
    func commands(right: Double) -> [String] {
        [
            "set encoding utf8",
            "set terminal pngcairo size 1800,1240 enhanced font 'Sans,12' fontscale 1.9"
                + " linewidth 2 background '#ffffff'",
            "set output 'sweep.png'",
            "set lmargin at screen 0.09", "set rmargin at screen \(right)",
            "set bmargin at screen 0.105", "set tmargin at screen 0.9",
            "set border lw 0.8 lc rgb '#555555'",
            "set tics nomirror out scale 0.5 textcolor rgb '#333333'",
            "set label 1 \(FigureScript.quoted(title)) at screen 0.09,0.955 left noenhanced"
                + " font ',15' textcolor rgb '#111111'",
            "set label 2 \(FigureScript.quoted(ending)) at screen \(right),0.955 right font ',11'"
                + " textcolor rgb '#555555'",
            "set datafile missing 'NaN'",
        ]
    }

    /// Rows of numbers as gnuplot reads them; `NaN` where there is none.
    static func data(_ rows: [[Double?]]) -> Data {
        let lines = rows.map { row in
            row.map { $0.map { $0.isFinite ? "\($0)" : "NaN" } ?? "NaN" }.joined(separator: " ")
        }
        return Data((lines.joined(separator: "\n") + "\n").utf8)
    }
}
