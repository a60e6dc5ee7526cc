import Foundation
import MeanField
import Phases
import Terminal

/// The charts of what was measured at the snapshots, over the common time axis.
struct SeriesCharts: Sendable {
    let record: RunRecord
    let snapshots: [Snapshot]
    let scale: TimeScale
    /// Shares of the time axis at which the snapshots stand.
    let positions: [Double]

    /// A chart whose body gnuplot draws.
    struct Drawn {
        var panel: Panel
        var chart: (Markup) -> Chart
    }

    /// Energy and clusters, modes or moments, free energy; those that the run has.
    var all: [Drawn] { [energy, modes, freeEnergy].compactMap { $0 } }

    // MARK: Energy

    private var energy: Drawn? {
        let logarithms = snapshots.map(\.observables.logEnergy)
        guard let largest = logarithms.max(), largest.isFinite else { return nil }
        let most = max(snapshots.map(\.observables.clusters).max() ?? 0, 1)
        // The staircase steps exactly where clusters merge, between snapshots.
        let counts =
            zip(positions, snapshots).map { ($0, $1.observables.clusters) }
            + record.mergers.map { (scale.share(of: $0.time.time), $0.clustersAfter) }
        let step = Double(most) * 1.15
        let panel = Panel(
            name: "energy",
            curves: [
                Panel.Curve(
                    points: counts.sorted { $0.0 < $1.0 }.map { ($0.0, Double($0.1) / step) },
                    ink: .vermilion, isSteps: true),
                Panel.Curve(
                    points: zip(positions, logarithms).map { ($0, exp($1 - largest) / 1.05) },
                    ink: .blue, width: 2.6),
            ])
        let spacing = max(1, (most + 4) / 5)
        let alternative = energyDescription
        return Drawn(panel: panel) { picture in
            Chart(
                id: "energy", title: "The staircase of the energy",
                caption: """
                    Every merger is a step: the interaction energy rises while the number of \
                    clusters falls.
                    """,
                alternative: alternative, height: 200,
                left: [(0, "0"), (0.5, "½"), (1, "1")].map {
                    Tick(share: $0.0 / 1.05, label: $0.1)
                }, leftTitle: Self.colored("energy / largest energy", .blue),
                right: stride(from: 0, through: most, by: spacing).map {
                    Tick(share: Double($0) / step, label: "\($0)")
                }, rightTitle: Self.colored("clusters", .vermilion), bottom: .time(scale),
                body: picture)
        }
    }

    private var energyDescription: String {
        let counts = snapshots.map(\.observables.clusters)
        return
            "Energy and number of clusters over time: at most \(counts.max() ?? 0) clusters, "
            + "\(counts.last ?? 0) at the end."
    }

    private static func colored(_ text: Markup, _ ink: Ink) -> Markup {
        "<span style=\"color:\(ink.css)\">\(text)</span>"
    }

    // MARK: Modes

    private static let inks: [Ink] = [
        .blue, .vermilion, .green, .orange, .sky, .purple, .grey, .blue,
    ]

    private var modes: Drawn? {
        let isCircle = snapshots.first?.observables.moments.isEmpty ?? true
        let rows = snapshots.map { snapshot in
            isCircle
                ? snapshot.observables.modes.map { ($0 * $0).sum().squareRoot() }
                : snapshot.observables.moments.map(abs)
        }
        let logarithms = rows.map { $0.map { $0 > 0 ? log10($0) : -Double.infinity } }
        let count = rows.map(\.count).min() ?? 0
        guard count > 0 else { return nil }
        let least = logarithms.joined().filter { $0 > -17 }.min() ?? -1
        let low = min(max(least.rounded(.down), -16), -1)
        let range = low...0.15
        func height(_ value: Double) -> Double {
            (max(value, low) - low) / (range.upperBound - low)
        }
        let panel = Panel(
            name: "modes",
            curves: (0..<count).reversed().map { k in
                Panel.Curve(
                    points: zip(positions, logarithms).map { ($0, height($1[k])) },
                    ink: Self.inks[k % Self.inks.count], dashes: k < 7 ? [] : [6, 4])
            })
        let legend = (0..<count).map { k -> Markup in
            let dashed: Markup = k < 7 ? "" : " dashed"
            let swatch: Markup =
                "<i class=\"swatch\(dashed)\" style=\"color:\(Self.inks[k % Self.inks.count].css)\"></i>"
            return "\(swatch) \(isCircle ? "k" : "l") = \(k + 1)"
        }
        return Drawn(panel: panel) { picture in
            Chart(
                id: "modes", title: isCircle ? "Fourier modes" : "Moments",
                caption: isCircle
                    ? "|c<sub>k</sub>| = |∫ e<sup>−ikθ</sup> dμ| of the first degrees."
                    : "|m<sub>l</sub>| = |∫ P<sub>l</sub>(⟨axis, x⟩) dμ| of the first degrees.",
                alternative: "The sizes of the first \(count) modes over time, logarithmic.",
                height: 220, left: Tick.decades(range, count: 6),
                leftTitle: isCircle ? "|c<sub>k</sub>|" : "|m<sub>l</sub>|", bottom: .time(scale),
                body: picture, legend: legend)
        }
    }

    // MARK: Free energy

    private var freeEnergy: Drawn? {
        let values = snapshots.compactMap(\.observables.freeEnergy)
        guard values.count == snapshots.count, let low = values.min(), let high = values.max(),
            low.isFinite, high.isFinite, high > low
        else { return nil }
        let margin = 0.05 * (high - low)
        func height(_ value: Double) -> Double {
            (value - low + margin) / (high - low + 2 * margin)
        }
        let panel = Panel(
            name: "free",
            curves: [
                Panel.Curve(
                    points: zip(positions, values).map { ($0, height($1)) }, ink: .green,
                    width: 2.6)
            ])
        return Drawn(panel: panel) { picture in
            Chart(
                id: "free", title: "The free energy",
                caption: "With noise it is the free energy that falls, not the energy that rises.",
                alternative:
                    "Free energy over time, from \(values[0]) to \(values[values.count - 1]).",
                height: 180,
                left: [low, (low + high) / 2, high].map {
                    Tick(share: height($0), label: "\(NumberText.plain($0, digits: 3))")
                }, leftTitle: "free energy", bottom: .time(scale), body: picture)
        }
    }
}
