import Foundation
import MeanField
import Testing

@testable import Scenarios

@Suite struct PowerLawFitTests {
    /// Two-sided 95 % bounds of the tables (Abramowitz and Stegun, 26.10).
    @Test(arguments: [
        (1, 12.706204736), (2, 4.302652730), (3, 3.182446305), (10, 2.228138852),
        (30, 2.042272456), (1000, 1.962339081), (100_000, 1.959987708),
    ]) func student(_ freedom: Int, _ bound: Double) {
        let found = StudentDistribution(degreesOfFreedom: freedom).bound(of: 0.95)
        #expect(abs(found / bound - 1) < 1e-8, "\(found)")
    }

    @Test func exactPowers() throws {
        let counts = [10, 100, 1000]
        let fit = try #require(
            PowerLawFit(
                counts: counts, samples: counts.map { n in [3 * pow(Double(n), -0.7)] }))
        #expect(abs(fit.exponent + 0.7) < 1e-14 && abs(fit.factor - 3) < 1e-12)
        #expect(fit.interval == nil)
        // Replicas without any spread are as good as rounding.
        let equal = try #require(
            PowerLawFit(
                counts: counts,
                samples: counts.map { n in [Double](repeating: 1 / Double(n), count: 4) }))
        #expect(abs(equal.exponent + 1) < 1e-13 && equal.interval!.contains(-1))
    }

    @Test func whatCannotBeFitted() {
        #expect(PowerLawFit(counts: [10], samples: [[1, 2]]) == nil)
        #expect(PowerLawFit(counts: [10, 20], samples: [[1, 2], [0, 0]]) == nil)
    }

    /// 95 % of the intervals hold the exponent of samples with a spread of a third.
    @Test func intervalsAreHonest() throws {
        var generator = Random(seed: 2)
        let counts = [100, 400, 1600]
        var hits = 0
        for _ in 0..<1000 {
            let samples = counts.map { n in
                (0..<12).map { _ in
                    (1 + 0.3 * generator.nextNormal()) / Double(n).squareRoot()
                }
            }
            let fit = try #require(PowerLawFit(counts: counts, samples: samples))
            if fit.interval!.contains(-0.5) { hits += 1 }
        }
        #expect((930...970).contains(hits), "\(hits)")
    }

    /// Counts that are known better weigh more.
    @Test func weights() throws {
        let fit = try #require(
            PowerLawFit(
                counts: [10, 100, 1000],
                samples: [[0.999, 1.001], [0.0999, 0.1001], [0.005, 0.1]]))
        #expect(abs(fit.exponent + 1) < 0.01)
        #expect(Spread([1, 2, 3]) == Spread([3, 2, 1]) && Spread([1, 2, 3]).deviation == 1)
    }
}
