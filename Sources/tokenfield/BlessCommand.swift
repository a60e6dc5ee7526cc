import Scenarios
import Spectral
import Terminal

/// `tokenfield bless`: stores what scenarios come to, for `check` to compare with.
struct BlessCommand: Command {
    static let description = CommandDescription(
        name: "bless",
        abstract: "store what scenarios come to, as baselines",
        discussion: [
            "Runs each scenario and stores the times of its phases and mergers, its clusters and "
                + "observables at a few times in <scenario>\(Baseline.suffix) beside it, replacing "
                + "what is there. Nothing but this command writes baselines.",
            "Every number gets a tolerance of its own: twice its error, from the run itself or "
                + "from one at tolerances 32 times as large. What rounding decides gets a range. "
                + "Where tokens are drawn, three standard deviations over five seeds stand beside "
                + "the tolerance, for the reader: a scenario draws the same tokens every time.",
        ],
        positionals: [BaselineArguments.scenarios], options: BaselineArguments.options,
        examples: [
            Example("tokenfield bless scenarios/two-clusters.toml", "After looking at the run:"),
            Example("tokenfield bless scenarios/tokens-*.toml", "Several at once:"),
        ])

    let arguments: BaselineArguments

    init(_ arguments: ParsedArguments) throws {
        self.arguments = try BaselineArguments(arguments)
    }

    func execute() throws -> ExitStatus {
        Workers.limit = arguments.threads
        let suite = try BaselineSuite(arguments.files, version: Versions.program)
        Interruption.install()
        let line = ProgressLine(isQuiet: arguments.isQuiet)
        let isComplete = try suite.bless(
            threads: arguments.threads, isInterrupted: { Interruption.isRequested },
            onProgress: { line.show("blessing", fractionDone: $0) },
            onBlessing: { blessing in
                line.erase()
                print("\(blessing.file): \(blessing.count) quantities")
                guard let change = blessing.change, !change.passes else { return }
                print("changed against the baseline that was there:")
                for row in change.failures { print("  " + row.sentence) }
            })
        line.erase()
        guard isComplete else {
            StandardError.write("interrupted; what is listed is stored, nothing else")
            return .interrupted
        }
        return .done
    }
}
