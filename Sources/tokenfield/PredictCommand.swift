import Scenarios
import Terminal

/// `tokenfield predict`: what theory says, without evolving anything.
struct PredictCommand: Command {
    static let description = CommandDescription(
        name: "predict",
        abstract: "what theory says, without evolving anything",
        discussion: [
            "Growth rates about the uniform density, the most unstable degree, the critical "
                + "noise, the spectrum that decides the collapse, the time scales of the three "
                + "phases, and for random starts how many clusters to expect, with probabilities."
        ],
        positionals: [Shared.scenario], takesOverrides: true,
        options: [Shared.json.declaration],
        examples: [
            Example("tokenfield predict scenarios/three-phases-circle.toml", "In words:"),
            Example(
                "tokenfield predict scenarios/noisy-stationary.toml model.beta=1 --json",
                "For a program, at another temperature:"),
        ])

    /// Path of the scenario file.
    let scenario: String
    /// Keys replaced on the command line, `key.path=value` in their order.
    let overrides: [String]
    /// Whether standard output is one JSON object.
    let json: Bool

    init(_ arguments: ParsedArguments) throws {
        scenario = try arguments[Shared.scenario]
        overrides = arguments.overrides
        json = try arguments[Shared.json]
    }

    func execute() throws -> ExitStatus {
        let scenario = try ScenarioDecoder.decode(file: scenario, overrides: overrides)
        let prediction = scenario.prediction
        if json {
            StandardOutput.write(prediction.json)
        } else {
            print(PredictionReport(title: scenario.title, prediction: prediction).text)
        }
        return .done
    }
}
