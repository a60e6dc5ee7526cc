import Foundation
import Phases
import Testing

@testable import Scenarios

/// Attention that turns and neither gathers nor spreads, from the scenario to the reason of its end.
@Suite struct RotatingScenarioTests {
    static func record(_ model: String, _ initial: String) throws -> RunRecord {
        try LimitScenarioTests.run(decode(LimitScenarioTests.text(model, initial))).record()
    }

    static let quarter = "value = [[0, -1], [1, 0]]"
    static let perturbed =
        "kind = 'uniform'\nperturbation = { amplitude = 0.05, max_degree = 8, seed = 1 }"
    static let modes = "kind = 'modes'\nmodes = [[1, 0.2, 0.1], [2, 0.02, 0]]"

    @Test(arguments: [
        ("softmax", modes, 1.0), ("softmax", perturbed, 1), ("rescaled", modes, 1),
        ("none", modes, exp(9)), ("rescaled", LimitScenarioTests.mixture, 1),
        ("softmax", LimitScenarioTests.mixture, 1),
    ]) func densitiesThatNeverCondenseTurnForEver(
        normalization: String, initial: String, speed: Double
    ) throws {
        let record = try Self.record(
            "\(Self.quarter)\nnormalization = '\(normalization)'", initial)
        #expect(record.ended == .rotating && !record.noiseDetermined)
        let turn = 2 * .pi / speed
        #expect(record.endTime.approximation >= turn && record.endTime.approximation < 2 * turn)
        #expect(record.phases[0].end?.time == .zero)
        #expect(record.phases[1].end == nil && record.phases[1].reason == .rotating)
        #expect(record.phases[2].end == nil && record.phases[2].reason == .rotating)
        let claim = normalization == "softmax" ? "third order" : "keeps it exactly"
        #expect(record.notes.contains { $0.contains("at its own rate") && $0.contains(claim) })
    }

    /// Panels take over within times of e^{-100}.
    @Test func unnormalisedAttentionOfLargeBeta() throws {
        let text = LimitScenarioTests.text(
            Self.quarter + "\nnormalization = 'none'", Self.perturbed)
        let record = try LimitScenarioTests.run(
            decode(text.replacing("beta = 9", with: "beta = 100"))
        ).record()
        #expect(record.ended == .rotating)
        #expect(record.representation.last?.kind == "cells")
    }

    @Test func theUniformDensityIsStable() throws {
        let record = try Self.record(Self.quarter, "kind = 'uniform'")
        #expect(record.ended == .uniform && record.phases[1].reason == .stableUniform)
    }

    /// Atoms have no entropy to keep: the heavier one catches up with the lighter.
    @Test func unequalAtomsMeet() throws {
        let record = try Self.record(
            Self.quarter.appending("\nquery = 0.2"),
            "kind = 'atoms'\natoms = [{ angle = 0, mass = 0.6 }, { angle = 1, mass = 0.4 }]")
        #expect(record.ended == .consensus)
    }

    /// Unless the condensed state is not excluded: a single narrow bump is one from the start.
    @Test func aNarrowBumpIsConsensus() throws {
        let record = try Self.record(
            "\(Self.quarter)\nnormalization = 'rescaled'",
            "kind = 'mixture'\ncomponents = [{ angle = 0, sigma = 0.02, weight = 1 }]")
        #expect(record.ended == .consensus && record.endTime == .zero)
    }

    /// A complex pair that is no rotation: atoms turn unevenly, meet, and are one in the end.
    @Test func atomsOnASpiralMeet() throws {
        let record = try Self.record(
            "value = [[1, -2], [0.5, 1]]\nquery = 0.5",
            """
            kind = 'atoms'
            atoms = [{ angle = 0, mass = 0.5 }, { angle = 1, mass = 0.3 }, { angle = 2.5, mass = 0.2 }]
            """)
        #expect(record.ended == .consensus && !record.mergers.isEmpty)
        let opposite = try Self.record(
            "value = [[1, -2], [0.5, 1]]",
            """
            kind = 'atoms'
            atoms = [{ angle = 0, mass = 0.5 }, { angle = 3.141592653589793, mass = 0.5 }]
            """)
        #expect(opposite.ended == .rotating)
    }
}
