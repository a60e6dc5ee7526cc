import Foundation
import Testing

@testable import Scenarios

/// Clusters and mergers of runs whose phases are known, and why runs without consensus stop.
@Suite struct PhaseTimes {
    /// A scenario that runs to consensus.
    private func scenario(_ model: String, _ initial: String, _ more: String = "") -> String {
        "[model]\n\(model)\n[initial]\n\(initial)\n[time]\nend = 'consensus'\n\(more)\n"
    }

    /// `modes` turned by `angle`, mirrored if asked.
    private func modes(
        _ modes: [(k: Int, a: Double, b: Double)], turnedBy angle: Double = 0,
        isMirrored: Bool = false
    ) -> String {
        let list = modes.map { k, a, b in
            let (c, s) = (cos(Double(k) * angle), sin(Double(k) * angle))
            let b = isMirrored ? -b : b
            return "[\(k), \(a * c - b * s), \(a * s + b * c)]"
        }
        return "kind = 'modes'\nmodes = [\(list.joined(separator: ", "))]"
    }

    private let threeClusters = [(k: 1, a: 0.03, b: 0.0), (2, 0.01, 0.02), (3, 0.02, -0.02)]

    @Test func threeClustersAtBeta5() throws {
        let run = try FinishedRun(scenario("beta = 5", modes(threeClusters)))
        #expect(run.ended == "consensus" && run.isNoiseDetermined == false)
        let masses = run.clusters.map(\.mass).sorted()
        try #require(masses.count == 3)
        for (mass, known) in zip(masses, [0.292638, 0.352231, 0.355130]) {
            #expect(abs(mass - known) < 1e-5)
        }
        try #require(run.mergers.count == 2)
        #expect(abs(run.mergers[0].time - 51.750) < 0.0005)
        #expect(abs(run.mergers[1].time - 17213.3) < 0.05)
    }

    // MARK: Two clusters 2 rad apart, β = 9

    /// T_SA from the gap 2 to the gap at which the maxima of W*μ become one, by mpmath.
    private static let closedForm = 21361.073417370026

    @Test func twoAtomsMeetTheClosedForm() throws {
        let atoms =
            "kind = 'atoms'\natoms = [{ angle = -1, mass = 0.5 }, { angle = 1, mass = 0.5 }]"
        for tolerance in ["", "tolerance = 1e-13"] {
            let run = try FinishedRun(scenario("beta = 9", atoms, tolerance))
            try #require(run.mergers.count == 1)
            let distance = abs(run.mergers[0].time - Self.closedForm)
            #expect(distance <= run.mergers[0].error && distance < 1e-9 * Self.closedForm)
        }
    }

    @Test func narrowComponentsConvergeToTheClosedForm() throws {
        let deviations = try [0.1, 0.03, 0.01, 0.003].map { sigma in
            let components = [-1, 1].map { "{ angle = \($0), sigma = \(sigma), weight = 0.5 }" }
            let run = try FinishedRun(
                scenario(
                    "beta = 9",
                    "kind = 'mixture'\ncomponents = [\(components.joined(separator: ", "))]"))
            try #require(run.mergers.count == 1 && run.clusters.count == 2)
            return abs(run.mergers[0].time / Self.closedForm - 1)
        }
        #expect(deviations == deviations.sorted(by: >), "\(deviations)")
        #expect(deviations.last! < 1e-3, "\(deviations)")
    }

    // MARK: Rotation and reflection

    @Test(arguments: [(1.0, false), (0, true), (1, true)])
    func timesDoNotDependOnTheFrame(angle: Double, isMirrored: Bool) throws {
        let plain = try FinishedRun(scenario("beta = 5", modes(threeClusters)))
        let moved = try FinishedRun(
            scenario("beta = 5", modes(threeClusters, turnedBy: angle, isMirrored: isMirrored)))
        expectSameTimes(plain, moved)
        func image(_ cluster: (angle: Double, mass: Double)) -> (angle: Double, mass: Double) {
            ((isMirrored ? -cluster.angle : cluster.angle) + angle, cluster.mass)
        }
        for cluster in plain.clusters.map(image) {
            let match = moved.clusters.min {
                abs(remainder($0.angle - cluster.angle, 2 * .pi))
                    < abs(remainder($1.angle - cluster.angle, 2 * .pi))
            }!
            #expect(abs(remainder(match.angle - cluster.angle, 2 * .pi)) < 1e-6)
            #expect(abs(match.mass - cluster.mass) < 1e-6)
        }
    }

    @Test func twoClustersDoNotDependOnTheFrame() throws {
        func run(_ first: Double, _ second: Double) throws -> FinishedRun {
            try FinishedRun(
                scenario(
                    "beta = 9",
                    """
                    kind = 'mixture'
                    components = [
                        { angle = \(first), sigma = 0.05, weight = 0.5 },
                        { angle = \(second), sigma = 0.05, weight = 0.5 },
                    ]
                    """))
        }
        let plain = try run(-1, 1)
        try expectSameTimes(plain, run(0, 2))
        try expectSameTimes(plain, run(1, -1))
    }

    private func expectSameTimes(_ a: FinishedRun, _ b: FinishedRun) {
        #expect(a.times.map(\.name) == b.times.map(\.name))
        for (a, b) in zip(a.times, b.times) {
            #expect(
                abs(a.time - b.time) <= 1e-6 * a.time, "\(a.name): \(a.time) and \(b.time)")
        }
    }

    // MARK: No consensus

    @Test func aThreeFoldStartStaysThreeFold() throws {
        let run = try FinishedRun(scenario("beta = 5", modes([(3, 0.01, 0)])))
        #expect(run.ended == "symmetric equilibrium")
        #expect(run.isNoiseDetermined == true)
        #expect(run.clusters.count == 3 && run.clustersAtEnd.count == 3)
        for cluster in run.clusters { #expect(abs(cluster.mass - 1 / 3.0) < 1e-12) }
        for degree in [1, 2, 4, 5, 7, 8] {
            #expect(run.series["c\(degree)_re"]!.allSatisfy { abs($0) < 1e-14 })
        }
        #expect(run.phases["consensus"]?.isNull == true)
    }

    @Test func uniformStaysUniform() throws {
        let run = try FinishedRun(scenario("beta = 5", "kind = 'uniform'"))
        #expect(run.ended == "uniform")
        #expect(run.clusters.isEmpty && run.mergers.isEmpty)
        #expect(run.phases["consensus"]?.isNull == true)
    }

    @Test func repulsionEndsUniform() throws {
        let run = try FinishedRun(
            scenario("beta = 5\nvalue = -1", modes([(1, 0.5, 0), (2, 0, 0.3)])))
        #expect(run.ended == "uniform")
        #expect(phase("clustering", of: run)?["reason"]?.text == "repulsive")
        #expect(abs(try run.series.modulus(1, at: run.series["time"]!.last!)) < 1e-9)
    }

    @Test func noiseMakesABroadClusterStationary() throws {
        let run = try FinishedRun(
            scenario("beta = 4\ndiffusion = 0.2", modes([(1, 0.1, 0), (2, 0, 0.05)])))
        #expect(run.ended == "stationary" && run.clustersAtEnd.count == 1)
        #expect(phase("clustering", of: run)?["reason"]?.text == "noise-dominated")
    }

    @Test func noiseAboveTheCriticalOneEndsUniform() throws {
        let run = try FinishedRun(
            scenario("beta = 4\ndiffusion = 0.25", modes([(1, 0.1, 0), (2, 0, 0.05)])))
        #expect(run.ended == "uniform" && run.clustersAtEnd.isEmpty)
        #expect(phase("clustering", of: run)?["reason"]?.text == "stable uniform state")
    }

    @Test func driftBelowResolutionIsMetastable() throws {
        let run = try FinishedRun(
            scenario(
                "beta = 60\ndiffusion = 0.001",
                """
                kind = 'mixture'
                components = [
                    { angle = -1.4, sigma = 0.3, weight = 0.5 },
                    { angle = 1.5, sigma = 0.3, weight = 0.5 },
                ]
                """))
        #expect(run.ended == "metastable: drift below resolution")
        #expect(run.clustersAtEnd.count == 2)
        #expect(run.phases["consensus"]?.isNull == true)
    }

    private func phase(_ name: String, of run: FinishedRun) -> JSONValue? {
        run.phases["phases"]?.elements?.first { $0["name"]?.text == name }
    }
}
