import Foundation
import MeanField
import Phases

/// The picture of a run: the density in space and time, and below it the staircase of the energy
/// and the number of clusters, with the three phases marked on the common time axis.
///
/// Drawn by gnuplot, 900 pixels wide as SVG and twice that as PNG. The colours (viridis;
/// Okabe and Ito's blue and vermilion) can be told apart by colour-blind readers.
public struct RunFigure: Sendable {
    /// Name of the run, above the picture.
    public var title: String
    /// Phases and mergers.
    public var record: RunRecord
    /// In the order of time.
    public var snapshots: [Snapshot]

    /// The figure of a run; of tokens beyond the circle it shows the azimuth of their first two components,
    /// of zonal measures a great circle through the axis.
    public init(title: String, record: RunRecord, snapshots: [Snapshot]) {
        self.title = title
        self.record = record
        isProjected = snapshots.contains { $0.tokens != nil }
        let isZonal = snapshots.areZonal
        self.snapshots = snapshots.map { snapshot in
            var shown = isZonal ? snapshot.onGreatCircle : snapshot
            if let tokens = snapshot.tokens {
                shown.atoms = (0..<tokens.count).map { i in
                    let point = tokens.point(i)
                    return (atan2(point[1], point[0]), tokens.masses[i])
                }
            }
            return shown
        }
    }

    /// Whether angles are azimuths.
    private let isProjected: Bool

    /// Draws the figure into the files `svg` and `png`, each whole or not at all.
    ///
    /// - Throws: ``OutputError`` if gnuplot is missing or fails, or a file cannot be written.
    public func draw(svg: URL, png: URL, with gnuplot: Gnuplot) throws {
        try gnuplot.draw(
            [("figure.svg", svg), ("figure.png", png)], script: "main.gp", input: input)
    }

    /// The scripts and the data gnuplot reads.
    private var input: [String: Data] {
        let times = snapshots.map(\.time)
        let axis = FigureTimeAxis(record, lastSnapshot: times.last ?? .zero)
        let positions = times.map(axis.position)
        let raster = DensityRaster(
            snapshots, at: positions, end: axis.end, width: 754, height: 312)
        let image = raster.values.map { max($0, raster.range.lowerBound) }
        let bytes = image.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
        let script = FigureScript(
            title: title, record: record, axis: axis, raster: raster, isProjected: isProjected,
            mostClusters: snapshots.map(\.observables.clusters).max() ?? 0)
        let texts = [
            "main.gp": FigureScript.main, "figure.gp": script.text,
            "atoms.dat": atomTracks(positions), "energy.dat": energyTable(positions),
            "clusters.dat": clusterTable(positions, axis),
        ]
        var files = texts.mapValues { Data($0.utf8) }
        files["density.bin"] = bytes
        return files
    }

    /// Lines x, θ from each atom to the nearest one of the next snapshot.
    private func atomTracks(_ positions: [Double]) -> String {
        AtomTracks(snapshots, at: positions).lines.reduce(into: "0 NaN\n\n") { text, line in
            for point in line { text += "\(point.x) \(point.angle)\n" }
            text += "\n"
        }
    }

    /// Rows x, energy as a share of the largest one.
    private func energyTable(_ positions: [Double]) -> String {
        let largest = snapshots.map(\.observables.logEnergy).max() ?? 0
        var text = ""
        for (position, snapshot) in zip(positions, snapshots) {
            let share =
                largest.isFinite ? exp(snapshot.observables.logEnergy - largest) : 0
            text += "\(position) \(share)\n"
        }
        return text.isEmpty ? "0 NaN\n" : text
    }

    /// Rows x, number of clusters: at the snapshots and at the mergers between them.
    private func clusterTable(_ positions: [Double], _ axis: FigureTimeAxis) -> String {
        var rows = zip(positions, snapshots).map { ($0, $1.observables.clusters) }
        rows += record.mergers.map { (axis.position(of: $0.time.time), $0.clustersAfter) }
        let text = rows.sorted { $0.0 < $1.0 }.map { "\($0.0) \($0.1)\n" }.joined()
        return text.isEmpty ? "0 NaN\n" : text
    }
}
