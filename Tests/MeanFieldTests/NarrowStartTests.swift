import Foundation
import Spectral
import Testing

@testable import MeanField

/// Components on S² that no grid can hold: panels about each of them.
@Suite struct NarrowStartTests {
    /// On a pole of the coordinates, next to it, and elsewhere.
    static let means = [[0.0, 0, 1], [6e-4, 8e-4, -(1 - 1e-6).squareRoot()], [0.48, -0.6, 0.64]]
    static let widths = [0.05, 0.01, 1e-3, 1e-6, 1e-10]

    /// 1 - ⟨P_l⟩, l = 1, 2, of a component: A = coth κ - 1/κ, 1 - 3A/κ; e^{-l(l+1)σ²/2}.
    static func losses(_ shape: SphereInitial.Component.Shape) -> [Double] {
        switch shape {
        case .concentration(let κ):
            // coth κ = 1 for these.
            [1 / κ, 3 * (1 - 1 / κ) / κ]
        case .sigma(let σ): [-expm1(-σ * σ), -expm1(-3 * σ * σ)]
        }
    }

    private static func mesh(
        _ parts: [SphereInitial.Component], sharpness: Double = 4, tolerance: Double = 1e-5
    ) throws -> (mesh: SphereMesh, error: Double) {
        try SphereStart(.mixture(parts))
            .mesh(sharpness: sharpness, resolution: nil, tolerance: tolerance)
    }

    /// The variance about the mean to a relative 1e-6, for as many panels at any width.
    @Test(arguments: means, widths) func moments(_ mean: [Double], _ width: Double) throws {
        for shape in [
            SphereInitial.Component.Shape.sigma(width), .concentration(1 / (width * width)),
        ] {
            let (mesh, error) = try Self.mesh([.init(mean: mean, shape: shape, weight: 1)])
            let measure = mesh.measure
            #expect(mesh.panels * SpherePanel.nodes == measure.count && mesh.panels < 500)
            #expect(error < 1e-6)
            #expect(abs(measure.masses.reduce(0, +) - 1) < 1e-12)
            var found = [0.0, 0, 0]
            for i in 0..<measure.count {
                let x = measure.point(i)
                let square = (0..<3).reduce(0) { $0 + (x[$1] - mean[$1]) * (x[$1] - mean[$1]) }
                // 1 - ⟨x,m⟩ and 1 - P_2.
                found[0] += measure.masses[i] * square / 2
                found[1] += measure.masses[i] * 1.5 * square * (1 - square / 4)
            }
            for (loss, exact) in zip(found, Self.losses(shape)) {
                #expect(abs(loss / exact - 1) < 1e-6, "\(loss) \(exact)")
            }
            for c in 0..<3 {
                #expect(abs(measure.mean[c] - (1 - Self.losses(shape)[0]) * mean[c]) < 1e-8)
            }
        }
    }

    /// Components beside a wide one: panels of their own where they are few, of the whole sphere where these
    /// are fewer; too many are refused.
    @Test func manyComponents() throws {
        func parts(_ count: Int, _ width: Double) -> [SphereInitial.Component] {
            (0..<count).map { k in
                let (z, φ) = (1 - (2 * Double(k) + 1) / Double(count), 2.4 * Double(k))
                let s = (1 - z * z).squareRoot()
                return .init(
                    mean: [s * cos(φ), s * sin(φ), z],
                    shape: k % 2 == 0 ? .sigma(width) : .concentration(1 / width / width),
                    weight: 0.5 / Double(count))
            }
        }
        func panels(_ count: Int, _ width: Double) throws -> Int {
            let wide = SphereInitial.Component(
                mean: [0, 0.6, 0.8], shape: .concentration(2), weight: 0.5)
            let (mesh, error) = try Self.mesh(parts(count, width) + [wide])
            #expect(error < 1e-6, "\(error)")
            return mesh.panels
        }
        let few = try panels(3, 1e-8)
        #expect(try panels(3, 1e-3) == few)
        // 16 cells of its own would be more.
        #expect(try panels(400, 0.03) < 16 * 400 * 2)
        let error = #expect(throws: EvolutionError.self) { try Self.mesh(parts(5000, 1e-4)) }
        guard case .tooManyPanels(let count, let most) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(count == 16 * 5000 && most < count)
    }

    /// Random factors, on narrow components and on a polynomial of high degree.
    @Test func factors() throws {
        for law in [
            SphereInitial.mixture([
                .init(mean: [0, 0.6, 0.8], shape: .sigma(0.01), weight: 0.4),
                .init(mean: [1, 0, 0], shape: .concentration(2), weight: 0.6),
            ]), .zonal(axis: [0, 0.6, 0.8], coefficients: [0.3, 0, 0.2]),
        ] {
            let start = SphereStart(law, factors: [.init(amplitude: 0.2, maxDegree: 20, seed: 3)])
            let (mesh, error) = try start.mesh(sharpness: 9, resolution: nil, tolerance: 1e-6)
            #expect(error < 1e-7 && mesh.panels < 5000)
            // Not those of the law itself.
            let layout = HarmonicLayout(degree: 8)
            let gap = zip(layout.modes(of: mesh.measure), start.lawModes(in: layout)).map(-)
            #expect(gap.contains { abs($0) > 1e-3 })
        }
    }

    private static func attention(_ β: Double) -> SphereAttention {
        SphereDensityTests.attention(β, value: SquareMatrix(diagonal: [1, 1, 1]))
    }

    /// The time at which the components about two points, of masses 0.6 and 0.4, have come from the angle π/2
    /// to 1, on which two clusters agree.
    private static func gap(
        _ first: SphereInitial.Component.Shape, _ second: SphereInitial.Component.Shape,
        _ means: [[Double]]
    ) throws -> (angle: Double, error: Double) {
        let clusters = TwoClusters(inverseTemperature: 4, firstMass: 0.6)
        let end = clusters.time(from: .pi / 2, to: 1)
        var evolution = try SphereEvolution(
            of: SphereStart(
                .mixture([
                    .init(mean: means[0], shape: first, weight: 0.6),
                    .init(mean: means[1], shape: second, weight: 0.4),
                ])), attention: attention(4), options: EvolutionOptions(densityTolerance: 1e-6))
        #expect(evolution.representation.kind == "points" && evolution.changes[0].error < 1e-7)
        while evolution.time < end {
            try evolution.step(limit: end)
            try evolution.finishStep()
        }
        let tokens = try #require(evolution.measure().tokens)
        // The plane between the clusters divides their means.
        var sums = [[0.0, 0, 0], [0.0, 0, 0]]
        for i in 0..<tokens.count {
            let x = tokens.point(i)
            let along = (0..<3).reduce(0) { $0 + x[$1] * (means[0][$1] - means[1][$1]) }
            for c in 0..<3 { sums[along > 0 ? 0 : 1][c] += tokens.masses[i] * x[c] }
        }
        let lengths = sums.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let cosine = (0..<3).reduce(0) { $0 + sums[0][$1] * sums[1][$1] }
        return (acos(cosine / lengths[0] / lengths[1]), evolution.changes[0].error)
    }

    /// Narrow components move as the points at their means, up to σ², wherever they stand.
    @Test func twoComponentsMoveAsTwoPoints() throws {
        let places = [
            [[0.0, 0, 1], [0.6, 0.8, 0]], [[0.48, -0.6, 0.64], [0.8, 0, -0.6]],
        ]
        for width in [1e-6, 1e-3, 0.02] {
            let angles = try places.map { means in
                try Self.gap(.sigma(width), .concentration(1 / (width * width)), means).angle
            }
            let bound = 2e-7 + 5 * width * width
            for angle in angles { #expect(abs(angle - 1) < bound, "\(width) \(angle - 1)") }
            // A turned start is the same motion.
            #expect(abs(angles[0] - angles[1]) < 2e-7, "\(width) \(angles)")
        }
    }
}
