import Foundation
import MeanField
import Phases
import Spectral
import Terminal

/// The density over the degree at several times: how well the representation resolves it.
///
/// On the circle |c_k| of the density on the output grid, beyond it ‖ρ_l‖ of the harmonics that carried
/// it, up to their highest degree.
struct SpectrumChart: Sendable {
    /// A density at a time by the sizes of its degrees 0, 1, ….
    private struct Spectrum {
        var time: ModelTime
        var sizes: [Double]
    }

    /// From the first to the last density.
    private let shown: [Spectrum]
    private let isCircle: Bool
    /// `density.tolerance`, if known.
    private let tolerance: Double?

    private static let inks: [Ink] = [.sky, .blue, .green, .orange, .vermilion]
    /// Smallest size in the picture.
    private static let low = -16.0

    /// The spectra of a run; `nil` if it has no densities.
    init?(_ snapshots: [Snapshot], tolerance: Double?) {
        let harmonics = snapshots.filter { $0.spectrum != nil }
        // Histograms of tokens have noise for a spectrum; zonal densities their harmonics alone.
        let densities =
            harmonics.isEmpty && !snapshots.areZonal
            ? snapshots.filter { $0.function == \Snapshot.density } : harmonics
        isCircle = harmonics.isEmpty
        let number = min(Self.inks.count, densities.count)
        shown = (0..<number).map {
            let snapshot = densities[number == 1 ? 0 : $0 * (densities.count - 1) / (number - 1)]
            return Spectrum(
                time: snapshot.time,
                sizes: snapshot.spectrum ?? Self.moduli(of: snapshot.density ?? []))
        }
        self.tolerance = tolerance
        guard let first = shown.first, first.sizes.count >= 3 else { return nil }
    }

    /// Moduli |∫ e^{-ikθ} ρ dθ|, k = 0 … n/2, of an even number n of values.
    private static func moduli(of density: [Double]) -> [Double] {
        let n = density.count
        guard n >= 4, n % 2 == 0 else { return [] }
        var values = density
        var complex = [Double](repeating: 0, count: n + 2)
        RealFFT(length: n).analyse(&values, into: &complex)
        return (0...n / 2).map { k in
            hypot(complex[2 * k], complex[2 * k + 1]) * 2 * .pi / Double(n)
        }
    }

    /// The last degree of the picture: on the circle where the spectra have fallen to rounding, beyond it
    /// the highest one that was carried.
    private var last: Int {
        let sizes = shown.map(\.sizes)
        let most = (sizes.map(\.count).max() ?? 9) - 1
        guard isCircle else { return max(8, most) }
        let fallen = sizes.map { $0.lastIndex { $0 > 1e-15 } ?? 0 }.max() ?? 0
        return max(8, min(fallen + fallen / 20 + 1, most))
    }

    /// What gnuplot draws, and the chart around it.
    var drawn: SeriesCharts.Drawn {
        let top = log10(max(1.5, shown.flatMap(\.sizes).max() ?? 1))
        let (last, period) = (last, period)
        func share(_ degree: Int) -> Double { Double(degree) / Double(last) }
        func height(_ size: Double) -> Double {
            (log10(max(size, 1e-17)) - Self.low) / (top - Self.low)
        }
        var curves = [Panel.Curve]()
        if let tolerance, tolerance > 0 {
            let level = height(tolerance)
            curves.append(
                Panel.Curve(
                    points: [(0, level), (1, level)], ink: .grey, width: 1.2, dashes: [5, 5]))
        }
        for (spectrum, ink) in zip(shown, Self.inks) {
            let end = min(last, spectrum.sizes.count - 1)
            if !isCircle {
                curves.append(
                    Panel.Curve(
                        points: [(share(end), 0), (share(end), 1)], ink: ink, width: 1.2,
                        dashes: [2, 4]))
            }
            // What is zero is not in a logarithmic picture.
            let present = spectrum.sizes.prefix(end + 1).lastIndex { $0 > 0 } ?? 0
            curves.append(
                Panel.Curve(
                    points: stride(from: 0, through: present, by: period).map {
                        (share($0), height(spectrum.sizes[$0]))
                    }, ink: ink))
        }
        let panel = Panel(name: "spectrum", curves: curves)
        return SeriesCharts.Drawn(panel: panel) { chart($0, top: top, last: last) }
    }

    private func chart(_ picture: Markup, top: Double, last: Int) -> Chart {
        let size: Markup = isCircle ? "|c<sub>k</sub>|" : "‖ρ<sub>l</sub>‖"
        let caption: Markup =
            isCircle
            ? """
            |c<sub>k</sub>| over the degree k at several times, on the grid of the results. \
            As the density sharpens its spectrum widens, until cells and atoms take over.
            """
            : """
            The size ‖ρ<sub>l</sub>‖ of what the density has of degree l at several times, up to \
            the highest degree that carried it (dotted). As the density sharpens its spectrum \
            widens; where that is no longer resolved, points take over.
            """
        let legend =
            zip(shown, Self.inks).map { spectrum, ink -> Markup in
                """
                <i class="swatch" style="color:\(ink.css)"></i> \
                t = \(NumberText.time(spectrum.time))
                """
            }
            + (tolerance == nil
                ? []
                : ["<i class=\"swatch dashed\" style=\"color:var(--grey)\"></i> density.tolerance"])
        let ticks = stride(from: 0, through: last, by: Self.step(last)).map {
            Tick(share: Double($0) / Double(last), label: "\($0)")
        }
        return Chart(
            id: "spectrum", title: "Spectrum and resolution", caption: caption,
            alternative: "Spectra of the density at \(shown.count) times, logarithmic.",
            height: 220, left: Tick.decades(Self.low...top, count: 6), leftTitle: size,
            bottom: .other(title: isCircle ? "degree k" : "degree l", ticks: ticks), body: picture,
            legend: legend)
    }

    /// The largest m ≤ 8 such that only multiples of m have modes: the symmetry of the run.
    private var period: Int {
        (2...8).last { m in
            shown.allSatisfy { spectrum in
                spectrum.sizes.enumerated().allSatisfy { $0.offset % m == 0 || $0.element < 1e-12 }
            }
        } ?? 1
    }

    /// A round number of degrees of which five or so fill the axis.
    private static func step(_ degrees: Int) -> Int {
        [1, 2, 5, 10, 20, 50, 100, 200, 500].first { $0 * 6 >= degrees } ?? 1000
    }
}
