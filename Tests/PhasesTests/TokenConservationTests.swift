import Foundation
import Testing

@testable import MeanField

/// Unnormalised attention on the circle is symmetric between two tokens: Σ m_i θ_i stays.
@Suite struct TokenConservationTests {
    /// Σ m_i θ_i of tokens on a half circle, which none leaves, before and after a run.
    private func sums(
        _ kind: Normalization, _ engine: ParticleEngine
    ) throws -> (start: Double, end: Double) {
        var generator = Random(seed: 7)
        let angles = (0..<600).map { _ in 3 * generator.nextUniform() * generator.nextUniform() }
        var masses = angles.map { _ in 0.5 + generator.nextUniform() }
        let total = masses.reduce(0, +)
        masses = masses.map { $0 / total }
        var evolution = try CircleEvolution(
            of: StartingMeasure(.atoms(angles: angles, masses: masses)),
            attention: IsotropicAttention(beta: 4, normalization: kind),
            options: EvolutionOptions(joinsTokens: false, engine: engine))
        func sum() -> Double {
            let (angles, masses) = evolution.measure().points
            return zip(angles, masses).reduce(0) { $0 + remainder($1.0, 2 * .pi) * $1.1 }
        }
        let start = sum()
        while evolution.time < ModelTime(0.5) {
            try evolution.step(limit: ModelTime(0.5))
            try evolution.finishStep()
        }
        return (start, sum())
    }

    @Test(arguments: [ParticleEngine.direct, .fast]) func sumOfAngles(
        _ engine: ParticleEngine
    ) throws {
        for kind in [Normalization.none, .rescaled] {
            let (start, end) = try sums(kind, engine)
            #expect(abs(end - start) < 1e-11, "\(kind)")
        }
        // Softmax divides the two by different sums.
        let (start, end) = try sums(.softmax, engine)
        #expect(abs(end - start) > 1e-3)
    }
}
