/// What the command tells the shell when it ends.
public enum ExitStatus: Int32, Sendable, CaseIterable {
    /// Everything was done.
    case done = 0
    /// A check or a baseline was missed.
    case checkFailed = 1
    /// The command line or an input file is wrong; nothing was written.
    case badInput = 2
    /// The numerics gave up for a named reason, or there was no room for the results; those up to
    /// there are valid.
    case failure = 3
    /// Stopped by a signal; a checkpoint was written.
    case interrupted = 130

    /// What it says, for the help.
    var meaning: String {
        switch self {
        case .done: "done"
        case .checkFailed: "a check failed"
        case .badInput: "bad input"
        case .failure: "numerical failure, or no room for results"
        case .interrupted: "interrupted"
        }
    }
}

/// An error that knows its exit status and says in sentences what to do about it.
public protocol ReportableError: Error {
    /// The status the process ends with.
    var exitStatus: ExitStatus { get }
    /// Sentences for standard error, one problem each.
    var messages: [String] { get }
}

/// A command line that cannot be obeyed: what is wrong, and the remedy.
public struct UsageError: ReportableError, Hashable {
    /// What is wrong and what to do.
    public let message: String

    /// An error that says `message`.
    public init(_ message: String) { self.message = message }

    /// Always bad input.
    public var exitStatus: ExitStatus { .badInput }
    /// The one message.
    public var messages: [String] { [message] }
}
