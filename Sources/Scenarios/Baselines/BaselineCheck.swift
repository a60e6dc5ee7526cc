import Foundation

/// A run held against its baseline.
public struct BaselineCheck: Sendable {
    /// How a quantity compares with the baseline.
    public enum Verdict: String, Sendable {
        /// As the baseline asks.
        case ok = "ok"
        /// Not as the baseline asks.
        case drifted = "DRIFTED"
        /// The baseline asks for it, and the run does not have it.
        case gone = "GONE"
        /// The run has it, and the baseline does not know it.
        case new = "NEW"
        /// Nothing is asked.
        case notCompared = "not compared"

        /// Whether the check goes on as if nothing had happened.
        public var passes: Bool { self == .ok || self == .notCompared }
    }

    /// One quantity.
    public struct Row: Sendable {
        /// The quantity.
        public var name: Quantity.Name
        /// What is asked; `nil` of a new quantity.
        public var rule: BaselineRule?
        /// What the run yields; `nil` where it is gone.
        public var now: Quantity.Value?
        /// How it compares.
        public var verdict: Verdict
        /// What other seeds give, where the baseline knows (``Baseline/Entry/spread``).
        public var spread: Double?
        /// Where the baseline asks for it.
        public var position: SourcePosition?
        /// What a misspelt name may mean: something that the run yields.
        public var suggestion: String?

        /// How far it is off, in units of what is allowed (``BaselineRule/drift(of:)``).
        public var drift: Double? {
            guard let rule, let now else { return nil }
            return rule.drift(of: now)
        }
    }

    /// The scenario file.
    public let scenario: String
    /// In the order of the baseline, new quantities last.
    public let rows: [Row]
    /// Why there was nothing to compare: no baseline, or no run.
    public let problem: String?

    /// The check of a scenario that cannot be checked.
    init(_ scenario: String, problem: String) {
        self.scenario = scenario
        self.problem = problem
        rows = []
    }

    /// Holds a measurement against a baseline.
    init(_ scenario: String, _ measurement: RunQuantities, against baseline: Baseline) {
        self.scenario = scenario
        problem = nil
        let unknown = measurement.quantities.filter { baseline[$0.name] == nil }
        let names = unknown.map(\.name.description)
        rows =
            baseline.entries.compactMap { entry -> Row? in
                let now = measurement[entry.name]?.value
                if now == nil, entry.isOptional { return nil }
                var row = Row(
                    name: entry.name, rule: entry.rule, now: now, verdict: .gone,
                    spread: entry.spread, position: entry.position)
                if let now {
                    row.verdict = entry.rule.allows(now) ? .ok : .drifted
                    if case .notCompared = entry.rule { row.verdict = .notCompared }
                } else {
                    row.suggestion = Suggestion.closest(to: "\(entry.name)", among: names)
                }
                return row
            }
            + unknown.map { Row(name: $0.name, rule: nil, now: $0.value, verdict: .new) }
    }

    /// Whether everything is as the baseline asks.
    public var passes: Bool { problem == nil && rows.allSatisfy(\.verdict.passes) }

    /// The rows that fail.
    public var failures: [Row] { rows.filter { !$0.verdict.passes } }
}

extension BaselineCheck.Row {
    /// What is wrong, with the place in the baseline and the remedy; how it compares if nothing is.
    public var sentence: String {
        let place = position.map { "\($0): " } ?? ""
        switch verdict {
        case .ok, .notCompared: return "\(name): \(verdict.rawValue)"
        case .drifted:
            let size = drift.map { String(format: " (drift %.3g tolerances)", $0) } ?? ""
            let seeds = spread.map { "; other seeds give ± \($0.short)" } ?? ""
            return "\(place)\(name) is \(now?.text ?? "-"), the baseline has "
                + "\(rule?.text ?? "-")\(size)\(seeds)"
        case .gone:
            let guess = suggestion.map { "; did you mean \($0)?" } ?? ";"
            return "\(place)the run yields no \(name)\(guess) Correct the name, or bless the "
                + "scenario again."
        case .new:
            return "the run yields \(name) = \(now?.text ?? "-"), which the baseline does not "
                + "know; bless the scenario again."
        }
    }
}

extension Quantity.Value {
    /// The value in full.
    public var text: String {
        switch self {
        case .text(let word): word
        case .count(let count): "\(count)"
        case .number(let number): "\(number)"
        }
    }
}

extension BaselineRule {
    /// What is asked, in full.
    public var text: String {
        switch self {
        case .equals(let word): word
        case .near(let value, let tolerance): "\(value) ± \(tolerance)"
        case .within(let range): "\(range.lowerBound) … \(range.upperBound)"
        case .notCompared(let reason): "not compared: \(reason)"
        }
    }
}
