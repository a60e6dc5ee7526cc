import Foundation
import Testing

@testable import MeanField

/// Fractions of pairs of many random systems.
@Suite struct TokenEnsembleTests {
    static let times = (0..<31).map(Double.init)

    static func fractions(
        _ ensemble: TokenEnsemble, beta: Double, tolerance: Double = 1e-4, threads: Int = 2
    ) throws -> (mean: [Double], standardError: [Double]) {
        try ensemble.pairFractions(
            under: TokenAttention(beta: beta), at: times, above: 0.999, tolerance: tolerance,
            threads: threads)
    }

    /// At the start pairs are within the angle arccos(0.999) with the probability of the sphere.
    @Test func startsUniformly() throws {
        let angle = acos(0.999)
        let cap = (angle - sin(angle) * cos(angle)) / .pi
        for (d, probability) in [(2, angle / .pi), (3, (1 - 0.999) / 2), (4, cap)] {
            let ensemble = TokenEnsemble(dimension: d, tokens: 32, systems: 2048, seed: 1)
            let (mean, error) = try ensemble.pairFractions(
                under: TokenAttention(beta: 1), at: [0], above: 0.999, tolerance: 1e-4, threads: 2)
            #expect(error[0] > 0 && abs(mean[0] - probability) < 4 * error[0], "d = \(d)")
        }
    }

    /// Steps, interpolation, joined tokens and dropped systems against plain integrations.
    @Test(arguments: [2, 3], [1.0, 7.0])
    func countsWhatPlainIntegrationsCount(d: Int, beta: Double) throws {
        let ensemble = TokenEnsemble(dimension: d, tokens: 10, systems: 12, seed: 9)
        let (mean, _) = try Self.fractions(ensemble, beta: beta, tolerance: 1e-8)
        var sums = [Int](repeating: 0, count: Self.times.count)
        for system in 0..<12 {
            let states = try TokenSystemReference.states(
                from: unitVectors(ensemble.start(of: system), d: d), d: d,
                attention: TokenAttention(beta: beta), at: Self.times)
            for (k, state) in states.enumerated() {
                sums[k] += TokenSystemReference.pairs(of: state, d: d, above: 0.999)
            }
        }
        #expect(mean == sums.map { Double($0) / Double(12 * 45) })
    }

    /// A local error of 1e-4 changes fractions by far less than their standard error.
    @Test func theToleranceOfTheDiagramIsEnough() throws {
        let ensemble = TokenEnsemble(dimension: 2, tokens: 32, systems: 128, seed: 1)
        for beta in [1.0, 5, 9] {
            let (rough, error) = try Self.fractions(ensemble, beta: beta)
            let fine = try Self.fractions(ensemble, beta: beta, tolerance: 1e-7).mean
            let finest = try Self.fractions(ensemble, beta: beta, tolerance: 1e-9).mean
            func largest(_ a: [Double]) -> Double {
                zip(a, finest).map { abs($0 - $1) }.max()!
            }
            #expect(largest(rough) < 2e-3 && largest(fine) <= largest(rough))
            #expect(largest(rough) < 0.2 * error.max()!)
        }
    }

    @Test func joiningTokensChangesNoFraction() throws {
        let ensemble = TokenEnsemble(dimension: 2, tokens: 32, systems: 64, seed: 2)
        for beta in [1.0, 4, 9] {
            func mean(joins: Bool) throws -> [Double] {
                try ensemble.pairFractions(
                    under: TokenAttention(beta: beta), at: Self.times, above: 0.999,
                    tolerance: 1e-6, joins: joins, threads: 2
                ).mean
            }
            let (joined, apart) = (try mean(joins: true), try mean(joins: false))
            #expect(joined == apart)
        }
    }

    @Test func anglesAndVectorsAgree() throws {
        let ensemble = TokenEnsemble(dimension: 2, tokens: 24, systems: 8, seed: 11)
        let starts = (0..<8).map(ensemble.start)
        let attention = TokenAttention(beta: 4)
        var angles = TokenBatch(
            starts: starts, coordinates: .angles, attention: attention, tolerance: 1e-8)
        var vectors = TokenBatch(
            starts: starts.map { unitVectors($0, d: 2) }, coordinates: .vectors(dimension: 2),
            attention: attention, tolerance: 1e-8)
        let counts = try angles.countPairs(at: Self.times, above: 0.999)
        #expect(try vectors.countPairs(at: Self.times, above: 0.999) == counts)
    }

    @Test func threadsDoNotMatter() throws {
        let ensemble = TokenEnsemble(dimension: 2, tokens: 16, systems: 100, seed: 5)
        let one = try Self.fractions(ensemble, beta: 3, threads: 1)
        for threads in [2, 3, 7] {
            #expect(try Self.fractions(ensemble, beta: 3, threads: threads) == one)
        }
        let larger = TokenEnsemble(dimension: 2, tokens: 16, systems: 101, seed: 5)
        #expect(larger.start(of: 99) == ensemble.start(of: 99))
    }

    /// At β = 0 the velocity is that of the mean: all tokens meet, and the fraction never falls.
    @Test func allMeetWithoutTemperature() throws {
        let ensemble = TokenEnsemble(dimension: 3, tokens: 16, systems: 40, seed: 5)
        let (mean, error) = try Self.fractions(ensemble, beta: 0)
        #expect(mean.last == 1 && error.last == 0)
        #expect(zip(mean, mean.dropFirst()).allSatisfy { $0 <= $1 })
    }
}
