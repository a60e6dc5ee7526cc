import Foundation
import Testing

/// The built program, run as a process of its own.
enum Program {
    /// What a run of the program left behind.
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    /// `tokenfield` beside the running tests.
    static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
        .resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "tokenfield")

    /// The program that was built with Open MPI, where there is one.
    static let withMPI = ProcessInfo.processInfo.environment["TOKENFIELD_MPI"]

    /// Whether the tests that take long were asked for.
    static let runsSlowTests = ProcessInfo.processInfo.environment["TOKENFIELD_SLOW"] != nil

    /// Runs the program to its end in `directory`.
    static func run(
        _ arguments: [String], in directory: TemporaryDirectory,
        environment: [String: String]? = nil, program: URL = executable
    ) throws -> Outcome {
        try Running(arguments, in: directory, environment: environment, program: program).wait()
    }

    /// Runs a line of shell in `directory`, in which `$TOKENFIELD` is the program.
    static func shell(
        _ line: String, in directory: TemporaryDirectory
    ) throws -> (status: Int32, errors: String) {
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", line]
        process.currentDirectoryURL = directory.url
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["TOKENFIELD": executable.path]
        ) { $1 }
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    /// A run of the program that is going on.
    final class Running {
        private let process = Process()
        private let output: URL
        private let errors: URL

        init(
            _ arguments: [String], in directory: TemporaryDirectory,
            environment: [String: String]? = nil, program: URL = Program.executable
        ) throws {
            // Files, not pipes: a pipe that nobody reads stops the program.
            output = directory.url.appending(path: ".stdout-\(UUID().uuidString)")
            errors = directory.url.appending(path: ".stderr-\(UUID().uuidString)")
            for url in [output, errors] { try Data().write(to: url) }
            process.executableURL = program
            process.arguments = arguments
            if let environment { process.environment = environment }
            process.currentDirectoryURL = directory.url
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = try FileHandle(forWritingTo: errors)
            try process.run()
        }

        var isRunning: Bool { process.isRunning }

        /// Sends a signal.
        func signal(_ number: Int32) { kill(process.processIdentifier, number) }

        /// Waits for the end; the status is minus the signal that ended the process.
        func wait() throws -> Outcome {
            process.waitUntilExit()
            defer { for url in [output, errors] { try? FileManager.default.removeItem(at: url) } }
            let status = process.terminationStatus
            return Outcome(
                status: process.terminationReason == .exit ? status : -status,
                output: try String(contentsOf: output, encoding: .utf8),
                errors: try String(contentsOf: errors, encoding: .utf8))
        }
    }
}

/// A directory of its own that is removed when the value goes away.
final class TemporaryDirectory {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appending(path: "tokenfield-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file of this name.
    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: url.appending(path: name))
    }

    /// The bytes of files in the directory of a run.
    func bytes(_ run: String, _ files: [String]) throws -> [Data] {
        try files.map { try Data(contentsOf: url.appending(path: "\(run)/\($0)")) }
    }

    /// Whether there is something of this name.
    func contains(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: url.appending(path: name).path)
    }

    /// Names of what is in it, ascending.
    func contents() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
    }
}
