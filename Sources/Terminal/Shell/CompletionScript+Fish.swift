extension CompletionScript {
    /// Completion by `complete`, one line for each word.
    var fish: String {
        var lines = ["# fish completion for \(program)", "complete -c \(program) -f"]
        for topic in topics {
            lines.append(
                line("__fish_use_subcommand", "-a \(topic.name)", topic.abstract))
        }
        for command in commands {
            let condition = "__fish_seen_subcommand_from \(command.name)"
            for option in command.options {
                let value =
                    option.takesValue
                    ? " -r" + fishList(CompletedValue(placeholder: option.placeholder)) : ""
                lines.append(line(condition, "-l \(option.name)\(value)", option.help))
            }
            lines.append(line(condition, "-l help", "print this help"))
            let list = fishList(command.firstValue)
            if !list.isEmpty {
                lines.append(line(condition, list, command.positionals[0].help))
            }
        }
        let overriding = commands.filter(\.takesOverrides).map(\.name).joined(separator: " ")
        lines.append(
            line(
                "__fish_seen_subcommand_from \(overriding); "
                    + "and string match -qr \"^[a-z]\" -- (commandline -ct)",
                "-a '\(keyWords)'", "a key of the scenario"))
        lines.append(
            line(
                "__fish_seen_subcommand_from help",
                "-a '\(commands.map(\.name).joined(separator: " "))'", "explain it"))
        return lines.joined(separator: "\n")
    }

    private var keyWords: String { keys.map { $0 + "=" }.joined(separator: " ") }

    private func line(_ condition: String, _ what: String, _ help: String) -> String {
        "complete -c \(program) -n '\(condition)' \(what) -d "
            + Self.singleQuoted(help, for: .fish)
    }

    private func fishList(_ value: CompletedValue) -> String {
        switch value {
        case .nothing: ""
        case .shippedScenarios: " -a '(\(shippedNames))'"
        case .keys: " -a '\(keyWords)'"
        case .words(let words): " -a '\(words.joined(separator: " "))'"
        case .directories: " -a '(__fish_complete_directories)'"
        case .files(nil): " -F"
        case .files(let suffix?): " -a '(__fish_complete_suffix \(suffix))'"
        }
    }
}
