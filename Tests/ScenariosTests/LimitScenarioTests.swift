import Foundation
import MeanField
import Phases
import Testing

@testable import Scenarios

/// Limit equations from the scenario file to the files of the run.
@Suite struct LimitScenarioTests {
    static let mixture = """
        kind = 'mixture'
        components = [
          { angle = -2, sigma = 0.3, weight = 0.3 }, { angle = 0.4, sigma = 0.2, weight = 0.5 },
          { angle = 1.5, sigma = 0.25, weight = 0.2 },
        ]
        """
    static let atoms = """
        kind = 'atoms'
        atoms = [{ angle = 0, mass = 0.3 }, { angle = 1, mass = 0.2 }, { angle = 2.5, mass = 0.5 }]
        """

    static func text(_ model: String, _ initial: String, _ time: String = "") -> String {
        "[model]\nbeta = 9\n\(model)\n[initial]\n\(initial)\n[time]\nsnapshots = 20\n\(time)\n"
    }

    @Test(arguments: [
        ("heat", mixture), ("heat", "kind = 'modes'\nmodes = [[1, 0.1, 0]]"), ("pairing", atoms),
        ("alignment", "kind = 'uniform'"),
    ]) func decodesAndEncodes(limit: String, initial: String) throws {
        let scenario = try decode(Self.text("limit = '\(limit)'", initial))
        #expect(
            scenario.model.limit.rawValue == limit && scenario.attention.limit.rawValue == limit)
        #expect(try decode(scenario.tomlText) == scenario)
    }

    static let refusals: [Refusal] = [
        unfit(
            "limit = 'heat'\nnormalization = 'none'", "3:17", "softmax",
            "use normalization = \"softmax\""),
        unfit("limit = 'heat'\ndiffusion = 0.1", "3:13", "without noise", "diffusion = 0"),
        unfit("limit = 'heat'\nkey = -2", "3:7", "beta * query * key > 0", "-2"),
        refusal("limit = 'pairing'\nquery = -1", atoms, "3:9", "beta * query * key > 0", "-1"),
        refusal("limit = 'pairing'\nvalue = -1", atoms, "3:9", "value > 0", "attraction"),
        refusal("limit = 'pairing'", mixture, "5:8", "moves atoms", "kind = \"atoms\""),
        refusal("limit = 'heat'", atoms, "5:8", "backward heat", "value < 0"),
        refusal(
            "limit = 'heat'",
            "kind = 'mixture'\ncomponents = [{ angle = 0, concentration = 3, weight = 1 }]", "6:14",
            "components[1]", "give sigma"),
        refusal(
            "limit = 'heat'", mixture + "\nperturbation = { amplitude = 0.1 }", "10:16",
            "without a perturbation"),
        unfit("limit = 'alignment'\ndiffusion = 0.1", "3:13", "without noise", "diffusion = 0"),
        unfit("limit = 'alignment'\nquery = [1, 0]", "3:9", "|K^T Q x|", "it is singular"),
        unfit("limit = 'alignment'\nkey = 0", "3:7", "|K^T Q x|", "it is singular"),
        unfit(
            "limit = 'alignment'\nkey = [[1, 1], [1, 1.001]]", "3:7", "at most 100",
            "condition number is"),
        refusal(
            "limit = 'heat'", mixture + "\n[time]\nmethod = 'euler'\nstep = 0.1", "11:10",
            "solved exactly", "\"adaptive\""),
    ]

    static func refusal(
        _ model: String, _ initial: String, _ position: String, _ words: String...
    ) -> Refusal {
        Refusal(
            text: "[model]\n\(model)\nbeta = 1\n[initial]\n\(initial)\n", position: position,
            words: words)
    }

    static func unfit(_ model: String, _ position: String, _ word: String, _ other: String)
        -> Refusal
    {
        refusal(model, mixture, position, word, other)
    }

    @Test(arguments: refusals) func refuses(_ refusal: Refusal) { refusal.check() }

    @Test func betaZeroHasNoLimit() {
        Refusal(
            text: "[model]\nbeta = 0\nlimit = 'heat'\n[initial]\n\(Self.mixture)\n",
            position: "2:8", words: ["beta * query * key > 0"]
        ).check()
    }

    // MARK: Runs

    static func run(_ scenario: Scenario) throws -> RunSession<CircleEvolution> {
        var session = try #require(try RunSession<CircleEvolution>.start(scenario))
        while !session.isFinished { session.step() }
        _ = try session.confirm()
        return session
    }

    @Test func backwardHeatSaysWhereItEnds() throws {
        let record = try Self.run(decode(Self.text("limit = 'heat'", Self.mixture))).record()
        #expect(record.ended == .firstCollapse)
        // t = β min σ²/2.
        #expect(abs(record.endTime.approximation - 9 * 0.02) < 1e-16)
        #expect(record.notes.contains { $0.contains("First collapse at t = 0.18") })
        #expect(record.phases[1].end == nil && record.phases[1].reason == .firstCollapse)
        #expect(record.clustersEnd.members.count == 3 && !record.noiseDetermined)
        let json = PhasesFile.json(record, scenario: "s", version: "1").prettyPrinted
        #expect(json.contains("\"first collapse\""))
    }

    @Test func backwardHeatStopsBeforeADensityIsNegative() throws {
        let record = try Self.run(
            decode(Self.text("limit = 'heat'", "kind = 'modes'\nmodes = [[2, 0, 0.25]]"))
        ).record()
        #expect(record.ended == .zeroDensity)
        #expect(abs(record.endTime.approximation - 9 * log(4) / 4) < 1e-14)
        #expect(record.notes.contains { $0.contains("reached zero at angle") })
    }

    @Test func forwardHeatBecomesUniform() throws {
        let record = try Self.run(
            decode(Self.text("limit = 'heat'\nvalue = -1", Self.mixture))
        ).record()
        #expect(record.ended == .uniform && record.phases[1].reason == .repulsive)
    }

    @Test func pairingReachesConsensus() throws {
        let record = try Self.run(decode(Self.text("limit = 'pairing'", Self.atoms))).record()
        #expect(record.ended == .consensus && record.mergers.map(\.clustersAfter) == [2, 1])
        for merger in record.mergers {
            #expect(merger.time.relativeError < 1e-6 && merger.time.relativeError > 0)
        }
        #expect(!record.noiseDetermined)
    }

    // MARK: Alignment

    /// E_max, collapse and the end by the spectrum of V KᵀQ.
    @Test func alignmentEndsInTwoAntipodalClusters() throws {
        let model = "limit = 'alignment'\nvalue = [1, 0.5]"
        let record = try Self.run(decode(Self.text(model, "kind = 'uniform'"))).record()
        #expect(record.ended == .stationary && record.consensus == nil)
        // The residual of det(e^{-tV})/|e^{-tV}x|² is 1/(1 + e^{t/2}).
        let end = try #require(record.phases[0].end)
        let deviation = abs(end.time.approximation - 2 * log(99))
        #expect(deviation < 1e-9 && deviation <= end.time.approximation * end.relativeError)
        let clusters = record.clustersEnd.members
        try #require(clusters.count == 2)
        #expect(abs(clusters[0].angle!) < 1e-9 && abs(clusters[1].angle! - .pi) < 1e-9)
        for cluster in clusters { #expect(abs(cluster.mass - 0.5) < 1e-9) }
        #expect(!record.noiseDetermined)
        // β tells clusters apart, and nothing else.
        let other = try Self.run(
            decode(
                Self.text(model, "kind = 'uniform'").replacing("beta = 9", with: "beta = 0"))
        ).record()
        #expect(abs(other.phases[0].end!.time.approximation - end.time.approximation) < 1e-9)
    }

    @Test(arguments: [
        // Conformal: at once. Another complex pair: after one turn, which takes 2π/Im λ.
        ("[[0.6, -0.8], [0.8, 0.6]]", 0, "0.8"), ("[[1, -2], [0.5, 1]]", 2 * Double.pi, "1"),
    ]) func complexPairsTurnForEver(value: String, turn: Double, speed: String) throws {
        let record = try Self.run(
            decode(Self.text("limit = 'alignment'\nvalue = \(value)", Self.mixture))
        ).record()
        #expect(record.ended == .rotating)
        #expect(record.endTime.approximation >= turn && record.phases[0].end?.time == .zero)
        #expect(record.notes.contains { $0.contains("turns for ever, at \(speed) per unit") })
    }

    @Test func defectiveMatricesDriftBelowResolution() throws {
        let record = try Self.run(
            decode(
                Self.text(
                    "limit = 'alignment'\nvalue = [[1, 1], [0, 1]]",
                    Self.atoms.replacing("angle = 1,", with: "angle = -1,")))
        ).record()
        // cot θ = cot θ₀ + t: every token gets to 0 or -π, none of them exponentially.
        #expect(record.ended == .metastable && record.phases[0].end?.time == .zero)
        #expect(record.endTime.approximation > 1e5 && record.endTime.approximation < 1e8)
    }

    @Test func multiplesOfTheIdentityDoNotAlign() throws {
        let record = try Self.run(decode(Self.text("limit = 'alignment'", Self.mixture))).record()
        #expect(record.ended == .stationary && record.endTime == .zero)
        #expect(record.phases[1].reason == .stationary)
    }

    @Test func endsAndSnapshotsAreHitExactly() throws {
        let scenario = try decode(
            Self.text("limit = 'heat'", Self.mixture, "end = 0.15").replacing(
                "snapshots = 20", with: "snapshots = [0, 0.05, 0.1]"))
        let session = try Self.run(scenario)
        #expect(session.snapshots.map(\.time) == [.zero, ModelTime(0.05), ModelTime(0.1)])
        #expect(session.record().ended == .endTime && session.record().endTime == ModelTime(0.15))
        let c = session.snapshots[2].observables.modes[2]
        // c_3 at s = 0.1/9.
        var exact = SIMD2(0.0, 0.0)
        for (angle, sigma, weight) in [(-2.0, 0.3, 0.3), (0.4, 0.2, 0.5), (1.5, 0.25, 0.2)] {
            let size = weight * exp(-4.5 * (sigma * sigma - 0.2 / 9))
            exact += size * SIMD2(cos(3 * angle), -sin(3 * angle))
        }
        #expect(abs(c.x - exact.x) < 1e-14 && abs(c.y - exact.y) < 1e-14)
    }

    @Test(arguments: [
        ("limit = 'heat'", mixture),
        ("limit = 'heat'", "kind = 'modes'\nmodes = [[1, 0.01, 0.02]]"),
        ("limit = 'pairing'", atoms), ("limit = 'alignment'\nvalue = [1, 0.5]", mixture),
    ]) func aResumedRunIsAStraightRun(model: String, initial: String) throws {
        let scenario = try decode(Self.text(model, initial))
        let straight = try Self.run(scenario)
        var session = try #require(try RunSession<CircleEvolution>.start(scenario))
        for _ in 0..<(straight.steps / 2) { session.step() }
        try withTemporaryDirectory { directory in
            let file = directory.appending(path: "checkpoint.nc")
            try session.archive.save(to: file)
            session = try RunSession<CircleEvolution>.resume(
                scenario, from: Archive.load(from: file))
        }
        while !session.isFinished { session.step() }
        _ = try session.confirm()
        #expect(session.steps == straight.steps)
        SnapshotSamples.expectEqual(session.snapshots, straight.snapshots)
        let (a, b) = (session.record(), straight.record())
        #expect(
            PhasesFile.json(a, scenario: "s", version: "1").prettyPrinted
                == PhasesFile.json(b, scenario: "s", version: "1").prettyPrinted)
    }
}
