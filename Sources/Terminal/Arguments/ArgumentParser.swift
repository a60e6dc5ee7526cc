import Scenarios

/// The arguments of one command, sorted.
public struct ParsedArguments: Sendable {
    /// Values of the positional arguments, by name.
    var positionals: [String: [String]] = [:]
    /// `key.path=value` arguments in their order, as they were given.
    public internal(set) var overrides: [String] = []
    /// Values of the options as text, by name; a flag has one empty value.
    var options: [String: [String]] = [:]

    /// The value of an option that the command declares.
    public subscript<Value>(option: Option<Value>) -> Value {
        get throws { try option.read(options[option.declaration.name] ?? []) }
    }

    /// The value of a positional argument, `nil` if it is optional and absent.
    public subscript(optional positional: Positional) -> String? {
        positionals[positional.name]?.first
    }

    /// The values of a positional argument that may be given several times.
    public subscript(all positional: Positional) -> [String] {
        positionals[positional.name] ?? []
    }

    /// The value of a required positional argument.
    public subscript(positional: Positional) -> String {
        get throws {
            guard let value = positionals[positional.name]?.first else {
                throw UsageError("\(positional.name) is missing: \(positional.help)")
            }
            return value
        }
    }
}

/// Sorts the arguments of a command by its declaration.
///
/// - `--name value` and `--name=value` are the same; an option is given once, unless it takes many
///   values.
/// - What begins with a dash and a number is a value: `--at -0.3`.
/// - `key.path=value` is an override where the command takes them; a file whose name looks like
///   one is written `./name`.
/// - After `--` nothing is an option.
///
/// It refuses, with the remedy: unknown options, missing values, values for flags, options given
/// twice, too few and too many arguments.
public struct ArgumentParser: Sendable {
    /// What the arguments ask for.
    public enum Outcome: Sendable {
        /// The command's help.
        case help
        /// The command.
        case arguments(ParsedArguments)
    }

    private let command: CommandDescription

    /// A parser for the arguments of `command`.
    public init(_ command: CommandDescription) { self.command = command }

    /// Sorts `arguments`, the words after the command's name.
    public func parse(_ arguments: [String]) throws(UsageError) -> Outcome {
        var parsed = ParsedArguments()
        var plain: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                plain += rest
                rest = []
            } else if argument == "--help" || argument == "-h" {
                return .help
            } else if Self.isOption(argument) {
                try parseOption(argument, &rest, into: &parsed)
            } else {
                plain.append(argument)
            }
        }
        try sort(plain, into: &parsed)
        return .arguments(parsed)
    }

    /// Whether `argument` begins like an option: a dash, but no number after it.
    static func isOption(_ argument: String) -> Bool {
        guard argument.hasPrefix("-"), argument.count > 1 else { return false }
        guard let second = argument.dropFirst().first else { return false }
        return !(second.isNumber || second == "." || Double(argument) != nil)
    }

    /// Whether `argument` is `key.path=…` with bare TOML keys; the value is the decoder's business.
    static func isOverride(_ argument: String) -> Bool {
        guard let equals = argument.firstIndex(of: "="), argument.first != "-" else { return false }
        let path = argument[..<equals]
        return path.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty
                && part.allSatisfy {
                    $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" || $0 == "-"
                }
        }
    }

    private func parseOption(
        _ argument: String, _ rest: inout ArraySlice<String>, into parsed: inout ParsedArguments
    ) throws(UsageError) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let (written, attached) = (String(parts[0]), parts.count == 2 ? String(parts[1]) : nil)
        guard let option = command.options.first(where: { "--" + $0.name == written }) else {
            let known = command.options.map { "--" + $0.name } + ["--help"]
            throw UsageError(
                "unknown option '\(written)'" + Suggestion.clause(for: written, among: known))
        }
        let name = option.name
        func firstValue() throws(UsageError) -> String {
            if let attached { return attached }
            guard let next = rest.first, !Self.isOption(next) else {
                let remedy =
                    rest.first.map { $0 == "--" ? "" : "; a value that begins so: --\(name)=\($0)" }
                throw UsageError(
                    "--\(name) needs a value: --\(name) \(option.placeholder)" + (remedy ?? ""))
            }
            rest.removeFirst()
            return next
        }
        switch option.arity {
        case .flag:
            if attached != nil { throw UsageError("--\(name) takes no value; write --\(name)") }
            parsed.options[name] = [""]
        case .one:
            let value = try firstValue()
            if parsed.options[name] != nil {
                throw UsageError("--\(name) is given twice; keep one")
            }
            parsed.options[name] = [value]
        case .many(let accepts):
            var values = [try firstValue()]
            while let next = rest.first, accepts(next) {
                values.append(next)
                rest.removeFirst()
            }
            parsed.options[name, default: []] += values
        }
    }

    private func sort(_ plain: [String], into parsed: inout ParsedArguments) throws(UsageError) {
        var waiting = command.positionals[...]
        for argument in plain {
            if command.takesOverrides, Self.isOverride(argument) {
                parsed.overrides.append(argument)
            } else if let positional = waiting.first {
                parsed.positionals[positional.name, default: []].append(argument)
                if !positional.isRepeated { waiting.removeFirst() }
            } else {
                let most = command.positionals.map(\.name).joined(separator: " ")
                let overrides = command.takesOverrides ? " and overrides key.path=value" : ""
                throw UsageError(
                    "unexpected argument '\(argument)'; '\(command.name)' takes "
                        + (most.isEmpty ? "no arguments" : most + overrides))
            }
        }
        let missing = waiting.first { !$0.isOptional && parsed.positionals[$0.name] == nil }
        if let missing {
            throw UsageError("\(missing.name) is missing: \(missing.help)")
        }
    }
}
