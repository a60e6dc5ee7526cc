import Foundation
import MeanField
import Phases

/// The same scenario at three refinements: observed order, change and stated error side by side.
///
/// Level n has tolerances divided by 10^n and, where it is given, the resolution multiplied by 2^n (the
/// Euler step divided by 2^n). A time passes if it moves from level 0 to level 1 by no more than the
/// error that level 0 states.
public struct ConvergenceStudy: Sendable {
    /// One reported time at the three levels.
    public struct Row: Sendable {
        /// `collapse end`, `clustering end`, `merger 1` …, `consensus`.
        public var name: String
        /// The times at levels 0, 1, 2; `nil` where a level does not have the event.
        public var times: [EventTime?]

        /// |t₁ - t₀|/t₀, and |t₂ - t₁|/t₀.
        public var changes: [Double?] {
            (0..<2).map { i in
                guard let a = times[i], let b = times[i + 1] else { return nil }
                return Outcome.relativeDistance(a.time, b.time)
            }
        }

        /// Decades by which the change falls per decade of tolerance; `nil` at rounding level.
        public var observedOrder: Double? {
            guard let a = changes[0], let b = changes[1], a > 0, b > 0 else { return nil }
            return log10(a / b)
        }

        /// Whether the change is within the stated error.
        public var passes: Bool {
            guard let change = changes[0], let stated = times[0]?.relativeError else {
                return times[0] == nil && times[1] == nil
            }
            return change <= stated
        }
    }

    /// The reported times.
    public var rows: [Row]

    /// Computes the three levels; `nil` if interrupted.
    public init?(
        of scenario: Scenario, isInterrupted: @escaping () -> Bool = { false }
    ) throws {
        var records = [RunRecord]()
        for level in 0..<3 {
            let finer = scenario.refined(by: level)
            guard let result = try finer.computed(isInterrupted: isInterrupted) else {
                return nil
            }
            records.append(result.record)
        }
        func row(_ name: String, _ time: (RunRecord) -> EventTime?) -> Row {
            Row(name: name, times: records.map(time))
        }
        rows = [
            row("collapse end") { record in
                record.phases[0].end.flatMap { $0.time == .zero ? nil : $0 }
            },
            row("clustering end") { $0.phases[1].end },
        ]
        for i in 0..<(records.map(\.mergers.count).max() ?? 0) {
            rows.append(
                row("merger \(i + 1)") { i < $0.mergers.count ? $0.mergers[i].time : nil })
        }
        rows.append(row("consensus") { $0.consensus })
        rows.removeAll { $0.times.allSatisfy { $0 == nil } }
    }

    /// Whether every time passes.
    public var passes: Bool { rows.allSatisfy(\.passes) }
}

extension Scenario {
    /// The scenario with tolerances divided by 10^level and the resolution multiplied by 2^level, where
    /// there is as much.
    public func refined(by level: Int) -> Scenario {
        var finer = self
        let factor = pow(10, -Double(level))
        finer.time.tolerance *= factor
        finer.density.tolerance *= factor
        finer.density.resolution = density.resolution.map { min($0 << level, resolution.most) }
        finer.time.snapshots = .times([])
        if case .euler(let step) = time.method {
            finer.time.method = .euler(step: step / Double(1 << level))
        }
        return finer
    }
}
