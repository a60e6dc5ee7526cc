import Foundation
import Spectral
import Testing
import TimeIntegration

@testable import MeanField

/// Motions of densities on S² against exact ones and against themselves from elsewhere.
@Suite struct SphereMotionTests {
    static func density(
        _ start: SphereStart, _ attention: SphereAttention, to t: Double, degree: Int
    ) throws -> (SphereDensity, HarmonicSeries) {
        let equation = SphereSpectralEquation(
            attention: attention, degree: degree, tolerance: 1e-11)
        var integrator = AdaptiveIntegrator(
            equation: equation, state: start.modes(in: equation.layout))
        var time = 0.0
        while time < t {
            try integrator.step(limit: t - time)
            time += integrator.lastStep
        }
        let density = SphereDensity(modes: integrator.state, transform: equation.transform)
        return (density, HarmonicSeries(degree: density.layout.degree))
    }

    /// As β → ∞ the uniform density becomes det(e^{-tV})/|e^{-tV}x|³, here for three different eigenvalues; at
    /// finite β the distance is of order 1/β.
    @Test func alignmentIsTheLimit() throws {
        let (exponents, t) = ([1, 0.4, -0.5], 0.6)
        let spots = [[1.0, 0, 0], [0, 0, 1], [0.6, 0.8, 0], [0.48, 0.6, 0.64], [-0.6, 0, 0.8]]
        func exact(_ x: [Double]) -> Double {
            let square = zip(exponents, x).reduce(0) { $0 + exp(-2 * t * $1.0) * $1.1 * $1.1 }
            return exp(-t * exponents.reduce(0, +)) / pow(square, 1.5)
        }
        let distances = try [20.0, 40, 80].map { β -> Double in
            let attention = SphereDensityTests.attention(
                β, value: SquareMatrix(diagonal: exponents))
            let (density, series) = try Self.density(
                SphereStart(.uniform), attention, to: t, degree: 47)
            var unused = [0.0, 0, 0]
            return spots.map { x in
                abs(series.evaluate(density.modes, at: x, gradient: &unused) - exact(x))
            }.max()!
        }
        #expect(distances[2] < 0.1, "\(distances)")
        for (far, near) in zip(distances, distances.dropFirst()) {
            #expect(far / near > 1.7 && far / near < 2.3, "\(distances)")
        }
    }

    /// A rotation of start, Q and V that takes a bump over a pole rotates the whole motion.
    @Test func rotatedRunsAreRotated() throws {
        let (c, s) = (cos(1.1), sin(1.1))
        let rotation =
            SquareMatrix(rows: [[c, 0, s], [0, 1, 0], [-s, 0, c]])
            * SquareMatrix(rows: [[1, 0, 0], [0, c, -s], [0, s, c]])
        func turned(_ matrix: SquareMatrix) -> SquareMatrix {
            rotation * matrix * rotation.transposed
        }
        let value = SquareMatrix(rows: [[1, -0.6, 0], [0.5, 0.8, 0.1], [0, 0.4, -0.5]])
        let query = SquareMatrix(rows: [[1, 0.2, 0], [0, 0.7, -0.3], [0.1, 0, 1.2]])
        let means = [[0.0, 0.6, 0.8], [0.8, 0, -0.6]]
        func run(
            _ value: SquareMatrix, _ query: SquareMatrix, _ means: [[Double]]
        ) throws -> (SphereDensity, HarmonicSeries) {
            try Self.density(
                SphereStart(
                    .mixture(
                        zip(means, [0.7, 0.3]).map {
                            .init(mean: $0, shape: .concentration(2), weight: $1)
                        })),
                SphereDensityTests.attention(3, value: value, query: query), to: 0.5, degree: 47)
        }
        let (plain, series) = try run(value, query, means)
        let (other, _) = try run(
            turned(value), turned(query), means.map { rotation.applied(to: $0) })
        var unused = [0.0, 0, 0]
        for x in [[0, 0, 1.0], [0, 0.6, 0.8], [0.36, 0.48, 0.8], [-1, 0, 0]] {
            let before = series.evaluate(plain.modes, at: x, gradient: &unused)
            let after = series.evaluate(
                other.modes, at: rotation.applied(to: x), gradient: &unused)
            #expect(abs(before - after) < 1e-9 && abs(before - 1) > 1e-3, "\(before) \(after)")
        }
    }

    /// The azimuths of a mixture that collapses onto the equator against backward heat, of which each wrapped
    /// normal keeps its form and has the variance σ² - 2t/β: closer for larger β at the same t/β, slowly, as
    /// the collapse itself takes a time of order 1.
    @Test func azimuthsFollowBackwardHeat() throws {
        let parts: [SphereInitial.AzimuthComponent] = [
            .init(angle: 0, sigma: 0.5, weight: 0.4), .init(angle: 2.2, sigma: 0.6, weight: 0.6),
        ]
        let s = 0.06
        let distances = try [10.0, 20, 40].map { β -> Double in
            var evolution = try SphereEvolution(
                of: SphereStart(.azimuth(parts, .uniformAngle)),
                attention: SphereDensityTests.attention(
                    β, value: SquareMatrix(diagonal: [1, 1, 0])),
                options: EvolutionOptions(timeTolerance: 1e-7, densityTolerance: 1e-5))
            let end = ModelTime(s * β)
            while evolution.time < end {
                try evolution.step(limit: end)
                try evolution.finishStep()
            }
            guard let tokens = evolution.measure().tokens else { return .infinity }
            return (1...4).map { k in
                let angles = (0..<tokens.count).map { i in
                    (Double(k) * atan2(tokens.point(i)[1], tokens.point(i)[0]), tokens.masses[i])
                }
                let found = angles.reduce(SIMD2(0, 0)) { $0 + $1.1 * SIMD2(cos($1.0), sin($1.0)) }
                let heat = parts.reduce(SIMD2(0, 0)) { sum, part in
                    let variance = part.sigma * part.sigma - 2 * s
                    let angle = Double(k) * part.angle
                    return sum + part.weight * exp(-Double(k * k) * variance / 2)
                        * SIMD2(cos(angle), sin(angle))
                }
                let gap = found - heat
                return (gap * gap).sum().squareRoot()
            }.max()!
        }
        for (far, near) in zip(distances, distances.dropFirst()) {
            #expect(far > 1.15 * near, "\(distances)")
        }
        #expect(distances[2] < 0.08, "\(distances)")
    }
}
