import Terminal

/// `tokenfield man`: prints the manual page.
struct ManCommand: Command {
    static let description = CommandDescription(
        name: "man",
        abstract: "print the manual page, for man or groff",
        discussion: ["'make install' puts it where man looks for it."],
        positionals: [],
        examples: [Example("tokenfield man", "To read it now, as tokenfield man | man -l -:")])

    init(_ arguments: ParsedArguments) throws {}

    func execute() throws -> ExitStatus {
        print(Tokenfield.commandLine.manualPage(version: Versions.program))
        return .done
    }
}
