import Foundation
import MeanField
import Phases
import Spectral
import Terminal

/// |c_k| of the density over the degree at several times: how well the grid resolves it.
struct SpectrumChart: Sendable {
    /// Densities with their times, from the first to the last that is a function.
    private let shown: [Snapshot]
    /// `density.tolerance`, if known.
    let tolerance: Double?

    private static let inks: [Ink] = [.sky, .blue, .green, .orange, .vermilion]
    /// Smallest modulus in the picture.
    private static let low = -16.0

    /// The spectra of a run; `nil` if it has no densities.
    init?(_ snapshots: [Snapshot], tolerance: Double?) {
        // Histograms of tokens have noise for a spectrum, zonal densities another one.
        let densities =
            snapshots.areZonal ? [] : snapshots.filter { $0.function == \Snapshot.density }
        guard let count = densities.first?.density?.count, count >= 4, count % 2 == 0 else {
            return nil
        }
        let number = min(Self.inks.count, densities.count)
        shown = (0..<number).map {
            densities[number == 1 ? 0 : $0 * (densities.count - 1) / (number - 1)]
        }
        self.tolerance = tolerance
    }

    /// Moduli |∫ e^{-ikθ} ρ dθ|, k = 0 … n/2.
    private static func moduli(of density: [Double]) -> [Double] {
        let n = density.count
        var values = density
        var complex = [Double](repeating: 0, count: n + 2)
        RealFFT(length: n).analyse(&values, into: &complex)
        return (0...n / 2).map { k in
            hypot(complex[2 * k], complex[2 * k + 1]) * 2 * .pi / Double(n)
        }
    }

    /// What gnuplot draws, and the chart around it.
    var drawn: SeriesCharts.Drawn {
        let spectra = shown.map { Self.moduli(of: $0.density ?? []) }
        // Up to where the last of them has fallen to rounding.
        let last = spectra.map { $0.lastIndex { $0 > 1e-15 } ?? 0 }.max() ?? 0
        let degrees = max(8, min(last + last / 20 + 1, (spectra.first?.count ?? 9) - 1))
        let period = Self.period(of: spectra)
        func height(_ modulus: Double) -> Double {
            (log10(max(modulus, 1e-17)) - Self.low) / (0.2 - Self.low)
        }
        var curves = spectra.enumerated().map { index, moduli in
            Panel.Curve(
                points: stride(from: 0, through: degrees, by: period).map {
                    (Double($0) / Double(degrees), height(moduli[$0]))
                }, ink: Self.inks[index])
        }
        if let tolerance, tolerance > 0 {
            let level = height(tolerance)
            curves.insert(
                Panel.Curve(
                    points: [(0, level), (1, level)], ink: .grey, width: 1.2, dashes: [5, 5]),
                at: 0)
        }
        let legend =
            shown.enumerated().map { index, snapshot -> Markup in
                """
                <i class="swatch" style="color:\(Self.inks[index].css)"></i> \
                t = \(NumberText.time(snapshot.time))
                """
            }
            + (tolerance == nil
                ? []
                : ["<i class=\"swatch dashed\" style=\"color:var(--grey)\"></i> density.tolerance"])
        let step = Self.step(degrees)
        let ticks = stride(from: 0, through: degrees, by: step).map {
            Tick(share: Double($0) / Double(degrees), label: "\($0)")
        }
        return SeriesCharts.Drawn(panel: Panel(name: "spectrum", curves: curves)) { picture in
            Chart(
                id: "spectrum", title: "Spectrum and resolution",
                caption: """
                    |c<sub>k</sub>| over the degree k at several times, on the grid of the results. \
                    As the density sharpens its spectrum widens, until cells and atoms take over.
                    """,
                alternative: "Spectra of the density at \(legend.count) times, logarithmic.",
                height: 220, left: Tick.decades(Self.low...0.2, count: 6),
                leftTitle: "|c<sub>k</sub>|", bottom: .other(title: "degree k", ticks: ticks),
                body: picture, legend: legend)
        }
    }

    /// The largest m ≤ 8 such that only multiples of m have modes: the symmetry of the run.
    private static func period(of spectra: [[Double]]) -> Int {
        (2...8).last { m in
            spectra.allSatisfy { moduli in
                moduli.enumerated().allSatisfy { $0.offset % m == 0 || $0.element < 1e-12 }
            }
        } ?? 1
    }

    /// A round number of degrees of which five or so fill the axis.
    private static func step(_ degrees: Int) -> Int {
        [1, 2, 5, 10, 20, 50, 100, 200, 500].first { $0 * 6 >= degrees } ?? 1000
    }
}
