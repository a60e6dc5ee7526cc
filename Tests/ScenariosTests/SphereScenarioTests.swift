import Foundation
import MeanField
import Testing

@testable import Scenarios

/// Scenarios of tokens beyond the circle: read, written and read again, run and resumed.
@Suite struct SphereScenarioTests {
    static let head = "evolve = \"particles\"\n[model]\nbeta = 3.0\ndimension = 3\n[initial]\n"

    static let kinds = [
        "kind = \"uniform\"",
        "kind = \"degrees\"\naxis = [1, 2, 2]\ndegrees = [[1, 0.3], [3, -0.1]]",
        "kind = \"harmonics\"\nharmonics = [[2, 1, 0.1, -0.05], [3, 0, 0.05, 0]]",
        """
        kind = "mixture"
        components = [
            { mean = [0, 3, 4], concentration = 8, weight = 0.25 },
            { mean = [1, 0, 0], sigma = 0.2, weight = 0.75 },
        ]
        """,
        """
        kind = "azimuth"
        elevation = "uniform-area"
        angles = [{ angle = 0.5, sigma = 0.2, weight = 1 }]
        """,
        "kind = \"atoms\"\natoms = [{ point = [1, 1, 1], mass = 0.3 }, { point = [0, 0, -2], mass = 0.7 }]",
    ]

    @Test(arguments: kinds) func resolvedTextReadsBack(_ kind: String) throws {
        let scenario = try decode(Self.head + kind)
        #expect(try decode(scenario.tomlText) == scenario)
        #expect(scenario.model.dimension == 3 && !scenario.isOnCircle)
        let tokens = scenario.startingTokens
        #expect(tokens.count == (kind.contains("atoms") ? 2 : 10_000))
        #expect(abs(tokens.masses.reduce(0, +) - 1) < 1e-12)
        for i in [0, tokens.count - 1] {
            #expect(abs(tokens.point(i).reduce(0) { $0 + $1 * $1 } - 1) < 1e-14)
        }
    }

    /// Rows of a matrix of NumPy are tokens, on the circle and on spheres.
    @Test func tokensOfNumPy() throws {
        let directory = try TemporaryDirectory()
        let values = WeightMatrixTests.doubles([3, 4, 0, 0, 0, -2])
        try WeightMatrixTests.numPy("<f8", shape: "(2, 3)", values)
            .write(to: URL(fileURLWithPath: directory.path + "/x.npy"))
        let body = "kind = \"tokens\"\nfile = \"x.npy\""
        let scenario = try decode(Self.head + body, directory: directory.path)
        #expect(scenario.particles.count == nil)
        #expect(scenario.startingTokens.positions == [0.6, 0, 0.8, 0, 0, -1])
        #expect(try decode(scenario.tomlText) == scenario)
        try WeightMatrixTests.numPy("<f8", shape: "(3, 2)", values)
            .write(to: URL(fileURLWithPath: directory.path + "/x.npy"))
        let error = try #require(throws: ScenarioError.self) {
            try decode(Self.head + body, directory: directory.path)
        }
        #expect(error.description.contains("has 2 columns; model.dimension is 3"), "\(error)")
    }

    @Test func theFastEngineHasItsLimits() throws {
        let fast = "[initial]\nkind = \"uniform\"\n[particles]\nengine = \"fast\""
        func head(_ model: String) -> String {
            "evolve = \"particles\"\n[model]\n\(model)\n\(fast)"
        }
        for (model, reason) in [
            ("beta = 3.0\ndimension = 4", "model.dimension = 2 or 3"),
            ("beta = 3.0\ndimension = 3\nquery = [1, 1, 2]", "a multiple of a rotation"),
            ("beta = 3e4\ndimension = 3", "up to 10000"),
        ] {
            let error = try #require(throws: ScenarioError.self) { try decode(head(model)) }
            #expect(error.description.contains(": particles.engine"), "\(error)")
            #expect(error.description.contains(reason), "\(error)")
        }
        let model = "beta = 3.0\ndimension = 3\nvalue = [1, 1, 2]"
        #expect(try decode(head(model)).particles.engine == .fast)
    }

    @Test func noisyTokensNeedAnEnd() throws {
        let text = "evolve = 'particles'\n[model]\nbeta = 1\ndiffusion = 0.1\n"
        let error = try #require(throws: ScenarioError.self) {
            try decode(text + "[initial]\nkind = 'uniform'")
        }
        #expect(error.description.contains("s.toml:4:13: tokens with noise never"), "\(error)")
        _ = try decode(text + "[initial]\nkind = 'uniform'\n[time]\nend = 1.5")
    }

    /// Zonal densities on the circle are Fourier modes.
    @Test func degreesOnTheCircle() throws {
        let scenario = try decode(
            "[model]\nbeta = 1\n[initial]\nkind = \"degrees\"\naxis = [1, 0]\n"
                + "degrees = [[1, 0.3], [2, 0.1]]")
        #expect(
            scenario.initial.kind
                == .modes([
                    Scenario.FourierMode(degree: 1, cosine: 0.3, sine: 0),
                    Scenario.FourierMode(degree: 2, cosine: 0.1, sine: 0),
                ]))
    }

    /// A session that goes on from its archive ends like a straight one, and its files read back.
    @Test(arguments: ["", "diffusion = 0.05\n"])
    func resumedSessionsAndFiles(_ noise: String) throws {
        let text =
            "evolve = \"particles\"\n[model]\nbeta = 3.0\ndimension = 3\n" + noise
            + "[initial]\nkind = \"uniform\"\n[particles]\ncount = 40\n"
            + "[time]\nend = 2.0\nsnapshots = 6"
        let scenario = try decode(text)
        if noise.isEmpty {
            try check(scenario, as: TokenEvolution.self)
        } else {
            try check(scenario, as: DiffusingEvolution<SphereSpace>.self)
        }
    }

    private func check<Evolution: RunnableEvolution>(
        _ scenario: Scenario, as kind: Evolution.Type
    ) throws {
        var straight = try #require(try RunSession<Evolution>.start(scenario))
        var resumed = straight
        for step in 0... {
            straight.step()
            resumed.step()
            if step == 1 {
                resumed = try RunSession<Evolution>.resume(scenario, from: resumed.archive)
            }
            if straight.isFinished { break }
        }
        #expect(straight.realization.evolution.state == resumed.realization.evolution.state)
        let snapshots = resumed.snapshots
        #expect(snapshots.count >= 4)
        #expect(snapshots.map(\.tokens) == straight.snapshots.map(\.tokens))
        #expect(snapshots.map(\.observables) == straight.snapshots.map(\.observables))
        #expect(snapshots[0].tokens?.count == 40)
        #expect(SeriesColumns(of: snapshots[0].observables).names.contains("m8"))
        let directory = try TemporaryDirectory()
        let file = URL(fileURLWithPath: directory.path + "/run.nc")
        try ResultsFile(
            title: "t", scenarioText: scenario.tomlText, version: "0", snapshots: snapshots
        ).write(to: file)
        let read = try ResultsFile(from: file).snapshots
        #expect(read.map(\.tokens) == snapshots.map(\.tokens))
        #expect(read.map(\.observables.moments) == snapshots.map(\.observables.moments))
    }
}
