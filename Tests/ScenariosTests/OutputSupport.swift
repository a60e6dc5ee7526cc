import Foundation
import MeanField
import Phases
import Testing

@testable import Scenarios

/// A directory of its own for a test, deleted afterwards.
func withTemporaryDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory
        .appendingPathComponent("tokenfield-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
}

/// The bit patterns of doubles, so that -0 differs from 0 and NaN equals itself.
func bits(_ values: [Double]?) -> [UInt64]? { values?.map(\.bitPattern) }

/// Three snapshots: spectral, cells, atoms, the last at a time beyond `Double`.
enum SnapshotSamples {
    static let gridSize = 16

    static func observables(_ seed: Double, clusters: Int) -> Observables {
        Observables(
            energy: seed > 5 ? .infinity : 1 / 3 + seed, logEnergy: log(1 / 3 + seed), mass: 1,
            clusters: clusters, condensed: 0.1 * seed, residual: -0.0, effectiveDimension: 1.7,
            modes: (1...8).map { SIMD2(1 / (Double($0) + seed), -1 / Double($0)) },
            energyRate: Double.leastNonzeroMagnitude, freeEnergy: -seed, energyAttention: nil)
    }

    static let all: [Snapshot] = [
        Snapshot(
            time: .zero, observables: observables(0.1, clusters: 0),
            density: (0..<gridSize).map { 1 / (2 * .pi) + 0.01 * cos(Double($0)) }, cells: [],
            atoms: [], spectrum: [1, 0.1, 0, 1e-17]),
        Snapshot(
            time: ModelTime(0.1), observables: observables(1, clusters: 3), density: nil,
            cells: [(-3, 0.25), (0.1, 0.5), (3.1, 0.25)], atoms: [], spectrum: [1, 0]),
        Snapshot(
            time: ModelTime(1.5, exponent: 4000), observables: observables(9, clusters: 2),
            density: nil, cells: [], atoms: [(1, 0.75), (-1, 0.25)]),
    ]

    static func expectEqual(_ a: [Snapshot], _ b: [Snapshot]) {
        #expect(a.count == b.count)
        for (a, b) in zip(a, b) {
            #expect(a.time == b.time)
            #expect(a.observables == b.observables)
            #expect(a.observables.residual.sign == b.observables.residual.sign)
            #expect(bits(a.density) == bits(b.density))
            #expect(bits(a.spectrum) == bits(b.spectrum))
            #expect(bits(a.cells.map(\.angle)) == bits(b.cells.map(\.angle)))
            #expect(bits(a.cells.map(\.mass)) == bits(b.cells.map(\.mass)))
            #expect(bits(a.atoms.map(\.angle)) == bits(b.atoms.map(\.angle)))
            #expect(bits(a.atoms.map(\.mass)) == bits(b.atoms.map(\.mass)))
        }
    }
}
