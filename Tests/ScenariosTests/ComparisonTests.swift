import Foundation
import MeanField
import Phases
import Testing

@testable import Scenarios

/// Particles beside their limit, in process.
@Suite struct ComparisonTests {
    static let text = """
        [model]
        beta = 3
        [initial]
        kind = "modes"
        modes = [[1, 0.3, 0.1]]
        [particles]
        replicas = 3
        [compare]
        counts = [600, 1200]
        times = [0.0, 0.5]
        [time]
        end = 0.5
        tolerance = 1e-6

        """

    private func scenario(_ overrides: String...) throws -> Scenario {
        try ScenarioDecoder.decode(
            text: Self.text, name: "s.toml", directory: "", overrides: overrides)
    }

    @Test func threadsAndOrderChangeNothing() throws {
        let scenario = try scenario()
        let (one, two) = (try study(scenario, threads: 1), try study(scenario, threads: 3))
        #expect(one.isComplete && one.samples == two.samples)
        #expect(one.samples.map(\.index) == [0, 0, 0, 1, 1, 1])
        #expect(Set(one.samples.map { $0.distances[0].wasserstein }).count == 6)
        // What is finished is not computed again.
        var rest = ComparisonStudy(one.plan, finished: Array(one.samples[1...4]))
        try rest.run(threads: 2)
        #expect(rest.samples == one.samples)
    }

    /// At t = 0 the tokens are the draws and the density is the law.
    @Test func distancesAtTheStart() throws {
        let found = try study(try scenario())
        let plan = found.plan
        var evolution = try CircleEvolution(
            of: plan.scenario.law, attention: plan.scenario.attention, options: EvolutionOptions())
        let law = evolution.measure()
        for sample in found.samples {
            var drawn = try CircleEvolution(
                of: plan.tokens(sample.index, replica: sample.replica),
                attention: plan.scenario.attention, options: EvolutionOptions())
            let tokens = drawn.measure()
            let (here, c, d) = (
                sample.distances[0], tokens.coefficients(upTo: 8), law.coefficients(upTo: 8)
            )
            #expect(abs(here.wasserstein! - WassersteinDistance.onCircle(tokens, law)) < 1e-13)
            #expect(abs(here.energy - EnergyDistance.onCircle(tokens, law)) < 1e-13)
            for k in 1...8 {
                let error = hypot(c.re[k] - d.re[k], c.im[k] - d.im[k])
                #expect(abs(here.modes[k - 1] - error) < 1e-14)
            }
        }
    }

    @Test func tablesReadBackToTheSameBits() throws {
        let found = try study(try scenario("time.end=12.0"))
        #expect(found.samples.contains { $0.phases.clusteringEnd != nil })
        let text = ComparisonTable.text(found)
        #expect(try ComparisonTable.samples(text, of: found.plan) == found.samples)
        let cut = text.split(separator: "\n").dropLast().joined(separator: "\n")
        #expect(throws: ComparisonError.differentRows) {
            try ComparisonTable.samples(cut, of: found.plan)
        }
        let other = try ComparisonPlan(try scenario("compare.times=[0.0, 0.4]"))
        #expect(throws: ComparisonError.differentRows) {
            try ComparisonTable.samples(text, of: other)
        }
    }

    @Test func moderateInteraction() throws {
        let heat = try ComparisonPlan(
            try scenario(
                "model.limit=\"heat\"", "model.value=-1", "particles.beta_exponent=0.5",
                "compare.counts=[100, 400]"))
        #expect(heat.beta(0) == 3 && heat.beta(1) == 6)
        #expect(heat.timeFactor(1) == 2 && heat.horizon(1) == nil)
        #expect(heat.expectation == .falls && heat.timeUnit.contains("heat time"))
        #expect(heat.particles(1).model.beta == 6 && heat.reference(1).model.beta == 3)
        let alignment = try ComparisonPlan(
            try scenario("model.limit=\"alignment\"", "model.value=[1, 0.5]"))
        #expect(alignment.timeFactor(1) == 1 && alignment.expectation == .unknown)
        let density = try ComparisonPlan(try scenario("particles.beta_exponent=1.0"))
        #expect(density.reference(1).model.beta == 6 && density.referenceIndex(1) == 1)
        #expect(density.expectation == .falls)
        // Each count has a density of its own: no power of N is expected of a β that falls, either.
        let falling = try ComparisonPlan(try scenario("particles.beta_exponent=-1.0"))
        #expect(falling.beta(1) == 1.5 && falling.expectation == .falls)
        let away = try ComparisonPlan(
            try scenario(
                "model.limit=\"heat\"", "model.value=-1", "particles.beta_exponent=-0.5"))
        #expect(away.expectation == .unknown)
    }

    /// ln(N/4n)/(2 λ_max) with n = 2 modes of a degree.
    @Test func horizon() throws {
        let plan = try ComparisonPlan(try scenario("model.beta=5"))
        #expect(abs(plan.horizon(0)! - log(75) / (2 * 0.682678333616746)) < 1e-12)
        #expect(plan.isBeyondHorizon(3.5, 0) && !plan.isBeyondHorizon(3.5, 1))
        let few = try ComparisonPlan(try scenario("compare.counts=[4, 600]"))
        #expect(few.horizon(0) == 0 && !few.isBeyondHorizon(0, 0))
    }

    /// Noise alone: tokens stay independent draws of ρ_t, whose modes fall as e^{-k²Dt}, so that N 𝔼E is the
    /// mean chord 4/π - (8/π) Σ |c_k|²/(4k² - 1).
    @Test func noiseOnTheCircle() throws {
        let found = try study(
            try scenario(
                "model.value=0", "model.diffusion=0.7", "particles.replicas=40",
                "compare.counts=[400]"))
        for (time, t) in found.plan.times.enumerated() {
            let square = 0.025 * exp(-2 * 0.7 * t)
            let chord = 4 / Double.pi - 8 / Double.pi * square / 3
            let mean = found.samples.reduce(0) { $0 + $1.distances[time].energy } / 40
            #expect(abs(mean * 400 / chord - 1) < 0.3, "t = \(t)")
        }
        // The noise of every replica is its own.
        #expect(Set(found.samples.map { $0.distances[1].energy }).count == 40)
    }

    /// Particles go the way of their density: times of the phases and mergers agree.
    @Test func phaseTimesAgree() throws {
        let found = try study(
            try scenario(
                "time.end=\"consensus\"", "model.beta=2", "compare.counts=[600, 4000]",
                "particles.sampling=\"stratified\"", "particles.replicas=2"))
        let reference = found.references[0].phases
        for sample in found.samples {
            #expect(abs(sample.phases.clusteringEnd! / reference.clusteringEnd! - 1) < 0.05)
            #expect(abs(sample.phases.consensus! / reference.consensus! - 1) < 0.05)
            #expect(sample.phases.clusters == reference.clusters)
        }
        #expect(ComparisonSummary(found).passes)
    }

    /// Stratified tokens: |F - G| is the distance of two uniform numbers of a stratum, 1/3N on average,
    /// and the flow keeps the strata, so that W₁ = 2π/3N at every time.
    @Test func stratifiedTokensStayStratified() throws {
        let found = try study(
            try scenario(
                "particles.sampling=\"stratified\"", "compare.counts=[1000, 4000]",
                "compare.times=[0.0, 0.5, 1.5]", "time.end=1.5"))
        for sample in found.samples {
            let exact = 2 * Double.pi / 3 / Double(found.plan.counts[sample.index])
            for distances in sample.distances {
                #expect(abs(distances.wasserstein! / exact - 1) < 0.04)
            }
        }
        for fit in ComparisonSummary(found).fits {
            #expect(abs(fit.judged!.exponent + 1) < 0.03)
            #expect(abs(fit.energy!.exponent + 2) < 0.06)
        }
    }

    @Test func refusals() throws {
        #expect(throws: ComparisonError.endlessNoise) {
            try ComparisonPlan(try scenario("model.diffusion=0.1", "time.end='consensus'"))
        }
        let atoms = try ScenarioDecoder.decode(
            text: "[model]\nbeta = 9\nlimit = \"pairing\"\n[initial]\nkind = \"atoms\"\n"
                + "atoms = [{ angle = 0, mass = 0.5 }, { angle = 1, mass = 0.5 }]\n",
            name: "s.toml", directory: "")
        #expect(throws: ComparisonError.pairing) { try ComparisonPlan(atoms) }
        let backward = try ScenarioDecoder.decode(
            text: "[model]\nbeta = 10\nlimit = \"heat\"\n[initial]\nkind = \"mixture\"\n"
                + "components = [{ angle = 0, sigma = 0.2, weight = 1 }]\n",
            name: "s.toml", directory: "")
        // s = σ²/2 = 0.02, t = 0.2; the last time of the default is 4.
        let refusal = #expect(throws: ComparisonError.self) { try ComparisonPlan(backward) }
        #expect(refusal!.sentence.contains("t = 0.2,"))
    }

    /// References of a checkpoint are the ones that were stored, on the circle and beyond.
    @Test(arguments: [2, 3, 4, 6]) func referencesComeBack(_ dimension: Int) throws {
        let scenario =
            dimension == 2
            ? try scenario("particles.beta_exponent=0.5")
            : try SphereComparisonTests.scenario(
                dimension, "particles.beta_exponent=0.5", "model.beta=2")
        let found = try study(scenario)
        let stored = try Archive(found).references(of: found.plan)
        #expect(stored.map(\.phases) == found.references.map(\.phases))
        #expect(
            stored.map(\.beta) == found.references.map(\.beta) && stored[0].beta < stored[1].beta)
        var again = ComparisonStudy(found.plan, references: stored)
        try again.run(threads: 2)
        #expect(again.samples == found.samples)
    }

    @Test func interruptionsKeepWhatIsFinished() throws {
        var study = ComparisonStudy(try ComparisonPlan(try scenario("time.end=30.0")))
        var looks = 0
        try study.run(
            threads: 1,
            isInterrupted: {
                looks += 1
                return looks > 60
            })
        #expect(!study.isComplete)
        #expect(ComparisonFile.json(study, version: "1")["ended"]?.text == "interrupted")
    }

    @Test(.enabled(if: (try? Gnuplot()) != nil, "needs gnuplot"))
    func figure() throws {
        try withTemporaryDirectory { directory in
            let png = directory.appending(path: "c.png")
            try ComparisonFigure(try study(try scenario())).draw(png: png, with: Gnuplot())
            #expect(try Data(contentsOf: png).count > 10_000)
        }
    }
}
