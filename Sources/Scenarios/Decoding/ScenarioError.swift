/// Why a scenario is refused: one line `file:line:column: what is wrong; what is allowed` for
/// everything found wrong.
public struct ScenarioError: Error, CustomStringConvertible, Equatable {
    /// One thing that is wrong.
    public struct Issue: Sendable, Equatable, CustomStringConvertible {
        /// Where it stands.
        public var position: SourcePosition
        /// What is wrong and what is allowed.
        public var message: String

        /// The position, a colon, the message.
        public var description: String { "\(position): \(message)" }
    }

    /// How many issues ``description`` prints before it only counts.
    static let printedIssues = 20

    /// What is wrong, at least one.
    public var issues: [Issue]

    init(issues: [Issue]) {
        self.issues = issues
    }

    init(_ position: SourcePosition, _ message: String) {
        self.issues = [Issue(position: position, message: message)]
    }

    /// The issues, one per line, in the order of the text.
    public var description: String {
        var lines = issues.prefix(Self.printedIssues).map(\.description)
        if issues.count > Self.printedIssues {
            lines.append("and \(issues.count - Self.printedIssues) more like these")
        }
        return lines.joined(separator: "\n")
    }
}

/// The issues found so far while a scenario is read.
///
/// It is a class because all readers of one scenario report into the same list.
final class IssueList {
    private(set) var issues: [ScenarioError.Issue] = []

    var isEmpty: Bool { issues.isEmpty }

    func report(_ position: SourcePosition, _ message: String) {
        issues.append(ScenarioError.Issue(position: position, message: message))
    }

    func report(_ error: ScenarioError) {
        issues.append(contentsOf: error.issues)
    }

    /// Everything reported as one error, sorted by line and column, the scenario file first.
    func error(file: String) -> ScenarioError {
        let sorted = issues.enumerated().sorted { (a, b) in
            let p = a.element.position
            let q = b.element.position
            if p.file != q.file {
                if p.file == file || q.file == file { return p.file == file }
                return p.file < q.file
            }
            return (p.line, p.column, a.offset) < (q.line, q.column, b.offset)
        }
        return ScenarioError(issues: sorted.map(\.element))
    }
}
