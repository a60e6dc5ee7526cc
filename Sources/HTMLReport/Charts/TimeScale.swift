import Foundation
import MeanField
import Phases
import Scenarios
import Terminal

/// The time axis that all charts of a report share, from 0 to 1; logarithmic beyond early times.
struct TimeScale: Sendable {
    private let axis: FigureTimeAxis
    /// x at the right end: a little beyond the end of the run, so that its marks are whole.
    private let end: Double
    /// The phases, from share to share of the axis.
    let bands: [(name: PhaseName, start: Double, end: Double)]

    /// The axis of a run.
    init(_ record: RunRecord, lastSnapshot: ModelTime) {
        let axis = FigureTimeAxis(record, lastSnapshot: lastSnapshot)
        self.axis = axis
        let end = 1.015 * axis.end
        self.end = end
        bands = PhaseBand.all(of: record, on: axis).map {
            ($0.name, $0.start / end, $0.end / end)
        }
    }

    /// Where a time stands, in [0, 1].
    func share(of time: ModelTime) -> Double {
        min(max(axis.position(of: time) / end, 0), 1)
    }

    /// Marks with their labels where `count` labels would fill the axis: powers of ten, and where
    /// these are few, 2 and 5 times them.
    func ticks(count: Double) -> [Tick] {
        var ticks = axis.ticks(gap: end / count).map { tick in
            let digits = tick.label.split(separator: "{")
            let label: Markup =
                digits.count == 2
                ? "10<sup>\(String(digits[1].dropLast()))</sup>" : "\(tick.label)"
            return Tick(share: tick.position / end, label: label)
        }
        guard ticks.count < 5 else { return ticks }
        for value in [0.02, 0.05, 0.2, 0.5, 2, 5, 20, 50, 200, 500] {
            let place = axis.position(of: ModelTime(value)) / end
            let isFree = ticks.allSatisfy { abs($0.share - place) >= 1.2 / count }
            guard place <= 1, isFree else { continue }
            ticks.append(Tick(share: place, label: "\(NumberText.plain(value))"))
        }
        return ticks.sorted { $0.share < $1.share }
    }
}

/// A mark on an axis.
struct Tick: Sendable {
    /// Where, from 0 to 1.
    var share: Double
    /// What stands beside it.
    var label: Markup

    /// A label at a share of the axis.
    init(share: Double, label: Markup) {
        self.share = share
        self.label = label
    }

    /// Marks at the powers of ten 10^first … 10^last of an axis of `log10`, at most `count` of them.
    static func decades(_ range: ClosedRange<Double>, count: Int) -> [Tick] {
        let (first, last) = (Int(range.lowerBound.rounded(.up)), Int(range.upperBound))
        let step = max(1, (last - first + count - 1) / max(count - 1, 1))
        return stride(from: last, through: first, by: -step).map { power in
            let share = (Double(power) - range.lowerBound) / (range.upperBound - range.lowerBound)
            let label: Markup = power == 0 ? "1" : "10<sup>\(minus(power))</sup>"
            return Tick(share: share, label: label)
        }
    }

    private static func minus(_ power: Int) -> Markup {
        Markup(raw: power < 0 ? "−\(-power)" : "\(power)")
    }
}
