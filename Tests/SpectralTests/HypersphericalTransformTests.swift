import Foundation
import Testing

@testable import Spectral

/// Harmonics on S³ against what defines them.
@Suite struct HypersphericalTransformTests {
    /// Coefficients of all harmonics, none of them small.
    private static func coefficients(_ layout: HypersphericalLayout) -> [Double] {
        var c = (0..<layout.count).map { sin(Double($0 * $0 % 1013)) }
        for order in layout.orders where order.isZero {
            for n in 0..<order.count { c[2 * (order.start + n) + 1] = 0 }
        }
        return c
    }

    private static func product(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test func layoutsHoldEveryHarmonicOnce() {
        for degree in [0, 1, 2, 5, 12] {
            let layout = HypersphericalLayout(degree: degree)
            // Σ (l + 1)², and a zero for each even degree of m = 0.
            let harmonics = (degree + 1) * (degree + 2) * (2 * degree + 3) / 6
            #expect(layout.count == harmonics + degree / 2 + 1)
            for (i, order) in layout.orders.enumerated() {
                #expect(layout.index(order.first, order.second) == i)
            }
            for l in 0...degree {
                let zeros = l % 2 == 0 ? 1 : 0
                #expect(layout.degrees.count { $0 == l } == (l + 1) * (l + 1) + zeros)
            }
        }
    }

    /// Analysis inverts synthesis: the harmonics are orthonormal.
    @Test(arguments: [1, 6, 33, 64]) func analysisInvertsSynthesis(degree: Int) {
        let transform = HypersphericalTransform(degree: degree, analysing: degree)
        let c = Self.coefficients(transform.layout)
        let back = transform.modes(of: transform.values(of: c, in: transform.layout))
        #expect(zip(c, back).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    /// Σ over the harmonics of degree l of Y(x)Y(y) is (l + 1)² P_l(<x,y>), P_l = sin((l+1)θ)/((l+1) sin θ).
    @Test func harmonicsAddUpToZonalOnes() {
        let series = HypersphericalSeries(degree: 32)
        let points = [
            [0.5, 0.5, -0.5, 0.5], [0.1, 0.7, 0.7, 0.1], [1.0, 0, 0, 0], [0, 0, -0.6, 0.8],
        ]
        for x in points {
            for y in points where y != x {
                let (a, b) = (series.harmonics(at: x), series.harmonics(at: y))
                let θ = acos(Self.product(x, y))
                var sums = [Double](repeating: 0, count: 33)
                for (i, l) in series.layout.degrees.enumerated() { sums[l] += a[i] * b[i] }
                for l in 0...32 {
                    let exact = Double(l + 1) * sin(Double(l + 1) * θ) / sin(θ)
                    #expect(abs(sums[l] - exact) < 1e-11 * Double((l + 1) * (l + 1)))
                }
            }
        }
    }

    /// Series at the points of a grid are the values there.
    @Test func seriesAgreeWithTheGrid() {
        let transform = HypersphericalTransform(degree: 12, analysing: 12)
        let c = Self.coefficients(transform.layout)
        let values = transform.values(of: c, in: transform.layout)
        let series = HypersphericalSeries(degree: 12)
        transform.forEachPoint { i, x in
            guard i % 97 == 0 else { return }
            #expect(abs(Self.product(series.harmonics(at: x), c) - values[i]) < 1e-11)
        }
    }

    /// x_i f and grad f at a point, by the ladder.
    @Test func ladderMultipliesAndDifferentiates() {
        let series = HypersphericalSeries(degree: 17)
        let layout = series.layout
        let short = HypersphericalLayout(degree: 16)
        let f = short.moved(Self.coefficients(short), to: layout)
        let ladder = HypersphericalLadder(layout)
        let x = [0.5, -0.1, 0.7, 0.5]
        let harmonics = series.harmonics(at: x)
        for i in 0..<4 {
            var product = f
            ladder.multiply(f, byCoordinate: i, into: &product)
            let exact = x[i] * Self.product(harmonics, f)
            #expect(abs(Self.product(harmonics, product) - exact) < 1e-11)
            func value(_ step: Double) -> Double {
                var y = x
                y[i] += step
                let length = Self.product(y, y).squareRoot()
                return Self.product(series.harmonics(at: y.map { $0 / length }), f)
            }
            let h = 1e-3
            let slope =
                (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h)
            var gradient = [Double](repeating: 0, count: layout.count)
            ladder.addWeakDivergence(harmonics, alongCoordinate: i, to: &gradient)
            #expect(abs(Self.product(gradient, f) - slope) < 1e-4)
        }
    }
}
