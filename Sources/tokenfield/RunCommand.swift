import Foundation
import MeanField
import Phases
import Scenarios
import Spectral
import Terminal

/// `tokenfield run`: evolves a scenario and reports its phases.
struct RunCommand: Command {
    private static let output = Option.text(
        "output", "DIR", help: "write the results to DIR (default: runs/<scenario>)")
    private static let resume = Option.flag(
        "resume", help: "continue the run in the directory from its checkpoint")
    private static let force = Option.flag("force", help: "replace the run in the directory")

    static let description = CommandDescription(
        name: "run",
        abstract: "evolve a scenario and report its phases",
        discussion: [
            "The summary goes to standard output: a timeline of the phases, the clusters, the "
                + "mergers with their errors, and theory beside measurement. The directory gets "
                + "phases.json, series.csv, run.nc, scenario.toml, a checkpoint and log.txt.",
            "A directory that holds a run is refused unless --resume or --force is given. Ctrl-C "
                + "stops after the current step and leaves valid files and a checkpoint (exit "
                + "status 130); a second Ctrl-C ends at once.",
        ],
        positionals: [Shared.scenario], takesOverrides: true,
        options: [
            output.declaration, resume.declaration, force.declaration, Shared.threads.declaration,
            Shared.quiet.declaration, Shared.json.declaration,
        ],
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

    /// Path of the scenario file.
    let scenario: String
    /// Keys replaced on the command line, `key.path=value` in their order.
    let overrides: [String]
    /// Where the results go; `nil`: `runs/<scenario>`.
    let output: String?
    /// Whether to continue the run in the directory.
    let resume: Bool
    /// Whether to replace the run in the directory.
    let force: Bool
    /// Most threads to use; `nil`: one for each processor.
    let threads: Int?
    /// Whether standard error stays silent but for errors.
    let isQuiet: Bool
    /// Whether standard output is one JSON object.
    let json: Bool

    init(_ arguments: ParsedArguments) throws {
        scenario = try arguments[Shared.scenario]
        overrides = arguments.overrides
        output = try arguments[Self.output]
        resume = try arguments[Self.resume]
        force = try arguments[Self.force]
        threads = try arguments[Shared.threads]
        isQuiet = try arguments[Shared.quiet]
        json = try arguments[Shared.json]
        if resume && force {
            throw UsageError(
                "--resume continues a run and --force replaces it; give one of the two")
        }
    }

    func execute() throws -> ExitStatus {
        if let threads { Workers.limit = threads }
        let scenario = try ScenarioDecoder.decode(file: scenario, overrides: overrides)
        let existing: RunJob.Existing = resume ? .resume : force ? .replace : .refuse
        let job = try RunJob(
            scenario, in: directory, existing: existing, version: Versions.program)
        Interruption.install()
        let line = ProgressLine(isQuiet: isQuiet)
        let result = try job.run(
            isInterrupted: { Interruption.isRequested }, onProgress: { line.show($0) })
        line.erase()
        guard let result else {
            StandardError.write("interrupted before the run began; nothing was computed")
            return .interrupted
        }
        let record = result.record
        if json {
            print(
                PhasesFile.json(record, scenario: scenario.title, version: Versions.program)
                    .prettyPrinted)
        } else {
            let report = TimelineReport(
                title: scenario.title, summary: ScenarioSummary.line(scenario), record: record,
                // Linear theory is about the equation at finite β.
                theory: scenario.isOnCircle && scenario.model.limit == .none
                    ? TheoryComparison(scenario.prediction, record).rows : [],
                style: .standardOutput)
            print(report.text)
            print("\nresults in \(directory.relativePath)")
        }
        switch record.ended {
        case .interrupted:
            StandardError.write("interrupted; continue with --resume")
            return .interrupted
        case .failed: return .numericalFailure
        default: return .done
        }
    }

    /// The directory of the results: `--output`, or `runs/<scenario>`.
    private var directory: URL {
        if let output { return URL(fileURLWithPath: output) }
        let name = URL(fileURLWithPath: scenario).deletingPathExtension().lastPathComponent
        return URL(fileURLWithPath: "runs").appendingPathComponent(name)
    }
}
