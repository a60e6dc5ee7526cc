import Foundation
import Scenarios
import Spectral
import Terminal

/// `tokenfield check`: runs scenarios and holds them against their baselines.
struct CheckCommand: Command {
    private static let junit = Option.text(
        "junit", "FILE", help: "write the results to FILE as JUnit XML, for continuous integration")
    private static let all = Option.flag(
        "all", help: "show every quantity, not only those that are off most")

    static let description = CommandDescription(
        name: "check",
        abstract: "run scenarios and compare them with their baselines",
        discussion: [
            "Runs each scenario and prints how far every quantity of <scenario>"
                + "\(Baseline.suffix) has drifted, in units of its tolerance. Exit status 1 if one "
                + "is off by more than that, if the run lacks a quantity of the baseline or has one "
                + "that the baseline does not know, and where there is no baseline.",
            "Baselines are left as they are; tokenfield bless stores new ones. Wall-clock times are "
                + "not compared.",
        ],
        positionals: [BaselineArguments.scenarios],
        options: [junit.declaration, all.declaration] + BaselineArguments.options
            + [Shared.json.declaration],
        examples: [
            Example("tokenfield check scenarios/two-clusters.toml", "One scenario:"),
            Example(
                "tokenfield check scenarios/*.toml --junit checks.xml",
                "All of them, for continuous integration:"),
        ])

    let arguments: BaselineArguments
    /// Where the results go as XML; `nil`: nowhere.
    let junit: String?
    /// Whether every quantity is shown.
    let showsAll: Bool
    /// Whether standard output is one JSON object.
    let json: Bool

    init(_ arguments: ParsedArguments) throws {
        self.arguments = try BaselineArguments(arguments)
        junit = try arguments[Self.junit]
        showsAll = try arguments[Self.all]
        json = try arguments[Shared.json]
    }

    func execute() throws -> ExitStatus {
        let suite = try BaselineSuite(arguments.files, version: Versions.program)
        // Scenarios go side by side: each keeps to a thread of its own.
        Workers.limit = arguments.files.count > 1 ? 1 : arguments.threads
        Interruption.install()
        let line = ProgressLine(isQuiet: arguments.isQuiet)
        let checks = try suite.check(
            threads: arguments.threads, isInterrupted: { Interruption.isRequested },
            onProgress: { line.show("checking", fractionDone: $0) })
        line.erase()
        guard checks.count == arguments.files.count else {
            StandardError.write("interrupted; nothing was compared")
            return .interrupted
        }
        if let junit { try JUnitFile.write(checks, to: URL(fileURLWithPath: junit)) }
        if json {
            let object: JSONValue = [
                "passes": .bool(checks.allSatisfy(\.passes)),
                "scenarios": .array(checks.map(\.json)),
            ]
            StandardOutput.write(object)
        } else {
            print(
                DriftReport(
                    checks, showsAll: showsAll, width: TextLayout.outputWidth,
                    style: .standardOutput
                ).text)
        }
        for check in checks {
            if let problem = check.problem {
                StandardError.write("error: \(check.scenario): \(problem)")
            }
            for row in check.failures { StandardError.write("error: \(row.sentence)") }
        }
        return checks.allSatisfy(\.passes) ? .done : .checkFailed
    }
}
