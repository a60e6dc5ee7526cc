import Foundation
import Scenarios

/// The table of a check: what the baseline has, what the run has now, and how far that is off.
public struct DriftReport: Sendable {
    /// Passing quantities that are shown unless all are asked for: those that are off most.
    private static let mostShown = 5
    /// Digits of numbers.
    private static let digits = 9

    private let checks: [BaselineCheck]
    private let showsAll: Bool
    private let width: Int
    private let style: TextStyle

    /// The report of checks, in lines of at most `width` columns.
    public init(
        _ checks: [BaselineCheck], showsAll: Bool = false, width: Int = 80,
        style: TextStyle = .plain
    ) {
        self.checks = checks
        self.showsAll = showsAll
        self.width = width
        self.style = style
    }

    /// The report, lines separated by newlines, without one at the end.
    public var text: String {
        (checks.flatMap { section($0) + [""] } + [verdict]).joined(separator: "\n")
    }

    private func section(_ check: BaselineCheck) -> [String] {
        let name = TextLayout.harmless(check.scenario)
        if let problem = check.problem {
            return [style("FAILED  \(name)", .warning)]
                + TextLayout.wrap(TextLayout.harmless(problem), width: width - 2).map { "  " + $0 }
        }
        let compared = check.rows.count { $0.verdict != .notCompared }
        let worst = check.rows.compactMap { $0.drift.map(abs) }.max() ?? 0
        let failed = check.passes ? "" : "\(check.failures.count) of "
        let heading = [
            check.passes ? style("ok  \(name)", .heading) : style("FAILED  \(name)", .warning),
            "  \(failed)\(compared) quantities, largest drift \(Self.number(worst)) tolerances",
        ]
        var table = TextTable("quantity", "baseline", "now", "drift", "")
        for row in shown(check) {
            table.append(
                row.name.description, row.rule.map(Self.text) ?? "-",
                row.now.map(Self.text) ?? "-", row.drift.map(Self.number) ?? "-",
                row.verdict.rawValue)
        }
        return heading + table.lines(width: width)
    }

    /// All rows, or those that fail and those that are off most.
    private func shown(_ check: BaselineCheck) -> [BaselineCheck.Row] {
        if showsAll { return check.rows }
        let passing = check.rows.enumerated().filter {
            $0.element.verdict.passes && $0.element.drift != nil
        }
        let most = passing.sorted { a, b in
            let (x, y) = (abs(a.element.drift ?? 0), abs(b.element.drift ?? 0))
            return x == y ? a.offset < b.offset : x > y
        }.prefix(Self.mostShown).map(\.offset)
        let kept = Set(most)
        return check.rows.enumerated()
            .filter { !$0.element.verdict.passes || kept.contains($0.offset) }.map(\.element)
    }

    private var verdict: String {
        let failed = checks.count { !$0.passes }
        let all = checks.count == 1 ? "1 scenario" : "\(checks.count) scenarios"
        return failed == 0
            ? "\(all) as the baselines have it" : style("\(failed) of \(all) FAILED", .warning)
    }

    /// Drifts have two digits.
    private static func number(_ drift: Double) -> String {
        NumberText.plain(Double(String(format: "%.1e", drift)) ?? drift, digits: 2)
    }

    private static func text(_ value: Quantity.Value) -> String {
        if case .number(let number) = value { return NumberText.plain(number, digits: digits) }
        return value.text
    }

    private static func text(_ rule: BaselineRule) -> String {
        switch rule {
        case .near(let value, let tolerance):
            // Counts have a tolerance of one half.
            if tolerance == 0.5, value == value.rounded() { return NumberText.plain(value) }
            return "\(NumberText.plain(value, digits: digits)) ± "
                + NumberText.plain(tolerance, digits: 2)
        case .within(let range):
            return "\(NumberText.plain(range.lowerBound, digits: 4)) … "
                + NumberText.plain(range.upperBound, digits: 4)
        case .equals(let word): return word
        case .notCompared: return "-"
        }
    }
}

extension BaselineCheck {
    /// The check as an object of `check --json`.
    public var json: JSONValue {
        [
            "scenario": .string(scenario), "passes": .bool(passes),
            "problem": problem.map(JSONValue.string) ?? .null,
            "quantities": .array(rows.map(\.json)),
        ]
    }
}

extension BaselineCheck.Row {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string("\(name)")),
            .init("baseline", rule.map { .string($0.text) } ?? .null),
        ]
        switch now {
        case .number(let number): members.append(.init("now", JSONValue(number)))
        case .count(let count): members.append(.init("now", .integer(count)))
        case .text(let word): members.append(.init("now", .string(word)))
        case nil: members.append(.init("now", .null))
        }
        return .object(
            members + [
                .init("drift", JSONValue(drift)), .init("verdict", .string(verdict.rawValue)),
            ])
    }
}
