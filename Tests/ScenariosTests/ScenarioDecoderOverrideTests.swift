import Testing

@testable import Scenarios

@Suite struct ScenarioDecoderOverrideTests {
    static let text = """
        [model]
        beta = 1
        [initial]
        kind = "modes"
        modes = [[1, 0.5, 0]]
        """

    @Test func valuesAreReplacedInOrder() throws {
        let scenario = try decode(
            Self.text,
            overrides: [
                "model.beta=9", "model.value=-1", "time.end=\"stationary\"", "model.beta=8",
            ]
        )
        #expect(scenario.model.beta == 8)
        #expect(scenario.model.value == -1)
        #expect(scenario.time.end == .stationary)
    }

    @Test func missingTablesAreCreated() throws {
        let scenario = try decode(
            Self.text,
            overrides: [
                "initial.perturbation.amplitude=0.1", "initial . perturbation . seed = 4 # four",
                "title='t'",
            ])
        #expect(
            scenario.initial.perturbation
                == Scenario.Perturbation(amplitude: 0.1, maxDegree: 8, seed: 4))
        #expect(scenario.title == "t")
    }

    @Test func anInlineTableReplacesTheWholeSection() throws {
        let scenario = try decode(Self.text, overrides: ["initial={ kind = \"uniform\" }"])
        #expect(scenario.initial.kind == .uniform)
    }

    static let refusals: [Refusal] = [
        .override(
            "time.end=consensus", "override:1:10", "needs quotes", "'time.end=\"consensus\"'"),
        .override("model.beta=9 9", "override:1:12", "no TOML value"),
        .override("model.beta=", "override:1:12", "end-of-file", "key.path=value"),
        .override("model.beta", "override:1:1", "\"model.beta\" is no override", "key.path=value"),
        .override("", "override:1:1", "is no override"),
        .override("[model]", "override:1:1", "is no override"),
        .override("time.snapshots=[1, 2", "override:1:21", "no valid TOML", "end-of-file"),
        .override("=3", "override:1:1", "key.path=value"),
        .override("model.beta=1\nmodel.key=2", "override:1:1", "write one key.path=value"),
        .override("model.beta=-1", "override:1:12", "model.beta is -1", ">= 0"),
        .override("model.beta=nan", "override:1:12", "is nan"),
        .override("model.beta.x=1", "override:1:7", "model.beta is a table"),
        .override("model.bata=1", "override:1:7", "did you mean model.beta?"),
        .override("modle.beta=1", "override:1:1", "unknown key modle", "did you mean model?"),
        .override(
            "initial.kind='uniform'", "5:1", "initial.modes belongs to kind = \"modes\"",
            "override:1:14", "initial={ kind = \"uniform\" }"),
        .override("initial.modes=[[1, 2, 0]]", "override:1:15", "negative"),
    ]

    @Test(arguments: refusals) func refused(refusal: Refusal) { refusal.check() }

    @Test func theNumberOfTheOverrideIsItsLine() throws {
        let error = try #require(throws: ScenarioError.self) {
            try decode(Self.text, overrides: ["model.beta=2", "time.snapshots=[1, 'x']"])
        }
        #expect(error.description.hasPrefix("override:2:20: time.snapshots[2]"), "\(error)")
    }
}
