import Foundation
import Ranks
import Testing

@testable import MeanField

/// Tokens that several processes share, here threads, against those of one.
@Suite struct SharedTokenTests {
    /// What some steps of an evolution leave: its state, and a measure inside the last step.
    struct Outcome: Equatable {
        var state: EvolutionState
        var inside: [Double]
    }

    /// `work` by so many ranks that share the tokens of `velocity`.
    static func shared<Result>(
        _ ranks: Int, _ velocity: any SharedTokenVelocity, _ work: () throws -> Result
    ) throws -> Result {
        try ThreadTeam.run(ranks) { team in
            let leader = TokenLeader(velocity, among: team)
            defer { leader.dismiss() }
            return try TokenLeader.$current.withValue(leader) { try work() }
        } follow: {
            TokenLeader.follow(velocity, among: $0)
        }
    }

    static func options(_ tolerance: Double = 1e-9, euler: Double? = nil) -> EvolutionOptions {
        EvolutionOptions(timeTolerance: tolerance, eulerStep: euler, engine: .automatic)
    }

    /// The tokens on the circle after `steps` steps.
    static func circle(
        _ attention: any CircleAttention, _ angles: [Double], steps: Int,
        _ options: EvolutionOptions = options()
    ) throws -> Outcome {
        let share = 1 / Double(angles.count)
        let start = StartingMeasure(
            .atoms(angles: angles, masses: angles.map { _ in share }))
        var evolution = try CircleEvolution(of: start, attention: attention, options: options)
        for _ in 0..<steps - 1 {
            try evolution.step(limit: nil)
            try evolution.finishStep()
        }
        try evolution.step(limit: nil)
        let inside = evolution.measure(at: 0.3).points.angles
        try evolution.finishStep()
        return Outcome(state: evolution.state, inside: inside)
    }

    static func angles(_ count: Int) -> [Double] {
        var generator = Random(seed: 3, replica: 0)
        return (0..<count).map { _ in 1.1 * generator.nextNormal() }
    }

    @Test(arguments: [Normalization.softmax, .rescaled])
    func circleHasTheSameBitsForAnyNumberOfRanks(normalization: Normalization) throws {
        let attention = IsotropicAttention(beta: 4, normalization: normalization)
        let angles = Self.angles(61_000)
        let alone = try Self.circle(attention, angles, steps: 3)
        for ranks in [2, 3] {
            let velocity = CircleTokenVelocity(of: attention)
            let together = try Self.shared(ranks, velocity) {
                try Self.circle(attention, angles, steps: 3)
            }
            #expect(together == alone)
        }
    }

    @Test func matricesAndEulerHaveTheSameBits() throws {
        let attention = MatrixAttention(
            beta: 3, product: PlaneMap(1, 0.2, -0.1, 0.8), value: PlaneMap(1, 0, 0, 0.5))
        let angles = Self.angles(41_000)
        for options in [Self.options(1e-7), Self.options(euler: 0.05)] {
            let alone = try Self.circle(attention, angles, steps: 2, options)
            let together = try Self.shared(2, CircleTokenVelocity(of: attention)) {
                try Self.circle(attention, angles, steps: 2, options)
            }
            #expect(together == alone)
        }
    }

    @Test func tokensFarFromTheMassHaveTheSameBits() throws {
        // Two narrow clusters and some tokens in the gap, which modes do not see.
        let attention = IsotropicAttention(beta: 400)
        var angles = Self.angles(41_000).map { 0.05 * $0 }
        for i in angles.indices where i % 2 == 0 { angles[i] += 2.5 }
        for i in 0..<20 { angles[2000 * i] = 0.8 + 0.04 * Double(i) }
        var probe = CircleTokenVelocity(of: attention)
        var velocity = angles
        probe.evaluate(
            positions: angles, masses: angles.map { _ in 1 / 41_000 }, into: &velocity)
        #expect(probe.usesModes && probe.unsettled > 0)
        let alone = try Self.circle(attention, angles, steps: 2)
        let together = try Self.shared(2, CircleTokenVelocity(of: attention)) {
            try Self.circle(attention, angles, steps: 2)
        }
        #expect(together == alone)
    }

    /// The tokens on S² at a time, and inside the step that leads there.
    static func sphere(_ attention: SphereAttention, _ start: TokenMeasure) throws
        -> (state: EvolutionState, inside: [Double])
    {
        var evolution = TokenEvolution(of: start, attention: attention, options: Self.options())
        let end = ModelTime(0.1)
        var inside = [Double]()
        while evolution.time < end {
            try evolution.step(limit: end)
            inside = evolution.measure(at: 0.6).positions
            try evolution.finishStep()
        }
        return (evolution.state, inside)
    }

    @Test func sphereAgreesAndRepeatsItsBits() throws {
        let identity = SquareMatrix(scale: 1, count: 3)
        let attention = SphereAttention(
            beta: 3, query: identity, key: identity, value: SquareMatrix(diagonal: [1, 0.7, 0.5]))
        let start = SphereInitial.uniform.tokens(
            count: 12_500, dimension: 3, sampling: .random, seed: 5, replica: 0)
        let alone = try Self.sphere(attention, start)
        let velocity = try #require(SphereTokenVelocity(of: attention))
        for ranks in [2, 3] {
            let together = try Self.shared(ranks, velocity) { try Self.sphere(attention, start) }
            // Steps follow errors, which rounding changes by more.
            for (a, b, error) in [
                (alone.state.unknowns, together.state.unknowns, 1e-11),
                (alone.inside, together.inside, 1e-6),
            ] {
                #expect(a.count == b.count)
                #expect(zip(a, b).allSatisfy { abs($0 - $1) < error })
            }
            let again = try Self.shared(ranks, velocity) { try Self.sphere(attention, start) }
            #expect(again.state == together.state && again.inside == together.inside)
        }
    }

    @Test func fewTokensStayTogether() {
        ThreadTeam.run(2) { team in
            var velocity = CircleTokenVelocity(of: IsotropicAttention(beta: 4))
            #expect(velocity.share(of: 39_999, among: team) == nil)
            #expect(velocity.share(of: 61_000, among: team)?.counts == [20_328, 40_672])
            var direct = CircleTokenVelocity(of: IsotropicAttention(beta: 4), engine: .direct)
            #expect(direct.share(of: 61_000, among: team) == nil)
        } follow: {
            _ in
        }
    }
}
