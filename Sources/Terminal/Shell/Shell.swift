/// A shell whose completion is known.
public enum Shell: String, Sendable, CaseIterable {
    case bash, zsh, fish
}

/// What a shell offers in the place of an argument, by the name that stands for it in the help.
enum CompletedValue: Hashable {
    /// Files whose names end so; any if `nil`.
    case files(suffix: String?)
    case directories
    case words([String])
    /// Names of the scenarios that come with the program, which it tells when asked.
    case shippedScenarios
    /// Keys of a scenario, before a sign of equality.
    case keys
    case nothing

    init(placeholder: String) {
        switch placeholder {
        case "SCENARIO": self = .files(suffix: ".toml")
        case "FILE": self = .files(suffix: nil)
        case "DIR", "RUNDIR": self = .directories
        case "SHIPPED": self = .shippedScenarios
        case "KEY=VALUES": self = .keys
        case "SHELL": self = .words(Shell.allCases.map(\.rawValue))
        default: self = .nothing
        }
    }
}

/// The completion script of a command line for one shell, made from the declarations of its commands.
struct CompletionScript {
    /// Name of the program.
    let program: String
    /// The declarations of its commands.
    let commands: [CommandDescription]
    /// Names of the keys that `key.path=value` arguments may replace.
    let keys: [String]

    /// Words that stand where a command does, with what they do.
    var topics: [(name: String, abstract: String)] {
        commands.map { ($0.name, $0.abstract) } + [
            ("help", "explain a command"), ("--version", "print the version"),
        ]
    }

    /// The command line that prints the names of the scenarios that come with the program.
    var shippedNames: String {
        "\(program) scenarios 2>/dev/null | sed -n \"3,\\$s/ .*//p\""
    }

    /// The script for `shell`.
    func text(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    /// `text` in single quotes, as all three shells read it.
    static func singleQuoted(_ text: String, for shell: Shell) -> String {
        // Inside of single quotes only fish knows an escape.
        let inside =
            shell == .fish
            ? text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
            : text.replacing("'", with: "'\\''")
        return "'\(inside)'"
    }
}

extension CommandDescription {
    /// What stands in the place of its first argument.
    var firstValue: CompletedValue {
        positionals.first.map { CompletedValue(placeholder: $0.name) } ?? .nothing
    }
}

extension OptionDeclaration {
    /// Whether a value follows the name.
    var takesValue: Bool {
        if case .flag = arity { return false }
        return true
    }
}
