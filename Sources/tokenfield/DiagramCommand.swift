import Foundation
import Scenarios
import Terminal

/// `tokenfield diagram`: how many pairs of tokens have met, over inverse temperature and time.
struct DiagramCommand: Command {
    private static let output = Option.text(
        "output", "DIR", help: "write the results to DIR (default: runs/<scenario>)")
    private static let force = Option.flag("force", help: "replace the run in the directory")

    static let description = CommandDescription(
        name: "diagram",
        abstract: "the phase diagram of many small systems of tokens",
        discussion: [
            "Draws systems of particles.count tokens uniformly on the sphere of R^model.dimension, "
                + "evolves them at every inverse temperature of diagram.betas, and counts the pairs "
                + "with inner product above diagram.inner_product over time. The scenario has "
                + "evolve = \"particles\", kind = \"uniform\" and Q = K = V = 1.",
            "The directory gets diagram.nc, diagram.csv, scenario.toml, log.txt and, where gnuplot is "
                + "installed, the picture diagram.png.",
        ],
        positionals: [Shared.scenario], takesOverrides: true,
        options: [
            output.declaration, force.declaration, Shared.threads.declaration,
            Shared.quiet.declaration, Shared.json.declaration,
        ],
        examples: [
            Example("tokenfield diagram scenarios/phase-diagram.toml", "The published diagram:"),
            Example(
                "tokenfield diagram my.toml model.dimension=8 diagram.systems=200",
                "In eight dimensions, with fewer systems:"),
        ])

    /// Path of the scenario file.
    let scenario: String
    /// Keys replaced on the command line, `key.path=value` in their order.
    let overrides: [String]
    /// Where the results go; `nil`: `runs/<scenario>`.
    let output: String?
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
        force = try arguments[Self.force]
        threads = try arguments[Shared.threads]
        isQuiet = try arguments[Shared.quiet]
        json = try arguments[Shared.json]
    }

    func execute() throws -> ExitStatus {
        let scenario = try ScenarioDecoder.decode(
            file: scenario, overrides: overrides, for: .diagram)
        let job = try DiagramJob(
            scenario, in: directory, replaces: force, version: Versions.program)
        Interruption.install()
        let line = ProgressLine(isQuiet: isQuiet)
        let result = try job.run(
            threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
            isInterrupted: { Interruption.isRequested },
            onProgress: { line.show("phase diagram", fractionDone: $0) })
        line.erase()
        guard let result else {
            StandardError.write("interrupted; nothing was kept, start it again with --force")
            return .interrupted
        }
        print(json ? result.json.prettyPrinted : DiagramReport(result).text)
        draw(result, job)
        if !json { print("\nresults in \(directory.relativePath)") }
        return .done
    }

    /// Draws the picture where that is possible, and says why where it is not.
    private func draw(_ result: DiagramResult, _ job: DiagramJob) {
        guard DiagramFigure(result).hasArea else { return }
        do {
            try job.draw(result, with: Gnuplot())
        } catch {
            if !isQuiet { StandardError.write("no picture: \(error)") }
        }
    }

    /// The directory of the results: `--output`, or `runs/<scenario>`.
    private var directory: URL {
        if let output { return URL(fileURLWithPath: output) }
        let name = URL(fileURLWithPath: scenario).deletingPathExtension().lastPathComponent
        return URL(fileURLWithPath: "runs").appendingPathComponent(name)
    }
}
