import Foundation
import Testing

@testable import Scenarios

/// Runs of the program with matrices for Q, K and V.
@Suite struct Matrices {
    private func scenario(_ model: String, _ initial: String, _ time: String = "") -> String {
        "[model]\n\(model)\n[initial]\n\(initial)\n[time]\nend = 'consensus'\n\(time)\n"
    }

    private let diagonal = "beta = 9\nvalue = [1, 0.5]"

    @Test func diagonalValueCollapsesToTwoAntipodalClusters() throws {
        let run = try FinishedRun(scenario(diagonal, "kind = 'uniform'"))
        #expect(run.ended == "stationary" && run.isNoiseDetermined == false)
        #expect(run.phases["consensus"] == .null && run.mergers.isEmpty)
        let collapse = try #require(run.phases["phases"]?.elements?.first)
        #expect(collapse["name"]?.text == "collapse")
        let (end, error) = (collapse["end"]?.double ?? 0, collapse["error"]?.double ?? 1)
        // Lagrangian trapezoidal rule over 800 labels crowded at the repelling axis, scipy's DOP853.
        #expect(abs(end - 5.2773144) < 2e-7 && error > 0 && error < 1e-6)
        for clusters in [run.clusters, run.clustersAtEnd] {
            try #require(clusters.count == 2)
            #expect(abs(clusters[0].angle) < 1e-8 && abs(clusters[1].angle - .pi) < 1e-8)
            for cluster in clusters { #expect(abs(cluster.mass - 0.5) < 1e-9) }
        }
        let residual = try #require(run.series["residual"])
        #expect(abs(residual[0] - 0.5) < 1e-15 && residual.last! < 1e-20)
        #expect(zip(residual, residual.dropFirst()).allSatisfy { $1 <= $0 + 1e-15 })
        #expect(run.phases["representation"]?.elements?.count == 3)
    }

    @Test func aRotationStopsAndSaysSo() throws {
        let run = try FinishedRun(
            scenario(
                "beta = 4\nvalue = [[0.8, -0.6], [0.6, 0.8]]",
                "kind = 'modes'\nmodes = [[2, 0.3, 0.1]]"))
        #expect(run.ended == "rotating" && run.clustersAtEnd.count == 2)
        let phases = try #require(run.phases["phases"]?.elements)
        #expect(phases[0]["end"]?.double == 0)
        #expect(phases[2]["end"] == .null && phases[2]["reason"]?.text == "rotating")
    }

    /// The same matrix as a diagonal, as rows and as a file of NumPy gives the same bytes.
    @Test func everyWayToGiveAMatrix() throws {
        let directory = try TemporaryDirectory()
        var bytes = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }"
        let padded = header.padding(toLength: 117, withPad: " ", startingAt: 0) + "\n"
        bytes += Data([UInt8(padded.utf8.count), 0]) + Data(padded.utf8)
        for number in [1, 0, 0, 0.5] as [Double] {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes += Data($0) }
        }
        try bytes.write(to: directory.url.appending(path: "v.npy"))
        let kinds = ["[1, 0.5]", "[[1, 0], [0, 0.5]]", "'v.npy'"]
        var series = [String]()
        for value in kinds {
            try directory.write(
                scenario("beta = 3\nvalue = \(value)", "kind = 'uniform'", "snapshots = 20"),
                to: "s.toml")
            let outcome = try Program.run(
                ["run", "s.toml", "--output", "run", "--force", "--quiet"], in: directory)
            try #require(outcome.status == 0, "\(outcome.errors)")
            series.append(
                try String(
                    contentsOf: directory.url.appending(path: "run/series.csv"), encoding: .utf8))
        }
        #expect(series[0] == series[1] && series[0] == series[2])
    }

    @Test func predictShowsTheSpectrum() throws {
        let directory = try TemporaryDirectory()
        for (value, lines) in [
            (
                "[1, 0.5]",
                ["eigenvalues         1, 0.5", "dimension of E_max  1", "spectral gap        0.5"]
            ),
            (
                "[[1, -2], [0.5, 1]]",
                [
                    "eigenvalues         1 +- 1 i", "dimension of E_max  2",
                    "spectral gap        none",
                ]
            ),
            ("[[1, 1], [0, 1]]", ["eigenvalues         1, 1", "dimension of E_max  2"]),
        ] {
            try directory.write(
                scenario("beta = 9\nvalue = \(value)", "kind = 'uniform'"), to: "s.toml")
            let outcome = try Program.run(["predict", "s.toml"], in: directory)
            #expect(outcome.status == 0)
            for line in lines { #expect(outcome.output.contains("  \(line)\n"), "\(line)") }
        }
    }

    private static let q = [[1, 0.4], [-0.2, 0.7]]
    private static let k = [[0.9, 0.0], [0.3, 1]]
    private static let v = [[1, 0.6], [-0.2, 0.5]]
    private static let atoms = [(0.3, 0.2), (1.4, 0.5), (-2.0, 0.3)]

    private static func apply(_ m: [[Double]], _ θ: Double) -> SIMD2<Double> {
        let x = SIMD2(cos(θ), sin(θ))
        return SIMD2(m[0][0] * x.x + m[0][1] * x.y, m[1][0] * x.x + m[1][1] * x.y)
    }

    private func atomScenario() -> String {
        let list = Self.atoms.map { "{ angle = \($0.0), mass = \($0.1) }" }
        return scenario(
            "beta = 3\nquery = \(Self.q)\nkey = \(Self.k)\nvalue = \(Self.v)",
            "kind = 'atoms'\natoms = [\(list.joined(separator: ", "))]", "snapshots = [0]")
    }

    @Test func velocityOfAnyMatrices() throws {
        let directory = try TemporaryDirectory()
        try directory.write(atomScenario(), to: "s.toml")
        for (limit, angle) in [("none", 0.7), ("alignment", 0.7), ("alignment", -2.5)] {
            let outcome = try Program.run(
                [
                    "velocity", "s.toml", "--at", "\(angle)", "--json", "model.limit='\(limit)'",
                ], in: directory)
            let printed = try JSONValue(parsing: outcome.output).elements?.first
            var (force, weight) = (SIMD2(0.0, 0), 0.0)
            let query = Self.apply(Self.q, angle)
            for (θ, mass) in Self.atoms {
                let e = mass * exp(3 * (query * Self.apply(Self.k, θ)).sum())
                force += e * Self.apply(Self.v, θ)
                weight += e
            }
            var mean = force / weight
            if limit == "alignment" {
                // KᵀQ x.
                let y = SIMD2(
                    Self.k[0][0] * query.x + Self.k[1][0] * query.y,
                    Self.k[0][1] * query.x + Self.k[1][1] * query.y)
                let direction = atan2(y.y, y.x)
                mean = Self.apply(Self.v, direction)
            }
            let tangential = mean.y * cos(angle) - mean.x * sin(angle)
            #expect(abs((printed?["velocity"]?.double ?? .nan) - tangential) < 1e-14)
            let potential = printed?["log_potential"]?.double ?? .nan
            #expect(abs(potential - log(weight)) < 1e-13)
        }
    }

    /// energy = (1/2β) ∬ e^{β<x,y>}, energy_attention = (1/2β) ∬ e^{β<Qx,Ky>}.
    @Test func energyOfTheAttentionKernel() throws {
        let run = try FinishedRun(atomScenario())
        var (plain, attention) = (0.0, 0.0)
        for (θ, m) in Self.atoms {
            for (φ, n) in Self.atoms {
                plain += m * n * exp(3 * cos(θ - φ)) / 6
                let exponent = (Self.apply(Self.q, θ) * Self.apply(Self.k, φ)).sum()
                attention += m * n * exp(3 * exponent) / 6
            }
        }
        #expect(abs(try run.series.value("energy", at: 0) / plain - 1) < 1e-13)
        #expect(abs(try run.series.value("energy_attention", at: 0) / attention - 1) < 1e-13)
        let identity = try FinishedRun(scenario(diagonal, "kind = 'uniform'"))
        #expect(identity.series["energy_attention"] == nil)
    }
}
