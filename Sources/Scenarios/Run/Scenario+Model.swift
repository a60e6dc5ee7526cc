import Foundation
import MeanField

// The one place that turns the words of a scenario into the objects of the mathematics.

extension Scenario {
    /// The attention of the section `[model]`.
    public var attention: any CircleAttention { model.attention(limit: model.limit) }

    /// The measure that evolves: the law of the section `[initial]`, or the tokens drawn from it.
    public var startingMeasure: StartingMeasure {
        evolve == .particles ? tokens(replica: 0, count: particles.count) : law
    }

    /// Tokens drawn from the law; the points that it lists where there is no `count`.
    func tokens(replica: Int, count: Int?) -> StartingMeasure {
        guard let count else { return initial.kind.listedPoints! }
        var source = law
        if let points = initial.kind.listedPoints { source = points }
        return source.tokens(
            count: count, sampling: particles.sampling, seed: particles.seed, replica: replica,
            joined: model.diffusion == 0)
    }

    /// The measure of the section `[initial]` with its perturbation.
    public var law: StartingMeasure {
        var factors = [StartingMeasure.Factor]()
        if let p = initial.perturbation, p.amplitude > 0 {
            factors.append(
                StartingMeasure.Factor(
                    amplitude: p.amplitude, maxDegree: p.maxDegree, seed: p.seed))
        }
        return StartingMeasure(initial.kind.measure, factors: factors)
    }

    /// How finely the density is computed.
    public var evolutionOptions: EvolutionOptions {
        var step: Double?
        if case .euler(let length) = time.method { step = length }
        return EvolutionOptions(
            timeTolerance: time.tolerance, densityTolerance: density.tolerance,
            resolution: density.resolution, eulerStep: step,
            joinsTokens: evolve == .density || particles.coalesce,
            engine: evolve == .particles ? particles.engine : nil)
    }
}

// Beyond the circle.
extension Scenario {
    /// Whether tokens live on the circle.
    public var isOnCircle: Bool { model.dimension == 2 }

    /// The attention of the section `[model]` on S^{d-1}.
    public var sphereAttention: SphereAttention {
        let d = model.dimension
        return SphereAttention(
            beta: model.beta, query: model.query.squareMatrix(dimension: d),
            key: model.key.squareMatrix(dimension: d),
            value: model.value.squareMatrix(dimension: d), normalization: model.normalization,
            diffusion: model.diffusion)
    }

    /// The tokens that evolve beyond the circle.
    public var startingTokens: TokenMeasure { sphereTokens(replica: 0, count: particles.count) }

    /// Tokens drawn from the initial measure on S^{d-1}; the points that it lists where there is no
    /// `count`.
    func sphereTokens(replica: Int, count: Int?) -> TokenMeasure {
        let law = initial.kind.sphereInitial
        guard let count else {
            guard case .points(let points) = law else {
                preconditionFailure("a measure without points needs a count")
            }
            return points
        }
        return law.tokens(
            count: count, dimension: model.dimension, sampling: particles.sampling,
            seed: particles.seed, replica: replica)
    }

    /// The velocity of the initial measure at unit vectors of R^d, and log ∫ e^{β<Qx,Ky>} dμ(y) there.
    public var sphereVelocity: ([Double]) -> (vector: [Double], logPotential: Double) {
        if evolve == .density && model.dimension == 3, let field = velocity(on: TwoSphere.self) {
            return field
        }
        if evolve == .density && model.dimension == 4, let field = velocity(on: ThreeSphere.self) {
            return field
        }
        let (attention, tokens) = (sphereAttention, startingTokens)
        return { attention.velocity(at: $0, of: tokens) }
    }

    /// That of the density on S² or S³; `nil` if no grid holds it.
    private func velocity<Space: HarmonicSpace>(
        on space: Space.Type
    ) -> (([Double]) -> (vector: [Double], logPotential: Double))? {
        let attention = sphereAttention
        guard
            var evolution = try? HarmonicEvolution<Space>(
                of: sphereStart, attention: attention, options: evolutionOptions)
        else { return nil }
        switch evolution.measure() {
        case .density(let density): return Space.velocity(of: density, attention: attention)
        case .points(let points): return { attention.velocity(at: $0, of: points) }
        case .circle: preconditionFailure("no run starts on a great circle")
        }
    }

    /// Where a density on S² or S³ starts.
    public var sphereStart: SphereStart {
        var start = SphereStart(initial.kind.sphereInitial)
        if case .embeddings(_, _, let bandwidth, _) = initial.kind { start.bandwidth = bandwidth }
        if let p = initial.perturbation, p.amplitude > 0 {
            start.factors.append(
                .init(amplitude: p.amplitude, maxDegree: p.maxDegree, seed: p.seed))
        }
        return start
    }

    /// Whether points that move on S² or S³ stand for a density, and were not listed.
    var startsAsDensity: Bool {
        evolve == .density && !isZonal && (3...4).contains(model.dimension)
            && sphereStart.points == nil
    }

    /// The start as rounding might change it: all degrees that may grow, or the points themselves.
    var roundedSphereStart: SphereStart {
        var start = sphereStart
        if case .points(var points) = start.law {
            points.perturb(amplitude: RunPlan.rounding, seed: 1)
            start.law = .points(points)
        }
        let degree = sphereAttention.mostUnstableDegree ?? 1
        start.factors.append(
            .init(amplitude: RunPlan.rounding, maxDegree: max(8, 2 * degree), seed: 1))
        return start
    }

    /// The axis of the moments m_l: that of a zonal start, else the last basis vector.
    var momentAxis: [Double] {
        if case .sphere(.zonal(let axis, _)) = initial.kind { return axis }
        return (0..<model.dimension).map { $0 == model.dimension - 1 ? 1 : 0 }
    }
}

extension Scenario.Model {
    /// The attention of the section, or a limit of it.
    func attention(limit: LimitEquation) -> any CircleAttention {
        MatrixAttention.simplest(
            beta: beta, query: query.planeMap, key: key.planeMap, value: value.planeMap,
            normalization: normalization, diffusion: diffusion, limit: limit)
    }
}

extension Scenario.Initial.Kind {
    /// The measure that the words describe.
    var measure: CircleInitial {
        switch self {
        case .uniform: return .uniform
        case .modes(let modes):
            return .modes(
                modes.map {
                    CircleInitial.Mode(degree: $0.degree, cosine: $0.cosine, sine: $0.sine)
                })
        case .mixture(let components):
            return .mixture(
                components.map { component in
                    let shape: CircleInitial.Component.Shape =
                        switch component.shape {
                        case .concentration(let κ): .vonMises(concentration: κ)
                        case .sigma(let σ): .wrappedNormal(sigma: σ)
                        }
                    return CircleInitial.Component(
                        angle: component.angle, shape: shape, weight: component.weight)
                })
        case .atoms(let atoms):
            return .atoms(angles: atoms.map(\.angle), masses: atoms.map(\.mass))
        case .tokens(_, _, let bandwidth, let angles):
            return bandwidth > 0
                ? .tokens(angles: angles, sigma: bandwidth) : Self.points(angles)
        case .table(_, let angles, let values):
            return .table(PeriodicCubic(angles: angles, values: values))
        case .sphere, .embeddings: preconditionFailure("a measure beyond the circle")
        }
    }

    /// The measure on S^{d-1} that the words describe.
    fileprivate var sphereInitial: SphereInitial {
        switch self {
        case .uniform: return .uniform
        case .sphere(let initial): return initial
        case .embeddings(_, _, _, let points):
            let share = 1 / Double(points.count)
            return .points(TokenMeasure(unitVectors: points, masses: points.map { _ in share }))
        case .modes, .mixture, .atoms, .tokens, .table:
            preconditionFailure("a measure on the circle")
        }
    }

    /// The points that the words list, whatever their bandwidth; `nil` where they list none.
    fileprivate var listedPoints: StartingMeasure? {
        switch self {
        case .atoms: StartingMeasure(measure)
        case .tokens(_, _, _, let angles): StartingMeasure(Self.points(angles))
        case .uniform, .modes, .mixture, .table, .sphere, .embeddings: nil
        }
    }

    /// Points of equal mass.
    private static func points(_ angles: [Double]) -> CircleInitial {
        let share = 1 / Double(angles.count)
        return .atoms(angles: angles, masses: angles.map { _ in share })
    }
}
