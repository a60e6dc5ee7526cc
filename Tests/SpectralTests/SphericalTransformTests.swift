import Foundation
import Testing

@testable import Spectral

/// Spherical harmonics by their definition.
@Suite struct SphericalTransformTests {
    /// P_lm(z) by the recurrence in l, with ∫Y² dσ = 1.
    private func legendre(_ l: Int, _ m: Int, _ z: Double) -> Double {
        var value = m == 0 ? 1.0 : 2.0.squareRoot()
        for k in stride(from: 1, through: m, by: 1) {
            value *= (1 - z * z).squareRoot() * (Double(2 * k + 1) / Double(2 * k)).squareRoot()
        }
        var previous = 0.0
        for k in m..<l {
            let next =
                (z * value - (k > m ? LegendreTables.ε(k, m) : 0) * previous)
                / LegendreTables.ε(k + 1, m)
            (previous, value) = (value, next)
        }
        return value
    }

    private func random(_ layout: HarmonicLayout) -> [Double] {
        var state: UInt64 = 7
        var modes = (0..<layout.count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(Int64(bitPattern: state) >> 11) / 0x1p52
        }
        for l in 0...layout.degree { modes[2 * layout.pair(l, 0) + 1] = 0 }
        return modes
    }

    @Test func legendreRuleIntegratesPolynomials() {
        for n in [1, 2, 5, 20, 301] {
            let (x, w) = gaussLegendreRule(n)
            for degree in [0, 1, 2, min(8, 2 * n - 2)] where degree < 2 * n {
                let integral = zip(x, w).reduce(0) { $0 + $1.1 * pow($1.0, Double(degree)) }
                let exact = degree % 2 == 1 ? 0 : 2 / Double(degree + 1)
                #expect(abs(integral - exact) < 1e-14)
            }
        }
    }

    @Test(arguments: [(3, 0), (7, 1), (20, 13), (20, 20)])
    func singleHarmonicsAreTheirDefinition(l: Int, m: Int) {
        let transform = SphericalTransform(degree: 20, rings: 21, longitudes: 42)
        var modes = [Double](repeating: 0, count: transform.layout.count)
        modes[2 * transform.layout.pair(l, m)] = 0.7
        modes[2 * transform.layout.pair(l, m) + 1] = m > 0 ? -0.4 : 0
        let values = transform.values(of: modes, in: transform.layout)
        for i in stride(from: 0, to: transform.rings, by: 5) {
            for j in stride(from: 0, to: transform.longitudes, by: 7) {
                let φ = 2 * .pi * Double(j) / Double(transform.longitudes)
                let wave = 0.7 * cos(Double(m) * φ) - (m > 0 ? 0.4 * sin(Double(m) * φ) : 0)
                let exact = legendre(l, m, transform.heights[i]) * wave
                #expect(abs(values[i * transform.longitudes + j] - exact) < 2e-13)
            }
        }
    }

    @Test(arguments: [1, 2, 15, 64, 255, 511])
    func analysisUndoesSynthesis(degree: Int) {
        let transform = SphericalTransform(
            degree: degree, rings: degree + 1, longitudes: 2 * degree + 2)
        let modes = random(transform.layout)
        let back = transform.modes(of: transform.values(of: modes, in: transform.layout))
        let error = zip(modes, back).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(error < 1e-13 * Double(degree + 8))
    }

    @Test func shortFieldsAreThoseOfTheWholeLayout() {
        let transform = SphericalTransform(degree: 60, rings: 96, longitudes: 180)
        let short = HarmonicLayout(degree: 11)
        let modes = random(short)
        let whole = transform.values(
            of: short.moved(modes, to: transform.layout), in: transform.layout)
        let direct = transform.values(of: modes, in: short)
        let error = zip(whole, direct).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(error < 1e-12)
    }

    @Test func weightsAreThoseOfTheProbabilityMeasure() {
        let transform = SphericalTransform(degree: 100, rings: 110, longitudes: 202)
        let total = transform.weights.reduce(0) { $0 + $1 * Double(transform.longitudes) }
        #expect(abs(total - 1) < 1e-14)
        #expect(
            abs(
                transform.modes(
                    of: [Double](
                        repeating: 1, count: transform.rings * transform.longitudes))[0] - 1)
                < 1e-14)
    }
}
