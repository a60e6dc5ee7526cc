import Foundation
import MeanField
import Phases

/// A run with its directory: computes, writes, checkpoints, resumes.
///
/// The directory is claimed before anything is computed. `series.csv` grows row by row; `run.nc`,
/// `phases.json` and `checkpoint.nc` are replaced as a whole every few seconds, at an interruption and
/// at the end, so that whatever happens to the process the directory holds a valid run.
public struct RunJob {
    /// Whether there is a run already, and what to do with it.
    public typealias Existing = RunDirectory.Existing

    private let scenario: Scenario
    /// The directory, claimed for this run.
    public let directory: RunDirectory
    private let version: String
    private let resumes: Bool

    /// Seconds between checkpoints.
    private static let checkpointInterval = 5.0

    /// Claims `directory` for a run of `scenario`.
    ///
    /// Throws ``OutputError`` where the directory is in use, holds another run, or cannot be written,
    /// and ``InsufficientMemory`` where the machine is too small.
    public init(
        _ scenario: Scenario, in directory: URL, existing: Existing, version: String
    ) throws {
        try InsufficientMemory.check(scenario)
        self.scenario = scenario
        self.version = version
        self.directory = try RunDirectory(
            at: directory, scenarioText: scenario.tomlText, existing: existing)
        resumes = existing == .resume
    }

    /// How a job ended.
    public struct Result: Sendable {
        /// What the run found.
        public var record: RunRecord
        /// Its snapshots.
        public var snapshots: [Snapshot]
        /// Accepted steps of the run itself.
        public var steps: Int
    }

    /// Computes to the end, or until interrupted; `nil` if interrupted before there was anything.
    ///
    /// Throws ``OutputError/cutShort(file:reason:)`` where the results cannot be written any more.
    public func run(
        isInterrupted: @escaping () -> Bool = { false },
        onProgress: @escaping (Progress) -> Void = { _ in }
    ) throws -> Result? {
        try OutputError.inMidst {
            try scenario.withEvolution(Work(job: self, isInterrupted, onProgress))
        }
    }

    /// The run, whatever evolves.
    private struct Work: EvolutionWork {
        let job: RunJob
        let isInterrupted: () -> Bool
        let onProgress: (Progress) -> Void

        init(
            job: RunJob, _ isInterrupted: @escaping () -> Bool,
            _ onProgress: @escaping (Progress) -> Void
        ) {
            (self.job, self.isInterrupted, self.onProgress) = (job, isInterrupted, onProgress)
        }

        func callAsFunction<Evolution: RunnableEvolution>(
            _ kind: Evolution.Type
        ) throws -> Result? {
            try job.run(as: kind, isInterrupted, onProgress)
        }
    }

    private func run<Evolution: RunnableEvolution>(
        as kind: Evolution.Type, _ isInterrupted: () -> Bool, _ onProgress: (Progress) -> Void
    ) throws -> Result? {
        let started = Date()
        guard var session = try openSession(as: kind, isInterrupted) else {
            try directory.log("interrupted while planning; nothing to resume from yet")
            return nil
        }
        try directory.log("\(resumes ? "resumed" : "started") at step \(session.steps)")
        let series = try SeriesFile(
            creating: directory.series,
            columns: SeriesColumns(
                of: session.snapshots.first?.observables ?? session.observables()),
            snapshots: session.snapshots)
        var written = session.snapshots.count
        var lastCheckpoint = Date()
        while !session.isFinished && !isInterrupted() {
            session.step()
            for snapshot in session.snapshots[written...] { try series.append(snapshot) }
            written = session.snapshots.count
            onProgress(session.progress)
            if -lastCheckpoint.timeIntervalSinceNow > Self.checkpointInterval {
                try save(session, record: session.record(interrupted: true))
                lastCheckpoint = Date()
            }
        }
        let isSettled = try session.confirm(isInterrupted: isInterrupted)
        let record = session.record(interrupted: !session.isFinished || !isSettled)
        try save(session, record: record)
        let seconds = String(format: "%.2f", -started.timeIntervalSinceNow)
        try directory.log(
            "\(record.ended.rawValue) after \(session.steps) steps, \(seconds) s of this process")
        return Result(record: record, snapshots: session.snapshots, steps: session.steps)
    }

    private func openSession<Evolution: RunnableEvolution>(
        as kind: Evolution.Type, _ isInterrupted: () -> Bool
    ) throws -> RunSession<Evolution>? {
        if resumes, FileManager.default.fileExists(atPath: directory.checkpoint.path) {
            return try RunSession.resume(scenario, from: Archive.load(from: directory.checkpoint))
        }
        return try RunSession.start(scenario, isInterrupted: isInterrupted)
    }

    private func save<Evolution>(_ session: RunSession<Evolution>, record: RunRecord) throws {
        try ResultsFile(
            title: scenario.title, scenarioText: scenario.tomlText, version: version,
            snapshots: session.snapshots
        ).write(to: directory.results)
        try PhasesFile.write(
            record, scenario: scenario.title, version: version, to: directory.phases)
        try session.archive.save(to: directory.checkpoint)
    }
}
