import Foundation
import Testing

@testable import MeanField

/// Systems of tokens side by side against plain integrations of single ones.
@Suite struct TokenBatchTests {
    static let attentions: [TokenAttention] = [
        TokenAttention(beta: 0), TokenAttention(beta: 1), TokenAttention(beta: 6),
        TokenAttention(beta: 6, normalization: .rescaled),
        TokenAttention(beta: 3, normalization: .none),
    ]

    /// Evolves the systems to `end` with no counting.
    static func evolve(_ batch: inout TokenBatch, to end: Double) throws {
        while (0..<batch.systems).contains(where: { batch.times[$0] < end }) {
            try batch.attempt(limit: end)
            batch.commit()
        }
    }

    /// The largest distance of the reference's tokens from those of a system.
    static func distance(_ reference: [Double], _ state: [Double], d: Int) -> Double {
        func rows(_ x: [Double]) -> [[Double]] {
            stride(from: 0, to: x.count, by: d).map { Array(x[$0..<$0 + d]) }
        }
        let tokens = rows(state)
        return rows(reference).map { x in
            tokens.map { y in zip(x, y).reduce(0) { max($0, abs($1.0 - $1.1)) } }.min() ?? .nan
        }.max() ?? .nan
    }

    @Test(arguments: attentions, [2, 3, 5])
    func followsAPlainIntegration(_ attention: TokenAttention, d: Int) throws {
        let ensemble = TokenEnsemble(dimension: d, tokens: 12, systems: 3, seed: 7)
        var batch = TokenBatch(
            starts: (0..<3).map(ensemble.start), coordinates: ensemble.coordinates,
            attention: attention, tolerance: 1e-10)
        try Self.evolve(&batch, to: 3)
        for system in 0..<3 {
            let start = unitVectors(ensemble.start(of: system), d: d)
            let exact = try TokenSystemReference.states(
                from: start, d: d, attention: attention, at: [3])[0]
            let error = Self.distance(exact, unitVectors(batch.state(of: system), d: d), d: d)
            #expect(error < 3e-8, "system \(system): \(error)")
        }
    }

    /// At a fixed time the error stays within ten times the local one, at every tolerance.
    @Test func errorFollowsTheTolerance() throws {
        let attention = TokenAttention(beta: 4)
        let ensemble = TokenEnsemble(dimension: 2, tokens: 16, systems: 8, seed: 3)
        let exact = try (0..<8).map { system in
            try TokenSystemReference.states(
                from: unitVectors(ensemble.start(of: system), d: 2), d: 2, attention: attention,
                at: [2])[0]
        }
        let errors = try [1e-4, 1e-6, 1e-8].map { tolerance in
            var batch = TokenBatch(
                starts: (0..<8).map(ensemble.start), coordinates: .angles, attention: attention,
                tolerance: tolerance)
            try Self.evolve(&batch, to: 2)
            return (0..<8).map {
                Self.distance(exact[$0], unitVectors(batch.state(of: $0), d: 2), d: 2)
            }.max()!
        }
        for (error, tolerance) in zip(errors, [1e-4, 1e-6, 1e-8]) {
            #expect(error < 10 * tolerance, "\(error) at \(tolerance)")
        }
    }

    @Test func theInterpolantIsAsGoodAsTheSteps() throws {
        let attention = TokenAttention(beta: 4)
        let ensemble = TokenEnsemble(dimension: 2, tokens: 16, systems: 1, seed: 5)
        let start = ensemble.start(of: 0)
        var batch = TokenBatch(
            starts: [start], coordinates: .angles, attention: attention, tolerance: 1e-6)
        let shares = [Double](repeating: 0.4, count: TokenBatch.width)
        while batch.times[0] < 2 {
            try batch.attempt(limit: 3)
            batch.interpolate(at: shares)
            let angles = (0..<batch.counts[0]).map { batch.sample[$0 * TokenBatch.width] }
            if batch.accepted[0] != 0 {
                let exact = try TokenSystemReference.states(
                    from: unitVectors(start, d: 2), d: 2, attention: attention,
                    at: [batch.times[0] + 0.4 * batch.steps[0]])[0]
                let error = Self.distance(exact, unitVectors(angles, d: 2), d: 2)
                #expect(error < 1e-5, "\(error) at \(batch.times[0])")
            }
            batch.commit()
        }
    }

    @Test func aSystemDoesNotSeeItsNeighbours() throws {
        let ensemble = TokenEnsemble(dimension: 3, tokens: 10, systems: 8, seed: 2)
        let attention = TokenAttention(beta: 5)
        func states(_ systems: [Int]) throws -> [[Double]] {
            var batch = TokenBatch(
                starts: systems.map(ensemble.start), coordinates: .vectors(dimension: 3),
                attention: attention, tolerance: 1e-4)
            try Self.evolve(&batch, to: 12)
            return systems.indices.map(batch.state)
        }
        let together = try states(Array(0..<8))
        #expect(together.contains { $0.count < 30 }, "some tokens have joined")
        for system in 0..<8 {
            #expect(try states([system])[0] == together[system])
            #expect(try states([7, system, 3])[1] == together[system])
        }
    }

    @Test func tokensThatJoinKeepTheirWeightAndTheirPairs() throws {
        let ensemble = TokenEnsemble(dimension: 2, tokens: 20, systems: 8, seed: 4)
        var batch = TokenBatch(
            starts: (0..<8).map(ensemble.start), coordinates: .angles,
            attention: TokenAttention(beta: 1), tolerance: 1e-4)
        try Self.evolve(&batch, to: 60)
        for system in 0..<8 {
            let weights = (0..<20).map { batch.weights[$0 * TokenBatch.width + system] }
            #expect(weights.reduce(0, +) == 20)
            let inside = weights.reduce(0) { $0 + $1 * ($1 - 1) / 2 }
            #expect(batch.joinedPairs[system] == inside)
            #expect(weights.filter { $0 > 0 }.count == batch.counts[system])
        }
        #expect(batch.counts.contains(1))
    }

    @Test func vectorsKeepUnitLength() throws {
        let ensemble = TokenEnsemble(dimension: 4, tokens: 9, systems: 2, seed: 1)
        var batch = TokenBatch(
            starts: (0..<2).map(ensemble.start), coordinates: .vectors(dimension: 4),
            attention: TokenAttention(beta: 2), tolerance: 1e-3)
        try Self.evolve(&batch, to: 20)
        for system in 0..<2 {
            let state = batch.state(of: system)
            for i in stride(from: 0, to: state.count, by: 4) {
                let square = state[i..<i + 4].reduce(0) { $0 + $1 * $1 }
                #expect(abs(square - 1) < 1e-15)
            }
        }
    }
}
