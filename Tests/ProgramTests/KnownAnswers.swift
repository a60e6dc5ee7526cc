import Foundation
import Testing

@testable import Scenarios

/// The circle rows of the mathematics, read from what `predict`, `velocity` and `run` print.
@Suite struct KnownAnswers {
    /// What `predict --json` prints.
    private func predict(_ model: [String]) throws -> JSONValue {
        let directory = try TemporaryDirectory()
        try directory.write("[model]\nbeta = 1\n[initial]\nkind = \"uniform\"\n", to: "s.toml")
        let outcome = try Program.run(["predict", "s.toml", "--json"] + model, in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try JSONValue(parsing: outcome.output)
    }

    // MARK: Linear theory

    struct Rates: Sendable, CustomTestStringConvertible {
        var model: [String]
        var rates: [Int: Double]
        var testDescription: String { model.joined(separator: " ") }
    }

    @Test(arguments: [
        Rates(
            model: ["model.beta=5"],
            rates: [
                1: 0.178676627409, 2: 0.514117396146, 3: 0.682678333616746, 4: 0.600089139535,
            ]),
        Rates(
            model: ["model.beta=1", "model.normalization='none'"], rates: [1: 0.565159103992485]),
        Rates(
            model: ["model.beta=7"],
            rates: [3: 0.649556921683, 4: 0.691484063310774, 5: 0.569531812256]),
        // A_2(5) = λ_1 for V = 5.
        Rates(model: ["model.beta=5", "model.value=5"], rates: [1: 0.8933831370440852]),
    ])
    func growthRates(_ known: Rates) throws {
        let printed = try #require(try predict(known.model)["growth_rates"]?.elements)
        for (degree, rate) in known.rates {
            let match = printed.first { $0["degree"]?.int == degree }
            expect(match?["rate"]?.double, is: rate, "rate of degree \(degree)")
        }
    }

    @Test(arguments: [
        (1, 1.044456862108), (2, 3.165434442701), (3, 6.211298379432), (4, 10.22848316299),
        (5, 15.23627672852), (6, 21.24045196364),
    ])
    func switchesOfTheMostUnstableDegree(degree: Int, beta: Double) throws {
        for (step, expected) in [(-1.0, degree), (1, degree + 1)] {
            let nearby = beta + step * tolerance(for: beta)
            let printed = try predict(["model.beta=\(nearby)"])["most_unstable_degree"]?.int
            #expect(printed == expected, "at \(nearby)")
        }
    }

    @Test(arguments: [("softmax", 0.446389965896535), ("none", 0.565159103992485)])
    func criticalDiffusion(normalization: String, known: Double) throws {
        let printed = try predict(["model.beta=1", "model.normalization='\(normalization)'"])
        expect(printed["critical_diffusion"]?.double, is: known)
    }

    @Test func firstOrderTransition() throws {
        let model = ["model.beta=4", "model.normalization='none'"]
        let printed = try predict(model)["first_order_transition"]
        expect(printed?["coexistence_diffusion"]?.double, is: 2.55444087724707)
        expect(printed?["coexistence_c1"]?.double, is: 0.66880552098321)
        expect(printed?["fold_diffusion"]?.double, is: 2.583518727818)
    }

    /// USA: the transition becomes one of first order at β = 2.4469183113; nearer than this the
    /// distance of fold and critical noise, of second order in that of β, is lost in rounding.
    @Test(arguments: [(-1e-5, false), (1e-5, true)])
    func firstOrderBeginsAbove(distance: Double, isFirstOrder: Bool) throws {
        let model = ["model.beta=\(2.4469183113 + distance)", "model.normalization='none'"]
        #expect(try predict(model)["first_order_transition"]?.isNull == !isFirstOrder)
    }

    // MARK: Velocity

    struct Velocity: Sendable {
        var initial: String
        var model: [String]
        var known: Double
    }

    @Test(arguments: [
        Velocity(
            initial:
                #"kind = "mixture"\#ncomponents = [{ angle = 0, concentration = 2, weight = 1 }]"#,
            model: ["model.beta=5"], known: -0.2445804926952475),
        Velocity(
            initial:
                #"kind = "mixture"\#ncomponents = [{ angle = 0, concentration = 2, weight = 1 }]"#,
            model: ["model.beta=5", "model.normalization='none'"], known: -9.571612406682628),
        Velocity(
            initial: "kind = \"modes\"\nmodes = [[1, 0.2, 0], [2, 0, 0.1]]",
            model: ["model.beta=4"], known: -0.04205741132280792),
        Velocity(
            initial: "kind = \"modes\"\nmodes = [[1, 0.2, 0], [2, 0, 0.1]]",
            model: ["model.beta=4", "model.normalization='none'"], known: -0.5442440273158591),
    ])
    func velocity(_ case: Velocity) throws {
        let directory = try TemporaryDirectory()
        try directory.write("[model]\nbeta = 1\n[initial]\n\(`case`.initial)\n", to: "s.toml")
        let outcome = try Program.run(
            ["velocity", "s.toml", "--at", "1", "--json"] + `case`.model, in: directory)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let printed = try JSONValue(parsing: outcome.output).elements?.first
        expect(printed?["velocity"]?.double, is: `case`.known)
        #expect(printed?["at"]?.double == 1)
    }

    // MARK: Runs

    /// Columns of `series.csv` at a listed time.
    struct Row: Sendable, CustomTestStringConvertible {
        var model: String
        var initial: String
        var time: Double
        var known: [String: Double]
        var testDescription: String { "\(model); \(initial); t = \(time)" }

        /// Runs as precisely as the program can.
        func check() throws {
            let scenario = """
                [model]
                \(model)
                [initial]
                \(initial)
                [density]
                tolerance = 1e-12
                [time]
                end = \(max(time, 0.01))
                snapshots = [\(time)]
                tolerance = 1e-13
                """
            let run = try FinishedRun(scenario)
            for (name, value) in known.sorted(by: { $0.key < $1.key }) {
                let printed =
                    name.hasPrefix("abs c")
                    ? try run.series.modulus(Int(name.dropFirst(5))!, at: time)
                    : try run.series.value(name, at: time)
                expect(printed, is: value, "\(name) at \(time)")
            }
        }
    }

    private static let oneMode = "kind = 'modes'\nmodes = [[1, 0.1, 0]]"
    private static let twoModes = "kind = 'modes'\nmodes = [[1, 0.2, 0], [2, 0, 0.1]]"
    private static let largeModes = "kind = 'modes'\nmodes = [[1, 0.5, 0], [2, 0, 0.3]]"
    private static let thirdMode = "kind = 'modes'\nmodes = [[3, 0.01, 0]]"

    @Test(arguments: [
        Row(
            model: "beta = 1", initial: oneMode, time: 0,
            known: ["energy": 0.6344458366359854, "energy_rate": 0.00126062667246]),
        Row(
            model: "beta = 1\nnormalization = 'none'", initial: oneMode, time: 0,
            known: ["energy": 0.6344458366359854, "energy_rate": 0.00159702406413]),
        Row(
            model: "beta = 4", initial: twoModes, time: 0, known: ["energy": 1.441152775260855]),
        Row(
            model: "beta = 5", initial: "kind = 'uniform'", time: 0,
            known: ["energy": 2.723987182360445]),
        Row(
            model: "beta = 5", initial: "kind = 'atoms'\natoms = [{ angle = 1, mass = 1 }]",
            time: 0, known: ["energy": 14.84131591025766]),
    ])
    func energies(_ row: Row) throws { try row.check() }

    @Test(arguments: [
        Row(
            model: "beta = 1", initial: oneMode, time: 2,
            known: [
                "c1_re": 0.1216914949016, "c1_im": 0, "c2_re": 0.0095722194661, "c2_im": 0,
                "energy": 0.6414147239582,
            ]),
        Row(
            model: "beta = 1\nnormalization = 'none'", initial: oneMode, time: 2,
            known: [
                "c1_re": 0.1539575734474, "c2_re": 0.0313710921246, "energy": 0.6465632970694,
            ]),
        Row(
            model: "beta = 5\nvalue = -1", initial: largeModes, time: 1,
            known: ["c1_re": 0.2095560075524, "c1_im": -0.0010067464792]),
        Row(
            model: "beta = 5", initial: thirdMode, time: 2, known: ["c3_re": 0.0195830516531]),
        Row(
            model: "beta = 5", initial: thirdMode, time: 4, known: ["c3_re": 0.0765278146872]),
        Row(
            model: "beta = 5", initial: thirdMode, time: 5, known: ["c3_re": 0.1503424184863]),
        Row(
            model: "beta = 4", initial: twoModes, time: 2,
            known: ["c1_re": 0.1533788977236, "c1_im": 0.0015208061074]),
        Row(
            model: "beta = 25\nvalue = -1", initial: largeModes, time: 5,
            known: ["c1_re": 0.205646129559, "c1_im": -0.000189598395]),
        Row(
            model: "beta = 100\nvalue = -1", initial: largeModes, time: 20,
            known: ["c1_re": 0.204923787254, "c1_im": -0.000046089119]),
    ])
    func noiseFree(_ row: Row) throws { try row.check() }

    private static let noisy = "beta = 4\ndiffusion = 0.1"
    private static let noisyModes = "kind = 'modes'\nmodes = [[1, 0.1, 0], [2, 0, 0.05]]"

    @Test(arguments: [
        Row(model: noisy, initial: noisyModes, time: 1, known: ["abs c1": 0.056133695242]),
        Row(model: noisy, initial: noisyModes, time: 5, known: ["abs c1": 0.089066522702]),
        Row(model: noisy, initial: noisyModes, time: 60, known: ["abs c1": 0.913136124359]),
    ])
    func noise(_ row: Row) throws { try row.check() }

    /// β = 0 is Kuramoto's kernel cos θ: a Poisson density stays one, c_k = r^k, from r = 0.3.
    @Test(arguments: [(1.0, 0.460303404968994), (3.0, 0.815572088437251)])
    func kuramoto(time: Double, r: Double) throws {
        let modes = (1...36).map { "[\($0), \(2 * pow(0.3, Double($0))), 0]" }
        try Row(
            model: "beta = 0",
            initial: "kind = 'modes'\nmodes = [\(modes.joined(separator: ", "))]", time: time,
            known: ["c1_re": r, "c2_re": r * r, "c8_re": pow(r, 8), "c1_im": 0]
        ).check()
    }

    struct Stationary: Sendable {
        var model: String
        var c1: Double
        var c2: Double
    }

    @Test(arguments: [
        Stationary(
            model: "beta = 4\ndiffusion = 0.2", c1: 0.535115430189342755, c2: 0.0954551570361470),
        Stationary(
            model: "beta = 1\ndiffusion = 0.4\nnormalization = 'none'",
            c1: 0.781584307203790376, c2: 0.463304347392331),
    ])
    func stationary(_ known: Stationary) throws {
        let scenario = """
            [model]
            \(known.model)
            [initial]
            kind = "modes"
            modes = [[1, 0.3, 0.4], [2, 0, 0.05]]
            [density]
            tolerance = 1e-12
            [time]
            end = "stationary"
            tolerance = 1e-13
            """
        let run = try FinishedRun(scenario)
        #expect(run.ended == "stationary")
        let last = try #require(run.series["time"]?.last)
        expect(try run.series.modulus(1, at: last), is: known.c1, "|c1|")
        expect(try run.series.modulus(2, at: last), is: known.c2, "|c2|")
    }
}
