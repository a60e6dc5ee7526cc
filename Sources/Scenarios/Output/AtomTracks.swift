import Foundation
import Phases

/// The ways of atoms through the space-time picture of a run: from each atom to the nearest one of
/// the next snapshot.
package struct AtomTracks: Sendable {
    /// A point of a way: where on the time axis, at which angle.
    package typealias Point = (x: Double, angle: Double)

    /// Each a straight line; lines across the circle's cut stand on both sides of it, so that they
    /// are whole.
    package let lines: [[Point]]

    /// More atoms than this are shown as colours only.
    package static let mostAtoms = 64

    /// The ways between `snapshots`, which stand at `positions` on the time axis.
    package init(_ snapshots: [Snapshot], at positions: [Double]) {
        var lines = [[Point]]()
        for index in snapshots.indices.dropLast() {
            let (atoms, next) = (snapshots[index].atoms, snapshots[index + 1].atoms)
            guard atoms.count <= Self.mostAtoms, !next.isEmpty else { continue }
            for atom in atoms {
                let steps = next.map {
                    ($0.angle - atom.angle).remainder(dividingBy: 2 * Double.pi)
                }
                guard let step = steps.min(by: { abs($0) < abs($1) }) else { continue }
                let target = atom.angle + step
                let isAcross = abs(target) > .pi
                for turn in isAcross ? [0, -2 * Double.pi * (target > 0 ? 1 : -1)] : [0] {
                    lines.append([
                        (positions[index], atom.angle + turn),
                        (positions[index + 1], target + turn),
                    ])
                }
            }
        }
        self.lines = lines
    }
}
