import Foundation
import HTMLReport
import MeanField
import Phases
import Scenarios
import Spectral
import Terminal

/// `tokenfield run`: evolves a scenario and reports its phases.
struct RunCommand: Command {
    static let description = CommandDescription(
        name: "run",
        abstract: "evolve a scenario and report its phases",
        discussion: [
            "The summary goes to standard output: a timeline of the phases, the clusters, the "
                + "mergers with their errors, and theory beside measurement. The directory gets "
                + "report.html to look at, phases.json, series.csv, run.nc, scenario.toml, a "
                + "checkpoint and log.txt.",
            "A directory that holds a run is refused unless --resume or --force is given. Ctrl-C "
                + "stops after the current step and leaves valid files and a checkpoint (exit "
                + "status 130); a second Ctrl-C ends at once.",
        ],
        positionals: [Shared.scenario], takesOverrides: true,
        options: ResultArguments.options() + ComputationArguments.options,
        examples: [
            Example(
                "tokenfield run scenarios/three-phases-circle.toml", "The main job, to consensus:"),
            Example(
                "tokenfield run scenarios/repulsive.toml model.beta=9 --output runs/beta9",
                "Another temperature, in a directory of its own:"),
            Example(
                "tokenfield run scenarios/minilm-words.toml model.value=-1 time.end=2.5",
                "Repulsion of real tokens, for a while:"),
            Example(
                "tokenfield run scenarios/three-phases-circle.toml --resume",
                "Continue after an interruption:"),
        ])

    let computation: ComputationArguments
    let results: ResultArguments

    init(_ arguments: ParsedArguments) throws {
        computation = try ComputationArguments(arguments)
        results = try ResultArguments(arguments, scenario: computation.scenario)
    }

    func execute() throws -> ExitStatus {
        if let threads = computation.threads { Workers.limit = threads }
        let scenario = try ScenarioDecoder.decode(
            file: computation.scenario, overrides: computation.overrides)
        let job = try RunJob(
            scenario, in: results.directory, existing: results.existing,
            version: Versions.program)
        Interruption.install()
        let line = ProgressLine(isQuiet: computation.isQuiet)
        let result = try job.run(
            isInterrupted: { Interruption.isRequested }, onProgress: { line.show($0) })
        line.erase()
        guard let result else {
            StandardError.write("interrupted before the run began; nothing was computed")
            return .interrupted
        }
        let record = result.record
        do {
            try RunPage.write(runIn: job.directory)
        } catch let error as OutputError {
            StandardError.write("warning: no report was drawn: \(error.description)")
        }
        if computation.json {
            StandardOutput.write(
                PhasesFile.json(record, scenario: scenario.title, version: Versions.program))
        } else {
            print(
                TimelineReport(
                    title: scenario.title, scenario: scenario, record: record,
                    style: .standardOutput
                ).text)
            print("\nresults in \(results.directory.relativePath)")
        }
        switch record.ended {
        case .interrupted:
            StandardError.write("interrupted; continue with --resume")
            return .interrupted
        case .failed: return .failure
        default: return .done
        }
    }
}
