import Foundation
import MeanField

/// A phase diagram with its directory: computes it, writes its files, resumes.
///
/// The directory is claimed before anything is computed. `diagram.csv` has every finished temperature at any
/// moment, whatever happens to the process; the other files are written at the end. The systems at a
/// temperature depend on nothing but the scenario, so that a resumed diagram has the same bytes. The scenario is one that was read for ``ScenarioDecoder/Purpose/diagram``.
public struct DiagramJob {
    private let scenario: Scenario
    private let directory: RunDirectory
    private let version: String
    private let table: DiagramTable
    private let finished: [PhaseDiagram.Row]

    /// Claims `directory` for the diagram of `scenario`.
    ///
    /// - Throws: ``OutputError`` where the directory is in use, holds another run, or cannot be
    ///   written.
    public init(
        _ scenario: Scenario, in directory: URL, existing: RunDirectory.Existing, version: String
    ) throws {
        precondition(scenario.diagram != nil, "the scenario is read for a diagram")
        self.scenario = scenario
        self.version = version
        self.directory = try RunDirectory(
            at: directory, scenarioText: scenario.tomlText, existing: existing)
        table = DiagramTable(scenario)
        let here = self.directory.diagramTable
        finished =
            existing == .resume && FileManager.default.fileExists(atPath: here.path)
            ? try table.rows(of: here) : []
    }

    /// Computes what is missing and writes `diagram.csv` and `diagram.nc`; `nil` if interrupted.
    ///
    /// - Throws: ``OutputError/cutShort(file:reason:)``, ``EvolutionError``.
    public func run(
        threads: Int, isInterrupted: () -> Bool, onProgress: (Double) -> Void
    ) throws -> DiagramResult? {
        try OutputError.inMidst {
            try compute(threads: threads, isInterrupted: isInterrupted, onProgress: onProgress)
        }
    }

    private func compute(
        threads: Int, isInterrupted: () -> Bool, onProgress: (Double) -> Void
    ) throws -> DiagramResult? {
        try directory.log("diagram started with \(finished.count) finished temperatures")
        let started = Date()
        let file = try GrowingFile(
            creating: directory.diagramTable, lines: [table.header] + table.lines(finished))
        var count = finished.count
        let result = try DiagramResult(
            of: scenario, version: version, finished: finished, threads: threads,
            isInterrupted: isInterrupted,
            onRow: { row in
                try file.append(table.lines(row, at: count))
                count += 1
            }, onProgress: onProgress)
        let seconds = String(format: "%.2f", -started.timeIntervalSinceNow)
        guard let result else {
            try directory.log("interrupted after \(seconds) s with \(count) temperatures")
            return nil
        }
        try result.write(netCDF: directory.diagram)
        try directory.log("diagram done after \(seconds) s")
        return result
    }

    /// Draws `diagram.png`.
    ///
    /// - Throws: ``OutputError``.
    public func draw(_ result: DiagramResult, with gnuplot: Gnuplot) throws {
        try DiagramFigure(result).draw(png: directory.diagramPNG, with: gnuplot)
    }
}
