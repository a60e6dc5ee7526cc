import Foundation
import Testing

@testable import MeanField
@testable import Scenarios

/// Tokens from every kind of initial measure, in every dimension, drawn both ways.
@Suite struct ParticleStartTests {
    /// A body of `[initial]` and the mean of <e_1, x>, or that there is no such kind in the dimension.
    private static func kinds(_ d: Int) -> [(body: String, mean: Double?)] {
        let first = "[" + (0..<d).map { $0 == 0 ? "1" : "0" }.joined(separator: ", ") + "]"
        let second = "[" + (0..<d).map { $0 == 1 ? "1" : "0" }.joined(separator: ", ") + "]"
        // e^{-(d-1)σ²/2} for the heat kernel.
        let heat = exp(-Double(d - 1) * 0.02)
        let columns = (0..<d).map { "\"x\($0)\"" }.joined(separator: ", ")
        return [
            ("kind = \"uniform\"", 0),
            (
                "kind = \"degrees\"\naxis = \(first)\ndegrees = [[1, 0.6]]",
                d == 2 ? 0.3 : 0.6 / Double(d)
            ),
            (
                "kind = \"mixture\"\ncomponents = [{ mean = \(first), sigma = 0.2, weight = 0.75 }, "
                    + "{ mean = \(second), sigma = 0.2, weight = 0.25 }]", 0.75 * heat
            ),
            (
                "kind = \"atoms\"\natoms = [{ point = \(first), mass = 0.75 }, "
                    + "{ point = \(second), mass = 0.25 }]", 0.75
            ),
            ("kind = \"tokens\"\nfile = \"x.csv\"\ncolumns = [\(columns)]\nbandwidth = 0.2", 0.5),
            ("kind = \"modes\"\nmodes = [[1, 0.6, 0]]", d == 2 ? 0.3 : nil),
            ("kind = \"table\"\nfile = \"rho.csv\"", d == 2 ? 0 : nil),
            (
                "kind = \"harmonics\"\nharmonics = [[1, 1, 0.3, 0]]",
                d == 3 ? 0.3 / 3.0.squareRoot() : nil
            ),
            (
                "kind = \"azimuth\"\nangles = [{ angle = 0, sigma = 0.2, weight = 1 }]\n"
                    + "elevation = \"uniform-area\"", d == 3 ? .pi / 4 * exp(-0.02) : nil
            ),
        ]
    }

    private func firstMean(_ scenario: Scenario) -> Double {
        if scenario.isOnCircle { return scenario.startingMeasure.coefficients(upTo: 1).re[1] }
        let tokens = scenario.startingTokens
        return (0..<tokens.count).reduce(0) { $0 + tokens.masses[$1] * tokens.point($1)[0] }
    }

    @Test(arguments: [2, 3, 4, 8], TokenSampling.allCases)
    func everyKind(_ d: Int, _ sampling: TokenSampling) throws {
        let directory = try TemporaryDirectory()
        let zeros = String(repeating: ",0", count: d - 2)
        let names = (0..<d).map { "x\($0)" }.joined(separator: ",")
        try directory.write("\(names)\n1,0\(zeros)\n0,1\(zeros)\n", to: "x.csv")
        let angles = (0..<64).map { 2 * Double.pi * Double($0) / 64 }
        let rows = angles.map { "\($0),\(1 / (2 * Double.pi))\n" }.joined()
        try directory.write("theta,rho\n" + rows, to: "rho.csv")
        for (body, mean) in Self.kinds(d) {
            let text =
                "evolve = \"particles\"\n[model]\nbeta = 1\ndimension = \(d)\n[particles]\n"
                + "count = 4000\nsampling = \"\(sampling.rawValue)\"\n[initial]\n\(body)\n"
            guard let mean else {
                let error = #expect(throws: ScenarioError.self) {
                    try decode(text, directory: directory.path)
                }
                let words = "model.dimension is \(d). Use one of \"uniform\""
                #expect(error!.description.contains(words), "\(error!)")
                continue
            }
            let scenario = try decode(text, directory: directory.path)
            #expect(abs(firstMean(scenario) - mean) < 0.05, "d = \(d), \(body)")
        }
    }

    /// What theory says of tokens: probabilities for uniform ones, the drawn modes for others, nothing for a
    /// handful of points.
    @Test func prediction() throws {
        let head =
            "evolve = \"particles\"\n[model]\nbeta = 5\n[particles]\ncount = 4000\n[initial]\n"
        let uniform = try decode(head + "kind = \"uniform\"").prediction
        #expect(uniform.clusters!.outcomes.count > 1)
        #expect(uniform.tokens?.count == 4000)
        #expect(abs(uniform.json["tokens"]!["noise"]!.double! - 4000.0.squareRoot() / 4000) < 1e-15)
        let waves = head + "kind = \"modes\"\nmodes = [[2, 0.6, 0]]"
        #expect(try decode(waves).prediction.clusters!.outcomes.map(\.clusters) == [2])
        let even = try decode(waves, overrides: ["particles.sampling=\"stratified\""])
        #expect(even.prediction.tokens == nil && even.prediction.clusters!.outcomes.count == 1)
        let five = try decode(
            "evolve = \"particles\"\n[model]\nbeta = 5\n[initial]\nkind = \"atoms\"\n"
                + "atoms = [{ angle = 0, mass = 0.5 }, { angle = 1, mass = 0.5 }]"
        ).prediction
        #expect(five.clusters == nil && five.tokens == nil)
        let sphere = try decode(
            head + "kind = \"uniform\"", overrides: ["model.dimension=3"]
        ).prediction
        #expect(sphere.tokens?.modes == 7 && sphere.json["tokens"] != .null)
    }
}
