import Foundation
import Testing

@testable import Spectral

/// Rotations of series and kernels of bilinear forms on S³ against sums at points.
@Suite struct HypersphericalRotationTests {
    /// Coefficients of all harmonics up to a degree, of falling size.
    static func coefficients(_ layout: HypersphericalLayout) -> [Double] {
        var c = layout.degrees.enumerated().map { i, l in
            sin(Double(i * i % 1013)) / Double((l + 1) * (l + 1))
        }
        for order in layout.orders where order.isZero {
            for n in 0..<order.count { c[2 * (order.start + n) + 1] = 0 }
        }
        return c
    }

    static func product(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The rotation that takes the unit quaternion x to p x q, by the images of the axes.
    static let turned: [[Double]] = {
        var rows = (0..<4).map { i in (0..<4).map { $0 == i ? 1.0 : 0 } }
        for (i, j, angle) in [(0, 1, 0.7), (1, 2, 2.1), (0, 3, -1.3), (2, 3, 0.4), (0, 2, 3.0)] {
            let (c, s) = (cos(angle), sin(angle))
            for k in 0..<4 {
                (rows[i][k], rows[j][k]) = (
                    c * rows[i][k] - s * rows[j][k], s * rows[i][k] + c * rows[j][k]
                )
            }
        }
        return rows
    }()

    static let points = [
        [0.5, 0.5, -0.5, 0.5], [0.1, 0.7, 0.7, -0.1], [1.0, 0, 0, 0], [0, 0, -0.6, 0.8],
        [0.36, -0.48, 0.64, -0.48],
    ]

    @Test(arguments: [0, 1, 2, 5, 30, 63]) func rotationsAreThoseOfPoints(degree: Int) {
        let series = HypersphericalSeries(degree: degree)
        let c = Self.coefficients(series.layout)
        let identity = (0..<4).map { i in (0..<4).map { $0 == i ? 1.0 : 0 } }
        let halfTurn = (0..<4).map { i in (0..<4).map { $0 == i ? (i < 2 ? -1.0 : 1) : 0 } }
        for matrix in [Self.turned, identity, halfTurn] {
            var rotated = c
            HypersphericalRotation(series.layout, by: matrix.flatMap { $0 }).apply(to: &rotated)
            for x in Self.points {
                let image = matrix.map { Self.product($0, x) }
                let exact = Self.product(series.harmonics(at: image), c)
                let value = Self.product(series.harmonics(at: x), rotated)
                #expect(abs(value - exact) < 1e-13 * Double(degree + 1))
            }
            #expect(abs(Self.product(rotated, rotated) - Self.product(c, c)) < 1e-13)
        }
    }

    /// ∫ e^{Σ σ_i x_i y_i - b} f dσ by a quadrature, and of several fields as of one.
    @Test(arguments: [[4, 2, 1, -0.5], [6, 6, 0, 0], [3, -3, 3, 3], [0, 0, 0, 0]])
    func bilinearKernelsAreIntegrals(strengths: [Double]) {
        let series = HypersphericalSeries(degree: 28)
        let c = Self.coefficients(series.layout)
        let transform = HypersphericalTransform(degree: 28, analysing: 28)
        let values = transform.values(of: c, in: transform.layout)
        var one = [c]
        var kernel = HopfKernel(
            strengths: strengths, sharpness: 6, degree: 28, bandLimit: 28, fields: 1)
        kernel.apply(to: &one)
        var five = [c, c, c, c.map { 2 * $0 }, c.map { _ in 0 }]
        var several = HopfKernel(
            strengths: strengths, sharpness: 6, degree: 28, bandLimit: 28, fields: 5)
        several.apply(to: &five)
        for x in Self.points {
            var sum = 0.0
            let share = transform.azimuths * transform.azimuths
            transform.forEachPoint { i, y in
                let exponent = (0..<4).reduce(-6) { $0 + strengths[$1] * x[$1] * y[$1] }
                sum += transform.weights[i / share] * values[i] * exp(exponent)
            }
            let harmonics = series.harmonics(at: x)
            #expect(abs(Self.product(harmonics, one[0]) - sum) < 1e-14)
            for (factor, field) in zip([1.0, 1, 1, 2, 0], five) {
                #expect(abs(Self.product(harmonics, field) - factor * sum) < 1e-14)
            }
        }
    }

    @Test func threadsDoNotChangeBits() {
        let layout = HypersphericalLayout(degree: 40)
        let c = Self.coefficients(layout)
        var kernel = HopfKernel(
            strengths: [9, 5, 3, 1], sharpness: 9, degree: 40, bandLimit: 40, fields: 1)
        let rotation = HypersphericalRotation(layout, by: Self.turned.flatMap { $0 })
        let threads = Workers.limit
        defer { Workers.limit = threads }
        var results = [[[Double]]]()
        for limit in 1...2 {
            Workers.limit = limit
            var fields = [c]
            rotation.apply(to: &fields[0])
            kernel.apply(to: &fields)
            results.append(fields)
        }
        #expect(results[0] == results[1])
    }
}
