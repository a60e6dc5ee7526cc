import Foundation

/// The program gnuplot, which draws the figures.
public struct Gnuplot: Sendable {
    private let executable: URL

    /// Looks for gnuplot on the search path.
    ///
    /// - Throws: ``OutputError/gnuplotMissing``.
    public init(searchPath: String? = ProcessInfo.processInfo.environment["PATH"]) throws {
        let candidates = (searchPath ?? "").split(separator: ":").map {
            URL(fileURLWithPath: String($0)).appendingPathComponent("gnuplot")
        }
        guard
            let executable = candidates.first(where: {
                FileManager.default.isExecutableFile(atPath: $0.path)
            })
        else { throw OutputError.gnuplotMissing }
        self.executable = executable
    }

    /// Runs gnuplot on the file `script` in `directory`.
    ///
    /// - Throws: ``OutputError/gnuplotFailed(status:message:)`` with what gnuplot said.
    public func run(_ script: String, in directory: URL) throws {
        let complaints = directory.appendingPathComponent("gnuplot.log")
        let process = Process()
        process.executableURL = executable
        process.arguments = [script]
        process.currentDirectoryURL = directory
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        do {
            try Data().write(to: complaints)
            process.standardError = try FileHandle(forWritingTo: complaints)
            try process.run()
        } catch {
            throw OutputError.unwritable(file: directory.path, reason: AtomicFile.reason(of: error))
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let message = (try? String(contentsOf: complaints, encoding: .utf8)) ?? ""
            throw OutputError.gnuplotFailed(
                status: process.terminationStatus,
                message: message.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }
}
