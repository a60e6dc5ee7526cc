import Terminal

/// The work behind the commands: each gets the command with its arguments read.
enum Workbench {
    /// Evolves the scenario, writes its directory, prints the summary.
    static func run(_ command: RunCommand) throws -> ExitStatus { throw notConnected("run") }

    /// Prints the resolved scenario and its cost estimate.
    static func validate(_ command: ValidateCommand) throws -> ExitStatus {
        throw notConnected("validate")
    }

    /// Prints what theory says.
    static func predict(_ command: PredictCommand) throws -> ExitStatus {
        throw notConnected("predict")
    }

    /// Prints the velocity of the initial measure at the points.
    static func velocity(_ command: VelocityCommand) throws -> ExitStatus {
        throw notConnected("velocity")
    }

    /// Repeats the run at two refinements and prints orders, changes and stated errors.
    static func converge(_ command: ConvergeCommand) throws -> ExitStatus {
        throw notConnected("converge")
    }

    /// Draws a run directory with gnuplot.
    static func figure(_ command: FigureCommand) throws -> ExitStatus {
        throw notConnected("figure")
    }

    private static func notConnected(_ name: String) -> UsageError {
        UsageError("'\(name)' is not connected to the numerics yet")
    }
}
