import Foundation

/// A comparison with its directory: computes, writes, resumes.
///
/// `comparison.csv` and `comparison.json` are replaced as a whole as runs of particles finish (at most
/// once a second), at an interruption and at the end; both hold what is finished, in the order of counts
/// and replicas, so that their bytes depend on nothing but the scenario. `comparison.png` is drawn at the
/// end, where gnuplot is there. `checkpoint.nc` holds the references that are computed.
public struct ComparisonJob {
    private let plan: ComparisonPlan
    private let directory: RunDirectory
    private let version: String
    private let finished: [ComparisonSample]
    private let references: [ComparisonReference]

    /// Claims `directory` for a comparison of `scenario`.
    ///
    /// Throws ``ComparisonError`` where there is nothing to compare, ``OutputError`` where the directory
    /// is in use, holds something else, or cannot be written, ``CheckpointError`` where its checkpoint is of
    /// another program.
    public init(
        _ scenario: Scenario, in directory: URL, existing: RunDirectory.Existing, version: String
    ) throws {
        plan = try ComparisonPlan(scenario)
        self.version = version
        self.directory = try RunDirectory(
            at: directory, scenarioText: scenario.tomlText, existing: existing)
        func isThere(_ file: URL) -> Bool {
            existing == .resume && FileManager.default.fileExists(atPath: file.path)
        }
        let checkpoint = self.directory.checkpoint
        references =
            isThere(checkpoint) ? try Archive.load(from: checkpoint).references(of: plan) : []
        let table = self.directory.comparisonTable
        guard isThere(table) else {
            finished = []
            return
        }
        let text: String
        do {
            text = try String(contentsOf: table, encoding: .utf8)
        } catch {
            throw OutputError.unreadable(file: table.path, reason: AtomicFile.reason(of: error))
        }
        finished = try ComparisonTable.samples(text, of: plan)
    }

    /// Computes to the end, or until interrupted.
    ///
    /// Throws ``OutputError/cutShort(file:reason:)`` where the results cannot be written any more.
    public func run(
        threads: Int, isInterrupted: () -> Bool = { false },
        onProgress: (ComparisonProgress) -> Void = { _ in }
    ) throws -> ComparisonStudy {
        try OutputError.inMidst {
            try compute(threads: threads, isInterrupted: isInterrupted, onProgress: onProgress)
        }
    }

    private func compute(
        threads: Int, isInterrupted: () -> Bool, onProgress: (ComparisonProgress) -> Void
    ) throws -> ComparisonStudy {
        let started = Date()
        var study = ComparisonStudy(plan, finished: finished, references: references)
        try directory.log("comparison started with \(finished.count) finished runs of particles")
        var lastSave = started
        defer {
            let seconds = String(format: "%.2f", -started.timeIntervalSinceNow)
            try? directory.log(
                "\(study.samples.count) of \(plan.counts.count * plan.replicas) runs of particles "
                    + "are finished, \(seconds) s of this process")
        }
        do {
            try study.run(
                threads: threads, isInterrupted: isInterrupted, onProgress: onProgress,
                onReference: { try Archive($0).save(to: directory.checkpoint) },
                onSamples: { study in
                    guard -lastSave.timeIntervalSinceNow > 1 else { return }
                    try save(study)
                    lastSave = Date()
                })
        } catch {
            try save(study)
            throw error
        }
        try save(study)
        return study
    }

    /// Draws `comparison.png`; returns why not, where gnuplot is missing or refuses.
    public func draw(_ study: ComparisonStudy) throws -> String? {
        do {
            try ComparisonFigure(study).draw(png: directory.comparisonFigure, with: Gnuplot())
            return nil
        } catch let error as OutputError {
            switch error {
            case .gnuplotMissing, .gnuplotFailed: return error.description
            default: throw error
            }
        }
    }

    private func save(_ study: ComparisonStudy) throws {
        try AtomicFile.write(ComparisonTable.text(study), to: directory.comparisonTable)
        try AtomicFile.write(
            ComparisonFile.json(study, version: version).prettyPrinted, to: directory.comparison)
    }
}
