import Foundation
import Testing

/// Particle runs through the program.
@Suite struct Particles {
    static let scenario = """
        evolve = "particles"
        [model]
        beta = 4.0
        [initial]
        kind = "modes"
        modes = [[1, 0.2, 0.1], [2, 0.1, 0.0]]
        [particles]
        count = 400
        [time]
        end = "consensus"
        snapshots = 30

        """

    /// Spherical harmonics and pairs move a crowd on S² alike, whatever V.
    @Test(arguments: ["1.0", "[1.0, 0.5, -0.3]"]) func enginesAgreeOnTheSphere(value: String) throws
    {
        let text = """
            evolve = "particles"
            [model]
            dimension = 3
            beta = 5.0
            value = \(value)
            [initial]
            kind = "degrees"
            degrees = [[1, 0.3], [2, 0.2]]
            [particles]
            count = 700
            coalesce = false
            [time]
            end = 1.0
            snapshots = [1.0]
            """
        let fast = try FinishedRun(text, "particles.engine='fast'")
        let direct = try FinishedRun(text, "particles.engine='direct'")
        for name in ["energy", "effective_dimension", "m1", "m2", "m3", "m8"] {
            let (a, b) = (
                try fast.series.value(name, at: 1), try direct.series.value(name, at: 1)
            )
            #expect(abs(a - b) <= 1e-9 * abs(b) + 1e-11, "\(name): \(a) \(b)")
        }
    }

    /// theory.md's three atoms as tokens with weights.
    @Test func listedPointsAreTokens() throws {
        let run = try FinishedRun(
            """
            evolve = "particles"
            [model]
            beta = 8.0
            [initial]
            kind = "atoms"
            atoms = [{ angle = 0, mass = 0.5 }, { angle = 0.7, mass = 0.3 }, { angle = 1.9, mass = 0.2 }]
            [time]
            end = 5.0
            snapshots = [5.0]
            """)
        let angles = try #require(run.snapshots.last).atoms.map(\.angle).sorted()
        let exact = [0.236467473711955, 0.247678643393838, 1.89073799566833]
        try #require(angles.count == 3)
        for (a, b) in zip(angles, exact) { #expect(abs(a - b) < 1e-9) }
    }

    /// Joining tokens changes nothing that is reported beyond the tolerance.
    @Test func joiningKeepsTheResult() throws {
        let joined = try FinishedRun(Self.scenario, "time.end=25.0")
        let apart = try FinishedRun(Self.scenario, "time.end=25.0", "particles.coalesce=false")
        #expect(apart.snapshots.last?.atoms.count == 400)
        #expect(try #require(joined.snapshots.last).atoms.count < 100)
        #expect(joined.times.map(\.name) == apart.times.map(\.name))
        #expect(!joined.times.isEmpty)
        for (a, b) in zip(joined.times, apart.times) {
            #expect(abs(a.time - b.time) <= a.error + b.error, "\(a) \(b)")
        }
        let (a, b) = (joined.snapshots.last!.observables, apart.snapshots.last!.observables)
        for k in 0..<8 {
            #expect(abs(a.modes[k].x - b.modes[k].x) < 1e-8)
            #expect(abs(a.modes[k].y - b.modes[k].y) < 1e-8)
        }
    }

    /// The slow phase is reached whatever the number of tokens.
    @Test(arguments: [300, 1200]) func consensusIsReached(_ count: Int) throws {
        let run = try FinishedRun(Self.scenario, "particles.count=\(count)")
        #expect(run.ended == "consensus")
        let last = try #require(run.snapshots.last)
        #expect(last.observables.clusters == 1)
        #expect(abs(last.observables.mass - 1) < 1e-12)
    }

    /// A merger some decades beyond the time limit is no failure: the unit of time follows the limit.
    @Test func mergersBeyondTheLimit() throws {
        for gap in [0.376, 0.39, 0.41] {
            let run = try FinishedRun(
                """
                evolve = "particles"
                [model]
                beta = 1e4
                [initial]
                kind = "atoms"
                atoms = [{ angle = 0.0, mass = 0.5 }, { angle = \(gap), mass = 0.5 }]
                """)
            #expect(run.ended == (gap < 0.377 ? "consensus" : "time limit"))
        }
    }

    /// Tokens that are kept apart are a crowd, whose last drifts are below what its sums resolve: that is
    /// said, and not taken for an equilibrium.
    @Test func crowdsKeptApartAreMetastable() throws {
        let run = try FinishedRun(
            """
            evolve = "particles"
            [model]
            beta = 25.0
            [initial]
            kind = "mixture"
            components = [
                { angle = 0.0, sigma = 0.1, weight = 0.5 },
                { angle = 2.0, sigma = 0.1, weight = 0.5 },
            ]
            [particles]
            count = 200
            coalesce = false
            [time]
            max = 1e6
            """)
        #expect(run.ended == "metastable: drift below resolution")
    }

    @Test func seedsDecide() throws {
        let first = try FinishedRun(Self.scenario, "time.end=1.0")
        let same = try FinishedRun(Self.scenario, "time.end=1.0")
        let other = try FinishedRun(Self.scenario, "time.end=1.0", "particles.seed=2")
        let modes = [first, same, other].map { $0.snapshots.last!.observables.modes }
        #expect(modes[0] == modes[1])
        #expect(modes[0] != modes[2])
    }
}
