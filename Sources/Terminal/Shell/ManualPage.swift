/// The manual page of a command line in the roff macros of man(7), made from its declarations.
struct ManualPage {
    /// Name of the program.
    let program: String
    /// Its version.
    let version: String
    /// What it is, a sentence.
    let abstract: String
    /// The declarations of its commands.
    let commands: [CommandDescription]
    /// Command lines to begin with.
    let examples: [Example]

    /// The page, section 1.
    var text: String {
        let name = Self.escaped(program)
        var lines = [
            ".TH \(program.uppercased()) 1 \"\" \"\(name) \(version)\" \"User Commands\"",
            ".SH NAME", "\(name) \\- mean-field dynamics of self-attention",
            ".SH SYNOPSIS", "\\fB\(name)\\fR \\fICOMMAND\\fR [\\fIARGUMENT\\fR ...]",
            ".SH DESCRIPTION", Self.line(abstract), ".SH COMMANDS",
        ]
        for command in commands { lines += section(command) }
        lines.append(".SH EXIT STATUS")
        for status in ExitStatus.allCases {
            lines += [".TP", "\\fB\(status.rawValue)\\fR", Self.line(status.meaning)]
        }
        lines += [
            ".SH ENVIRONMENT", ".TP", "\\fBNO_COLOR\\fR",
            Self.line("Without colour on the terminal, if it is set and not empty."),
        ]
        lines += [".SH EXAMPLES"] + examples.flatMap(entry)
        return lines.joined(separator: "\n")
    }

    private func section(_ command: CommandDescription) -> [String] {
        var synopsis = "\\fB\(Self.escaped(program)) \(Self.escaped(command.name))\\fR"
        for positional in command.positionals {
            let name = "\\fI\(Self.escaped(positional.name))\\fR"
            synopsis += positional.isOptional ? " [\(name)]" : " \(name)"
        }
        if command.takesOverrides { synopsis += " [\\fIkey.path\\fR=\\fIvalue\\fR ...]" }
        if !command.options.isEmpty { synopsis += " [\\fIOPTION\\fR ...]" }
        var lines = [".SS \(Self.escaped(command.name))", synopsis, ".PP"]
        lines.append(Self.line(HelpText.sentence(command.abstract)))
        for paragraph in command.discussion { lines += [".PP", Self.line(paragraph)] }
        for positional in command.positionals {
            lines += [
                ".TP", "\\fI\(Self.escaped(positional.name))\\fR", Self.line(positional.help),
            ]
        }
        for option in command.options {
            let value =
                option.takesValue ? " \\fI\(Self.escaped(option.placeholder))\\fR" : ""
            lines += [".TP", "\\fB\\-\\-\(Self.escaped(option.name))\\fR\(value)"]
            lines.append(Self.line(option.help))
        }
        return lines + command.examples.flatMap(entry)
    }

    private func entry(_ example: Example) -> [String] {
        [".PP", Self.line(example.meaning), ".PP", ".RS 4", ".nf", Self.line(example.line)]
            + [".fi", ".RE"]
    }

    /// A line of text that is no request.
    private static func line(_ text: String) -> String {
        let escaped = escaped(text)
        return escaped.first == "." || escaped.first == "'" ? "\\&" + escaped : escaped
    }

    private static func escaped(_ text: some StringProtocol) -> String {
        String(text).replacing("\\", with: "\\e").replacing("-", with: "\\-")
            .replacing("…", with: "...")
    }
}
