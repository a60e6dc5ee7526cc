extension CompletionScript {
    /// Completion by `complete -F`.
    var bash: String {
        let names = topics.map(\.name).joined(separator: " ")
        return """
            # bash completion for \(program)
            _\(program)() {
                local current="${COMP_WORDS[COMP_CWORD]}"
                local previous="${COMP_WORDS[COMP_CWORD - 1]}"
                local keys='\(keys.joined(separator: " "))'
                COMPREPLY=()
                if [ "$COMP_CWORD" -eq 1 ]; then
                    mapfile -t COMPREPLY < <(compgen -W '\(names)' -- "$current")
                    return
                fi
                case "${COMP_WORDS[1]} $previous" in
            \(values.joined(separator: "\n"))
                esac
                case "${COMP_WORDS[1]}" in
            \(commandCases.joined(separator: "\n"))
                help)
                    mapfile -t COMPREPLY < <(compgen -W '\(names)' -- "$current") ;;
                esac
            }
            complete -F _\(program) \(program)
            """
    }

    /// The values of options, one case for each kind of value.
    private var values: [String] {
        var patterns = [CompletedValue: [String]]()
        for command in commands {
            for option in command.options where option.takesValue {
                patterns[CompletedValue(placeholder: option.placeholder), default: []]
                    .append("'\(command.name) --\(option.name)'")
            }
        }
        return patterns.sorted { $0.value[0] < $1.value[0] }.map { value, patterns in
            """
                \(patterns.joined(separator: " | ")))
                    \(offer(value))
                    return ;;
            """
        }
    }

    /// What follows each command: its options after a dash, keys of the scenario, its argument.
    private var commandCases: [String] {
        commands.map { command in
            let options = (command.options.map(\.name) + ["help"]).map { "--\($0)" }
            var lines = [
                "if [[ $current == -* ]]; then",
                "    mapfile -t COMPREPLY < <(compgen -W '\(options.joined(separator: " "))' "
                    + "-- \"$current\")",
            ]
            if command.takesOverrides {
                lines += [
                    "elif [ \"$COMP_CWORD\" -gt 2 ] && [ -n \"$current\" ]; then",
                    "    compopt -o nospace 2>/dev/null",
                    "    mapfile -t COMPREPLY < <(compgen -S = -W \"$keys\" -- \"$current\")",
                ]
            }
            lines += ["else", "    \(offer(command.firstValue))", "fi"]
            return
                (["    \(command.name))"] + lines.map { "        \($0)" }
                + ["        ;;"]).joined(separator: "\n")
        }
    }

    private func offer(_ value: CompletedValue) -> String {
        let (before, list): (String, String) =
            switch value {
            case .nothing: ("", "")
            case .shippedScenarios: ("", "compgen -W \"$(\(shippedNames))\"")
            case .keys: ("compopt -o nospace 2>/dev/null; ", "compgen -S = -W \"$keys\"")
            case .words(let words): ("", "compgen -W '\(words.joined(separator: " "))'")
            case .directories: ("compopt -o filenames 2>/dev/null; ", "compgen -d")
            case .files(nil): ("compopt -o filenames 2>/dev/null; ", "compgen -f")
            case .files(let suffix?):
                (
                    "compopt -o filenames 2>/dev/null; ",
                    "compgen -d -- \"$current\"; compgen -f -X '!*\(suffix)'"
                )
            }
        return list.isEmpty
            ? ":" : before + "mapfile -t COMPREPLY < <(\(list) -- \"$current\")"
    }
}
