import Testing

@testable import Scenarios

/// Numbers and sizes that used to end the program or to keep it for minutes.
@Suite struct ExtremeInputTests {
    private static let sphere =
        "evolve = \"particles\"\n[model]\nbeta = 1\ndimension = 3\n[initial]\n"

    @Test(arguments: [
        Refusal.model("beta = 1e300", "2:8", "at most 1000000"),
        .model("beta = 1e4\nkey = 1e3", "2:8", "at most 1000000"),
        .initial(
            "kind = \"mixture\"\ncomponents = [{ angle = 1, sigma = 1e-300, weight = 1 }]",
            "5:36", ">= 1e-10"),
        .initial(
            "kind = \"mixture\"\ncomponents = [{ angle = 1, concentration = 1e21, weight = 1 }]",
            "5:44", "from 0 to 1e+20"),
        .initial(
            "kind = \"uniform\"\nperturbation = { amplitude = 0.1, max_degree = 513 }", "5:48",
            "from 1 to 512"),
        .initial("kind = \"degrees\"\ndegrees = [[524288, 0.1]]", "5:13", "from 1 to 524287"),
    ])
    func refused(_ refusal: Refusal) { refusal.check() }

    @Test func directionsOfAnyLength() throws {
        let text =
            Self.sphere + "kind = \"atoms\"\natoms = [{ point = [3e300, 0, 4e300], mass = 0.5 }, "
            + "{ point = [0, 3e-320, 4e-320], mass = 0.5 }]"
        guard case .sphere(.points(let points)) = try decode(text).initial.kind else {
            Issue.record("no points")
            return
        }
        for (i, expected) in [[0.6, 0, 0.8], [0, 0.6, 0.8]].enumerated() {
            for (a, b) in zip(points.point(i), expected) { #expect(abs(a - b) < 1e-3) }
            #expect(abs(points.point(i).reduce(0) { $0 + $1 * $1 } - 1) < 1e-15)
        }
    }

    /// Tokens are counted, not drawn.
    @Test func hugeRunsAreEstimated() throws {
        let text =
            "evolve = \"particles\"\n[model]\nbeta = 1\ndimension = 256\n"
            + "[initial]\nkind = \"uniform\"\n[particles]\ncount = 100000000\n"
        let estimate = try CostEstimate(decode(text))
        #expect(estimate.size == 100_000_000)
        #expect(estimate.memory > estimate.leastMemory && estimate.leastMemory > 600_000_000_000)
        #expect(throws: InsufficientMemory.self) { try InsufficientMemory.check(decode(text)) }
    }

    /// Texts at which toml++ asserts.
    @Test(arguments: [
        "a = 1\nb.", "a = 1\nb. = 2", "a = 1\n[b.\n", "a = 1\n[b.]", "a = 1\nb.=",
        "a = 1\n[b.\u{1}]",
    ])
    func malformedKeys(_ text: String) throws {
        let error = try #require(throws: ScenarioError.self) { try decode(text) }
        #expect(error.issues[0].position.line == 2, "\(error)")
    }
}
