import Foundation
import MeanField
import Phases

/// The horizontal axis of a run's figure: x = log₁₀(1 + t/t₀), t₀ a power of ten.
///
/// Linear in t up to t₀ and logarithmic beyond, so that the start of a run, its merge times over
/// many decades and times beyond the range of `Double` share one axis. Where the times up to
/// `typical` would take less than a seventh of the width, x is stretched there to that share, so
/// that clustering remains visible beside merge times of hundreds of decades.
package struct FigureTimeAxis: Sendable {
    /// x at the right end.
    package let end: Double
    /// Decimal logarithm of t₀.
    private let unit: Double
    /// Up to here x is stretched.
    private let early: Double
    /// By this factor.
    private let stretch: Double
    /// Latest time, as x without stretching.
    private let last: Double

    /// An axis from 0 to `last`.
    ///
    /// t₀ is 1 where `typical` (a time the eye should resolve) is between 2 and 1000, and a tenth of
    /// its order of magnitude otherwise.
    package init(typical: ModelTime, last: ModelTime) {
        let order = typical.log10
        unit = !order.isFinite || (0.3...3).contains(order) ? 0 : order.rounded(.down) - 1
        early = Self.position(log10: order, unit: unit)
        let plain = Self.position(log10: last.log10, unit: unit)
        self.last = plain > 0 ? plain : 1
        let share = 1.0 / 7
        let isShort = early > 0 && early < share * self.last
        stretch = isShort ? share / (1 - share) * (self.last - early) / early : 1
        end = self.last + (stretch - 1) * min(early, self.last)
    }

    /// The axis of a run whose last snapshot was taken at `lastSnapshot`.
    package init(_ record: RunRecord, lastSnapshot: ModelTime) {
        let last = max(record.endTime, lastSnapshot)
        let clustering = record.phases.first { $0.name == .clustering }
        self.init(typical: clustering?.end?.time ?? last, last: last)
    }

    /// Where a time stands.
    package func position(of time: ModelTime) -> Double { position(log10: time.log10) }

    private func position(log10 logarithm: Double) -> Double {
        let plain = Self.position(log10: logarithm, unit: unit)
        return plain + (stretch - 1) * min(plain, early)
    }

    private static func position(log10 logarithm: Double, unit: Double) -> Double {
        let relative = logarithm - unit
        return relative > 15 ? relative : log1p(pow(10, relative)) / log(10)
    }

    /// Marks at 0 and at powers of ten with their labels, on the scale of x at least `gap` apart,
    /// and nearly twice that among the late decades.
    package func ticks(gap: Double) -> [(position: Double, label: String)] {
        var ticks = [(position: 0.0, label: "0")]
        let first = Int(unit)
        let span = max(1, Int((last + unit).rounded(.up)) - first)
        let step =
            [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]
            .first { Double($0) >= 1.7 * gap } ?? span
        for power in first...(first + span) {
            let position = position(log10: Double(power))
            let isEarly = stretch > 1 && Double(power) - unit <= early
            guard isEarly || power % step == 0, position <= end * (1 + 1e-9),
                position - ticks[ticks.count - 1].position >= gap
            else { continue }
            ticks.append((position, Self.label(power: power)))
        }
        return ticks
    }

    private static func label(power: Int) -> String {
        switch power {
        case 0: "1"
        case 1: "10"
        case 2: "100"
        default: "10^{\(power)}"
        }
    }
}

/// A phase on the time axis of a figure.
package struct PhaseBand: Sendable {
    /// Which phase.
    package let name: PhaseName
    /// Where it starts.
    package let start: Double
    /// Where it ends; the end of the axis, if it does not.
    package let end: Double

    /// The phases of a run that take some of the axis.
    package static func all(of record: RunRecord, on axis: FigureTimeAxis) -> [PhaseBand] {
        record.phases.compactMap { phase in
            guard let start = phase.start else { return nil }
            let from = min(axis.position(of: start.time), axis.end)
            let to = phase.end.map { min(axis.position(of: $0.time), axis.end) } ?? axis.end
            return to > from ? PhaseBand(name: phase.name, start: from, end: to) : nil
        }
    }
}
