import Foundation
import Scenarios
import Terminal

/// `tokenfield scenarios`: lists the scenarios that come with the program.
struct ScenariosCommand: Command {
    static let description = CommandDescription(
        name: "scenarios",
        abstract: "list the scenarios that come with the program",
        discussion: [
            "Each with its name and title. They are files to read, run and change: 'tokenfield new' "
                + "makes a copy of one."
        ],
        positionals: [], options: [Shared.json.declaration],
        examples: [
            Example("tokenfield scenarios", "Names and titles:"),
            Example("tokenfield scenarios --json", "With their paths, for a program:"),
        ])

    /// Whether standard output is one JSON object.
    let json: Bool

    init(_ arguments: ParsedArguments) throws {
        json = try arguments[Shared.json]
    }

    func execute() throws -> ExitStatus {
        let library = try ScenarioLibrary(near: Tokenfield.executable)
        if json {
            let entries = library.entries.map { entry -> JSONValue in
                [
                    "name": .string(entry.name), "title": .string(entry.title),
                    "file": .string(entry.file.path),
                ]
            }
            StandardOutput.write(.array(entries))
            return .done
        }
        print("In \(library.directory.path):\n")
        let column = 2 + (library.entries.map { TextLayout.width(of: $0.name) }.max() ?? 0)
        for entry in library.entries {
            print(
                TextLayout.padded(entry.name, to: column) + TextLayout.harmless(entry.title))
        }
        return .done
    }
}
