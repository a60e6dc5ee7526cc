import Foundation
import MeanField
import Phases

/// Turns measures on the circle into snapshots.
struct CircleRecorder: SnapshotRecorder {
    private let observables: CircleObservables
    private let outputPoints: Int
    private let hasTokens: Bool

    /// Most points that a snapshot lists; of more it keeps the histogram alone.
    static let largestList = 20_000
    /// Atoms of which a snapshot keeps a histogram as well.
    static let crowd = 512

    init(_ scenario: Scenario) {
        observables = CircleObservables(beta: scenario.model.beta, attention: scenario.attention)
        let sharpness = max(1, scenario.attention.sharpness)
        var points = 256
        while points < 2048 && Double(points) < 32 * sharpness.squareRoot() { points *= 2 }
        outputPoints = points
        hasTokens = scenario.evolve == .particles
    }

    private func histogram(of measure: CircleMeasure) -> [Double]? {
        measure.size > Self.crowd ? measure.histogram(onGridOf: outputPoints) : nil
    }

    func snapshot(
        of measure: CircleMeasure, census: CensusResult, at time: ModelTime
    ) -> Snapshot {
        let (angles, masses) = measure.points
        // Tokens that are close go together by a few nodes, which stand for tokens all the same.
        let isAtoms = measure.isPoints || hasTokens
        let isListed = !measure.isSmooth && angles.count <= Self.largestList
        let points =
            isListed
            ? zip(angles, masses).map { (angle: remainder($0, 2 * .pi), mass: $1) } : []
        return Snapshot(
            time: time, observables: observables.measure(measure, census: census),
            density: isAtoms
                ? histogram(of: measure) : measure.density(onGridOf: outputPoints),
            cells: isAtoms ? [] : points, atoms: isAtoms ? points : [])
    }
}
