import MeanField
import Scenarios

/// A scenario in one line: what moves, by which attention, from where, until when.
public enum ScenarioSummary {
    /// For example `circle, softmax attention, beta = 9, Q = K = V = 1, no noise; from modes`.
    public static func line(_ scenario: Scenario) -> String {
        let model = scenario.model
        let space = model.dimension == 2 ? "circle" : "sphere in R^\(model.dimension)"
        let attention =
            switch model.normalization {
            case .softmax: "softmax attention"
            case .none: "unnormalised attention"
            case .rescaled: "unnormalised attention, rescaled kernel"
            }
        let noise = model.diffusion == 0 ? "no noise" : "D = \(NumberText.plain(model.diffusion))"
        let limit = model.limit == .none ? [] : ["its \(model.limit.rawValue) limit"]
        let parts =
            [
                space, attention, "beta = \(NumberText.plain(model.beta))", matrices(model), noise,
            ] + limit
        return parts.joined(separator: ", ") + "; from \(tokens(scenario))"
            + "\(start(scenario.initial)), until " + end(scenario.time.end)
    }

    /// For example `10000 random tokens of `.
    private static func tokens(_ scenario: Scenario) -> String {
        guard scenario.evolve == .particles, let count = scenario.particles.count else { return "" }
        return "\(count) \(scenario.particles.sampling.rawValue) tokens of "
    }

    private static func matrices(_ model: Scenario.Model) -> String {
        let (q, k) = (words(model.query), words(model.key))
        let v = words(model.value)
        if q == k { return q == v ? "Q = K = V = \(q)" : "Q = K = \(q), V = \(v)" }
        return "Q = \(q), K = \(k), V = \(v)"
    }

    private static func words(_ weight: WeightMatrix) -> String {
        func list(_ numbers: [Double]) -> String {
            "[" + numbers.map { NumberText.plain($0) }.joined(separator: ", ") + "]"
        }
        switch weight {
        case .multiple(let scale): return NumberText.plain(scale)
        case .diagonal(let entries): return "diag" + list(entries)
        case .matrix(let rows), .file(_, let rows):
            return "[" + rows.map(list).joined(separator: ", ") + "]"
        }
    }

    private static func start(_ initial: Scenario.Initial) -> String {
        let kind =
            switch initial.kind {
            case .uniform: "the uniform density"
            case .modes(let modes): counted(modes.count, "Fourier mode")
            case .mixture(let components): "a mixture of \(components.count)"
            case .atoms(let atoms): counted(atoms.count, "atom")
            case .tokens(_, _, _, let angles): counted(angles.count, "token")
            case .table(_, let angles, _): "a table of \(angles.count) points"
            case .embeddings(_, _, _, let points): counted(points.count, "token")
            case .sphere(let initial): start(initial)
            }
        guard let perturbation = initial.perturbation, perturbation.amplitude != 0 else {
            return kind
        }
        return kind + " perturbed with seed \(perturbation.seed)"
    }

    private static func start(_ initial: SphereInitial) -> String {
        switch initial {
        case .uniform: "the uniform density"
        case .zonal(_, let coefficients): "a zonal density of degree \(coefficients.count)"
        case .harmonics(let terms): counted(terms.count, "harmonic")
        case .mixture(let parts): "a mixture of \(parts.count)"
        case .azimuth(let parts, _): "\(counted(parts.count, "bump")) in azimuth"
        case .points(let points): counted(points.count, "atom")
        }
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private static func end(_ end: Scenario.Time.End) -> String {
        switch end {
        case .time(let time): "t = \(NumberText.plain(time))"
        case .consensus: "consensus"
        case .stationary: "stationary"
        }
    }
}
