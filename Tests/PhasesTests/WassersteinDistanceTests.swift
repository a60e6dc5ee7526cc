import Foundation
import MeanField
import Testing

@testable import Phases

/// The W₁ distance on the circle against values known in closed form and against brute force.
@Suite struct WassersteinDistanceTests {
    /// A density as its Gauss nodes.
    static func points(_ initial: CircleInitial) throws -> CircleMeasure {
        StartingMeasure(initial).points(sharpness: 25)
    }

    static let smooth = CircleInitial.modes([
        .init(degree: 1, cosine: 0.4, sine: -0.2), .init(degree: 3, cosine: 0.1, sine: 0.3),
    ])

    private func distance(_ a: CircleMeasure, _ b: CircleMeasure) -> Double {
        WassersteinDistance.onCircle(a, b)
    }

    @Test(arguments: [0, 1e-9, 0.3, 1.5, 3.1, .pi, 3.2, 6])
    func twoDiracs(_ angle: Double) throws {
        let exact = abs(remainder(angle, 2 * .pi))
        for turn in [0, 1.0, -2.5, 3.1] {
            let (a, b) = (
                try CircleCensusTests.atoms([turn]), try CircleCensusTests.atoms([turn + angle])
            )
            #expect(abs(distance(a, b) - exact) < 4e-15)
        }
    }

    /// Every token has its mean arc to go, π/2; from an n-gon π/(2n).
    @Test(arguments: [1, 2, 3, 7]) func polygonsAndUniform(_ count: Int) throws {
        let uniform = try CircleCensusTests.measure(.uniform)
        let angles = (0..<count).map { 0.4 + 2 * .pi * Double($0) / Double(count) }
        let polygon = try CircleCensusTests.atoms(angles)
        #expect(abs(distance(polygon, uniform) - .pi / 2 / Double(count)) < 1e-14)
        #expect(distance(uniform, uniform) == 0)
    }

    /// ∫|D| of a cosine: c_k of size a/2 moves (2/π) a · 2/k, here k = 1, D = (a/2π) sin θ.
    @Test func oneMode() throws {
        let uniform = try CircleCensusTests.measure(.uniform)
        for a in [1e-6, 0.1, 0.7] {
            let wave = try CircleCensusTests.measure(
                .modes([.init(degree: 1, cosine: a, sine: 0)]))
            #expect(abs(distance(wave, uniform) - 2 * a / .pi) < 1e-14)
        }
    }

    /// A turn by φ moves all mass by φ where that is the best: narrow densities.
    @Test func turnedCopies() throws {
        func narrow(_ angle: Double) throws -> CircleMeasure {
            try CircleCensusTests.measure(
                .mixture([.init(angle: angle, shape: .vonMises(concentration: 60), weight: 1)]))
        }
        for turn in [1e-3, 0.5, 1.2] {
            #expect(abs(distance(try narrow(0.2), try narrow(0.2 + turn)) - turn) < 1e-12)
            #expect(abs(distance(try narrow(3), try narrow(3 + turn)) - turn) < 1e-12)
        }
    }

    /// For equal masses the best transport is a cyclic shift of the sorted points.
    @Test func bruteForce() throws {
        var generator = Random(seed: 4)
        for count in [2, 3, 5, 8] {
            for _ in 0..<20 {
                let x = (0..<count).map { _ in 7 * generator.nextUniform() - 2 }
                let y = (0..<count).map { _ in 7 * generator.nextUniform() - 2 }
                func sorted(_ angles: [Double]) -> [Double] {
                    angles.map { $0 - 2 * .pi * ($0 / (2 * .pi)).rounded(.down) }.sorted()
                }
                let (a, b) = (sorted(x), sorted(y))
                let best = (0..<count).map { shift in
                    (0..<count).reduce(0.0) {
                        $0 + abs(remainder(a[$1] - b[($1 + shift) % count], 2 * .pi))
                    } / Double(count)
                }.min()!
                let found = distance(
                    try CircleCensusTests.atoms(x), try CircleCensusTests.atoms(y))
                #expect(abs(found - best) < 1e-14, "\(found) \(best)")
            }
        }
    }

    /// Against the minimum over c of a sum on a fine grid.
    @Test func unequalMassesAndDensities() throws {
        let measures = [
            try CircleCensusTests.atoms([0.3, 2, 4.5], [0.5, 0.2, 0.3]),
            try CircleCensusTests.measure(Self.smooth),
            try Self.points(
                .mixture([.init(angle: 1, shape: .vonMises(concentration: 9), weight: 1)])),
            try CircleCensusTests.atoms([1, 1.5, 6.2, 3], [0.1, 0.2, 0.3, 0.4]),
        ]
        let n = 20_000
        func cumulative(_ measure: CircleMeasure) -> [Double] {
            (0..<n).map { measure.mass(from: 0, to: 2 * .pi * (Double($0) + 0.5) / Double(n)) }
        }
        for (i, a) in measures.enumerated() {
            for b in measures[(i + 1)...] {
                let d = zip(cumulative(a), cumulative(b)).map { $0 - $1 }
                let c = d.sorted()[n / 2]
                let rough = d.reduce(0) { $0 + abs($1 - c) } * 2 * .pi / Double(n)
                #expect(abs(distance(a, b) - rough) < 1e-3, "\(distance(a, b)) \(rough)")
            }
        }
    }

    @Test func symmetryAndTriangles() throws {
        let measures = [
            try CircleCensusTests.measure(.uniform), try CircleCensusTests.measure(Self.smooth),
            try CircleCensusTests.atoms([0.3, 2, 4.5]), try CircleCensusTests.atoms([6.2, 6.3]),
        ]
        for a in measures {
            for b in measures {
                #expect(abs(distance(a, b) - distance(b, a)) < 1e-14)
                for c in measures {
                    #expect(distance(a, c) <= distance(a, b) + distance(b, c) + 1e-14)
                }
            }
        }
    }

    /// A density as Fourier modes and the same density as Gauss panels of a mesh.
    @Test func representationsOfOneDensityAgree() throws {
        var evolution = try CircleEvolution(
            of: StartingMeasure(
                .mixture([.init(angle: 3, shape: .vonMises(concentration: 30_000), weight: 1)])),
            attention: MatrixAttention.simplest(
                beta: 1, query: PlaneMap(scale: 1), key: PlaneMap(scale: 1),
                value: PlaneMap(scale: 1)), options: EvolutionOptions(densityTolerance: 1e-10))
        let cells = evolution.measure()
        #expect(evolution.representation.kind == "cells")
        var spectral = try CircleEvolution(
            of: StartingMeasure(
                .mixture([.init(angle: 3, shape: .vonMises(concentration: 30_000), weight: 1)])),
            attention: MatrixAttention.simplest(
                beta: 1, query: PlaneMap(scale: 1), key: PlaneMap(scale: 1),
                value: PlaneMap(scale: -1), diffusion: 1e-3), options: EvolutionOptions())
        #expect(spectral.representation.kind == "spectral")
        #expect(distance(cells, spectral.measure()) < 1e-10)
        #expect(EnergyDistance.onCircle(cells, spectral.measure()) < 1e-13)
    }

    /// Tokens in the middle of their strata lie within 1/N of the law; so do all of them together.
    @Test func quantilesConverge() throws {
        let law = try CircleCensusTests.measure(Self.smooth)
        var last = Double.infinity
        for count in [100, 1000, 10_000] {
            let tokens = StartingMeasure(Self.smooth).tokens(
                count: count, sampling: .stratified, seed: 1, replica: 0)
            let found = distance(try CircleCensusTests.measure(tokens.initial), law)
            #expect(found < 2 * .pi / Double(count) && found < last / 8, "\(found)")
            last = found
        }
    }
}
