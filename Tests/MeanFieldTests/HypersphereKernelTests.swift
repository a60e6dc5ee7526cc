import Foundation
import Spectral
import Testing
import TimeIntegration

@testable import MeanField

/// Fields and motions on S³ under any query and key.
@Suite struct HypersphereKernelTests {
    static let one = SquareMatrix(scale: 1, count: 4)
    static let query = SquareMatrix(rows: [
        [1, 0.4, 0, -0.2], [-0.3, 0.8, 0.5, 0], [0, 0.2, -0.6, 0.7], [0.1, 0, 0.3, 1.2],
    ])
    static let key = SquareMatrix(rows: [
        [0.7, -0.1, 0.3, 0], [0.2, 0.9, 0, 0.4], [-0.5, 0, 0.8, 0.1], [0, 0.6, -0.2, 1],
    ])
    static let mirror = SquareMatrix(diagonal: [1, 1, -1, 1])
    static let rotation: SquareMatrix = {
        let (c, s) = (cos(0.7), sin(0.7))
        return SquareMatrix(rows: [[c, 0, s, 0], [0, c, 0, -s], [-s, 0, c, 0], [0, s, 0, c]])
            * SquareMatrix(rows: [[c, -s, 0, 0], [s, c, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    }()

    /// Of full rank and both orientations, of rank 2 and 1, and diagonal.
    static let products = [
        key.transposed * query, mirror * query, mirror * query * mirror * key,
        query * SquareMatrix(diagonal: [1, 1, 0, 0]) * key,
        key * SquareMatrix(diagonal: [0, 0, 1, 0]), SquareMatrix(diagonal: [0.3, -1, 0.5, 0]),
    ]

    /// Attention of the given b = β‖KᵀQ‖.
    static func attention(
        sharpness b: Double, _ product: SquareMatrix, value: SquareMatrix = one,
        normalization: Normalization = .softmax
    ) -> SphereAttention {
        SphereAttention(
            beta: b / product.norm, query: product, key: one, value: value,
            normalization: normalization)
    }

    static func randomPoints(_ count: Int) -> [[Double]] {
        var random = Random(seed: 5)
        return (0..<count).map { _ in
            let x = (0..<4).map { _ in random.nextNormal() }
            let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return x.map { $0 / length }
        }
    }

    /// Of the density e^{κ<e,y>}/s(κ), s(r) = 2I_1(r)/r: F = e^{-b} s(R)/s(κ) and G = F A_4(R) r/R with
    /// r = βKᵀQx + κe, R = |r|.
    @Test(arguments: [4.0, 10, 50], products)
    func fieldsOfVonMisesFisherDensities(b: Double, product: SquareMatrix) {
        let (e, κ) = ([0.5, 0.5, -0.5, 0.5], 2.0)
        let start = SphereStart(.mixture([.init(mean: e, shape: .concentration(κ), weight: 1)]))
        let layout = HypersphericalLayout(degree: 40)
        let attention = Self.attention(sharpness: b, product)
        var fields = HypersphereFields(of: attention)
        fields.update(from: start.modes(in: layout), in: layout)
        let values = HypersphereFieldValues(of: fields)
        func logSize(_ r: Double) -> Double {
            log(FunkHeckeMultipliers(dimension: 4, inverseTemperature: r).kernel[0]) + r
        }
        // Where the kernel is largest, too.
        let leading = product.singularDecomposition.right.transposed.entries[..<4]
        var (worst, largest) = (0.0, 0.0)
        for x in Self.randomPoints(20) + [Array(leading), leading.map { -$0 }] {
            let w = product.applied(to: x).map { attention.beta * $0 }
            let r = zip(w, e).map { $0 + κ * $1 }
            let size = r.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let potential = exp(logSize(size) - logSize(κ) - b)
            let found = values(at: x)
            largest = max(largest, potential)
            worst = max(worst, abs(found.potential - potential))
            for c in 0..<4 {
                let pull = potential * besselRatio(order: 1, size) * r[c] / size
                worst = max(worst, abs(found.pull[c] - pull))
            }
        }
        #expect(worst < 1e-12 * largest)
    }

    /// Multiples of the identity up to 1e-15 have the fields of multiples.
    @Test func almostMultiplesAgreeWithFunkHecke() {
        var entries = Self.one.entries
        for (i, shift) in [3.0, -1, 2, 0, 1, -2, 4, 1, 0, 1, -3, 2, 5, 0, 1, -4].enumerated() {
            entries[i] += shift * 1e-15
        }
        let layout = HypersphericalLayout(degree: 24)
        let start = HypersphereDensityTests.twoBumps.modes(in: layout)
        var almost = HypersphereFields(
            of: Self.attention(
                sharpness: 9, SquareMatrix(count: 4, entries: entries), value: Self.query))
        var exact = HypersphereFields(sharpness: 9)
        almost.update(from: start, in: layout)
        exact.update(from: start, in: layout)
        #expect(almost.modes != exact.modes)
        let largest = exact.modes[0].reduce(0) { max($0, abs($1)) }
        for (a, b) in zip(almost.modes.joined(), exact.modes.joined()) {
            #expect(abs(a - b) < 1e-13 * largest)
        }
    }

    /// Rotating the start and Q, K, V in R⁴ rotates the run.
    @Test(arguments: [Normalization.softmax, .rescaled])
    func rotationsCarryRunsIntoRuns(normalization: Normalization) throws {
        func end(_ turn: SquareMatrix) throws -> (modes: [Double], layout: HypersphericalLayout) {
            func turned(_ matrix: SquareMatrix) -> SquareMatrix {
                turn * matrix * turn.transposed
            }
            let attention = SphereAttention(
                beta: 2, query: turned(Self.query), key: turned(Self.key),
                value: turned(HypersphereDensityTests.value), normalization: normalization)
            let equation = HypersphereEquation(
                attention: attention, degree: 19, tolerance: 1e-11)
            let start = SphereStart(
                .mixture([
                    .init(
                        mean: turn.applied(to: [0.6, 0, 0.8, 0]), shape: .concentration(1),
                        weight: 0.4),
                    .init(
                        mean: turn.applied(to: [0, -0.6, 0, 0.8]), shape: .sigma(1),
                        weight: 0.6),
                ]))
            var state = start.modes(in: equation.layout)
            for (i, l) in equation.degrees.enumerated() where l > 19 { state[i] = 0 }
            var integrator = AdaptiveIntegrator(equation: equation, state: state)
            var time = 0.0
            while time < 0.1 {
                try integrator.step(limit: 0.1 - time)
                time += integrator.lastStep
            }
            return (integrator.state, equation.layout)
        }
        let (before, layout) = try end(Self.one)
        var (after, _) = try end(Self.rotation)
        let start = HypersphereDensityTests.twoBumps.modes(in: layout)
        #expect(zip(before, start).contains { abs($0 - $1) > 0.01 })
        HypersphericalRotation(layout, by: Self.rotation.entries).apply(to: &after)
        for (a, b) in zip(before, after) { #expect(abs(a - b) < 1e-10) }
    }

    @Test func oneThreadAndTwoGiveTheSameBits() {
        var equation = HypersphereEquation(
            attention: Self.attention(sharpness: 9, Self.products[0]), degree: 20)
        let modes = HypersphereDensityTests.twoBumps.modes(in: equation.layout)
        var (one, two) = (modes, modes)
        let threads = Workers.limit
        defer { Workers.limit = threads }
        Workers.limit = 1
        equation.plainDerivative(of: modes, into: &one)
        Workers.limit = 2
        equation.plainDerivative(of: modes, into: &two)
        #expect(one == two)
    }
}
