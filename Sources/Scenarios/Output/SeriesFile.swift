import Foundation
import MeanField
import Phases

/// The columns of `series.csv`.
public struct SeriesColumns: Sendable, Hashable {
    /// Number of Fourier modes c_k or moments m_l that are written.
    public static let modes = 8

    /// Whether there are moments m_l in the place of Fourier modes c_k (beyond the circle).
    public var hasMoments: Bool

    /// Whether there is a column `free_energy` (diffusion).
    public var hasFreeEnergy: Bool
    /// Whether there is a column `energy_attention` (Q, K other than the identity).
    public var hasEnergyAttention: Bool

    /// The columns a run has whose observables have the shape of `observables`.
    public init(of observables: Observables) {
        hasMoments = !observables.moments.isEmpty
        hasFreeEnergy = observables.freeEnergy != nil
        hasEnergyAttention = observables.energyAttention != nil
    }

    /// Names of the columns in their order.
    public var names: [String] {
        var names = [
            "time", "log10_time", "energy", "log_energy", "mass", "clusters", "condensed",
            "residual", "effective_dimension",
        ]
        for degree in 1...Self.modes {
            names += hasMoments ? ["m\(degree)"] : ["c\(degree)_re", "c\(degree)_im"]
        }
        if hasFreeEnergy { names.append("free_energy") }
        if hasEnergyAttention { names.append("energy_attention") }
        return names + ["energy_rate"]
    }

    /// One row: 17 significant digits, `inf` where a number overflows.
    public func row(_ snapshot: Snapshot) -> String {
        let values = snapshot.observables
        var row = [snapshot.time.approximation, snapshot.time.log10, values.energy]
            .map(Self.format)
        row += [Self.format(values.logEnergy), Self.format(values.mass), "\(values.clusters)"]
        row += [values.condensed, values.residual, values.effectiveDimension].map(Self.format)
        if hasMoments { row += values.moments.map(Self.format) }
        for degree in 0..<(hasMoments ? 0 : Self.modes) {
            let mode = degree < values.modes.count ? values.modes[degree] : SIMD2(repeating: .nan)
            row += [Self.format(mode.x), Self.format(mode.y)]
        }
        if hasFreeEnergy { row.append(Self.format(values.freeEnergy ?? .nan)) }
        if hasEnergyAttention { row.append(Self.format(values.energyAttention ?? .nan)) }
        row.append(Self.format(values.energyRate))
        return row.joined(separator: ",")
    }

    /// `%.17g`, with `inf`, `-inf` and `nan` for what is not finite.
    static func format(_ number: Double) -> String {
        if number.isNaN { return "nan" }
        return String(format: "%.17g", number)
    }
}

/// `series.csv`: one row per snapshot, on disk as soon as it is appended.
public final class SeriesFile {
    private let columns: SeriesColumns
    private let file: GrowingFile

    /// Writes the header and the rows of `snapshots`, replacing what is there.
    ///
    /// A resumed run hands in the snapshots of its checkpoint: the rows come out as they were.
    ///
    /// - Throws: ``OutputError/unwritable(file:reason:)``.
    public init(
        creating url: URL, columns: SeriesColumns, snapshots: some Sequence<Snapshot> = []
    ) throws {
        self.columns = columns
        file = try GrowingFile(
            creating: url,
            lines: [columns.names.joined(separator: ",")] + snapshots.map(columns.row))
    }

    /// Appends the row of `snapshot`.
    public func append(_ snapshot: Snapshot) throws { try file.append(columns.row(snapshot)) }
}
