import Terminal

/// `tokenfield completion`: prints what a shell needs to complete the command line.
struct CompletionCommand: Command {
    private static let known = Shell.allCases.map(\.rawValue).joined(separator: ", ")
    private static let shell = Positional(
        "SHELL", help: known)

    static let description = CommandDescription(
        name: "completion",
        abstract: "print what a shell needs to complete the command line",
        discussion: [
            "'make install' puts the scripts where the shells look for them. Without it, have the "
                + "shell read one when it starts."
        ],
        positionals: [shell],
        examples: [
            Example("tokenfield completion bash", "In ~/.bashrc, as source <(…):"),
            Example("tokenfield completion zsh", "In ~/.zshrc after compinit, as source <(…):"),
            Example(
                "tokenfield completion fish",
                "As the file ~/.config/fish/completions/tokenfield.fish:"),
        ])

    /// Which shell.
    let shell: Shell

    init(_ arguments: ParsedArguments) throws {
        let word = try arguments[Self.shell]
        guard let shell = Shell(rawValue: word) else {
            throw UsageError("no shell '\(word)' is known; give one of \(Self.known)")
        }
        self.shell = shell
    }

    func execute() throws -> ExitStatus {
        print(Tokenfield.commandLine.completion(for: shell))
        return .done
    }
}
