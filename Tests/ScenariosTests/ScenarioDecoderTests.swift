import Foundation
import MeanField
import Testing

@testable import Scenarios

@Suite struct ScenarioDecoderTests {
    @Test func defaultsAreThoseOfTheContract() throws {
        let scenario = try decode("[model]\nbeta = 9\n[initial]\nkind = \"uniform\"\n")
        #expect(
            scenario
                == Scenario(
                    title: "s", evolve: .density,
                    model: Scenario.Model(
                        dimension: 2, beta: 9, normalization: .softmax, query: 1, key: 1, value: 1,
                        diffusion: 0),
                    initial: Scenario.Initial(kind: .uniform, perturbation: nil),
                    density: Scenario.Density(resolution: nil, tolerance: 1e-8),
                    particles: Scenario.Particles(count: 10_000),
                    comparison: Scenario.Comparison(),
                    time: Scenario.Time(
                        end: .consensus, maxLog10: 300, tolerance: 1e-9, method: .adaptive,
                        snapshots: .count(200)),
                    phases: Scenario.Phases(
                        collapseResidual: 0.01, condensedFraction: 0.99, minimumMass: 1e-3)))
    }

    /// Every key at a value that is not its default.
    static let everything = """
        title = "Noise \\"and\\" Euler\\n"
        evolve = "density"
        [model]
        dimension = 2
        beta = 2.5
        normalization = "rescaled"
        query = -1
        key = 0.3
        value = -2.0
        diffusion = 0.01
        limit = "none"
        [initial]
        kind = "modes"
        modes = [[1, 0.02, 0.01], [2, -0.013, 0.02]]
        perturbation = { amplitude = 0.1, max_degree = 5, seed = 77 }
        [density]
        resolution = 512
        tolerance = 1e-6
        [particles]
        count = 500
        replicas = 3
        seed = 7
        sampling = "stratified"
        beta_exponent = 0.25
        engine = "direct"
        coalesce = false
        [compare]
        counts = [10, 20]
        times = [0, 0.5]
        [time]
        end = 3
        max_log10 = 400
        tolerance = 1e-7
        method = "euler"
        step = 0.1
        snapshots = [0, 1, 2.5]
        [phases]
        collapse_residual = 0.02
        condensed_fraction = 0.9
        minimum_mass = 0.05
        """

    @Test func everyKeyIsRead() throws {
        #expect(
            try decode(Self.everything)
                == Scenario(
                    title: "Noise \"and\" Euler\n", evolve: .density,
                    model: Scenario.Model(
                        dimension: 2, beta: 2.5, normalization: .rescaled, query: -1, key: 0.3,
                        value: -2, diffusion: 0.01),
                    initial: Scenario.Initial(
                        kind: .modes([
                            Scenario.FourierMode(degree: 1, cosine: 0.02, sine: 0.01),
                            Scenario.FourierMode(degree: 2, cosine: -0.013, sine: 0.02),
                        ]),
                        perturbation: Scenario.Perturbation(amplitude: 0.1, maxDegree: 5, seed: 77)
                    ),
                    density: Scenario.Density(resolution: 512, tolerance: 1e-6),
                    particles: Scenario.Particles(
                        count: 500, replicas: 3, seed: 7, sampling: .stratified, betaExponent: 0.25,
                        engine: .direct, coalesce: false),
                    comparison: Scenario.Comparison(counts: [10, 20], times: [0, 0.5]),
                    time: Scenario.Time(
                        end: .time(3), maxLog10: 400, tolerance: 1e-7, method: .euler(step: 0.1),
                        snapshots: .times([0, 1, 2.5])),
                    phases: Scenario.Phases(
                        collapseResidual: 0.02, condensedFraction: 0.9, minimumMass: 0.05)))
    }

    @Test func maxBecomesItsLogarithm() throws {
        let text = "[model]\nbeta=1\n[initial]\nkind='uniform'\n[time]\nmax = 1e5\nend='stationary'"
        let time = try decode(text).time
        #expect(time.maxLog10 == 5)
        #expect(time.end == .stationary)
    }

    @Test func vectorsBecomeAngles() throws {
        let mixture = try decodeInitial(
            """
            kind = "mixture"
            components = [
                { mean = [0, 2], concentration = 8, weight = 0.25 },
                { angle = 1.5, sigma = 0.2, weight = 0.75 },
            ]
            """)
        #expect(
            mixture.kind
                == .mixture([
                    Scenario.MixtureComponent(
                        angle: .pi / 2, shape: .concentration(8), weight: 0.25),
                    Scenario.MixtureComponent(angle: 1.5, shape: .sigma(0.2), weight: 0.75),
                ]))
        let atoms = try decodeInitial(
            "kind = 'atoms'\natoms = [{ point = [-3, 0], mass = 0.5 }, { angle = 1, mass = 0.5 }]")
        #expect(
            atoms.kind
                == .atoms([
                    Scenario.Atom(angle: .pi, mass: 0.5), Scenario.Atom(angle: 1, mass: 0.5),
                ])
        )
    }

    @Test func massesOffByRoundingAreRenormalised() throws {
        let initial = try decodeInitial(
            "kind = 'atoms'\natoms = [{ angle = 0, mass = 0.5 }, { angle = 1, mass = 0.5000000005 }]"
        )
        guard case .atoms(let atoms) = initial.kind else {
            Issue.record("\(initial)")
            return
        }
        #expect(atoms[0].mass == 0.5 / 1.0000000005)
        #expect(abs(atoms[0].mass + atoms[1].mass - 1) <= 0x1p-52)
    }

    @Test func amplitudeZeroIsNoPerturbation() throws {
        let initial = try decodeInitial(
            "kind = 'atoms'\natoms = [{ angle = 0, mass = 1 }]\nperturbation = { amplitude = 0 }")
        #expect(initial.perturbation == nil)
    }

    // MARK: Round trip

    static let kinds = [
        "kind = 'uniform'",
        "kind = 'modes'\nmodes = [[3, 0.1, -1e-17], [1, 0.333333333333333314, 0]]",
        """
        kind = 'mixture'
        components = [
            { mean = [0.3, -0.7], concentration = 1e3, weight = 0.3333333333 },
            { angle = 7.1, sigma = 1e-3, weight = 0.3333333333 },
            { angle = -1, sigma = 1e-10, weight = 0.3333333333 },
        ]
        perturbation = { amplitude = 0.01, seed = 9223372036854775807 }
        """,
        """
        kind = 'atoms'
        atoms = [
            { angle = 0.1, mass = 0.1 }, { angle = 0.2, mass = 0.2 }, { point = [1, 7], mass = 0.7 },
        ]
        """,
    ]

    @Test(arguments: kinds) func resolvedTextReadsBackEqual(kind: String) throws {
        let scenario = try decode("[model]\nbeta = 0.1\n[initial]\n\(kind)\n")
        let text = scenario.tomlText
        let again = try ScenarioDecoder.decode(text: text, name: "other.toml")
        #expect(again == scenario)
        #expect(again.tomlText == text)
    }

    /// Masses that were divided by their sum once stay as they are when they are read again.
    @Test func renormalisedMassesReadBackEqual() throws {
        let pairs = (1..<300).map { [Double($0), 300 - Double($0)] }
        let ramps = (3...30).map { count in (1...count).map(Double.init) }
        for shares in pairs + ramps {
            // The sum misses 1 by about 1e-10.
            let sum = shares.reduce(0, +) * 0.9999999999
            let atoms = shares.map { "{ angle = 1, mass = \($0 / sum) }" }.joined(separator: ", ")
            var scenario = try decode(
                "[model]\nbeta = 1\n[initial]\nkind = 'atoms'\natoms = [\(atoms)]")
            let initial = scenario.initial
            scenario = try decode(scenario.tomlText)
            #expect(scenario.initial == initial, "\(shares)")
        }
    }

    @Test func resolvedTextOfEveryKeyReadsBackEqual() throws {
        let scenario = try decode(Self.everything)
        #expect(try decode(scenario.tomlText) == scenario)
    }

    @Test(arguments: ["\u{1}\u{7f}", "a\\b\t", "ü ∂_t μ", ""])
    func titlesReadBackEqual(title: String) throws {
        var scenario = try decode("[model]\nbeta = 0.1\n[initial]\nkind = 'uniform'\n")
        scenario.title = title
        #expect(try decode(scenario.tomlText).title == title)
    }

    @Test func everyKeyIsWrittenOut() throws {
        let text = try decode("[model]\nbeta = 1\n[initial]\nkind = 'uniform'\n").tomlText
        let sections = [
            ScenarioKeys.model, ScenarioKeys.density, ScenarioKeys.phases,
            ScenarioKeys.initialShared,
        ]
        for key in sections.flatMap({ $0 }) {
            #expect(text.contains("\n\(key) = "), "\(key)")
        }
    }
}

@Suite struct ScenarioDecoderHelperTests {
    @Test(arguments: [
        ("betta", "beta"), ("bata", "beta"), ("Beta", "beta"), ("diffussion", "diffusion"),
        ("norm", "normalization"), ("queyr", "query"),
    ])
    func closestNameIsFound(name: String, meant: String) {
        #expect(Suggestion.closest(to: name, among: ScenarioKeys.model) == meant)
    }

    @Test func farNamesAreNotGuessed() {
        #expect(Suggestion.closest(to: "temperature", among: ScenarioKeys.model) == nil)
        #expect(Suggestion.closest(to: "x", among: ["key", "beta"]) == nil)
        #expect(Suggestion.closest(to: "y", among: ["x"]) == nil)
        #expect(Suggestion.closest(to: "", among: ["run"]) == nil)
    }

    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("ab", "ba", 1), ("abc", "abc", 0),
    ])
    func editDistances(a: String, b: String, distance: Int) {
        #expect(Suggestion.editDistance(Array(a), Array(b)) == distance)
    }

    @Test func minimumLiesBetweenGridPoints() throws {
        // 1 + a cos θ + c cos 2θ = 1 - c + a x + 2 c x², least at x = -a/(4c): 1 - c - a²/(8c).
        let modes = [
            Scenario.FourierMode(degree: 1, cosine: 0.3, sine: 0),
            Scenario.FourierMode(degree: 2, cosine: 0.9999, sine: 0),
        ]
        let expected = 1 - 0.9999 - 0.09 / (8 * 0.9999)
        let minimum = try #require(DensityMinimum.negative(of: modes))
        #expect(abs(minimum.value - expected) < 1e-13)
        #expect(abs(cos(minimum.angle) + 0.3 / (4 * 0.9999)) < 1e-7)
    }

    /// The same with the coefficients that make the minimum exactly ±1e-9.
    @Test func smallNegativeValuesAreSeenAndSmallPositiveOnesAreNot() {
        // 1 - c - a²/(8c) = ε for c = 1/2 and a² = 4 (1/2 - ε).
        func modes(_ ε: Double) -> [Scenario.FourierMode] {
            [
                Scenario.FourierMode(degree: 7, cosine: 2 * (0.5 - ε).squareRoot(), sine: 0),
                Scenario.FourierMode(degree: 14, cosine: 0.5, sine: 0),
            ]
        }
        #expect(DensityMinimum.negative(of: modes(1e-9)) == nil)
        #expect(DensityMinimum.negative(of: modes(0)) == nil)
        #expect(DensityMinimum.negative(of: modes(-1e-9)) != nil)
    }

    @Test func theLargestFactorMakesTheDensityPositive() throws {
        var modes = [
            Scenario.FourierMode(degree: 1, cosine: 2, sine: 1),
            Scenario.FourierMode(degree: 3, cosine: -0.4, sine: 0.3),
        ]
        let factor = try #require(DensityMinimum.negative(of: modes)).largestFactor
        for index in modes.indices {
            modes[index].cosine *= factor
            modes[index].sine *= factor
        }
        #expect(factor > 0.3)
        #expect(DensityMinimum.negative(of: modes) == nil)
    }
}
