import Foundation
import Testing

@testable import MeanField

@Suite struct TheoryLinearTests {
    @Test func tableOfGrowthRates() {
        // Known to extended precision.
        let five = LinearTheory(inverseTemperature: 5)
        let expected = [0.178676627409, 0.514117396146, 0.682678333616746, 0.600089139535]
        for k in 1...4 {
            #expect(abs(five.growthRate(degree: k) - expected[k - 1]) < 1e-12)
        }
        #expect(five.mostUnstableDegree == 3)
        let one = LinearTheory(inverseTemperature: 1, normalization: .none)
        #expect(abs(one.growthRate(degree: 1) - 0.565159103992485) < 1e-15)
        let seven = LinearTheory(inverseTemperature: 7)
        #expect(abs(seven.growthRate(degree: 3) - 0.649556921683) < 1e-12)
        #expect(abs(seven.growthRate(degree: 4) - 0.691484063310774) < 1e-14)
        #expect(abs(seven.growthRate(degree: 5) - 0.569531812256) < 1e-12)
        #expect(seven.largestRate == seven.growthRate(degree: 4))
    }

    @Test func mostUnstableDegreeSwitchesWhereTheoryPutsIt() {
        let switches = [
            1.044456862108, 3.165434442701, 6.211298379432, 10.22848316299, 15.23627672852,
            21.24045196364,
        ]
        for (index, β) in switches.enumerated() {
            let below = LinearTheory(inverseTemperature: β * (1 - 1e-11))
            let above = LinearTheory(inverseTemperature: β * (1 + 1e-11))
            #expect(below.mostUnstableDegree == index + 1)
            #expect(above.mostUnstableDegree == index + 2)
        }
    }

    @Test func zeroTemperatureLimitIsExactAndContinuous() {
        for kind in Normalization.allCases {
            let zero = LinearTheory(
                inverseTemperature: 0, normalization: kind, value: 3, diffusion: 0.25)
            #expect(zero.growthRate(degree: 1) == 1.25)
            #expect(zero.growthRate(degree: 2) == -1)
            #expect(zero.growthRate(degree: 50) == -625)
            #expect(zero.mostUnstableDegree == 1)
            #expect(zero.criticalDiffusion == 1.5)
            for β in [1e-300, 1e-12] {
                let near = LinearTheory(
                    inverseTemperature: β, normalization: kind, value: 3, diffusion: 0.25)
                #expect(abs(near.growthRate(degree: 1) - 1.25) < 2 * β + 1e-15)
            }
        }
        let orthogonal = LinearTheory(inverseTemperature: 4, query: 0)
        #expect(orthogonal.growthRate(degree: 1) == 0.5)
    }

    @Test func negativeTemperatureAlternatesTheSigns() {
        // a_k(-β)/(-β) = (-1)^{k-1} I_k(β)/β.
        let positive = LinearTheory(inverseTemperature: 5, normalization: .none)
        let negative = LinearTheory(inverseTemperature: 5, normalization: .none, key: -1)
        for k in 1...9 {
            let sign: Double = k % 2 == 0 ? -1 : 1
            #expect(negative.growthRate(degree: k) == sign * positive.growthRate(degree: k))
        }
        #expect(LinearTheory(inverseTemperature: 5, key: -1).mostUnstableDegree == 3)
        let repulsive = LinearTheory(inverseTemperature: 5, query: -1, value: -1)
        #expect(repulsive.mostUnstableDegree == 4)
        let second = positive.growthRate(degree: 2) / 4
        let critical = LinearTheory(
            inverseTemperature: 5, normalization: .none, query: -1, value: -1
        ).criticalDiffusion
        #expect(critical == second)
        #expect(
            LinearTheory(inverseTemperature: 5, query: -1, key: -1)
                == LinearTheory(inverseTemperature: 5))
    }

    @Test func repulsionIsStable() {
        let repulsive = LinearTheory(inverseTemperature: 5, value: -1)
        #expect(repulsive.mostUnstableDegree == nil)
        #expect(repulsive.largestRate == nil)
        #expect(repulsive.criticalDiffusion == nil)
    }

    @Test func largeTemperatureAgreesWithExtendedPrecision() {
        // mpmath, 40 digits: k^2 I_k/(b I_0) at b = 1e4.
        let cold = LinearTheory(inverseTemperature: 1e4)
        let expected = [(1, 0.000099994999874987498), (141, 0.73572135460673002)]
        for (k, value) in expected {
            #expect(abs(cold.growthRate(degree: k) / value - 1) < 1e-13, "k = \(k)")
        }
        #expect(cold.mostUnstableDegree == 141)
        #expect(abs((cold.largestRate ?? 0) - 2 / exp(1.0)) < 1e-4)
    }

    @Test func unnormalisedRatesMayOverflowButTheirOrderIsKept() {
        let bare = LinearTheory(inverseTemperature: 1000, normalization: .none, diffusion: 1)
        #expect(bare.growthRate(degree: 45) == .infinity)
        #expect(bare.growthRate(degree: 5000) == -25_000_000)
        #expect(
            bare.mostUnstableDegree == LinearTheory(inverseTemperature: 1000).mostUnstableDegree)
        let rescaled = LinearTheory(inverseTemperature: 7, normalization: .rescaled)
        let none = LinearTheory(inverseTemperature: 7, normalization: .none)
        #expect(
            abs(rescaled.growthRate(degree: 4) * exp(7) / none.growthRate(degree: 4) - 1) < 1e-15)
    }

    @Test func criticalDiffusionOfTheFirstDegree() throws {
        // Known to extended precision.
        let softmax = try #require(LinearTheory(inverseTemperature: 1).criticalDiffusion)
        #expect(abs(softmax - 0.446389965896535) < 1e-15)
        let bare = try #require(
            LinearTheory(inverseTemperature: 1, normalization: .none).criticalDiffusion)
        #expect(abs(bare - 0.565159103992485) < 1e-15)
        let below = LinearTheory(inverseTemperature: 1, diffusion: softmax * (1 - 1e-12))
        let above = LinearTheory(inverseTemperature: 1, diffusion: softmax * (1 + 1e-12))
        #expect(below.mostUnstableDegree == 1)
        #expect(above.mostUnstableDegree == nil)
    }
}
