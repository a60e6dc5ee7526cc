import Foundation
import MeanField
import Phases

// Zonal densities: from the words of a scenario to the objects of the mathematics.

extension Scenario {
    /// Whether a zonal density evolves.
    public var isZonal: Bool {
        !isOnCircle && evolve == .density && density.symmetry == .zonal
    }

    /// The zonal measure that evolves.
    public var zonalStart: ZonalStart {
        var start = initial.kind.zonalStart(dimension: model.dimension)!
        if let p = initial.perturbation, p.amplitude > 0 {
            start.factors.append(
                .init(amplitude: p.amplitude, maxDegree: p.maxDegree, seed: p.seed))
        }
        return start
    }

    /// The zonal start as rounding might change it, in all degrees that may grow.
    var roundedZonalStart: ZonalStart {
        var start = zonalStart
        let degree = zonalAttention.mostUnstableDegree ?? 1
        start.factors.append(
            .init(amplitude: RunPlan.rounding, maxDegree: max(8, 2 * degree), seed: 1))
        return start
    }

    /// The attention of the section `[model]` about the axis of the start.
    public var zonalAttention: ZonalAttention {
        let axis = initial.kind.zonalStart(dimension: model.dimension)!.axis
        let (query, key) = (model.query.axialMap(axis)!, model.key.axialMap(axis)!)
        return ZonalAttention(
            dimension: model.dimension, beta: model.beta, product: key * query,
            value: model.value.axialMap(axis)!, normalization: model.normalization,
            diffusion: model.diffusion, limit: model.limit)
    }
}

extension Scenario {
    /// The velocity that the start gives to a unit vector of R^d, d ≥ 3, and log ∫ e^{β<Qx,Ky>} dμ(y) there.
    ///
    /// Throws ``MeanField/EvolutionError`` where no grid can hold the start.
    public func sphereField() throws -> ([Double]) -> (vector: [Double], logPotential: Double) {
        guard isZonal else { return sphereVelocity }
        var evolution = try ZonalEvolution(
            self, options: evolutionOptions, isRounded: false)
        let (measure, attention) = (evolution.measure(), zonalAttention)
        return { x in
            var field = ZonalPotential(of: measure, attention: attention)
            return field.velocity(at: x, axis: measure.axis)
        }
    }
}

extension Scenario.Initial.Kind {
    /// The measure, if it is symmetric about an axis.
    func zonalStart(dimension d: Int) -> ZonalStart? {
        switch self {
        case .uniform: ZonalStart(.uniform, dimension: d)
        case .sphere(let initial): ZonalStart(initial, dimension: d)
        case .modes, .mixture, .atoms, .tokens, .table, .embeddings: nil
        }
    }
}

extension WeightMatrix {
    /// The map a ee^T + b (I - ee^T) that the matrix is; `nil` if it is none for the axis e.
    func axialMap(_ axis: [Double]) -> AxialMap? {
        if let scale = multiple { return AxialMap(scale: scale) }
        return AxialMap(squareMatrix(dimension: axis.count), axis: axis)
    }
}

extension RunReporter {
    /// What to know about clusters that are rings.
    func ringNotes() -> [String] {
        let clusters = session.realization.detector.current.clusters
        let hasRing = clusters.contains { sin($0.angle ?? 0) > 1e-6 }
        return session.scenario.isZonal && hasRing
            ? [
                "A cluster at an angle between 0 and pi is a ring about the axis, counted as one; what is "
                    + "not symmetric about the axis would break it up."
            ] : []
    }
}
