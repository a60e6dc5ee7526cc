import Terminal

/// `tokenfield velocity`: the velocity field of the initial measure at points.
struct VelocityCommand: Command {
    private static let at = Option.points(
        "at", "P",
        help: "a point: an angle in radians (--at -0.3) or its coordinates (--at 0.6,0.8)")

    static let description = CommandDescription(
        name: "velocity",
        abstract: "the velocity of the initial measure at points",
        discussion: [
            "Prints d theta/dt of a token at each point, in the papers' time t, and the logarithm "
                + "of the attention potential there. Nothing is evolved and nothing is written."
        ],
        positionals: [Shared.scenario], takesOverrides: true,
        options: [at.declaration, Shared.json.declaration],
        examples: [
            Example(
                "tokenfield velocity scenarios/three-phases-circle.toml --at -0.3",
                "At one angle:"),
            Example(
                "tokenfield velocity scenarios/two-clusters.toml --at 0.5 1.0 0.6,0.8 --json",
                "At several points, for a program:"),
        ])

    /// Path of the scenario file.
    let scenario: String
    /// Keys replaced on the command line, `key.path=value` in their order.
    let overrides: [String]
    /// Angles (one number each) or points of the plane (two), as they were given.
    let points: [[Double]]
    /// Whether standard output is one JSON object.
    let json: Bool

    init(_ arguments: ParsedArguments) throws {
        scenario = try arguments[Shared.scenario]
        overrides = arguments.overrides
        points = try arguments[Self.at]
        json = try arguments[Shared.json]
    }

    func execute() throws -> ExitStatus { try Workbench.velocity(self) }
}
