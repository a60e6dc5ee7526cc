import Foundation
import Scenarios
import Terminal

/// `tokenfield show`: prints what a run found.
struct ShowCommand: Command {
    static let description = CommandDescription(
        name: "show",
        abstract: "print the timeline of a finished or interrupted run",
        discussion: [
            "What `tokenfield run` printed at its end, or would print if it ended now: phases, "
                + "clusters, mergers with their errors, and theory beside measurement. Nothing is "
                + "computed or written; a run that is going on may be looked at."
        ],
        positionals: [Shared.run], options: [Shared.json.declaration],
        examples: [
            Example("tokenfield show runs/three-phases-circle", "In words:"),
            Example(
                "tokenfield show runs/three-phases-circle --json", "For a program, phases.json:"),
        ])

    /// Directory of the run.
    let directory: String
    /// Whether standard output is one JSON object.
    let json: Bool

    init(_ arguments: ParsedArguments) throws {
        directory = try arguments[Shared.run]
        json = try arguments[Shared.json]
    }

    func execute() throws -> ExitStatus {
        let run = try StoredRun(in: URL(fileURLWithPath: directory))
        if json {
            StandardOutput.write(run.phases)
        } else {
            print(
                TimelineReport(
                    title: run.title, scenario: run.scenario, record: run.record,
                    style: .standardOutput
                ).text)
        }
        return .done
    }
}
