import Foundation
import Ranks
import Scenarios
import Spectral
import Terminal

/// `tokenfield sweep`: runs a scenario over values of its keys.
struct SweepCommand: Command {
    private static let over = Option.texts(
        "over", "KEY=VALUES", isRequired: true,
        help: "sweep KEY over FROM:TO:COUNT, FROM:TO:COUNT:log or a list VALUE,VALUE,… of TOML "
            + "values; several --over give every combination")
    private static let shard = Option.text(
        "shard", "I/N", help: "compute every N-th point only, from the I-th, I from 1 to N")
    private static let join = Option.texts(
        "join", "DIR",
        help: "take over the points in DIR, a part of the same sweep; may be repeated")

    static let description = CommandDescription(
        name: "sweep",
        abstract: "run a scenario over values of its keys",
        discussion: [
            "Runs every combination of the values, a point on each processor at a time, and "
                + "writes sweep.csv (a row as soon as its point is finished: how and when the phases "
                + "ended, clusters, mergers, final observables), sweep.nc and, for one or two keys "
                + "with numbers and with gnuplot, sweep.png with what theory says drawn in.",
            "A point that fails is a row with the reason. Ctrl-C (exit status 130) leaves all "
                + "finished points, and --resume computes the others. Parts of a sweep that were "
                + "computed with --shard are put together by --join. The files have the same bytes "
                + "whatever the threads, interruptions and parts.",
            "Built with the package trait MPI and started by mpirun, the processes share the points, "
                + "and rank 0 writes the files.",
        ],
        positionals: [Shared.scenario], takesOverrides: true,
        options: [over.declaration] + ResultArguments.options(suffix: "-sweep")
            + [shard.declaration, join.declaration] + ComputationArguments.options,
        examples: [
            Example(
                "tokenfield sweep scenarios/two-clusters.toml --over model.beta=2:12:21",
                "When do the phases end?"),
            Example(
                "tokenfield sweep my.toml --over model.beta=1:9:9 --over model.value=1,-1",
                "Every combination:"),
            Example(
                "tokenfield sweep my.toml --over particles.seed=1:90:90 --shard 1/2",
                "Half of ninety seeds, on one of two machines:"),
            Example(
                "tokenfield sweep my.toml --over particles.seed=1:90:90 --join a --join b",
                "Both halves, from the directories a and b:"),
        ])

    let computation: ComputationArguments
    let results: ResultArguments
    let axes: [SweepAxis]
    let shard: SweepShard?
    let joined: [URL]

    init(_ arguments: ParsedArguments) throws {
        computation = try ComputationArguments(arguments)
        axes = try arguments[Self.over].enumerated().map {
            try SweepAxis($0.element, number: $0.offset + 1)
        }
        shard = try arguments[Self.shard].map { text in
            let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map {
                Int($0)
            }
            guard numbers.count == 2, let number = numbers[0], let count = numbers[1],
                let shard = SweepShard(number, of: count)
            else {
                throw UsageError(
                    "--shard needs I/N with I from 1 to N, as in 2/4, not '\(text)'")
            }
            return shard
        }
        joined = try arguments[Self.join].map { URL(fileURLWithPath: $0) }
        let part = shard.map { "-\($0.number)-of-\($0.count)" } ?? ""
        results = try ResultArguments(
            arguments, scenario: computation.scenario, suffix: "-sweep" + part)
    }

    func execute() throws -> ExitStatus {
        if shard == nil { try StrangersError.check() }
        // Points go side by side: each keeps to a thread of its own.
        Workers.limit = 1
        guard let ranks = Job.communicator else { return try lead(plan(), team: nil) }
        let plan = try ranks.agree(plan)
        guard ranks.rank == 0 else {
            Interruption.install()
            SweepTeam.help(
                plan, among: ranks, threads: threads,
                isInterrupted: { Interruption.isRequested })
            return .done
        }
        let team = SweepTeam(ranks)
        defer { team.close() }
        return try lead(plan, team: team)
    }

    private func plan() throws -> SweepPlan {
        try SweepPlan(file: computation.scenario, overrides: computation.overrides, axes: axes)
    }

    private var threads: Int {
        computation.threads ?? Job.processors
    }

    private func lead(_ plan: SweepPlan, team: SweepTeam?) throws -> ExitStatus {
        let job = try SweepJob(
            plan, in: results.directory, existing: results.existing, shard: shard, joined: joined,
            version: Versions.program)
        Interruption.install()
        let line = ProgressLine(isQuiet: computation.isQuiet)
        let (result, isComplete) = try job.run(
            threads: threads, team: team, isInterrupted: { Interruption.isRequested },
            onProgress: { done, all in
                line.show(
                    "\(done) of \(all) points",
                    fractionDone: all > 0 ? Double(done) / Double(all) : 1)
            })
        line.erase()
        if let reason = try job.draw(result), !computation.isQuiet {
            StandardError.write("no sweep.png: \(reason)")
        }
        if computation.json {
            StandardOutput.write(result.json)
        } else {
            print(SweepReport(result, width: TextLayout.outputWidth).text)
            print("\nresults in \(results.directory.relativePath)")
        }
        guard isComplete else {
            StandardError.write("interrupted; continue with --resume")
            return .interrupted
        }
        return .done
    }
}
