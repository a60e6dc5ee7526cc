import MeanField
import Ranks
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
        switch self {
        case .cutShort, .vanished: .failure
        default: .badInput
        }
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

extension SharingError: ReportableError {
    public var exitStatus: ExitStatus { .badInput }
    public var messages: [String] { [message] }
}

extension SweepTeam.Failure: ReportableError {
    public var exitStatus: ExitStatus { .badInput }
    public var messages: [String] { [message] }
}

extension FailedElsewhere: ReportableError {
    public var exitStatus: ExitStatus { .badInput }
    public var messages: [String] {
        ["another process cannot read what this one can; put the files where all machines see them"]
    }
}
