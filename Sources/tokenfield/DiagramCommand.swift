import Foundation
import Scenarios
import Terminal

/// `tokenfield diagram`: how many pairs of tokens have met, over inverse temperature and time.
struct DiagramCommand: Command {
    static let description = CommandDescription(
        name: "diagram",
        abstract: "the phase diagram of many small systems of tokens",
        discussion: [
            "Draws systems of particles.count tokens uniformly on the sphere of R^model.dimension, "
                + "evolves them at every inverse temperature of diagram.betas, and counts the pairs "
                + "with inner product above diagram.inner_product over time. The scenario has "
                + "evolve = \"particles\", kind = \"uniform\" and Q = K = V = 1.",
            "The directory gets diagram.csv, which has every finished temperature at any moment, "
                + "diagram.nc, scenario.toml, log.txt and, where gnuplot is installed, the picture "
                + "diagram.png.",
            "Ctrl-C (exit status 130) leaves the finished temperatures, and --resume computes the "
                + "others, to the same bytes.",
        ],
        positionals: [Shared.scenario], takesOverrides: true,
        options: ResultArguments.options() + ComputationArguments.options,
        examples: [
            Example("tokenfield diagram scenarios/phase-diagram.toml", "The published diagram:"),
            Example(
                "tokenfield diagram my.toml model.dimension=8 diagram.systems=200",
                "In eight dimensions, with fewer systems:"),
        ])

    let computation: ComputationArguments
    let results: ResultArguments

    init(_ arguments: ParsedArguments) throws {
        computation = try ComputationArguments(arguments)
        results = try ResultArguments(arguments, scenario: computation.scenario)
    }

    func execute() throws -> ExitStatus {
        let scenario = try ScenarioDecoder.decode(
            file: computation.scenario, overrides: computation.overrides, for: .diagram)
        let job = try DiagramJob(
            scenario, in: results.directory, existing: results.existing,
            version: Versions.program)
        Interruption.install()
        let line = ProgressLine(isQuiet: computation.isQuiet)
        let result = try job.run(
            threads: computation.threads ?? ProcessInfo.processInfo.activeProcessorCount,
            isInterrupted: { Interruption.isRequested },
            onProgress: { line.show("phase diagram", fractionDone: $0) })
        line.erase()
        guard let result else {
            StandardError.write("interrupted; continue with --resume")
            return .interrupted
        }
        if computation.json {
            StandardOutput.write(result.json)
        } else {
            print(DiagramReport(result).text)
            print("\nresults in \(results.directory.relativePath)")
        }
        draw(result, job)
        return .done
    }

    /// Draws the picture where that is possible, and says why where it is not.
    private func draw(_ result: DiagramResult, _ job: DiagramJob) {
        guard DiagramFigure(result).hasArea else { return }
        do {
            try job.draw(result, with: Gnuplot())
        } catch {
            if !computation.isQuiet { StandardError.write("no picture: \(error)") }
        }
    }
}
