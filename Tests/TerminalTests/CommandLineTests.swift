import Synchronization
import Testing

@testable import Terminal
@testable import tokenfield

/// Swift Testing has a type of the same name.
private typealias ExitStatus = Terminal.ExitStatus

/// Does nothing, or fails as its argument says.
private struct ProbeCommand: Command {
    static let how = Positional("HOW", help: "done or broken")
    static let description = CommandDescription(
        name: "probe", abstract: "probe the command line", discussion: [], positionals: [how],
        examples: [])

    struct Broken: ReportableError {
        var exitStatus: ExitStatus { .failure }
        var messages: [String] { ["the tail grew", "line one\nline two"] }
    }

    let how: String
    init(_ arguments: ParsedArguments) throws { how = try arguments[Self.how] }
    func execute() throws -> ExitStatus {
        if how == "broken" { throw Broken() }
        return .done
    }
}

@Suite struct CommandLineTests {
    private func run(_ arguments: String...) -> (
        status: ExitStatus, output: [String], errors: [String]
    ) {
        let written = Written()
        let line = CommandLineInterface(
            program: "tokenfield", abstract: "A probe.", commands: [ProbeCommand.self],
            examples: [], version: { "tokenfield 1.2.3" },
            output: { text in written.output.withLock { $0.append(text) } },
            diagnostics: { text in written.errors.withLock { $0.append(text) } })
        let status = line.run(arguments)
        return (status, written.output.withLock { $0 }, written.errors.withLock { $0 })
    }

    private final class Written: Sendable {
        let output = Mutex<[String]>([])
        let errors = Mutex<[String]>([])
    }

    @Test func statuses() {
        #expect(ExitStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 130])
        #expect(run("probe", "done").status == .done)
        let broken = run("probe", "broken")
        #expect(broken.status == .failure && broken.output.isEmpty)
        #expect(
            broken.errors == ["error: the tail grew", "error: line one", "error: line two"])
    }

    @Test func usageErrorsPointToTheHelp() {
        let missing = run("probe")
        #expect(missing.status == .badInput)
        #expect(
            missing.errors == [
                "error: HOW is missing: done or broken", "See 'tokenfield help probe'.",
            ])
        #expect(run().status == .badInput)
        #expect(run("prob").errors[0].contains("did you mean probe?"))
        #expect(run("--verson").errors[0].contains("did you mean --version?"))
        #expect(run("help", "probe", "probe").status == .badInput)
        #expect(run("--version", "probe").status == .badInput)
    }

    @Test(arguments: [["--version"], ["version"]])
    func version(_ arguments: [String]) {
        #expect(run(arguments[0]).output == ["tokenfield 1.2.3"])
    }

    @Test func helpGoesToStandardOutput() {
        for result in [run("help"), run("--help"), run("-h"), run("help", "help")] {
            #expect(result.status == .done && result.errors.isEmpty)
        }
        for result in [run("help", "probe"), run("probe", "--help"), run("help", "probe", "-h")] {
            #expect(
                result.status == .done && result.output[0].hasPrefix("Usage: tokenfield probe HOW"))
        }
    }

    @Test func helpFitsTheTerminal() {
        let texts =
            Tokenfield.commandLine.descriptions.map { HelpText.command($0, of: "tokenfield") }
            + [Tokenfield.commandLine.overview]
        for line in texts.flatMap({ $0.split(separator: "\n") }) {
            #expect(TextLayout.width(of: String(line)) <= 80, "\(line)")
        }
    }

    @Test func everyExampleParses() throws {
        for description in Tokenfield.commandLine.descriptions {
            #expect(!description.examples.isEmpty)
            for example in description.examples {
                let words = example.line.replacing("'", with: "").split(separator: " ").map(
                    String.init)
                #expect(words[0] == "tokenfield" && words[1] == description.name)
                _ = try ArgumentParser(description).parse(Array(words.dropFirst(2)))
            }
        }
    }
}
