import Foundation
import Scenarios
import Spectral
import Terminal

/// `tokenfield compare`: particles beside the density that they should follow.
struct CompareCommand: Command {
    static let description = CommandDescription(
        name: "compare",
        abstract: "particles against the density, over numbers of tokens",
        discussion: [
            "Runs compare.counts tokens particles.replicas times each, and measures at "
                + "compare.times how far they are from the density, or from the equation of "
                + "model.limit: the Wasserstein distance W1 on the circle, the energy distance E "
                + "and Fourier modes or harmonics on every sphere. The exponent with which W1, or "
                + "sqrt(E) beyond the circle, falls with the number of tokens "
                + "should be -1/2 for random tokens; exit status 1 if its 95 % interval does not "
                + "hold that.",
            "Each run goes on from the last time to the end of clustering, no further than "
                + "time.end, or to consensus with time.end = \"consensus\": the times of the phases "
                + "stand beside those of the density.",
            "The directory gets comparison.json, comparison.csv, scenario.toml and, with gnuplot, "
                + "comparison.png. Ctrl-C leaves the finished runs, and --resume goes on from them.",
        ],
        positionals: [Shared.scenario], takesOverrides: true,
        options: ResultArguments.options(suffix: "-compare") + ComputationArguments.options,
        examples: [
            Example("tokenfield compare scenarios/compare-circle.toml", "Does N^(-1/2) hold?"),
            Example("tokenfield compare scenarios/compare-sphere.toml", "And on S²?"),
            Example(
                "tokenfield compare scenarios/compare-heat.toml",
                "A limit equation, with beta growing with the number of tokens:"),
        ])

    let computation: ComputationArguments
    let results: ResultArguments

    init(_ arguments: ParsedArguments) throws {
        computation = try ComputationArguments(arguments)
        results = try ResultArguments(
            arguments, scenario: computation.scenario, suffix: "-compare")
    }

    func execute() throws -> ExitStatus {
        // What is allowed is up to the density, also for the scenario of a run of particles.
        let scenario = try ScenarioDecoder.decode(
            file: computation.scenario,
            overrides: computation.overrides + ["evolve=\"density\""])
        let job = try ComparisonJob(
            scenario, in: results.directory, existing: results.existing,
            version: Versions.program)
        let most = computation.threads ?? Workers.limit
        // Runs go side by side: each keeps to a thread of its own.
        Workers.limit = 1
        Interruption.install()
        let line = ProgressLine(isQuiet: computation.isQuiet)
        let study = try job.run(
            threads: most,
            isInterrupted: { Interruption.isRequested }, onProgress: { line.show($0) })
        line.erase()
        if study.isComplete, let reason = try job.draw(study), !computation.isQuiet {
            StandardError.write("no comparison.png: \(reason)")
        }
        if computation.json {
            StandardOutput.write(ComparisonFile.json(study, version: Versions.program))
        } else if !study.samples.isEmpty {
            print(ComparisonReport(study).text)
            print("\nresults in \(results.directory.relativePath)")
        }
        guard study.isComplete else {
            StandardError.write("interrupted; continue with --resume")
            return .interrupted
        }
        return ComparisonSummary(study).passes ? .done : .checkFailed
    }
}
