import Foundation
import MeanField
import Phases

/// A run made up from formulas: four clusters that sharpen, become cells, then atoms, and merge.
struct SyntheticRun {
    var record: RunRecord
    var snapshots: [Snapshot]

    /// Mergers at these times: the cluster of the first index joins that of the second.
    private static let mergers: [(time: Double, from: Int, into: Int)] = [
        (53, 1, 0), (3e4, 3, 2), (2e7, 2, 0),
    ]
    private static let centers = [0.2, 1.5, -2.9, -1.2]
    private static let weights = [0.32, 0.2, 0.22, 0.26]

    init(gridSize: Int, count: Int) {
        let times = (0..<count).map { pow(10, 8.2 * Double($0) / Double(count - 1)) - 1 }
        snapshots = times.map { Self.snapshot(at: $0, gridSize: gridSize) }
        let end = ModelTime(times[count - 1])
        let event = { (time: Double) in
            EventTime(time: ModelTime(time), relativeError: 1e-6)
        }
        let last = Self.members(at: times[count - 1])
        let clusters = last.map {
            Cluster(position: [cos($0.angle), sin($0.angle)], angle: $0.angle, mass: $0.mass)
        }
        record = RunRecord(
            ended: .consensus, endTime: end, noiseDetermined: false,
            phases: [
                .init(name: .collapse, start: event(0), end: event(0), reason: nil),
                .init(name: .clustering, start: event(0), end: event(9.2), reason: nil),
                .init(name: .merging, start: event(9.2), end: event(2.1e7), reason: nil),
            ],
            clusters: nil,
            clustersEnd: ClusterCensus(time: end, members: clusters, condensed: 1),
            mergers: Self.mergers.enumerated().map { index, merger in
                let into = Self.members(at: merger.time)
                    .min { Self.distance($0, merger.into) < Self.distance($1, merger.into) }
                let angle = into?.angle ?? 0
                return Merger(
                    kind: .merged, time: event(merger.time), clustersAfter: 3 - index,
                    into: Cluster(
                        position: [cos(angle), sin(angle)], angle: angle, mass: into?.mass ?? 0))
            },
            consensus: event(2.1e7),
            representation: [
                .init(from: .zero, kind: "spectral", size: gridSize, reason: "start", error: 0)
            ],
            notes: [])
    }

    private static func distance(_ member: (angle: Double, mass: Double), _ index: Int) -> Double {
        abs((member.angle - centers[index]).remainder(dividingBy: 2 * .pi))
    }

    /// Positions and masses; a merging pair closes in like the logarithm of the time left.
    private static func members(at time: Double) -> [(angle: Double, mass: Double)] {
        var angles = centers
        var masses = weights
        for merger in mergers {
            let gap = (angles[merger.from] - angles[merger.into]).remainder(dividingBy: 2 * .pi)
            let total = masses[merger.from] + masses[merger.into]
            let left = max(1 - time / merger.time, 0)
            let closed = 1 - pow(left, 0.12)
            angles[merger.into] += gap * closed * masses[merger.from] / total
            angles[merger.from] = angles[merger.into] + gap * (1 - closed)
            if left == 0 {
                masses[merger.into] = total
                masses[merger.from] = 0
            }
        }
        return zip(angles, masses).filter { $0.1 > 0 }.map { angle, mass in
            let wrapped = angle.remainder(dividingBy: 2 * .pi)
            return (wrapped, mass)
        }
    }

    private static func density(_ angle: Double, at time: Double) -> Double {
        let strength = min(0.02 * exp(0.55 * time), 1)
        let concentration = 1.5 + 0.9 * exp(0.62 * time)
        let peaks = members(at: time).reduce(0) { sum, member in
            let bump = exp(concentration * (cos(angle - member.angle) - 1))
            return sum + member.mass * bump * sqrt(concentration / (2 * .pi))
        }
        return (1 - strength) / (2 * .pi) + strength * peaks + 1e-9
    }

    private static func snapshot(at time: Double, gridSize: Int) -> Snapshot {
        let members = members(at: time)
        let energy = max(members.reduce(0) { $0 + $1.mass * $1.mass }, 0.1)
        let growth = min(0.02 * exp(0.5 * time), 1)
        let relative = 0.13 + (energy - 0.13) * growth
        let observables = Observables(
            energy: relative, logEnergy: log(relative), mass: 1, clusters: members.count,
            condensed: 1, residual: 0, effectiveDimension: 1, modes: [], energyRate: 0,
            freeEnergy: nil, energyAttention: nil)
        var snapshot = Snapshot(
            time: ModelTime(time), observables: observables, density: nil, cells: [], atoms: [])
        let grid = (0..<gridSize).map { 2 * Double.pi * Double($0) / Double(gridSize) }
        if time < 8 {
            snapshot.density = grid.map { density($0, at: time) }
        } else if time < 16 {
            snapshot.cells = grid.map { angle in
                (
                    angle - .pi,
                    density(angle - .pi, at: time) * 2 * .pi / Double(gridSize)
                )
            }
        } else {
            snapshot.atoms = members
        }
        return snapshot
    }
}
