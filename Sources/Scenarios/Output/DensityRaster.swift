import Foundation
import Phases

/// The space-time picture of a run: log₁₀ of the mass per angle in rows of [-π, π] over columns of
/// the time axis.
package struct DensityRaster: Sendable {
    /// Number of columns (time).
    package let width: Int
    /// Number of rows (angle, from -π upwards).
    package let height: Int
    /// log₁₀ ρ row by row, `-infinity` where there is no mass; shape [height · width].
    package let values: [Double]
    /// The colours' range of log₁₀ ρ.
    package let range: ClosedRange<Double>

    /// Draws `snapshots`, which stand at the increasing `positions` in [0, end].
    package init(
        _ snapshots: [Snapshot], at positions: [Double], end: Double, width: Int, height: Int
    ) {
        let columns = snapshots.map { Self.column(of: $0, height: height).map(log10) }
        var values = [Double](repeating: -.infinity, count: width * height)
        var index = 0
        for x in 0..<width where !snapshots.isEmpty {
            let position = end * (Double(x) + 0.5) / Double(width)
            while index + 1 < snapshots.count, positions[index + 1] <= position { index += 1 }
            let next = min(index + 1, snapshots.count - 1)
            // Smooth densities are interpolated; nodes and atoms stay where they were seen.
            let isSmooth = snapshots[index].density != nil && snapshots[next].density != nil
            let gap = positions[next] - positions[index]
            let share =
                isSmooth && gap > 0 ? min(max((position - positions[index]) / gap, 0), 1) : 0
            for y in 0..<height {
                let (a, b) = (columns[index][y], columns[next][y])
                values[y * width + x] = share == 0 ? a : (1 - share) * a + share * b
            }
        }
        self.width = width
        self.height = height
        self.values = values
        range = Self.range(of: snapshots, columns)
    }

    /// Four decades below the highest smooth density, which counts from 3 to 50: values chosen by
    /// eye, so that the uniform density 1/2π stands in the middle of the colours.
    private static func range(of snapshots: [Snapshot], _ columns: [[Double]]) -> ClosedRange<
        Double
    > {
        let smooth = zip(snapshots, columns).filter { $0.0.density != nil }.map { $0.1 }
        let shown = (smooth.isEmpty ? columns : smooth).joined().filter(\.isFinite)
        let top = min(max(shown.max() ?? 0, 0.5), 1.7)
        return (top - 4)...top
    }

    /// Mean density of a snapshot in each row.
    package static func column(of snapshot: Snapshot, height: Int) -> [Double] {
        var column = [Double](repeating: 0, count: height)
        if let density = snapshot.density {
            sample(density, into: &column)
        } else {
            spread(snapshot.cells, into: &column)
            // Few atoms are drawn as lines over the picture.
            for atom in snapshot.atoms where snapshot.atoms.count > AtomTracks.mostAtoms {
                deposit(atom.mass, at: atom.angle, into: &column)
            }
        }
        return column
    }

    private static func sample(_ density: [Double], into column: inout [Double]) {
        let perRow = max(2, (density.count + column.count - 1) / column.count)
        let scale = Double(density.count) / Double(column.count)
        for row in column.indices {
            var sum = 0.0
            for part in 0..<perRow {
                // Row 0 starts at -π, index 0 of the grid is θ = 0.
                let offset = (Double(part) + 0.5) / Double(perRow)
                let index = (Double(row) + offset) * scale + Double(density.count) / 2
                let below = index.rounded(.down)
                let left = density[Int(below) % density.count]
                let right = density[(Int(below) + 1) % density.count]
                sum += left + (index - below) * (right - left)
            }
            column[row] = max(sum / Double(perRow), 0)
        }
    }

    /// Spreads each cell over the arc that is nearer to it than to its neighbours.
    private static func spread(
        _ cells: [(angle: Double, mass: Double)], into column: inout [Double]
    ) {
        guard cells.count > 1 else {
            for cell in cells { deposit(cell.mass, at: cell.angle, into: &column) }
            return
        }
        let sorted = cells.sorted { $0.angle < $1.angle }
        for (index, cell) in sorted.enumerated() {
            let before =
                index > 0 ? sorted[index - 1].angle : sorted[sorted.count - 1].angle - 2 * .pi
            let after =
                index + 1 < sorted.count ? sorted[index + 1].angle : sorted[0].angle + 2 * .pi
            spread(
                cell.mass, from: (before + cell.angle) / 2, to: (cell.angle + after) / 2,
                into: &column)
        }
    }

    private static func spread(
        _ mass: Double, from start: Double, to end: Double, into column: inout [Double]
    ) {
        let height = Double(column.count)
        let rowsPerRadian = height / (2 * .pi)
        let (low, high) = ((start + .pi) * rowsPerRadian, (end + .pi) * rowsPerRadian)
        guard high > low else {
            deposit(mass, at: start, into: &column)
            return
        }
        let perRow = mass / (high - low) * rowsPerRadian
        for row in Int(low.rounded(.down))...Int(high.rounded(.down)) {
            let covered = min(high, Double(row + 1)) - max(low, Double(row))
            let wrapped = (row % column.count + column.count) % column.count
            column[wrapped] += perRow * max(covered, 0)
        }
    }

    /// Puts the mass of an atom into the two rows next to it.
    private static func deposit(_ mass: Double, at angle: Double, into column: inout [Double]) {
        let height = column.count
        let position = (angle + .pi) / (2 * .pi) * Double(height) - 0.5
        let row = Int(position.rounded(.down))
        for candidate in [row, row + 1] {
            let wrapped = (candidate % height + height) % height
            column[wrapped] += mass / 2 * Double(height) / (2 * .pi)
        }
    }
}
