import Foundation
import HTMLReport
import MeanField
import Phases
import Ranks
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
            "Built with the package trait MPI and started by mpirun, the processes share the tokens "
                + "of a run of particles; on the circle the files have the same bytes for any number "
                + "of processes.",
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
        Workers.limit = computation.threads ?? Job.processors
        try StrangersError.check()
        guard let ranks = Job.communicator else { return try evolve(decode()) }
        let (scenario, velocity) = try ranks.agree {
            let scenario = try decode()
            return (scenario, try scenario.sharedVelocity(among: ranks))
        }
        guard ranks.rank == 0 else {
            // Rank 0 decides when to stop.
            Interruption.install()
            TokenLeader.follow(velocity, among: ranks)
            return .done
        }
        let leader = TokenLeader(velocity, among: ranks)
        defer { leader.dismiss() }
        return try TokenLeader.$current.withValue(leader) { try evolve(scenario) }
    }

    private func decode() throws -> Scenario {
        try ScenarioDecoder.decode(
            file: computation.scenario, overrides: computation.overrides)
    }

    private func evolve(_ scenario: Scenario) throws -> ExitStatus {
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
