import Foundation
import Scenarios
import Terminal

/// `tokenfield new`: writes a scenario to start from.
struct NewCommand: Command {
    private static let name = Positional(
        "NAME", help: "the scenario's name; the file is NAME.toml")
    private static let like = Option.text(
        "like", "SHIPPED", help: "copy a scenario of 'tokenfield scenarios', by its name")
    private static let force = Option.flag("force", help: "replace the file if it is there")

    static let description = CommandDescription(
        name: "new",
        abstract: "write a scenario to start from",
        discussion: [
            "Writes NAME.toml, a scenario that runs as it is, with every key and a comment on it; or "
                + "with --like a copy of one that comes with the program. A file that exists is left "
                + "alone unless --force is given."
        ],
        positionals: [name], options: [like.declaration, force.declaration],
        examples: [
            Example("tokenfield new mine", "A scenario with every key explained:"),
            Example(
                "tokenfield new noisy --like noisy-stationary", "A copy of one that is there:"),
        ])

    /// Name of the scenario, as it was given.
    let name: String
    /// Name of the shipped scenario to copy.
    let like: String?
    /// Whether to replace a file.
    let force: Bool

    init(_ arguments: ParsedArguments) throws {
        name = try arguments[Self.name]
        like = try arguments[Self.like]
        force = try arguments[Self.force]
    }

    func execute() throws -> ExitStatus {
        let path = name.hasSuffix(".toml") ? String(name.dropLast(".toml".count)) : name
        let title = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard !title.isEmpty else {
            throw UsageError("'\(name)' is no name for a file; give one like 'mine'")
        }
        let file = URL(fileURLWithPath: path + ".toml")
        guard force || !FileManager.default.fileExists(atPath: file.path) else {
            throw UsageError(
                "\(file.relativePath) is there already; choose another name, or replace it with "
                    + "--force")
        }
        try AtomicFile.write(try draft(titled: String(title)).text, to: file)
        let word = Self.shellWord(file.relativePath)
        print(
            """
            wrote \(file.relativePath)
            check it:  tokenfield validate \(word)
            run it:    tokenfield run \(word)
            """)
        return .done
    }

    /// A path as a shell takes it, in quotes where it needs them.
    private static func shellWord(_ path: String) -> String {
        path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+".contains($0) }
            ? path : "'\(path.replacing("'", with: "'\\''"))'"
    }

    private func draft(titled title: String) throws -> ScenarioDraft {
        guard let like else { return ScenarioDraft(title: title) }
        let library = try ScenarioLibrary(near: Tokenfield.executable)
        guard let entry = library[like] else {
            throw UsageError(
                "no scenario '\(like)' comes with the program; 'tokenfield scenarios' lists those "
                    + "that do" + Suggestion.clause(for: like, among: library.entries.map(\.name)))
        }
        return try ScenarioDraft(like: entry)
    }
}
