import Foundation
import Phases

/// What a run left in its directory, finished, interrupted or still going on, read back.
public struct StoredRun: Sendable {
    /// The directory.
    public let directory: URL
    /// Name of the scenario.
    public let title: String
    /// Version of the program that ran it.
    public let version: String
    /// What it found.
    public let record: RunRecord
    /// The same as it stands in `phases.json`.
    public let phases: JSONValue
    /// The resolved scenario as it stands in the directory.
    public let scenarioText: String
    /// The same, read; `nil` where a file that it names is no longer there.
    public let scenario: Scenario?

    /// Reads `phases.json` and `scenario.toml`.
    ///
    /// - Throws: ``OutputError/noRun(path:)``, ``OutputError/noResults(path:)``, or what is wrong
    ///   with the files.
    public init(in directory: URL) throws {
        func file(_ name: String) -> URL { directory.appendingPathComponent(name) }
        func isThere(_ name: String) -> Bool {
            FileManager.default.fileExists(atPath: file(name).path)
        }
        guard isThere("scenario.toml") else {
            throw OutputError.noRun(path: directory.relativePath)
        }
        guard isThere("phases.json"), isThere("run.nc") else {
            throw OutputError.noResults(path: directory.relativePath)
        }
        do {
            scenarioText = try String(contentsOf: file("scenario.toml"), encoding: .utf8)
        } catch {
            throw OutputError.unreadable(
                file: file("scenario.toml").path, reason: AtomicFile.reason(of: error))
        }
        let content = try PhasesFile.read(from: file("phases.json"))
        (title, version, record) = (content.title, content.version, content.record)
        phases = content.json
        scenario = try? ScenarioDecoder.decode(file: file("scenario.toml").path)
        self.directory = directory
    }

    /// The snapshots in `run.nc`, in the order of time.
    ///
    /// - Throws: ``OutputError`` if the file is damaged or of another format.
    public func snapshots() throws -> [Snapshot] {
        try ResultsFile(from: directory.appendingPathComponent("run.nc")).snapshots
    }
}
