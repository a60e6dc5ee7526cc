import Foundation
import MeanField
import Phases
import Testing

@testable import Scenarios

/// Scenarios of zonal densities: read, refused, run, resumed and written.
@Suite struct ZonalScenarioTests {
    static func text(
        dimension: Int = 3, model: String = "", initial: String = "kind = 'uniform'",
        density: String = "symmetry = 'zonal'", more: String = ""
    ) -> String {
        "[model]\nbeta = 3\ndimension = \(dimension)\n\(model)\n[initial]\n\(initial)\n"
            + "[density]\n\(density)\n" + more
    }

    @Test func highDimensionsAreZonal() throws {
        let scenario = try decode(Self.text(dimension: 64, density: ""))
        #expect(scenario.density.symmetry == .zonal && scenario.isZonal)
        #expect(try decode(scenario.tomlText) == scenario)
        #expect(try decode(Self.text(dimension: 4)).isZonal)
        let tokens = try decode("evolve = 'particles'\n" + Self.text(dimension: 64, density: ""))
        #expect(!tokens.isZonal)
        #expect(!(try decode(Self.text(dimension: 2, density: "symmetry = 'none'"))).isZonal)
    }

    @Test(arguments: [
        ("dimension = 8", "symmetry = 'none'", "", "s.toml:7:12: model.dimension = 8"),
        ("dimension = 4\nquery = [1, 1, 1, 20]", "", "", "s.toml:2:8: densities on S³ take"),
        ("dimension = 2", "symmetry = 'zonal'", "", "s.toml:7:12: density.symmetry = \"zonal\" is"),
        ("dimension = 3", "symmetry = 'axial'", "", "s.toml:7:12: density.symmetry is"),
        ("dimension = 2000", "symmetry = 'zonal'", "", "s.toml:3:13: model.dimension = 2000"),
        (
            "dimension = 3\nvalue = [1, 0.5, 0.5]", "symmetry = 'zonal'", "",
            "s.toml:4:9: model.value does not keep"
        ),
        ("dimension = 3", "symmetry = 'zonal'\nresolution = 4096", "", "s.toml:8:14: density.res"),
        (
            "dimension = 3\nlimit = 'heat'", "symmetry = 'zonal'", "",
            "s.toml:4:9: model.limit = \"heat\" is for"
        ),
    ]) func refusals(_ model: String, _ density: String, _ more: String, _ words: String) throws {
        let text =
            "[model]\nbeta = 3\n\(model)\n[initial]\nkind = 'uniform'\n[density]\n\(density)\n"
        let error = try #require(throws: ScenarioError.self) { try decode(text + more) }
        #expect(error.description.contains(words), "\(error)")
    }

    @Test func measuresOffTheAxisAreRefused() throws {
        let mixture =
            "kind = 'mixture'\ncomponents = [{ mean = [1, 0, 0], sigma = 0.2, weight = 0.5 }, "
            + "{ mean = [0, 1, 0], sigma = 0.2, weight = 0.5 }]"
        let error = try #require(throws: ScenarioError.self) {
            try decode(Self.text(initial: mixture))
        }
        #expect(error.description.contains("s.toml:7:14: initial.components is not"), "\(error)")
        let other = try #require(throws: ScenarioError.self) {
            try decode(
                Self.text(initial: "kind = 'harmonics'\nharmonics = [[1, 1, 0.1, 0]]"))
        }
        #expect(other.description.contains("initial.kind is not symmetric"), "\(other)")
        _ = try decode(Self.text(initial: mixture.replacing("[0, 1, 0]", with: "[-2, 0, 0]")))
    }

    /// The axis of the start is that of the matrices.
    @Test func matricesAboutTheAxis() throws {
        let initial = "kind = 'degrees'\naxis = [3, 4, 0]\ndegrees = [[1, 0.1]]"
        // 2 ee^T + (I - ee^T).
        let value = "value = [[1.36, 0.48, 0], [0.48, 1.64, 0], [0, 0, 1]]"
        let attention = try decode(Self.text(model: value, initial: initial)).zonalAttention
        #expect(abs(attention.value.along - 2) < 1e-14 && abs(attention.value.across - 1) < 1e-14)
        #expect(attention.product == AxialMap(scale: 1))
    }

    /// Sessions that go on from their archive end like straight ones, and their files read back.
    @Test(arguments: [
        "", "diffusion = 0.05", "value = [0.5, 0.5, 1]", "value = -1", "normalization = 'none'",
        "limit = 'alignment'\nvalue = [0.5, 0.5, 1]",
    ]) func resumedSessionsAndFiles(_ model: String) throws {
        let scenario = try decode(
            Self.text(
                model: model, initial: "kind = 'degrees'\ndegrees = [[1, 0.5], [2, 0.6], [3, 0.2]]",
                more: "[time]\nend = \(model.contains("none") ? 0.6 : 4)\nsnapshots = 8"))
        var straight = try #require(try RunSession<ZonalEvolution>.start(scenario))
        var resumed = straight
        for step in 0... {
            straight.step()
            resumed.step()
            if step == 1 || step == 30 {
                resumed = try RunSession<ZonalEvolution>.resume(scenario, from: resumed.archive)
            }
            if straight.isFinished { break }
        }
        #expect(straight.realization.evolution.state == resumed.realization.evolution.state)
        let snapshots = resumed.snapshots
        #expect(snapshots.map(\.observables) == straight.snapshots.map(\.observables))
        #expect(SeriesColumns(of: snapshots[0].observables).names.contains("m8"))
        for snapshot in snapshots {
            let values = snapshot.observables
            #expect(abs(values.mass - 1) < 1e-12)
            let profile = try #require(snapshot.profile)
            let mass = profile.reduce(0, +) * .pi / Double(profile.count)
            #expect(abs(mass - 1) < 1e-12 && profile.allSatisfy { $0 >= 0 })
        }
        let directory = try TemporaryDirectory()
        let file = URL(fileURLWithPath: directory.path + "/run.nc")
        try ResultsFile(
            title: "t", scenarioText: scenario.tomlText, version: "0", snapshots: snapshots
        ).write(to: file)
        let read = try ResultsFile(from: file).snapshots
        #expect(read.map(\.profile) == snapshots.map(\.profile))
        #expect(read.map(\.observables.moments) == snapshots.map(\.observables.moments))
    }

    /// dE/dt of the series is the slope of its energy; the free energy falls.
    @Test(arguments: ["", "diffusion = 0.08", "value = [0.5, 0.5, 1]"])
    func energyRates(_ model: String) throws {
        let scenario = try decode(
            Self.text(
                model: model, initial: "kind = 'degrees'\ndegrees = [[1, 0.3], [2, 0.2]]",
                more: "[time]\nend = 1\nsnapshots = [0.499, 0.5, 0.501]"))
        var session = try #require(try RunSession<ZonalEvolution>.start(scenario))
        while !session.isFinished { session.step() }
        let rows = session.snapshots.map(\.observables)
        let slope = (rows[2].energy - rows[0].energy) / 0.002
        #expect(abs(slope - rows[1].energyRate) < 1e-5 * abs(slope))
        if model.contains("diffusion") {
            #expect(rows[2].freeEnergy! < rows[0].freeEnergy!)
        }
    }

    @Test func perturbationsAreZonalHarmonics() throws {
        let scenario = try decode(
            Self.text(
                dimension: 16,
                initial: "kind = 'uniform'\n"
                    + "perturbation = { amplitude = 0.01, max_degree = 3, seed = 5 }"))
        var evolution = try ZonalEvolution(
            scenario, options: scenario.evolutionOptions, isRounded: false)
        let m = evolution.measure().moments(upTo: 4)
        #expect(m[0] == 1 && abs(m[4]) < 1e-16)
        // m_l √N_l = c_l are of the size of the amplitude.
        #expect((1...3).allSatisfy { abs(m[$0]) > 1e-8 && abs(m[$0]) < 0.03 })
    }

    /// The field of von Mises–Fisher (theory, section 5), as a vector of R³.
    @Test func velocityAtAPoint() throws {
        let scenario = try decode(
            Self.text(
                model: "",
                initial: "kind = 'mixture'\n"
                    + "components = [{ mean = [0, 0, 1], concentration = 2, weight = 1 }]"
            ).replacing("beta = 3", with: "beta = 5"))
        let field = try scenario.sphereField()
        let (vector, _) = field([0, sin(1), cos(1)])
        let speed = -0.22446719056589383
        let exact = [0, speed * cos(1), -speed * sin(1)]
        for c in 0..<3 { #expect(abs(vector[c] - exact[c]) < 1e-13) }
    }
}
