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

    /// Runs `script` beside the files `input` in a directory of its own, and puts the pictures that it
    /// leaves there in their places, each whole or not at all.
    ///
    /// - Throws: ``OutputError`` if gnuplot fails or a file cannot be written.
    func draw(_ pictures: [(name: String, place: URL)], script: String, input: [String: Data])
        throws
    {
        let drawn = try draw(pictures.map(\.name), script: script, input: input)
        for (name, place) in pictures {
            try AtomicFile.write(drawn[name] ?? Data(), to: place)
        }
    }

    /// The pictures of these names that `script` leaves beside the files `input`, in a directory of
    /// its own that is removed.
    ///
    /// - Throws: ``OutputError`` if gnuplot fails or leaves no picture.
    package func draw(_ names: [String], script: String, input: [String: Data]) throws -> [String:
        Data]
    {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("tokenfield-figure-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        do {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true)
            for (name, data) in input {
                try data.write(to: directory.appendingPathComponent(name))
            }
        } catch {
            throw OutputError.unwritable(file: directory.path, reason: AtomicFile.reason(of: error))
        }
        try run(script, in: directory)
        var pictures = [String: Data]()
        for name in names {
            do {
                pictures[name] = try Data(contentsOf: directory.appendingPathComponent(name))
            } catch {
                throw OutputError.unreadable(file: name, reason: AtomicFile.reason(of: error))
            }
        }
        return pictures
    }
}
