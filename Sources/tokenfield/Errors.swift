import MeanField
import Scenarios
import Terminal

// Which errors of the other rooms end the command how.

extension ScenarioError: ReportableError {
    public var exitStatus: ExitStatus { .badInput }
    public var messages: [String] { description.split(separator: "\n").map(String.init) }
}

extension ScenarioLibrary.NotFound: ReportableError {
    public var exitStatus: ExitStatus { .badInput }
    public var messages: [String] { [sentence] }
}

extension InsufficientMemory: ReportableError {
    public var exitStatus: ExitStatus { .badInput }
    public var messages: [String] { [sentence] }
}

extension OutputError: ReportableError {
    public var exitStatus: ExitStatus {
        if case .cutShort = self { return .failure }
        return .badInput
    }
    public var messages: [String] { [description] }
}

extension ComparisonError: ReportableError {
    public var exitStatus: ExitStatus { .badInput }
    public var messages: [String] { [sentence] }
}

extension CheckpointError: ReportableError {
    public var exitStatus: ExitStatus { .badInput }
    public var messages: [String] { [sentence] }
}

extension EvolutionError: ReportableError {
    public var exitStatus: ExitStatus { .failure }
    public var messages: [String] { [sentence] }
}
