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
        options: ComputationArguments.options,
        examples: [
            Example("tokenfield converge scenarios/two-clusters.toml", "Are the errors honest?"),
            Example(
                "tokenfield converge scenarios/three-phases-circle.toml time.tolerance=1e-7",
                "And at a coarser tolerance?"),
        ])

    let computation: ComputationArguments

    init(_ arguments: ParsedArguments) throws {
        computation = try ComputationArguments(arguments)
    }

    func execute() throws -> ExitStatus {
        if let threads = computation.threads { Workers.limit = threads }
        let scenario = try ScenarioDecoder.decode(
            file: computation.scenario, overrides: computation.overrides)
        Interruption.install()
        guard
            let study = try ConvergenceStudy(
                of: scenario, isInterrupted: { Interruption.isRequested })
        else { return .interrupted }
        if computation.json {
            StandardOutput.write(.array(study.rows.map(\.json)))
        } else {
            print(ConvergenceReport(title: scenario.title, study: study).text)
        }
        return study.passes ? .done : .checkFailed
    }
}
