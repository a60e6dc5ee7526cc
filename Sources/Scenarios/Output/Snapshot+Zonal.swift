import Foundation
import Phases

extension [Snapshot] {
    /// Whether they are of a zonal measure, whose angles are those to the axis: it starts as a function.
    package var areZonal: Bool { contains { $0.profile != nil } }
}

extension Snapshot {
    /// A zonal measure as an even one of the angle to the axis in [-π, π]: half of the mass on each side.
    package var onGreatCircle: Snapshot {
        var shown = self
        if let profile {
            let n = profile.count
            // The cell j lies between the points j and j + 1 of the grid 2πj/2n.
            func cell(_ j: Int) -> Double { profile[j < n ? j : 2 * n - 1 - j] }
            shown.density = (0..<(2 * n)).map { (cell($0) + cell(($0 + 2 * n - 1) % (2 * n))) / 4 }
        }
        func mirrored(_ points: [(angle: Double, mass: Double)]) -> [(angle: Double, mass: Double)]
        {
            points.flatMap { [(-$0.angle, $0.mass / 2), ($0.angle, $0.mass / 2)] }
        }
        shown.cells = mirrored(cells)
        shown.atoms = mirrored(atoms)
        return shown
    }
}
