/// Writes the help of commands from their declarations, at most 80 columns wide.
public enum HelpText {
    static let width = 80
    /// Column where explanations start.
    private static let column = 24

    /// The help of one command of `program`.
    public static func command(_ command: CommandDescription, of program: String) -> String {
        var lines = usage(of: command, program)
        for paragraph in [sentence(command.abstract)] + command.discussion {
            lines += [""] + TextLayout.wrap(paragraph, width: width)
        }
        if !command.positionals.isEmpty || command.takesOverrides {
            lines += ["", "Arguments:"]
            for positional in command.positionals {
                lines += entry(positional.name, positional.help)
            }
            if command.takesOverrides {
                lines += entry(
                    "key.path=value", "replace a key of the scenario; the value is TOML")
            }
        }
        lines += ["", "Options:"]
        for option in command.options { lines += entry(spelled(option), option.help) }
        lines += entry("--help", "print this help")
        lines += examples(command.examples)
        return lines.joined(separator: "\n")
    }

    /// The overview: what `program` is, and its commands.
    public static func overview(
        program: String, abstract: String, commands: [CommandDescription],
        examples list: [Example]
    ) -> String {
        var lines = ["Usage: \(program) COMMAND [ARGUMENT …]", ""]
        lines += TextLayout.wrap(abstract, width: width)
        lines += ["", "Commands:"]
        for command in commands { lines += entry(command.name, command.abstract, column: 14) }
        lines += examples(list)
        lines += [""]
        lines += TextLayout.wrap(
            "'\(program) help COMMAND' explains a command. Exit status: "
                + ExitStatus.allCases.map { "\($0.rawValue) \($0.meaning)" }
                .joined(separator: ", ") + ".", width: width)
        return lines.joined(separator: "\n")
    }

    private static func usage(of command: CommandDescription, _ program: String) -> [String] {
        var parts = command.positionals.map { positional in
            let name = positional.isRepeated ? "\(positional.name) …" : positional.name
            return positional.isOptional ? "[\(name)]" : name
        }
        if command.takesOverrides { parts.append("[key.path=value …]") }
        parts += command.options.map { $0.isRequired ? spelled($0) : "[\(spelled($0))]" }
        let head = "Usage: \(program) \(command.name) "
        // A usage item is never broken: its blanks are no places to wrap.
        let glued = parts.map { $0.replacing(" ", with: "\u{A0}") }.joined(separator: " ")
        if glued.isEmpty { return ["Usage: \(program) \(command.name)"] }
        return TextLayout.wrap(glued, width: width - head.count).enumerated().map {
            ($0.offset == 0 ? head : String(repeating: " ", count: head.count))
                + $0.element.replacing("\u{A0}", with: " ")
        }
    }

    private static func spelled(_ option: OptionDeclaration) -> String {
        switch option.arity {
        case .flag: "--\(option.name)"
        case .one: "--\(option.name) \(option.placeholder)"
        case .many: "--\(option.name) \(option.placeholder) …"
        }
    }

    private static func entry(_ name: String, _ help: String, column: Int = column) -> [String] {
        let text = TextLayout.wrap(help, width: width - column)
        let blank = String(repeating: " ", count: column)
        let head = TextLayout.padded("  " + name, to: column)
        if TextLayout.width(of: name) > column - 4 {
            return ["  " + name] + text.map { blank + $0 }
        }
        return [head + text[0]] + text.dropFirst().map { blank + $0 }
    }

    private static func examples(_ examples: [Example]) -> [String] {
        guard !examples.isEmpty else { return [] }
        return ["", "Examples:"]
            + examples.flatMap { example in
                TextLayout.wrap(example.meaning, width: width - 2).map { "  " + $0 }
                    + ["    " + example.line]
            }
    }

    /// A half sentence of a declaration as a whole one.
    static func sentence(_ abstract: String) -> String {
        abstract.prefix(1).uppercased() + abstract.dropFirst() + "."
    }
}
