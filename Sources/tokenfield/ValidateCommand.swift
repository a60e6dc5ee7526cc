import Foundation
import Scenarios
import Terminal

/// `tokenfield validate`: parses a scenario and prints it with every default.
struct ValidateCommand: Command {
    static let description = CommandDescription(
        name: "validate",
        abstract: "check a scenario and print it with every default",
        discussion: [
            "Nothing is evolved and nothing is written. What is printed is a scenario itself, "
                + "followed by an estimate of what the run costs. Mistakes are named with file, "
                + "line and column (exit status 2)."
        ],
        positionals: [Shared.scenario], takesOverrides: true,
        examples: [
            Example("tokenfield validate scenarios/minilm-words.toml", "Check a scenario:"),
            Example(
                "tokenfield validate scenarios/two-clusters.toml model.beta=400",
                "What another temperature would cost:"),
        ])

    /// Path of the scenario file.
    let scenario: String
    /// Keys replaced on the command line, `key.path=value` in their order.
    let overrides: [String]

    init(_ arguments: ParsedArguments) throws {
        scenario = try arguments[Shared.scenario]
        overrides = arguments.overrides
    }

    func execute() throws -> ExitStatus {
        let scenario = try ScenarioDecoder.decode(file: scenario, overrides: overrides)
        let cost = try CostEstimate(scenario)
        print(scenario.tomlText)
        // Comments, so that what is printed stays a scenario.
        print("# starts as \(cost.representation) of size \(cost.size)")
        if let modes = cost.kernelModes {
            print("# the kernel has \(modes) Fourier modes that count")
        }
        let megabytes = (Double(cost.memory) / 1e6).rounded(.up)
        print("# memory: up to about \(NumberText.plain(megabytes)) MB")
        return .done
    }
}
