import Foundation

/// The directory of a run: where its files are, who may write there, and its log.
///
/// Only one process at a time holds a run directory; it is free again when the object goes away.
public final class RunDirectory: Sendable {
    /// What to do with a run that is there already.
    public enum Existing: Sendable {
        /// Throw ``OutputError/runExists(path:)``.
        case refuse
        /// Delete its files (`--force`).
        case replace
        /// Go on with it (`--resume`).
        case resume
    }

    /// The directory.
    public let url: URL
    private let lock: DirectoryLock

    /// The resolved scenario.
    public var scenario: URL { url.appendingPathComponent("scenario.toml") }
    /// What the run found.
    public var phases: URL { url.appendingPathComponent("phases.json") }
    /// One row per snapshot.
    public var series: URL { url.appendingPathComponent("series.csv") }
    /// The snapshots.
    public var results: URL { url.appendingPathComponent("run.nc") }
    /// Enough to go on bit for bit.
    public var checkpoint: URL { url.appendingPathComponent("checkpoint.nc") }
    /// The report.
    public var report: URL { url.appendingPathComponent("report.html") }
    /// The log, the only file with wall times.
    public var logFile: URL { url.appendingPathComponent("log.txt") }
    /// The picture of the run as SVG.
    public var figure: URL { url.appendingPathComponent("figure.svg") }
    /// The picture of the run as PNG.
    public var figurePNG: URL { url.appendingPathComponent("figure.png") }

    /// A phase diagram over (time, beta).
    public var diagram: URL { url.appendingPathComponent("diagram.nc") }
    /// A phase diagram, one row for each beta and time.
    public var diagramTable: URL { url.appendingPathComponent("diagram.csv") }
    /// The picture of a phase diagram.
    public var diagramPNG: URL { url.appendingPathComponent("diagram.png") }

    /// The points of a sweep, a row each.
    public var sweepTable: URL { url.appendingPathComponent("sweep.csv") }
    /// The points of a sweep over its keys.
    public var sweep: URL { url.appendingPathComponent("sweep.nc") }
    /// The picture of a sweep.
    public var sweepPNG: URL { url.appendingPathComponent("sweep.png") }

    /// What a comparison found.
    public var comparison: URL { url.appendingPathComponent("comparison.json") }
    /// One row per count, replica and time of a comparison.
    public var comparisonTable: URL { url.appendingPathComponent("comparison.csv") }
    /// The picture of a comparison.
    public var comparisonFigure: URL { url.appendingPathComponent("comparison.png") }

    /// The files a run, a diagram, a sweep or a comparison may leave, without the lock.
    private var files: [URL] {
        [
            phases, series, results, checkpoint, report, figure, figurePNG, diagram, diagramTable,
            diagramPNG, comparison, comparisonTable, comparisonFigure, sweepTable, sweep, sweepPNG,
            scenario,
            logFile,
        ]
    }

    /// Opens the directory of a run of the resolved scenario `scenarioText`, creating it if needed.
    ///
    /// A directory that does not exist or is empty becomes a run directory. `replace` deletes the
    /// files a run leaves, and only from a directory with the `scenario.toml` and `log.txt` of a run;
    /// files of other names stay. `resume` asks for the same resolved scenario.
    ///
    /// - Throws: ``OutputError``; nothing is written then.
    public init(at url: URL, scenarioText: String, existing: Existing) throws {
        self.url = url
        let isThere = try Self.isOccupied(url)
        guard isThere else {
            guard existing != .resume else { throw OutputError.nothingToResume(path: url.path) }
            try Self.create(url)
            lock = try DirectoryLock(in: url)
            // Another run may have come and gone between the look and the lock.
            guard try !Self.isOccupied(url) else { throw OutputError.runExists(path: url.path) }
            try start(scenarioText)
            return
        }
        guard existing != .refuse else { throw OutputError.runExists(path: url.path) }
        guard Self.isFile(url, "scenario.toml"), Self.isFile(url, "log.txt") else {
            throw existing == .replace
                ? OutputError.notARunDirectory(path: url.path)
                : OutputError.nothingToResume(path: url.path)
        }
        lock = try DirectoryLock(in: url)
        if existing == .resume {
            try expect(scenarioText)
        } else {
            try removeFiles()
            try start(scenarioText)
        }
    }

    /// Opens the directory of a run that exists, to read it and to redraw its report.
    ///
    /// - Throws: ``OutputError/nothingToResume(path:)`` if there is none, ``OutputError/inUse(path:)``
    ///   while it is running.
    public init(openingRunAt url: URL) throws {
        guard Self.isFile(url, "scenario.toml") else {
            throw OutputError.nothingToResume(path: url.path)
        }
        self.url = url
        lock = try DirectoryLock(in: url)
    }

    /// Appends a line with the wall time to `log.txt`.
    public func log(_ message: String) throws {
        let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let line = Array("\(time) \(message)\n".utf8)
        let descriptor = open(logFile.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw OutputError.unwritable(file: logFile.path, reason: OutputError.systemMessage)
        }
        defer { close(descriptor) }
        guard write(descriptor, line, line.count) == line.count else {
            throw OutputError.unwritable(file: logFile.path, reason: OutputError.systemMessage)
        }
    }

    /// Writes the first files; the scenario comes last, so that a directory with it is complete.
    private func start(_ scenarioText: String) throws {
        try log("run started")
        try AtomicFile.write(scenarioText, to: scenario)
    }

    private func removeFiles() throws {
        for file in files {
            for path in [file.path, file.path + AtomicFile.partialSuffix]
            where unlink(path) != 0 && errno != ENOENT {
                throw OutputError.unwritable(file: path, reason: OutputError.systemMessage)
            }
        }
    }

    private func expect(_ scenarioText: String) throws {
        let text: String
        do {
            text = try String(contentsOf: scenario, encoding: .utf8)
        } catch {
            throw OutputError.unreadable(
                file: scenario.path, reason: AtomicFile.reason(of: error))
        }
        guard text != scenarioText else { return }
        let stored = text.split(separator: "\n", omittingEmptySubsequences: false)
        let given = scenarioText.split(separator: "\n", omittingEmptySubsequences: false)
        let line =
            zip(stored, given).enumerated().first { $1.0 != $1.1 }?.offset
            ?? min(stored.count, given.count)
        throw OutputError.differentScenario(
            path: url.path, line: line + 1,
            stored: line < stored.count ? String(stored[line]) : "",
            given: line < given.count ? String(given[line]) : "")
    }

    /// What a run leaves that was killed before it had its scenario written.
    private static let beginnings: Set = [
        ".lock", "log.txt", "scenario.toml" + AtomicFile.partialSuffix,
    ]

    /// Whether something stands at `url` that is more than an empty or just begun directory.
    private static func isOccupied(_ url: URL) throws -> Bool {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
            return false
        }
        guard isDirectory.boolValue else { throw OutputError.notARunDirectory(path: url.path) }
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: url.path)
            return !beginnings.isSuperset(of: names)
        } catch {
            throw OutputError.unreadable(file: url.path, reason: AtomicFile.reason(of: error))
        }
    }

    private static func isFile(_ directory: URL, _ name: String) -> Bool {
        FileManager.default.fileExists(atPath: directory.appendingPathComponent(name).path)
    }

    private static func create(_ url: URL) throws {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw OutputError.unwritable(file: url.path, reason: AtomicFile.reason(of: error))
        }
    }
}
