import Foundation
import Testing

/// The examples that come with the program do what they say.
@Suite struct Examples {
    private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "examples")

    /// Status and output of a program.
    private static func run(_ program: URL, _ arguments: [String]) throws -> (Int32, String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    /// The first Python of the path that has what the notebook needs.
    private static let python: URL? = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { URL(fileURLWithPath: $0 + "/python3") }.first {
            FileManager.default.isExecutableFile(atPath: $0.path)
                && (try? run($0, ["-c", "import xarray, netCDF4, matplotlib"]))?.0 == 0
        }
    }()

    @Test func tenLinesOfSwift() throws {
        let text = try String(
            contentsOf: Self.directory.appending(path: "embed/main.swift"), encoding: .utf8)
        #expect(text.split(separator: "\n").count <= 12)
        let example = Program.executable.deletingLastPathComponent()
            .appending(path: "tokenfield-example")
        let (status, output) = try Self.run(example, [])
        #expect(status == 0)
        let lines = output.split(separator: "\n")
        try #require(lines.count == 4)
        // The main scenario: its three mergers.
        for (line, expected) in zip(lines, [(3, 2.40523), (2, 2.83193), (1, 7.76315)]) {
            let words = line.split(separator: " ")
            #expect(Int(words[0]) == expected.0)
            #expect(abs(Double(words[1])! - expected.1) < 1e-4)
        }
        #expect(lines[3].hasPrefix("consensus "))
    }

    @Test(.enabled(if: python != nil, "needs python3 with xarray, netCDF4 and matplotlib"))
    func theNotebookDrawsAnyRun() throws {
        let directory = try TemporaryDirectory()
        for name in ["two-clusters", "repulsive", "metastable-tokens"] {
            let outcome = try Program.run(
                [
                    "run", ShippedScenarios.directory.appending(path: name + ".toml").path,
                    "--output", name, "--quiet",
                ], in: directory)
            #expect(outcome.status == 0)
            let run = directory.url.appending(path: name)
            let script = Self.directory.appending(path: "notebook/redraw.py").path
            let (status, _) = try Self.run(Self.python!, [script, run.path])
            #expect(status == 0)
            let picture = try Data(contentsOf: run.appending(path: "redrawn.png"))
            #expect(picture.count > 10_000 && picture.starts(with: [0x89, 0x50, 0x4e, 0x47]))
        }
    }
}
