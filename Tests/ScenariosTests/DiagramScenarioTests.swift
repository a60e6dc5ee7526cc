import Foundation
import Testing

@testable import Scenarios

/// Scenarios with a section `[diagram]`.
@Suite struct DiagramScenarioTests {
    static let valid = """
        evolve = "particles"
        [model]
        beta = 4
        [initial]
        kind = "uniform"
        [particles]
        count = 12
        [time]
        end = 5
        tolerance = 1e-4
        """

    static func decode(_ text: String) throws -> Scenario {
        try ScenarioDecoder.decode(text: text, name: "d.toml", for: .diagram)
    }

    @Test func defaultsAreThoseOfThePublishedDiagram() throws {
        let diagram = try #require(try Self.decode(Self.valid).diagram)
        #expect(diagram == Scenario.Diagram())
        #expect(diagram.betas.values.count == 90 && diagram.betas.values.last == 9)
        #expect(diagram.betas.values[2] == 0.3)
        let times = diagram.times.values(until: 30)
        #expect(times.count == 121 && times[1] == 0.25 && times.last == 30)
    }

    @Test(arguments: [
        "", "[diagram]\nbetas = [0, 0.5, 2]\ntimes = [0, 1.5, 5]\nsystems = 3",
        "[diagram]\nbetas = { from = 0, to = 2, count = 3 }\ninner_product = 0.5\ntimes = 2",
    ])
    func resolvedTextDecodesToTheSame(_ section: String) throws {
        let scenario = try Self.decode(Self.valid + "\n" + section)
        #expect(try Self.decode(scenario.tomlText) == scenario)
    }

    @Test func otherPurposesDoNotNeedTheSection() throws {
        let plain = try ScenarioDecoder.decode(text: Self.valid, name: "d.toml")
        #expect(plain.diagram == nil && !plain.tomlText.contains("[diagram]"))
        let with = try ScenarioDecoder.decode(
            text: Self.valid + "\n[diagram]\nsystems = 3", name: "d.toml")
        #expect(with.diagram?.systems == 3)
        #expect(try ScenarioDecoder.decode(text: with.tomlText, name: "d.toml") == with)
    }

    @Test func anyDimension() throws {
        let text = Self.valid.replacing("beta = 4", with: "beta = 4\ndimension = 7")
        #expect(try Self.decode(text).model.dimension == 7)
    }

    @Test func largeSystemsAreRefused() throws {
        let text = Self.valid.replacing("beta = 4", with: "beta = 4\ndimension = 4096")
            .replacing("count = 12", with: "count = 1000")
        let error = try #require(throws: ScenarioError.self) { try Self.decode(text) }
        #expect(error.description.contains("at most 200000"), "\(error)")
    }

    struct Refusal: Sendable, CustomStringConvertible {
        var change: (from: String, to: String)
        var position: String
        var word: String

        init(_ from: String, _ to: String, _ position: String, _ word: String) {
            (change, self.position, self.word) = ((from, to), position, word)
        }

        var description: String { change.to }
    }

    static let refusals = [
        Refusal("\"particles\"", "\"density\"", "1:10", "evolve = \"particles\""),
        Refusal("beta = 4", "beta = 4\nvalue = -1", "4:9", "query = key = value = 1"),
        Refusal("beta = 4", "beta = 4\nquery = [1, 2]", "4:9", "query = key = value = 1"),
        Refusal("beta = 4", "beta = 4\ndiffusion = 0.1", "4:13", "without noise"),
        Refusal("beta = 4", "beta = 4\nlimit = \"alignment\"", "4:9", "finite beta"),
        Refusal("beta = 4", "beta = 4\ndimension = 20000", "4:13", "from 2 to 4096"),
        Refusal("\"uniform\"", "\"modes\"\nmodes = [[1, 0.1, 0]]", "5:8", "uniform"),
        Refusal("count = 12", "count = 1", "7:9", "from 2 to"),
        Refusal("count = 12", "count = 12\nreplicas = 2", "8:12", "diagram.systems"),
        Refusal("count = 12", "count = 12\nsampling = \"stratified\"", "8:12", "random"),
        Refusal("count = 12", "count = 12\nbeta_exponent = 0.5", "8:17", "diagram.betas"),
        Refusal("count = 12", "count = 12\nengine = \"fast\"", "8:10", "direct"),
        Refusal("end = 5", "end = \"consensus\"", "9:7", "a number > 0"),
        Refusal("end = 5", "end = 0", "9:7", "a number > 0"),
        Refusal("end = 5", "end = 5\nmethod = \"euler\"\nstep = 0.1", "10:10", "adaptive"),
        Refusal("[time]", "[diagram]\nsystem = 3\n[time]", "9:1", "did you mean diagram.systems"),
        Refusal("[time]", "[diagram]\nsystems = 0\n[time]", "9:11", "an integer from 1"),
        Refusal("[time]", "[diagram]\ninner_product = 1\n[time]", "9:17", "< 1"),
        Refusal("[time]", "[diagram]\nbetas = 3\n[time]", "9:9", "ascending list"),
        Refusal("[time]", "[diagram]\nbetas = [2, 1]\n[time]", "9:13", "ascending"),
        Refusal("[time]", "[diagram]\nbetas = { from = 2, to = 1 }\n[time]", "9:26", "larger"),
        Refusal("[time]", "[diagram]\nbetas = { from = 2 }\n[time]", "9:9", "betas.to is missing"),
        Refusal(
            "[time]", "[diagram]\nbetas = { from = 1, to = 2, step = 1 }\n[time]", "9:29",
            "from, to, count"),
        Refusal("[time]", "[diagram]\ntimes = 1\n[time]", "9:9", "an integer from 2"),
        Refusal("[time]", "[diagram]\ntimes = [1, 6]\n[time]", "9:9", "beyond time.end"),
    ]

    @Test(arguments: refusals) func refusesWhatItCannotDraw(_ refusal: Refusal) throws {
        let text = Self.valid.replacing(refusal.change.from, with: refusal.change.to)
        try #require(text != Self.valid)
        let error = try #require(throws: ScenarioError.self) { try Self.decode(text) }
        let issue = error.issues[0]
        #expect("\(issue.position.line):\(issue.position.column)" == refusal.position)
        #expect(issue.message.contains(refusal.word), "\(issue.message)")
    }

    @Test func refusesUnscaledKernelsBeyondDoubles() throws {
        let text = Self.valid.replacing("beta = 4", with: "beta = 4\nnormalization = \"none\"")
        let error = try #require(throws: ScenarioError.self) {
            try Self.decode(text + "\n[diagram]\nbetas = [1, 400]")
        }
        #expect(error.description.contains("rescaled"))
    }
}
