import Foundation
import Testing

@testable import Scenarios

/// Zonal densities on spheres through the program.
@Suite struct Zonal {
    private static func scenario(
        _ dimension: Int, _ beta: Double, _ degrees: String, _ time: String, _ model: String = ""
    ) -> String {
        "[model]\nbeta = \(beta)\ndimension = \(dimension)\n\(model)\n"
            + "[initial]\nkind = 'degrees'\ndegrees = \(degrees)\n"
            + "[density]\nsymmetry = 'zonal'\n[time]\n\(time)\n"
    }

    @Test func knownMomentsOnS2() throws {
        let run = try FinishedRun(
            Self.scenario(3, 4, "[[1, 0.1], [2, 0.05]]", "end = 1\nsnapshots = [1]"))
        let series = run.series
        #expect(abs(series["m1"]![0] - 0.0484668720153) < 1e-9)
        #expect(abs(series["m2"]![0] - 0.0196835451803) < 1e-9)
        #expect(abs(series["energy"]![0] - 0.8580437493770) < 1e-9)
    }

    /// One pole wins: consensus, whose time two refinements confirm.
    @Test func consensusAtAPole() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            Self.scenario(8, 6, "[[1, 0.3]]", "end = 'consensus'\nsnapshots = 12"), to: "s.toml")
        let outcome = try Program.run(["converge", "s.toml", "--json"], in: directory)
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        let run = try FinishedRun(
            Self.scenario(8, 6, "[[1, 0.3]]", "end = 'consensus'\nsnapshots = 12"))
        #expect(run.ended == "consensus" && run.isNoiseDetermined == false)
        let cluster = try #require(run.phases["clusters_end"]?["members"]?.elements?.first)
        #expect(cluster["angle"]?.double == 0 && cluster["mass"]?.double == 1)
        #expect(cluster["position"]?.elements?.last?.double == 1)
    }

    @Test func repulsionAndNoiseEndUniform() throws {
        for model in ["value = -1", "diffusion = 0.2"] {
            let run = try FinishedRun(
                Self.scenario(3, 4, "[[1, 0.3], [2, 0.2]]", "snapshots = 12", model))
            #expect(run.ended == "uniform", "\(model)")
        }
    }

    @Test func noiseBelowTheCriticalOneIsStationary() throws {
        let run = try FinishedRun(
            Self.scenario(8, 6, "[[1, 0.3]]", "snapshots = 12", "diffusion = 0.06"))
        #expect(run.ended == "stationary" && run.clustersAtEnd.count == 1)
    }

    @Test func predictionBeyondTheCircle() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.scenario(64, 30, "[[1, 0.1]]", "end = 1"), to: "s.toml")
        let outcome = try Program.run(["predict", "s.toml", "--json"], in: directory)
        let prediction = try JSONValue(parsing: outcome.output)
        let rates = try #require(prediction["growth_rates"]?.elements)
        #expect(abs(rates[0]["rate"]!.double! - 0.83298311751818775) < 1e-14)
        #expect(abs(prediction["critical_diffusion"]!.double! - 0.013221954246320441) < 1e-16)
        let text = try Program.run(["predict", "s.toml", "model.query=2"], in: directory)
        #expect(text.output.contains("eigenvalues         2 (64 times)"), "\(text.output)")
    }

    @Test func figureShowsAGreatCircle() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            Self.scenario(8, 6, "[[1, 0.3]]", "end = 12\nsnapshots = 12"), to: "s.toml")
        #expect(
            try Program.run(["run", "s.toml", "--output", "r", "--quiet"], in: directory).status
                == 0)
        let outcome = try Program.run(["figure", "r"], in: directory)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    /// In full, as a function of the angle, and by tokens: the same moments, energy and times.
    @Test func threeSolversOnS2() throws {
        let scenario = """
            [model]
            dimension = 3
            beta = 3
            [initial]
            kind = "degrees"
            axis = [0.48, -0.6, 0.64]
            degrees = [[1, 0.9]]
            [density]
            tolerance = 1e-6
            [particles]
            count = 500
            sampling = "stratified"
            [time]
            snapshots = [0, 1, 2, 3]
            """
        let zonal = try FinishedRun(scenario, "density.symmetry=\"zonal\"")
        let full = try FinishedRun(
            scenario, "density.symmetry=\"none\"", "density.resolution=62")
        let tokens = try FinishedRun(scenario, "evolve=\"particles\"")
        for name in ["m1", "m2", "m3", "m8", "energy"] {
            for (a, b) in zip(zonal.series[name]!, full.series[name]!) {
                #expect(abs(a - b) < 1e-10, "\(name)")
            }
            for (a, b) in zip(zonal.series[name]!, tokens.series[name]!) {
                #expect(abs(a - b) < 0.1, "\(name)")
            }
        }
        let (a, b) = (try #require(zonal.times.first), try #require(full.times.first))
        #expect(a.name == "clustering" && b.name == "clustering")
        #expect(abs(a.time - b.time) <= a.error + b.error)
        #expect(b.error < 1e-2 * b.time)
        #expect(abs(try #require(tokens.times.first).time / a.time - 1) < 0.05)
    }

    /// Page and table of a zonal run: the angle to the axis, from densities to panels.
    @Test func reportAndExport() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            Self.scenario(8, 6, "[[1, 0.3]]", "end = 12\nsnapshots = 12"), to: "s.toml")
        let run = try Program.run(["run", "s.toml", "--output", "r", "--quiet"], in: directory)
        #expect(run.status == 0)
        let page = try String(
            contentsOf: directory.url.appending(path: "r/report.html"), encoding: .utf8)
        #expect(page.contains("A great circle through the axis"))
        // Both need gnuplot.
        #expect(page.contains("id=\"spectrum\"") == page.contains("id=\"energy\""))
        func rows(_ arguments: String...) throws -> [[Double]] {
            let outcome = try Program.run(["export", "r"] + arguments, in: directory)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n").filter { !$0.hasPrefix("#") }
            return lines.dropFirst().map { $0.split(separator: ",").map { Double($0)! } }
        }
        for density in [
            try rows("--time", "start"), try rows("--time", "0.01", "--interpolate"),
        ] {
            #expect(abs(density.reduce(0) { $0 + $1[1] } * .pi / 512 - 1) < 1e-9)
            #expect(density.count == 512 && abs(density[0][0] - .pi / 1024) < 1e-15)
        }
        let cells = try rows("--time", "end")
        #expect(!cells.isEmpty && cells.allSatisfy { (0 ... .pi).contains($0[0]) })
        #expect(abs(cells.reduce(0) { $0 + $1[1] } - 1) < 1e-9)
    }
}
