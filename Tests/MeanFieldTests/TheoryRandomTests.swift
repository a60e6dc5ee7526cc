import Foundation
import Testing

@testable import MeanField

@Suite struct TheoryRandomTests {
    @Test func bitsOfTheReferenceImplementation() {
        // xoshiro256plusplus.c from the state 1, 2, 3, 4.
        var generator = Random(state: [1, 2, 3, 4])
        let expected: [UInt64] = [
            41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386,
            9_228_616_714_210_784_205, 9_973_669_472_204_895_162,
        ]
        #expect(expected.map { _ in generator.next() } == expected)
    }

    @Test func seedsAreSpreadBySplitMix64() {
        // splitmix64.c from 1234567.
        #expect(
            Random(seed: 1_234_567).state == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973,
                9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
            ])
    }

    @Test func aStoredStateContinuesTheSequence() {
        var first = Random(seed: 7)
        for _ in 0..<100 { _ = first.nextNormal() }
        var second = Random(state: first.state)
        for _ in 0..<100 { #expect(first.nextNormal() == second.nextNormal()) }
    }

    @Test func quantilesAgreeWithExtendedPrecision() {
        // mpmath, 50 digits: root of ncdf(x) = p for the double p.
        let expected = [
            (0.5000000009313226, 2.33447949833329814e-9), (0.6, 0.253347103135799741),
            (0.924, 1.43250272082581191), (0.926, 1.44663206715897881),
            (0.075, -1.43953147093845593), (0.05, -1.64485362695147269),
            (1e-5, -4.26489079392282461), (1.3e-11, -6.66761145651074083),
            (1.5e-11, -6.64657088747711286), (1e-16, -8.22208221613043562),
        ]
        for (p, x) in expected {
            #expect(abs(normalQuantile(p) / x - 1) < 2e-15, "p = \(p)")
        }
        #expect(normalQuantile(0.5) == 0)
    }

    @Test func momentsOfUniformsAndNormals() {
        var generator = Random(seed: 1)
        let count = 100_000
        var (uniform, first, second, fourth) = (0.0, 0.0, 0.0, 0.0)
        for _ in 0..<count {
            uniform += generator.nextUniform()
            let x = generator.nextNormal()
            first += x
            second += x * x
            fourth += x * x * x * x
        }
        let scale = 1 / Double(count)
        // Five standard deviations of each mean.
        let deviation = 5 / Double(count).squareRoot()
        #expect(abs(uniform * scale - 0.5) < deviation / 12.0.squareRoot())
        #expect(abs(first * scale) < deviation)
        #expect(abs(second * scale - 1) < deviation * 2.0.squareRoot())
        #expect(abs(fourth * scale - 3) < deviation * 96.0.squareRoot())
    }
}
