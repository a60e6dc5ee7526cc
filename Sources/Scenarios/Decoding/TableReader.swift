import Foundation

/// One table of a scenario, read key by key.
///
/// What is wrong is reported to ``issues`` and reading goes on with the default (or `nil` where
/// there is none), so that one run of the program shows all mistakes of a file.
struct TableReader {
    let table: TOMLTable
    /// Full name of the table, as in `initial.components[2]` (elements count from 1); empty for
    /// the whole file.
    let path: String
    /// Where the table starts.
    let position: SourcePosition
    let issues: IssueList

    /// The full name of a key of this table.
    func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    // MARK: Keys

    /// Reports every key that is not among `allowed`, with the one that was probably meant.
    func refuseUnknownKeys(allowed: [String]) {
        for entry in table.entries where !allowed.contains(entry.key) {
            reportUnknown(entry, allowed: allowed)
        }
    }

    /// Reports one unknown key.
    func reportUnknown(_ entry: TOMLTable.Entry, allowed: [String]) {
        let place = path.isEmpty ? "the top level" : path
        let guess =
            Suggestion.closest(to: entry.key, among: allowed).map(name)
            ?? ScenarioKeys.home(of: entry.key)
        issues.report(
            entry.keyPosition,
            "unknown key \(name(entry.key)); \(place) takes \(allowed.joined(separator: ", "))"
                + (guess.map { "; did you mean \($0)?" } ?? "."))
    }

    /// Reports that a required key is missing.
    func reportMissing(_ key: String, _ words: String) {
        issues.report(position, "\(name(key)) is missing; it must be \(words).")
    }

    /// Reports that a value is not what the key allows.
    func report(_ node: TOMLNode, at name: String, mustBe words: String) {
        issues.report(node.position, "\(name) is \(node.found); it must be \(words).")
    }

    // MARK: Tables and lists

    /// A table within this one: empty where it is missing, `nil` (and reported) where the key holds
    /// something else.
    func section(_ key: String) -> TableReader? {
        guard let entry = table[key] else {
            return TableReader(
                table: TOMLTable(), path: name(key), position: position, issues: issues)
        }
        return reader(entry.node, name(key))
    }

    /// A reader of a node that must be a table; `nil` (and reported) if it is none.
    func reader(_ node: TOMLNode, _ name: String) -> TableReader? {
        guard case .table(let table) = node.value else {
            report(node, at: name, mustBe: "a table")
            return nil
        }
        return TableReader(table: table, path: name, position: node.position, issues: issues)
    }

    /// A required list; `nil` (and reported) if it is missing or none.
    func list(_ key: String, _ words: String) -> [TOMLNode]? {
        guard let node = table[key]?.node else {
            reportMissing(key, words)
            return nil
        }
        guard case .array(let elements) = node.value else {
            report(node, at: name(key), mustBe: words)
            return nil
        }
        return elements
    }

    // MARK: Scalars

    /// A number with a default.
    func number(_ key: String, in range: NumberRange, default fallback: Double) -> Double {
        table[key].flatMap { number($0.node, name(key), in: range) } ?? fallback
    }

    /// A required number.
    func number(_ key: String, in range: NumberRange) -> Double? {
        guard let entry = table[key] else {
            reportMissing(key, range.words)
            return nil
        }
        return number(entry.node, name(key), in: range)
    }

    /// The number that a node holds.
    func number(_ node: TOMLNode, _ name: String, in range: NumberRange) -> Double? {
        guard let number = node.number, range.contains(number) else {
            report(node, at: name, mustBe: range.words)
            return nil
        }
        return number
    }

    /// An integer with a default.
    func integer(_ key: String, in range: ClosedRange<Int>, default fallback: Int) -> Int {
        table[key].flatMap { integer($0.node, name(key), in: range) } ?? fallback
    }

    /// The integer that a node holds; a float is refused even if it is whole.
    func integer(_ node: TOMLNode, _ name: String, in range: ClosedRange<Int>) -> Int? {
        guard case .integer(let wide) = node.value, let integer = Int(exactly: wide),
            range.contains(integer)
        else {
            let words =
                range.upperBound == .max
                ? "an integer >= \(range.lowerBound)"
                : "an integer from \(range.lowerBound) to \(range.upperBound)"
            report(node, at: name, mustBe: words)
            return nil
        }
        return integer
    }

    /// A string with a default; `nil` (and reported) if the key holds something else.
    func string(_ key: String, default fallback: String?) -> String? {
        guard let entry = table[key] else {
            if fallback == nil { reportMissing(key, "a string") }
            return fallback
        }
        guard case .string(let text) = entry.node.value else {
            report(entry.node, at: name(key), mustBe: "a string")
            return nil
        }
        return text
    }

    /// A boolean with a default; `nil` (and reported) if the key holds something else.
    func flag(_ key: String, default fallback: Bool) -> Bool? {
        guard let entry = table[key] else { return fallback }
        guard case .boolean(let value) = entry.node.value else {
            report(entry.node, at: name(key), mustBe: "true or false")
            return nil
        }
        return value
    }

    /// One of several words with a default; `nil` (and reported) if the key holds something else.
    func choice(_ key: String, among words: [String], default fallback: String?) -> String? {
        let allowed = words.map(\.quoted).joined(separator: ", ")
        guard let entry = table[key] else {
            if fallback == nil { reportMissing(key, "one of \(allowed)") }
            return fallback
        }
        guard case .string(let text) = entry.node.value, words.contains(text) else {
            var guess = "."
            if case .string(let text) = entry.node.value,
                let word = Suggestion.closest(to: text, among: words)
            {
                guess = "; did you mean \(word.quoted)?"
            }
            issues.report(
                entry.node.position,
                "\(name(key)) is \(entry.node.found); it must be one of \(allowed)\(guess)")
            return nil
        }
        return text
    }

    /// A direction in the plane, a list of two finite numbers that are not both zero, as its angle.
    func direction(_ node: TOMLNode, _ name: String) -> Double? {
        let words = "a list of two finite numbers, not both zero"
        guard case .array(let elements) = node.value, elements.count == 2 else {
            if case .array(let elements) = node.value {
                issues.report(
                    node.position,
                    "\(name) has \(elements.count) entries; it must be \(words).")
            } else {
                report(node, at: name, mustBe: words)
            }
            return nil
        }
        guard let x = number(elements[0], "\(name)[1]", in: .finite),
            let y = number(elements[1], "\(name)[2]", in: .finite)
        else { return nil }
        guard x != 0 || y != 0 else {
            issues.report(node.position, "\(name) is zero and has no direction; give \(words).")
            return nil
        }
        return atan2(y, x)
    }
}
