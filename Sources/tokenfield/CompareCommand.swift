import Foundation
import Scenarios
import Spectral
import Terminal

/// `tokenfield compare`: particles beside the density that they should follow.
struct CompareCommand: Command {
    private static let output = Option.text(
        "output", "DIR", help: "write the results to DIR (default: runs/<scenario>-compare)")
    private static let resume = Option.flag(
        "resume", help: "continue the comparison in the directory with the runs that are missing")
    private static let force = Option.flag(
        "force", help: "replace the comparison in the directory")

    static let description = CommandDescription(
        name: "compare",
        abstract: "particles against the density, over numbers of tokens",
        discussion: [
            "Runs compare.counts tokens particles.replicas times each, and measures at "
                + "compare.times how far they are from the density, or from the equation of "
                + "model.limit: the Wasserstein distance W1 on the circle, the energy distance, "
                + "Fourier modes. The exponent with which W1 falls with the number of tokens "
                + "should be -1/2 for random tokens; exit status 1 if its 95 % interval does not "
                + "hold that.",
            "Each run goes on from the last time to the end of clustering, no further than "
                + "time.end, or to consensus with time.end = \"consensus\": the times of the phases "
                + "stand beside those of the density.",
            "The directory gets comparison.json, comparison.csv, scenario.toml and, with gnuplot, "
                + "comparison.png. Ctrl-C leaves the finished runs, and --resume goes on from them.",
        ],
        positionals: [Shared.scenario], takesOverrides: true,
        options: [
            output.declaration, resume.declaration, force.declaration, Shared.threads.declaration,
            Shared.quiet.declaration, Shared.json.declaration,
        ],
        examples: [
            Example("tokenfield compare scenarios/compare-circle.toml", "Does N^(-1/2) hold?"),
            Example(
                "tokenfield compare scenarios/compare-heat.toml",
                "A limit equation, with beta growing with the number of tokens:"),
        ])

    /// Path of the scenario file.
    let scenario: String
    /// Keys replaced on the command line, `key.path=value` in their order.
    let overrides: [String]
    /// Where the results go; `nil`: `runs/<scenario>-compare`.
    let output: String?
    /// Whether to continue the comparison in the directory.
    let resume: Bool
    /// Whether to replace the comparison in the directory.
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
                "--resume continues a comparison and --force replaces it; give one of the two")
        }
    }

    func execute() throws -> ExitStatus {
        let scenario = try ScenarioDecoder.decode(file: scenario, overrides: overrides)
        let job = try ComparisonJob(
            scenario, in: directory, existing: resume ? .resume : force ? .replace : .refuse,
            version: Versions.program)
        let most = threads ?? Workers.limit
        // Runs go side by side: each keeps to a thread of its own.
        Workers.limit = 1
        Interruption.install()
        let line = ProgressLine(isQuiet: isQuiet)
        let study = try job.run(
            threads: most,
            isInterrupted: { Interruption.isRequested }, onProgress: { line.show($0) })
        line.erase()
        if study.isComplete, let reason = try job.draw(study), !isQuiet {
            StandardError.write("no comparison.png: \(reason)")
        }
        if json {
            print(ComparisonFile.json(study, version: Versions.program).prettyPrinted)
        } else if !study.samples.isEmpty {
            print(ComparisonReport(study).text)
            print("\nresults in \(directory.relativePath)")
        }
        guard study.isComplete else {
            StandardError.write("interrupted; continue with --resume")
            return .interrupted
        }
        return ComparisonSummary(study).passes ? .done : .checkFailed
    }

    /// The directory of the results: `--output`, or `runs/<scenario>-compare`.
    private var directory: URL {
        if let output { return URL(fileURLWithPath: output) }
        let name = URL(fileURLWithPath: scenario).deletingPathExtension().lastPathComponent
        return URL(fileURLWithPath: "runs").appendingPathComponent(name + "-compare")
    }
}
