import Foundation
import Testing

@testable import MeanField

@Suite struct TheoryTwoClustersTests {
    /// mpmath, 40 digits: quadrature of the slowness over ln tan(θ/2); the first five are in
    /// Known to extended precision.
    static let times:
        [(β: Double, m: Double, from: Double, to: Double, kind: Normalization, time: Double)] = [
            (4, 0.5, 1, 1e-3, .softmax, 7.9248194831979311149),
            (9, 0.5, 1, 1e-3, .softmax, 12.877539909714117546),
            (9, 0.5, .pi / 2, 1e-3, .softmax, 470.51360863100795501),
            (4, 0.5, .pi / 2, 1e-3, .none, 0.39680677003083927179),
            (4, 0.25, 1, 1e-3, .softmax, 7.6187415654489128447),
            (0, 0.5, 2, 0.1, .softmax, 3.4379211778844956216),
            (0.01, 0.5, 2, 0.1, .softmax, 3.4440911872858113588),
            (50, 0.1, 2.5, 0.5, .softmax, 7.3239485801795394641e+36),
            (4, 0.5, 1, 0.99, .softmax, 0.042827751619890852827),
            (100, 0.5, 3, 1, .softmax, 3.9917136277949499859e+85),
            (30, 0.5, 3.1, 0.01, .none, 16654053955267.081568),
        ]

    @Test func timesAgreeWithExtendedPrecision() throws {
        for (β, m, from, to, kind, expected) in Self.times {
            let pair = TwoClusters(inverseTemperature: β, firstMass: m, normalization: kind)
            let time = try #require(pair.time(from: from, to: to).value)
            #expect(abs(time / expected - 1) < 5e-14, "β = \(β), θ₀ = \(from)")
            let quadrature = try #require(pair.timeByQuadrature(from: from, to: to).value)
            #expect(abs(quadrature / expected - 1) < 5e-14, "β = \(β), θ₀ = \(from)")
        }
    }

    @Test func timesGoBeyondTheRangeOfDouble() {
        let pair = TwoClusters(inverseTemperature: 400)
        let time = pair.time(from: 3, to: 1e-3)
        #expect(time.value == nil)
        // mpmath: log10 T = 344.412004838699946.
        #expect(abs(time.log10 - 344.412004838699946) < 1e-12)
        #expect(abs(pair.timeByQuadrature(from: 3, to: 1e-3).log10 - time.log10) < 1e-12)
    }

    @Test func closedFormAndQuadratureMeetWhereTheMethodChanges() throws {
        // time(from:to:) changes from quadrature to the closed form at β(u₀ - u₁) = 1.
        let θ0 = 1.0
        let pair = TwoClusters(inverseTemperature: 6)
        for offset in [-1e-9, 1e-9] {
            let θ1 = acos(cos(θ0) + (1 + offset) / 6)
            let time = try #require(pair.time(from: θ0, to: θ1).value)
            let quadrature = try #require(pair.timeByQuadrature(from: θ0, to: θ1).value)
            #expect(abs(time / quadrature - 1) < 1e-13)
        }
    }

    @Test func timeIsTheIntegralOfTheRate() throws {
        for kind in Normalization.allCases {
            let pair = TwoClusters(inverseTemperature: 3, firstMass: 0.3, normalization: kind)
            let h = 1e-3
            let difference = try #require(pair.time(from: 1.2 + h, to: 1.2 - h).value)
            #expect(abs(difference * -pair.gapRate(at: 1.2) / (2 * h) - 1) < 1e-5)
        }
    }

    @Test func rateAgreesWithTheVelocitiesOfTheTwoAtoms() {
        let (β, θ, m1) = (4.0, 0.8, 0.3)
        let m2 = 1 - m1
        let weight = exp(β * cos(θ))
        let softmax =
            -sin(θ) * weight
            * (m2 / (m1 * exp(β) + m2 * weight) + m1 / (m2 * exp(β) + m1 * weight))
        let pair = TwoClusters(inverseTemperature: β, firstMass: m1)
        #expect(abs(pair.gapRate(at: θ) / softmax - 1) < 1e-14)
        let bare = TwoClusters(inverseTemperature: β, firstMass: m1, normalization: .none)
        #expect(abs(bare.gapRate(at: θ) / (-sin(θ) * weight) - 1) < 1e-14)
        let rescaled = TwoClusters(inverseTemperature: β, firstMass: m1, normalization: .rescaled)
        #expect(abs(rescaled.gapRate(at: θ) / (-sin(θ) * weight * exp(-β)) - 1) < 1e-14)
    }

    @Test func closingRateDoesNotOverflow() {
        let rate = TwoClusters(inverseTemperature: 1e4).gapRate(at: 3)
        #expect(rate == 0)
        #expect(TwoClusters(inverseTemperature: 1e4).gapRate(at: 1e-3) < -9e-4)
    }

    @Test func mergingGapSolvesItsEquation() {
        for β in [0.1, 1.0, 4, 50, 1e5] {
            let θ = TwoClusters.mergingGap(inverseTemperature: β)
            #expect(abs(β * sin(θ / 2) * sin(θ / 2) - cos(θ / 2)) < 4e-15 * max(1, β))
        }
        #expect(TwoClusters.mergingGap(inverseTemperature: 0) == .pi)
    }

    @Test func mergingGapIsWhereTwoMaximaBecomeOne() {
        let β = 4.0
        func curvature(_ gap: Double) -> Double {
            let potential = { (φ: Double) in
                exp(β * cos(φ - gap / 2)) + exp(β * cos(φ + gap / 2))
            }
            return potential(1e-3) - potential(0)
        }
        let gap = TwoClusters.mergingGap(inverseTemperature: β)
        #expect(curvature(gap * 0.99) < 0)
        #expect(curvature(gap * 1.01) > 0)
    }

    @Test func asymptoticTimesConverge() {
        let cases: [(Normalization, Double)] = [(.softmax, 0.5), (.softmax, 0.1), (.none, 0.5)]
        for (kind, m) in cases {
            var previous = Double.infinity
            for β in [40.0, 80, 160, 320, 640] {
                let pair = TwoClusters(inverseTemperature: β, firstMass: m, normalization: kind)
                let exact = pair.time(from: 1.3, to: 0.01)
                let error = abs(pair.asymptoticTime(from: 1.3).logarithm - exact.logarithm)
                #expect(error < previous / 3)
                previous = error
            }
            #expect(previous < 1e-5)
        }
    }
}
