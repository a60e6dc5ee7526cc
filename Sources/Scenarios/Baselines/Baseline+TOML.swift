import Foundation

// The file of a baseline.

extension Baseline {
    /// What no baseline holds.
    private static let leftOut = [
        "wall-clock times: they belong to a machine; make bench gives ratios",
        "when rest is noticed, and when representations change: that follows the steps",
        "what `compare` finds: its own verdict stands there, and make slow-test asks for it",
    ]

    private static let header = """
        # What `tokenfield check` compares; written by `tokenfield bless`, to be read and kept with the
        # scenario. A number passes within its tolerance: twice its error (that of its time, or the
        # distance from a run at tolerances 32 times as large). What rounding decides has a range. Where
        # tokens are drawn, `seeds` says what other seeds give: three standard deviations; not compared.

        """

    fileprivate enum Key {
        static let (version, leftOut) = ("version", "not_compared")
        static let (equals, value, tolerance) = ("equals", "value", "tolerance")
        static let (least, most, optional, notCompared) =
            ("least", "most", "optional", "not_compared")
        static let seeds = "seeds"
        static let all = [equals, value, tolerance, seeds, least, most, optional, notCompared]
    }

    /// The text of the file; reads back to an equal baseline but for positions.
    public var tomlText: String {
        var lines = ["\(Key.version) = \(version.quoted)", "\(Key.leftOut) = ["]
        lines += Self.leftOut.map { "    \($0.quoted)," } + ["]"]
        var section: String?
        for entry in entries {
            if entry.name.section != section {
                section = entry.name.section
                lines += ["", "[\(entry.name.section.tomlKey)]"]
            }
            lines.append("\(entry.name.key.tomlKey) = \(entry.tomlValue)")
        }
        return Self.header + lines.joined(separator: "\n") + "\n"
    }

    /// Writes the file, whole or not at all.
    ///
    /// - Throws: ``OutputError``.
    public func write(to file: String) throws {
        try AtomicFile.write(tomlText, to: URL(fileURLWithPath: file))
    }

    /// Reads a file; `nil` if there is none.
    ///
    /// - Throws: ``ScenarioError`` with everything that is wrong in it.
    public static func read(_ file: String) throws(ScenarioError) -> Baseline? {
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        let bytes: [UInt8]
        do {
            bytes = try TextFile.bytes(of: file)
        } catch {
            throw ScenarioError(
                SourcePosition(file: file, line: 1, column: 1),
                "the baseline cannot be read: \(error.reason); bless the scenario again.")
        }
        return try parse(bytes, name: file)
    }

    static func parse(_ bytes: [UInt8], name: String) throws(ScenarioError) -> Baseline {
        let issues = IssueList()
        let root = TableReader(
            table: try TOMLParser.parse(bytes, name: name), path: "",
            position: SourcePosition(file: name, line: 1, column: 1), issues: issues)
        var entries = [Entry]()
        for section in root.table.entries {
            switch section.node.value {
            case .table(let table):
                let reader = TableReader(
                    table: table, path: section.key, position: section.node.position,
                    issues: issues)
                entries += table.entries.compactMap { Entry($0, in: section.key, reader) }
            default:
                if ![Key.version, Key.leftOut].contains(section.key) {
                    root.reportUnknown(section, allowed: [Key.version, Key.leftOut, "[section]"])
                }
            }
        }
        let version = root.string(Key.version, default: nil)
        guard issues.isEmpty, let version else { throw issues.error(file: name) }
        return Baseline(version: version, entries: entries)
    }
}

extension Baseline.Entry {
    fileprivate typealias Key = Baseline.Key

    /// Reads `key = { … }`; `nil` (and reported) if it is no entry.
    fileprivate init?(_ entry: TOMLTable.Entry, in section: String, _ table: TableReader) {
        guard let reader = table.reader(entry.node, table.name(entry.key)) else { return nil }
        reader.refuseUnknownKeys(allowed: Key.all)
        guard let optional = reader.flag(Key.optional, default: false),
            let rule = Self.rule(reader)
        else { return nil }
        var spread: Double?
        if reader.table[Key.seeds] != nil {
            guard let number = reader.number(Key.seeds, in: .nonNegative) else { return nil }
            spread = number
        }
        self.init(
            name: Quantity.Name(section: section, key: entry.key), rule: rule,
            isOptional: optional, spread: spread, position: entry.keyPosition)
    }

    private static func rule(_ reader: TableReader) -> BaselineRule? {
        if reader.table[Key.notCompared] != nil {
            return reader.string(Key.notCompared, default: nil).map { .notCompared($0) }
        }
        if reader.table[Key.equals] != nil {
            return reader.string(Key.equals, default: nil).map { .equals($0) }
        }
        if reader.table[Key.least] != nil || reader.table[Key.most] != nil {
            guard let least = reader.number(Key.least, in: .finite),
                let most = reader.number(Key.most, in: .finite)
            else { return nil }
            guard least < most else {
                reader.report(
                    reader.table[Key.most]!.node, at: reader.name(Key.most),
                    mustBe: "a number above \(Key.least)")
                return nil
            }
            return .within(least...most)
        }
        guard let value = reader.number(Key.value, in: .finite),
            let tolerance = reader.number(Key.tolerance, in: .positive)
        else { return nil }
        return .near(value, tolerance: tolerance)
    }

    fileprivate var tomlValue: String {
        var parts: [String]
        switch rule {
        case .equals(let word): parts = ["\(Key.equals) = \(word.quoted)"]
        case .near(let value, let tolerance):
            parts = ["\(Key.value) = \(value.short)", "\(Key.tolerance) = \(tolerance)"]
        case .within(let range):
            parts = [
                "\(Key.least) = \(range.lowerBound)",
                "\(Key.most) = \(range.upperBound)",
            ]
        case .notCompared(let reason): parts = ["\(Key.notCompared) = \(reason.quoted)"]
        }
        if let spread { parts.append("\(Key.seeds) = \(spread)") }
        if isOptional { parts.append("\(Key.optional) = true") }
        return "{ \(parts.joined(separator: ", ")) }"
    }
}

extension String {
    /// The text as a key of TOML: bare where that is possible.
    fileprivate var tomlKey: String {
        let isBare = allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || "_-".contains($0) }
        return isBare && !isEmpty ? self : quoted
    }
}
