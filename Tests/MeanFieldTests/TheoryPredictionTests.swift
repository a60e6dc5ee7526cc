import Foundation
import Testing

@testable import MeanField

@Suite struct TheoryPredictionTests {
    private let seven = LinearTheory(inverseTemperature: 7, normalization: .none)

    @Test func forecastAgreesWithRandomRuns() {
        // Dominant modes 4, 3, 5 in 61, 37, 18 of 120 seeds.
        let forecast = ClusterForecast(theory: seven, particles: 2000)
        let counts = [4: 61.0, 3: 37, 5: 18]
        #expect(forecast.outcomes.prefix(3).map(\.clusters) == [4, 3, 5])
        for outcome in forecast.outcomes.prefix(3) {
            let p = outcome.probability
            let deviation = (120 * p * (1 - p)).squareRoot()
            #expect(abs((counts[outcome.clusters] ?? 0) - 120 * p) < 2 * deviation)
        }
    }

    @Test func forecastAgreesWithSampledModes() {
        let forecast = ClusterForecast(theory: seven, particles: 2000)
        var generator = Random(seed: 3)
        var wins = [Int](repeating: 0, count: 30)
        let samples = 20_000
        for _ in 0..<samples {
            let modes = (0..<30).map { (_: Int) -> Double in
                (-log(generator.nextUniform()) / 2000).squareRoot()
            }
            wins[ClusterForecast(theory: seven, modes: modes).outcomes[0].clusters] += 1
        }
        for outcome in forecast.outcomes {
            let p = outcome.probability
            let deviation = (p * (1 - p) / Double(samples)).squareRoot()
            let share = Double(wins[outcome.clusters]) / Double(samples)
            #expect(abs(share - p) < 4 * deviation + 1e-9, "\(outcome.clusters) clusters")
        }
        #expect(abs(forecast.outcomes.map(\.probability).reduce(0, +) - 1) < 1e-5)
    }

    @Test func givenModesAreReadAtSaturation() throws {
        let theory = LinearTheory(inverseTemperature: 5)
        let forecast = ClusterForecast(theory: theory, modes: [1, 0, 1e-3, 1e-3])
        #expect(forecast.outcomes == [.init(clusters: 3, probability: 1)])
        let time = try #require(forecast.saturationTime)
        #expect(abs(1e-3 * exp(theory.growthRate(degree: 3) * time) - 0.5) < 1e-12)
        // A head start of the slower mode wins.
        let led = ClusterForecast(theory: theory, modes: [1, 0, 0.1, 1e-3])
        #expect(led.outcomes[0].clusters == 2)
        // Already saturated: the larger one, at once.
        let saturated = ClusterForecast(theory: theory, modes: [1, 0.9, 0.6])
        #expect(saturated.outcomes[0].clusters == 1)
        #expect(saturated.saturationTime == 0)
    }

    @Test func nothingGrowsWithoutAnInstability() {
        let repulsive = LinearTheory(inverseTemperature: 5, value: -1)
        for forecast in [
            ClusterForecast(theory: repulsive, particles: 100),
            ClusterForecast(theory: repulsive, modes: [1, 0.9]),
            ClusterForecast(theory: seven, modes: [1]),
        ] {
            #expect(forecast.outcomes == [.init(clusters: 0, probability: 1)])
            #expect(forecast.saturationTime == nil)
        }
    }

    @Test func predictionOfAScalarModel() throws {
        let prediction = Prediction(
            inverseTemperature: 9, query: 2, key: 0.5, value: 2, start: .tokens(10_000))
        #expect(prediction.mostUnstableDegree == 4)
        #expect(prediction.growthRates.map(\.degree) == Array(1...8))
        let theory = LinearTheory(inverseTemperature: 9, value: 2)
        #expect(prediction.growthRates[3].rate == theory.growthRate(degree: 4))
        #expect(prediction.criticalDiffusion == theory.criticalDiffusion)
        #expect(prediction.firstOrder == nil)
        #expect(prediction.collapse.eigenvalues == [2, 2])
        #expect(prediction.collapse.dimension == 2)
        #expect(prediction.collapse.spectralGap == nil)
        #expect(prediction.timeScales.collapse == 0)
        #expect(prediction.timeScales.clustering == prediction.clusters?.saturationTime)
        let end = TwoClusters.mergingGap(inverseTemperature: 9)
        let gap = 2 * Double.pi / Double(try #require(prediction.clusters).outcomes[0].clusters)
        let time = TwoClusters(inverseTemperature: 9).time(from: gap, to: end)
        let pairing = try #require(prediction.timeScales.pairingLog10)
        #expect(abs(pairing - (time.log10 - log10(2))) < 1e-14)
    }

    @Test func predictionWithoutAStartUsesTheFastestRate() throws {
        let prediction = Prediction(inverseTemperature: 400)
        #expect(prediction.clusters == nil)
        let degree = try #require(prediction.mostUnstableDegree)
        #expect(prediction.growthRates.count == degree + 4)
        let rate = prediction.growthRates[degree - 1].rate
        #expect(prediction.timeScales.clustering == 1 / rate)
    }

    @Test func twoClustersPairOnTheTimeOfTheirInstability() throws {
        let modes: [Double] = [1, 0, 0.4]
        let softmax = Prediction(inverseTemperature: 500, start: .modes(modes))
        let pairing = try #require(softmax.timeScales.pairingLog10)
        #expect(abs(pairing - (1000 / log(10.0) + log10(0.5))) < 1e-12)
        let bare = Prediction(inverseTemperature: 3, normalization: .none, start: .modes(modes))
        #expect(abs((bare.timeScales.pairingLog10 ?? 0) - 3 / log(10.0)) < 1e-14)
    }

    /// δ = (n/N)^{1/2} e^{λt} is 1/2 at t*: n = 2 on the circle, 7 for the degree 3 of S².
    @Test func fluctuationsReachAHalf() throws {
        let circle = try #require(
            LinearTheory(inverseTemperature: 5).fluctuations(of: 1000))
        #expect(circle.modes == 2 && abs(circle.rate - 0.682678333616746) < 1e-12)
        let sphere = try #require(
            SphereLinearTheory(dimension: 3, inverseTemperature: 5).fluctuations(of: 1000))
        #expect(sphere.modes == 7 && abs(sphere.rate - 0.672348687290954) < 1e-12)
        for tokens in [circle, sphere] {
            #expect(abs(tokens.noise - 1e-3.squareRoot()) < 1e-15)
            let growth = exp(tokens.rate * tokens.horizon)
            #expect(abs(Double(tokens.modes).squareRoot() * tokens.noise * growth - 0.5) < 1e-12)
        }
        // S^7: 8 coordinates, 35 harmonics of degree 2.
        let steep = SphereLinearTheory(dimension: 8, inverseTemperature: 20).fluctuations(of: 9)
        #expect(steep!.modes >= 35 && steep!.horizon == 0)
        let calm = LinearTheory(inverseTemperature: 5, value: -1)
        #expect(calm.fluctuations(of: 1000) == nil)
    }

    @Test func repulsionPredictsNoScales() {
        let prediction = Prediction(inverseTemperature: 9, value: -1, start: .tokens(100))
        #expect(prediction.mostUnstableDegree == nil)
        #expect(prediction.criticalDiffusion == nil)
        #expect(prediction.timeScales.clustering == nil)
        #expect(prediction.timeScales.pairingLog10 == nil)
        #expect(prediction.clusters?.outcomes == [.init(clusters: 0, probability: 1)])
    }

    @Test func discontinuousTransitionScalesWithTheValue() throws {
        let single = try #require(
            Prediction(inverseTemperature: 4, normalization: .none).firstOrder)
        let double = try #require(
            Prediction(inverseTemperature: 4, normalization: .none, value: 2).firstOrder)
        #expect(double.foldDiffusion == 2 * single.foldDiffusion)
        #expect(double.coexistenceAmplitude == single.coexistenceAmplitude)
        let repulsive = Prediction(inverseTemperature: 4, normalization: .none, value: -1)
        #expect(repulsive.firstOrder == nil)
    }
}
