import Foundation
import MeanField

/// A phase diagram with its directory: computes it and writes its files.
///
/// The directory is claimed before anything is computed; an interrupted diagram leaves no result.
/// The scenario is one that was read for ``ScenarioDecoder/Purpose/diagram``.
public struct DiagramJob {
    private let scenario: Scenario
    private let directory: RunDirectory
    private let version: String

    /// Claims `directory` for the diagram of `scenario`.
    ///
    /// - Throws: ``OutputError`` where the directory is in use, holds another run, or cannot be
    ///   written.
    public init(
        _ scenario: Scenario, in directory: URL, replaces: Bool, version: String
    ) throws {
        precondition(scenario.diagram != nil, "the scenario is read for a diagram")
        self.scenario = scenario
        self.version = version
        self.directory = try RunDirectory(
            at: directory, scenarioText: scenario.tomlText,
            existing: replaces ? .replace : .refuse)
    }

    /// Computes the diagram and writes `diagram.nc` and `diagram.csv`; `nil` if interrupted.
    ///
    /// - Throws: ``OutputError``, ``EvolutionError``.
    public func run(
        threads: Int, isInterrupted: () -> Bool, onProgress: (Double) -> Void
    ) throws -> DiagramResult? {
        let started = Date()
        let result = try DiagramResult(
            of: scenario, version: version, threads: threads, isInterrupted: isInterrupted,
            onProgress: onProgress)
        let seconds = String(format: "%.2f", -started.timeIntervalSinceNow)
        guard let result else {
            try directory.log("interrupted after \(seconds) s")
            return nil
        }
        try result.write(netCDF: directory.diagram)
        try result.write(table: directory.diagramTable)
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
