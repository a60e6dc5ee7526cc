import Foundation
import Testing

@testable import Scenarios

/// What someone meets first: the list of scenarios, a new one, and pipes.
@Suite struct Beginnings {
    @Test func scenariosAreListedWithTheirTitles() throws {
        let directory = try TemporaryDirectory()
        let outcome = try Program.run(["scenarios"], in: directory)
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines[0].hasSuffix("scenarios:"))
        for name in ShippedScenarios.names {
            #expect(lines.contains { $0.hasPrefix(name + " ") }, "\(name)")
        }
        #expect(lines.contains { $0.hasSuffix("  Three phases on the circle") })
        let json = try Program.run(["scenarios", "--json"], in: directory)
        guard case .array(let entries) = try JSONValue(parsing: json.output) else {
            Issue.record("no list")
            return
        }
        #expect(entries.count == ShippedScenarios.names.count)
    }

    @Test(arguments: ShippedScenarios.names)
    func copiesAreValid(_ name: String) throws {
        let directory = try TemporaryDirectory()
        let made = try Program.run(["new", "mine", "--like", name], in: directory)
        #expect(made.status == 0, "\(made.errors)")
        let isDiagram = name == "phase-diagram"
        let checked = try Program.run(["validate", "mine.toml"], in: directory)
        #expect(isDiagram || checked.status == 0, "\(checked.errors)")
    }

    @Test func newScenariosRunAndAreNotReplaced() throws {
        let directory = try TemporaryDirectory()
        let made = try Program.run(["new", "my \"first\" one"], in: directory)
        #expect(made.status == 0 && made.errors.isEmpty)
        let file = "my \"first\" one.toml"
        let outcome = try Program.run(["run", file, "time.end=0.1", "--quiet"], in: directory)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let before = try Data(contentsOf: directory.url.appending(path: file))
        try directory.write("mine", to: file)
        let again = try Program.run(["new", file], in: directory)
        #expect(again.status == 2 && again.errors.contains("--force"))
        #expect(try Data(contentsOf: directory.url.appending(path: file)) == Data("mine".utf8))
        #expect(try Program.run(["new", file, "--force"], in: directory).status == 0)
        #expect(try Data(contentsOf: directory.url.appending(path: file)) == before)
    }

    @Test func newRefusesWhatCannotBe() throws {
        let directory = try TemporaryDirectory()
        for arguments in [
            ["new"], ["new", ""], ["new", "a/"], ["new", ".toml"], ["new", "none/mine"],
            ["new", "mine", "--like", "two-cluster"],
        ] {
            let outcome = try Program.run(arguments, in: directory)
            #expect(outcome.status == 2 && outcome.output.isEmpty, "\(arguments)")
            #expect(!outcome.errors.isEmpty)
        }
        let outcome = try Program.run(["new", "mine", "--like", "two-cluster"], in: directory)
        #expect(outcome.errors.contains("did you mean two-clusters?"))
        #expect(try directory.contents().filter { !$0.hasPrefix(".std") }.isEmpty)
    }

    @Test func readersThatAreGoneAreNoError() throws {
        let directory = try TemporaryDirectory()
        for prefix in ["", "trap '' PIPE; "] {
            let outcome = try Program.shell(
                "\(prefix)for i in {1..20}; do \"$TOKENFIELD\" man | head -n 1; done", in: directory
            )
            #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        }
        #expect(try Program.shell("\"$TOKENFIELD\" bogus 2>&-", in: directory).status == 2)
        #expect(try Program.shell("\"$TOKENFIELD\" bogus 2>/dev/full", in: directory).status == 2)
    }

    @Test func outputThatCannotBeWrittenIsAnError() throws {
        let directory = try TemporaryDirectory()
        for target in [">/dev/full", ">&-"] {
            let outcome = try Program.shell("\"$TOKENFIELD\" help \(target)", in: directory)
            #expect(outcome.status == 2, "\(target)")
            #expect(outcome.errors.contains("standard output cannot be written"), "\(target)")
        }
    }
}
