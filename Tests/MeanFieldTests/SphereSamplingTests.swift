import Foundation
import Spectral
import Testing

@testable import MeanField

/// Moments of many tokens drawn on spheres against those of the law.
@Suite struct SphereSamplingTests {
    private static let count = 10_000

    private func mean(
        _ tokens: TokenMeasure, _ f: ([Double]) -> Double
    ) -> Double {
        (0..<tokens.count).reduce(0) { $0 + tokens.masses[$1] * f(tokens.point($1)) }
    }

    private func draw(
        _ initial: SphereInitial, _ d: Int, _ sampling: TokenSampling
    ) -> TokenMeasure {
        initial.tokens(
            count: Self.count, dimension: d, sampling: sampling, seed: 4, replica: 0)
    }

    @Test(arguments: [3, 4, 9], TokenSampling.allCases)
    func uniform(_ d: Int, _ sampling: TokenSampling) {
        let tokens = draw(.uniform, d, sampling)
        for c in 0..<d {
            #expect(abs(mean(tokens) { $0[c] }) < 0.03)
            #expect(abs(mean(tokens) { $0[c] * $0[c] } - 1 / Double(d)) < 0.02)
        }
    }

    /// m_l of a zonal density are its coefficients over the dimensions of the harmonics.
    @Test(arguments: [3, 4, 8], TokenSampling.allCases)
    func zonal(_ d: Int, _ sampling: TokenSampling) {
        let axis = (0..<d).map { $0 == 0 ? 0.6 : $0 == 1 ? 0.8 : 0 }
        let tokens = draw(.zonal(axis: axis, coefficients: [0.4, 0.3]), d, sampling)
        // ∫P_1² dσ = 1/d, ∫P_2² dσ = 2/((d - 1)(d + 2)).
        let norms = [1 / Double(d), 2 / Double((d - 1) * (d + 2))]
        let exact = [0.4 * norms[0], 0.3 * norms[1]]
        for l in 1...2 {
            let moment = mean(tokens) { x in
                let t = zip(x, axis).reduce(0) { $0 + $1.0 * $1.1 }
                return zonalPolynomials(upTo: 2, dimension: d, at: t)[l]
            }
            #expect(abs(moment - exact[l - 1]) < 0.016, "m_\(l)")
        }
    }

    /// ∫<mean,x> = A_d(κ) for von Mises–Fisher, e^{-(d-1)σ²/2} for the heat kernel.
    @Test(arguments: [3, 5], TokenSampling.allCases)
    func mixture(_ d: Int, _ sampling: TokenSampling) {
        let (e, f) = (
            (0..<d).map { $0 == 0 ? 1.0 : 0 }, (0..<d).map { $0 == 2 ? 1.0 : 0 }
        )
        let tokens = draw(
            .mixture([
                .init(mean: e, shape: .concentration(6), weight: 0.3),
                .init(mean: f, shape: .sigma(0.3), weight: 0.7),
            ]), d, sampling)
        #expect(abs(mean(tokens) { $0[0] } - 0.3 * scaledBesselRatio(dimension: d, 6)) < 0.016)
        #expect(abs(mean(tokens) { $0[2] } - 0.7 * exp(-Double(d - 1) * 0.045)) < 0.016)
        #expect(abs(mean(tokens) { $0[1] }) < 0.016)
    }

    /// Every coefficient of a harmonic comes back as the mean of that harmonic.
    @Test(arguments: TokenSampling.allCases)
    func harmonics(_ sampling: TokenSampling) {
        let terms: [SphereInitial.Harmonic] = [
            .init(degree: 1, order: 1, cosine: 0.2, sine: 0),
            .init(
                degree: 2, order: 0, cosine: 0.15, sine: 0),
            .init(degree: 3, order: 2, cosine: 0.05, sine: -0.1),
        ]
        let tokens = draw(.harmonics(terms), 3, sampling)
        func moment(_ degree: Int, _ order: Int, _ cosine: Double, _ sine: Double) -> Double {
            let harmonic = SphereInitial.Harmonic(
                degree: degree, order: order, cosine: cosine, sine: sine)
            return mean(tokens) { harmonic.value(height: $0[2], azimuth: atan2($0[1], $0[0])) }
        }
        #expect(abs(moment(1, 1, 1, 0) - 0.2) < 0.04)
        #expect(abs(moment(1, 1, 0, 1)) < 0.04)
        #expect(abs(moment(2, 0, 1, 0) - 0.15) < 0.04)
        #expect(abs(moment(3, 2, 1, 0) - 0.05) < 0.04)
        #expect(abs(moment(3, 2, 0, 1) + 0.1) < 0.04)
        // √3 x, √15 (x² - y²)/2 · … : two harmonics in Cartesian form.
        let one = SphereInitial.Harmonic(degree: 1, order: 1, cosine: 1, sine: 0)
        #expect(abs(one.value(height: 0.6, azimuth: 0) - 3.0.squareRoot() * 0.8) < 1e-15)
        let two = SphereInitial.Harmonic(degree: 2, order: 2, cosine: 1, sine: 0)
        #expect(abs(two.value(height: 0, azimuth: 0) - 15.0.squareRoot() / 2) < 1e-15)
    }

    @Test func azimuthIsIndependentOfElevation() {
        let parts = [
            SphereInitial.AzimuthComponent(angle: 0.5, sigma: 0.2, weight: 0.6),
            .init(angle: 3, sigma: 0.4, weight: 0.4),
        ]
        for elevation in SphereInitial.Elevation.allCases {
            let tokens = draw(.azimuth(parts, elevation), 3, .random)
            let exact = 0.6 * exp(-0.02) * cos(0.5) + 0.4 * exp(-0.08) * cos(3)
            #expect(abs(mean(tokens) { cos(atan2($0[1], $0[0])) } - exact) < 0.03)
            let square = elevation == .uniformArea ? 1.0 / 3 : 0.5
            #expect(abs(mean(tokens) { $0[2] * $0[2] } - square) < 0.02)
        }
    }
}
