import Foundation
import Terminal

/// The command line `tokenfield`: its commands in the order of the help.
enum Tokenfield {
    static let commandLine = CommandLineInterface(
        program: "tokenfield",
        abstract:
            "Evolves tokens under self-attention, as a density on the circle or a sphere by its "
            + "mean-field equation or as particles in any dimension, and says when they collapse, "
            + "cluster and merge, and how sure that is.",
        commands: [
            RunCommand.self, ValidateCommand.self, PredictCommand.self, VelocityCommand.self,
            ConvergeCommand.self, CompareCommand.self, DiagramCommand.self, FigureCommand.self,
            BlessCommand.self, CheckCommand.self, SweepCommand.self, ReportCommand.self,
            ShowCommand.self, ExportCommand.self,
            ScenariosCommand.self, NewCommand.self, CompletionCommand.self, ManCommand.self,
        ],
        examples: [
            Example(
                "tokenfield run scenarios/three-phases-circle.toml",
                "Evolve a scenario to its end:"),
            Example("tokenfield scenarios", "Find others:"),
            Example(
                "tokenfield predict scenarios/three-phases-circle.toml",
                "What theory says about it:"),
        ],
        version: { Versions.lines.joined(separator: "\n") })

    /// The file of the running program.
    static var executable: URL {
        Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    }
}

/// Arguments that several commands have.
enum Shared {
    static let scenario = Positional("SCENARIO", help: "the scenario file (TOML)")
    static let run = Positional("RUNDIR", help: "the directory of a run")
    static let json = Option.flag("json", help: "print one JSON object instead of text")
    static let quiet = Option.flag("quiet", help: "no progress line and no log on standard error")
    static let threads = Option.integer(
        "threads", "N", in: 1...1024,
        help: "use at most N threads, 1 to 1024 (default: one for each processor); the results "
            + "are the same bits for any N")
}
