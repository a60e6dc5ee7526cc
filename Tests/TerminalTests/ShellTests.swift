import Foundation
import Testing

@testable import Terminal
@testable import tokenfield

@Suite struct ShellTests {
    /// Runs `script` in bash after the completion of bash; the lines that it prints.
    private func bash(_ script: String) throws -> [String] {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [
            "--norc", "-c", Tokenfield.commandLine.completion(for: .bash) + "\n" + script,
        ]
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func completed(_ words: String...) throws -> [String] {
        let list = words.map { "'\($0)'" }.joined(separator: " ")
        return try bash(
            "tokenfield() { printf 'In here:\\n\\nalpha  A heading\\nbeta   Another\\n'; }; cd \(ShellTests.checkout); COMP_WORDS=(tokenfield \(list)); COMP_CWORD=\(words.count); "
                + "_tokenfield; printf '%s\\n' \"${COMPREPLY[@]}\"")
    }

    private static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    @Test func bashCompletesWhatFits() throws {
        #expect(try completed("val") == ["validate"])
        #expect(
            try Set(completed("")).isSuperset(of: Tokenfield.commandLine.descriptions.map(\.name)))
        #expect(try completed("run", "--out") == ["--output"])
        #expect(try completed("run", "--output", "Sour") == ["Sources"])
        #expect(try completed("run", "scenarios/two-clusters.t") == ["scenarios/two-clusters.toml"])
        #expect(try completed("run", "a.toml", "model.be") == ["model.beta="])
        #expect(try completed("completion", "z") == ["zsh"])
        #expect(try completed("help", "vel") == ["velocity"])
        #expect(try completed("run", "--threads", "") == [])
        #expect(try completed("sweep", "a.toml", "--over", "model.be") == ["model.beta="])
    }

    @Test(arguments: Shell.allCases)
    func scriptsNameEveryCommandAndOption(_ shell: Shell) {
        let script = Tokenfield.commandLine.completion(for: shell)
        for command in Tokenfield.commandLine.descriptions {
            #expect(script.contains(command.name))
            for option in command.options { #expect(script.contains(option.name)) }
        }
        #expect(script.contains("time.snapshots"))
    }

    /// The names come from the program itself, here a function of the shell.
    @Test func bashAsksForTheShippedScenarios() throws {
        #expect(try completed("new", "x", "--like", "") == ["alpha", "beta"])
        #expect(try completed("new", "x", "--like", "be") == ["beta"])
    }

    private static func executable(_ shell: Shell) -> URL? {
        ["/bin", "/usr/bin"].map { URL(fileURLWithPath: "\($0)/\(shell.rawValue)") }.first {
            FileManager.default.isExecutableFile(atPath: $0.path)
        }
    }

    @Test func bashAcceptsItsScript() throws { try expectWellFormed(.bash) }

    @Test(.enabled(if: executable(.zsh) != nil, "zsh is not installed"))
    func zshAcceptsItsScript() throws { try expectWellFormed(.zsh) }

    @Test(.enabled(if: executable(.fish) != nil, "fish is not installed"))
    func fishAcceptsItsScript() throws { try expectWellFormed(.fish) }

    private func expectWellFormed(_ shell: Shell) throws {
        let program = try #require(Self.executable(shell))
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(Tokenfield.commandLine.completion(for: shell).utf8).write(to: file)
        let process = Process()
        process.executableURL = program
        process.arguments = ["-n", file.path]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func quotes() {
        #expect(CompletionScript.singleQuoted("it's", for: .bash) == #"'it'\''s'"#)
        #expect(CompletionScript.singleQuoted(#"it's \"#, for: .fish) == #"'it\'s \\'"#)
    }

    @Test func manualPageHasEverySection() {
        let lines = Tokenfield.commandLine.manualPage(version: "1.2.3")
            .split(separator: "\n").map(String.init)
        #expect(lines[0] == ".TH TOKENFIELD 1 \"\" \"tokenfield 1.2.3\" \"User Commands\"")
        for command in Tokenfield.commandLine.descriptions {
            #expect(lines.contains(".SS \(command.name)"))
            for option in command.options {
                let name = option.name.replacing("-", with: "\\-")
                #expect(lines.contains { $0.hasPrefix("\\fB\\-\\-\(name)\\fR") })
            }
            for example in command.examples {
                #expect(lines.contains(example.line.replacing("-", with: "\\-")))
            }
        }
        for status in ExitStatus.allCases { #expect(lines.contains("\\fB\(status.rawValue)\\fR")) }
        // What begins with a dot is a request: none but those that are meant.
        let requests: Set = [".TH", ".SH", ".SS", ".PP", ".TP", ".RS", ".RE", ".nf", ".fi"]
        for line in lines where line.hasPrefix(".") {
            #expect(requests.contains(String(line.split(separator: " ")[0])), "\(line)")
        }
    }
}

/// Swift Testing has a type of the same name.
private typealias ExitStatus = Terminal.ExitStatus
