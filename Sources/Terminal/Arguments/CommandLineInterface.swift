import Foundation
import Scenarios
import Synchronization

/// The whole command line: finds the command, obeys it and maps errors to exit statuses.
public struct CommandLineInterface: Sendable {
    private let program: String
    private let abstract: String
    private let commands: [any Command.Type]
    private let examples: [Example]
    private let version: @Sendable () -> String
    private let output: @Sendable (String) -> Void
    private let diagnostics: @Sendable (String) -> Void

    /// A command line of `commands`.
    ///
    /// - Parameters:
    ///   - version: The text of `--version`.
    ///   - output: Takes lines for standard output.
    ///   - diagnostics: Takes lines for standard error.
    public init(
        program: String, abstract: String, commands: [any Command.Type],
        examples: [Example], version: @escaping @Sendable () -> String,
        output: @escaping @Sendable (String) -> Void = { print($0) },
        diagnostics: @escaping @Sendable (String) -> Void = StandardError.write
    ) {
        self.program = program
        self.abstract = abstract
        self.commands = commands
        self.examples = examples
        self.version = version
        self.output = output
        self.diagnostics = diagnostics
    }

    /// The declarations of all commands.
    public var descriptions: [CommandDescription] { commands.map { $0.description } }

    /// The overview that `help` prints.
    public var overview: String {
        HelpText.overview(
            program: program, abstract: abstract, commands: descriptions, examples: examples)
    }

    /// The script by which `shell` completes the command line.
    public func completion(for shell: Shell) -> String {
        CompletionScript(
            program: program, commands: descriptions, keys: ScenarioDecoder.keys
        ).text(for: shell)
    }

    /// The manual page, in roff.
    public func manualPage(version: String) -> String {
        ManualPage(
            program: program, version: version, abstract: abstract, commands: descriptions,
            examples: examples
        ).text
    }

    /// Obeys `arguments`, the words after the program's name.
    public func run(_ arguments: [String]) -> ExitStatus {
        var command: String?
        do {
            return try dispatch(arguments, &command)
        } catch let error as any ReportableError {
            for message in error.messages { report(message) }
            if error is UsageError {
                let topic = command.map { " \($0)" } ?? ""
                diagnostics("See '\(program) help\(topic)'.")
            }
            return error.exitStatus
        } catch {
            report(String(describing: error))
            return .failure
        }
    }

    private func report(_ message: String) {
        for line in message.split(separator: "\n") { diagnostics("error: \(line)") }
    }

    private func dispatch(_ arguments: [String], _ active: inout String?) throws -> ExitStatus {
        guard let word = arguments.first else {
            throw UsageError("no command is given; the main one is '\(program) run SCENARIO'")
        }
        let rest = Array(arguments.dropFirst())
        switch word {
        case "help", "--help", "-h": return try help(on: rest)
        case "version", "--version":
            if rest.contains("--help") { return try help(on: []) }
            if let extra = rest.first {
                throw UsageError("unexpected argument '\(extra)'; '\(word)' takes no arguments")
            }
            output(version())
            return .done
        default: break
        }
        let command = try find(word)
        active = word
        switch try ArgumentParser(command.description).parse(rest) {
        case .help:
            output(HelpText.command(command.description, of: program))
            return .done
        case .arguments(let parsed): return try command.init(parsed).execute()
        }
    }

    private func find(_ word: String) throws(UsageError) -> any Command.Type {
        if let command = commands.first(where: { $0.description.name == word }) { return command }
        let kind = word.hasPrefix("-") ? "option" : "command"
        let known = descriptions.map(\.name) + ["help", "version", "--help", "--version"]
        throw UsageError("unknown \(kind) '\(word)'" + Suggestion.clause(for: word, among: known))
    }

    private func help(on words: [String]) throws -> ExitStatus {
        let topics = words.filter { $0 != "--help" && $0 != "-h" }
        if topics.count > 1 {
            throw UsageError("unexpected argument '\(topics[1])'; 'help' takes one COMMAND")
        }
        guard let topic = topics.first, topic != "help", topic != "version" else {
            output(overview)
            return .done
        }
        output(HelpText.command(try find(topic).description, of: program))
        return .done
    }
}

/// Standard error, unbuffered.
public enum StandardError {
    /// Whether nothing is written.
    static let isSilent = Atomic<Bool>(false)

    /// Writes one line; where nobody takes it, that is no reason to stop.
    public static func write(_ line: String) { writeUnfinished(line + "\n") }

    /// Writes text that is no whole line.
    static func writeUnfinished(_ text: String) {
        if isSilent.load(ordering: .relaxed) { return }
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
