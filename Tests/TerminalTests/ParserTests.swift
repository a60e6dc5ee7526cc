import Testing

@testable import Terminal
@testable import tokenfield

@Suite struct ParserTests {
    /// The arguments after the command's name, read by the command `C`.
    private func read<C: Command>(_ type: C.Type, _ arguments: String...) throws -> C {
        switch try ArgumentParser(C.description).parse(arguments) {
        case .help: throw UsageError("help")
        case .arguments(let parsed): return try C(parsed)
        }
    }

    private func message<C: Command>(_ type: C.Type, _ arguments: String...) -> String {
        do {
            switch try ArgumentParser(C.description).parse(arguments) {
            case .help: return "help"
            case .arguments(let parsed):
                _ = try C(parsed)
                return "accepted"
            }
        } catch {
            return (error as? UsageError)?.message ?? "\(error)"
        }
    }

    @Test func runTakesEverythingTheContractNames() throws {
        let run = try read(
            RunCommand.self, "a.toml", "model.beta=9", "--output", "out", "time.end=\"consensus\"",
            "--force", "--threads=2", "--quiet", "--json")
        #expect(run.computation.scenario == "a.toml")
        #expect(run.computation.overrides == ["model.beta=9", "time.end=\"consensus\""])
        #expect(run.results.directory.lastPathComponent == "out" && run.computation.threads == 2)
        #expect(run.results.existing == .replace)
        #expect(run.computation.isQuiet && run.computation.json)
    }

    @Test func defaultsAreAbsent() throws {
        let run = try read(RunCommand.self, "a.toml")
        #expect(run.computation.overrides.isEmpty && run.computation.threads == nil)
        #expect(run.results.directory.relativePath == "runs/a")
        #expect(run.results.existing == .refuse)
        #expect(!run.computation.isQuiet && !run.computation.json)
    }

    @Test(arguments: ["model.value=-1", "model.query=-2.5e-1", "a-b.c_d=[[1, 0], [0, 1]]", "x=y=z"])
    func overridesAreNoFlags(_ text: String) throws {
        #expect(try read(RunCommand.self, text, "a.toml").computation.overrides == [text])
    }

    @Test func aFileWithAnEqualsSignNeedsADirectory() throws {
        #expect(try read(RunCommand.self, "./beta=9.toml").computation.scenario == "./beta=9.toml")
        #expect(message(RunCommand.self, "beta=9.toml").contains("SCENARIO is missing"))
    }

    @Test func negativeNumbersAreValues() throws {
        let velocity = try read(
            VelocityCommand.self, "a.toml", "--at", "-0.3", "-.5", "-1e-3,2", "--json", "--at=-7")
        #expect(velocity.points == [[-0.3], [-0.5], [-1e-3, 2], [-7]])
        #expect(velocity.json)
    }

    @Test func pointsEndWhereNoPointFollows() throws {
        let velocity = try read(VelocityCommand.self, "--at", "1", "2", "a.toml", "model.beta=3")
        #expect(velocity.points == [[1], [2]])
        #expect(velocity.scenario == "a.toml" && velocity.overrides.count == 1)
    }

    @Test func dashesEndTheOptions() throws {
        let dashed = try read(RunCommand.self, "--force", "--", "--odd.toml")
        #expect(dashed.computation.scenario == "--odd.toml")
        let named = try read(RunCommand.self, "--output=--odd", "a.toml")
        #expect(named.results.directory.lastPathComponent == "--odd")
    }

    @Test func usageErrorsNameTheRemedy() {
        let cases = [
            (message(RunCommand.self, "a.toml", "--ouput", "d"), "did you mean --output?"),
            (message(RunCommand.self, "a.toml", "--thread=2"), "did you mean --threads?"),
            (message(RunCommand.self, "a.toml", "--zebra"), "unknown option '--zebra'."),
            (message(RunCommand.self, "a.toml", "-x"), "unknown option '-x'."),
            (
                message(RunCommand.self, "a.toml", "--output"),
                "--output needs a value: --output DIR"
            ),
            (message(RunCommand.self, "a.toml", "--output", "--force"), "--output=--force"),
            (message(RunCommand.self, "a.toml", "--output="), "--output is empty"),
            (
                message(RunCommand.self, "a.toml", "--output", "a", "--output=b"),
                "--output is given twice"
            ),
            (message(RunCommand.self, "a.toml", "--force=yes"), "--force takes no value"),
            (message(RunCommand.self), "SCENARIO is missing: the scenario file (TOML)"),
            (message(RunCommand.self, "a.toml", "b.toml"), "unexpected argument 'b.toml'"),
            (message(RunCommand.self, "a.toml", "--resume", "--force"), "give one of the two"),
            (message(VelocityCommand.self, "a.toml"), "--at is missing: a point"),
            (message(VelocityCommand.self, "a.toml", "--at"), "--at needs a value"),
            (message(VelocityCommand.self, "a.toml", "--at", "nan"), "finite numbers"),
            (message(VelocityCommand.self, "a.toml", "--at", "-inf"), "finite numbers"),
            (message(VelocityCommand.self, "a.toml", "--at", "1,"), "coordinates"),
            (message(VelocityCommand.self, "a.toml", "--at", "north"), "not 'north'"),
            (message(FigureCommand.self, "runs/a", "x=1"), "'figure' takes RUNDIR"),
        ]
        for (message, part) in cases { #expect(message.contains(part), "\(message)") }
    }

    @Test(arguments: ["0", "-1", "1025", "two", "1.5", "", "99999999999999999999"])
    func threadsAreWholeAndPositive(_ text: String) {
        let expected = "--threads needs a whole number from 1 to 1024, not '\(text)'"
        #expect(message(RunCommand.self, "a.toml", "--threads=\(text)") == expected)
    }

    @Test func helpIsFoundAnywhere() {
        #expect(message(RunCommand.self, "a.toml", "--force", "--help") == "help")
        #expect(message(RunCommand.self, "-h") == "help")
        #expect(message(RunCommand.self, "--output", "d", "--", "--help") == "accepted")
    }
}
