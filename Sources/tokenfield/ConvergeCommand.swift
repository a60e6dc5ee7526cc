import Scenarios
import Spectral
import Terminal

/// `tokenfield converge`: repeats a run at two refinements.
struct ConvergeCommand: Command {
    static let description = CommandDescription(
        name: "converge",
        abstract: "repeat a run at two refinements and compare",
        discussion: [
            "Runs the scenario as it is and at two refinements of resolution and tolerances, and "
                + "prints for every time the observed order, how far it moved and the error that "
                + "was stated. Exit status 1 if a time moved by more than its stated error. "
                + "Nothing is written."
        ],
        positionals: [Shared.scenario], takesOverrides: true,
        options: [
            Shared.threads.declaration, Shared.quiet.declaration, Shared.json.declaration,
        ],
        examples: [
            Example("tokenfield converge scenarios/two-clusters.toml", "Are the errors honest?"),
            Example(
                "tokenfield converge scenarios/three-phases-circle.toml time.tolerance=1e-7",
                "And at a coarser tolerance?"),
        ])

    /// Path of the scenario file.
    let scenario: String
    /// Keys replaced on the command line, `key.path=value` in their order.
    let overrides: [String]
    /// Most threads to use; `nil`: one for each processor.
    let threads: Int?
    /// Whether standard error stays silent but for errors.
    let isQuiet: Bool
    /// Whether standard output is one JSON object.
    let json: Bool

    init(_ arguments: ParsedArguments) throws {
        scenario = try arguments[Shared.scenario]
        overrides = arguments.overrides
        threads = try arguments[Shared.threads]
        isQuiet = try arguments[Shared.quiet]
        json = try arguments[Shared.json]
    }

    func execute() throws -> ExitStatus {
        if let threads { Workers.limit = threads }
        let scenario = try ScenarioDecoder.decode(file: scenario, overrides: overrides)
        Interruption.install()
        guard
            let study = try ConvergenceStudy(
                of: scenario, isInterrupted: { Interruption.isRequested })
        else { return .interrupted }
        if json {
            print(JSONValue.array(study.rows.map(\.json)).prettyPrinted)
        } else {
            print(ConvergenceReport(title: scenario.title, study: study).text)
        }
        return study.passes ? .done : .checkFailed
    }
}
