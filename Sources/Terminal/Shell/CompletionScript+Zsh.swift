extension CompletionScript {
    /// Completion by `_arguments`, as a file of the function path or to be sourced.
    var zsh: String {
        let described = topics.map {
            Self.singleQuoted($0.name + ":" + $0.abstract, for: .zsh)
        }
        return """
            #compdef \(program)
            _\(program)() {
                if (( CURRENT == 2 )); then
                    local -a topics=(
                        \(described.joined(separator: "\n            "))
                    )
                    _describe -t commands command topics
                    return
                fi
                local name=$words[2]
                local -a keys=(\(keys.joined(separator: " ")))
                shift words
                (( CURRENT-- ))
                case $name in
            \(commands.map(zshCase).joined(separator: "\n"))
                help) _arguments '1:COMMAND:(\(commands.map(\.name).joined(separator: " ")))' ;;
                esac
            }
            if [ "$funcstack[1]" = "_\(program)" ]; then
                _\(program) "$@"
            else
                compdef _\(program) \(program)
            fi
            """
    }

    private func zshCase(_ command: CommandDescription) -> String {
        var words = command.options.map { option in
            let help = option.help.replacing("[", with: "(").replacing("]", with: ")")
                .replacing(":", with: "\\:")
            let value =
                option.takesValue
                ? ":\(option.placeholder):"
                    + zshAction(CompletedValue(placeholder: option.placeholder)) : ""
            return "--\(option.name)[\(help)]\(value)"
        }
        words.append("(- *)--help[print this help]")
        if let first = command.positionals.first {
            words.append("1:\(first.name):" + zshAction(command.firstValue))
        }
        if command.takesOverrides {
            words.append("*:key.path=value:compadd -S = -a keys")
        }
        let lines = words.map { "        " + Self.singleQuoted($0, for: .zsh) }
        return "    \(command.name))\n        _arguments \\\n"
            + lines.joined(separator: " \\\n") + "\n        ;;"
    }

    private func zshAction(_ value: CompletedValue) -> String {
        switch value {
        case .nothing: " "
        case .shippedScenarios: "{compadd -- $(\(shippedNames))}"
        case .keys: "{compadd -S = -a keys}"
        case .words(let words): "(\(words.joined(separator: " ")))"
        case .directories: "_files -/"
        case .files(nil): "_files"
        case .files(let suffix?): "_files -g \"*\(suffix)\""
        }
    }
}
