import Foundation
import Scenarios
import Terminal

/// What every command that computes is given: a scenario, and how to go about it.
struct ComputationArguments {
    /// Declarations of the options.
    static var options: [OptionDeclaration] {
        [Shared.threads.declaration, Shared.quiet.declaration, Shared.json.declaration]
    }

    /// Path of the scenario file.
    let scenario: String
    /// Keys replaced on the command line, `key.path=value` in their order.
    let overrides: [String]
    /// Most threads to use; `nil`: one for each processor.
    let threads: Int?
    /// Whether standard error stays silent but for errors.
    let isQuiet: Bool
    /// Whether standard output is one JSON object.
    let json: Bool

    init(_ arguments: ParsedArguments) throws {
        scenario = try arguments[Shared.scenario]
        overrides = arguments.overrides
        threads = try arguments[Shared.threads]
        isQuiet = try arguments[Shared.quiet]
        json = try arguments[Shared.json]
    }
}

/// Where the results of a command go, and what happens to those that are there.
struct ResultArguments {
    private static let resume = Option.flag(
        "resume", help: "continue what is in the directory from where it stopped")
    private static let force = Option.flag("force", help: "replace what is in the directory")

    private static func output(_ suffix: String) -> Option<String?> {
        Option.text(
            "output", "DIR", help: "write the results to DIR (default: runs/<scenario>\(suffix))")
    }

    /// Declarations of the options, for directories `runs/<scenario><suffix>`.
    static func options(suffix: String = "") -> [OptionDeclaration] {
        [output(suffix).declaration, resume.declaration, force.declaration]
    }

    /// The directory of the results: `--output`, or `runs/<scenario><suffix>`.
    let directory: URL
    /// Whether to continue it, replace it, or leave it alone.
    let existing: RunDirectory.Existing

    init(_ arguments: ParsedArguments, scenario: String, suffix: String = "") throws {
        if let output = try arguments[Self.output(suffix)] {
            directory = URL(fileURLWithPath: output)
        } else {
            let name = URL(fileURLWithPath: scenario).deletingPathExtension().lastPathComponent
            directory = URL(fileURLWithPath: "runs").appendingPathComponent(name + suffix)
        }
        let resume = try arguments[Self.resume]
        let force = try arguments[Self.force]
        if resume && force {
            throw UsageError(
                "--resume continues what is there and --force replaces it; give one of the two")
        }
        existing = resume ? .resume : force ? .replace : .refuse
    }
}
