import MeanField

/// What densities beyond the circle ask of the scenario.
extension ScenarioDecoder {
    /// Largest β‖KᵀQ‖ of a density on S²: its kernel has half the degrees of the largest grid.
    static let sharpestSphereKernel = 800.0

    /// Reports a start that has more degrees than what carries it beyond the circle.
    func refuseStartDegrees(_ scenario: Scenario) {
        let kind = scenario.resolution
        let most = kind.degree(of: scenario.density.resolution ?? kind.most)
        let starts = [
            (scenario.initial.kind.key, scenario.initial.kind.highestDegree),
            ("perturbation", scenario.initial.perturbation?.maxDegree ?? 0),
        ]
        for (key, degree) in starts where degree > most {
            let remedy =
                scenario.density.resolution == nil
                ? "lower it, or use evolve = \"particles\"."
                : "lower it, or raise density.resolution."
            issues.report(
                position("initial", key) ?? root.position,
                "initial.\(key) goes up to degree \(degree), and this density is carried up to degree "
                    + "\(most); \(remedy)")
        }
    }

    /// Reports what `scenario` has that a density on a sphere cannot do.
    func refuseForSphereDensity(_ scenario: Scenario) {
        let model = scenario.model
        if model.limit != .none {
            issues.report(
                position("model", "limit") ?? root.position,
                "model.limit = \(model.limit.rawValue.quoted) is for the circle; set model.limit = "
                    + "\"none\", or model.dimension = 2.")
        }
        let sphere = model.dimension == 3 ? "S²" : "S³"
        let attention = scenario.sphereAttention
        let isMultiple = attention.product.multiple(error: 0) != nil
        let limit =
            model.dimension == 4
            ? HypersphereKernel.sharpest
            : isMultiple ? Self.sharpestSphereKernel : KernelMatrix.sharpest
        if attention.sharpness > limit {
            let isMatrix = model.dimension == 3 && !isMultiple
            let kind = isMatrix ? " whose K^T Q is no multiple of the identity" : ""
            let reason =
                isMatrix
                ? "beyond, the matrix of the kernel is too large"
                : "beyond, the kernel has more degrees than their largest grid resolves"
            issues.report(
                position("model", "beta") ?? root.position,
                "densities on \(sphere)\(kind) take beta times the norm of K^T Q up to "
                    + "\(limit.short) (\(reason)); it is \(attention.sharpness.short). Lower it, or use "
                    + "evolve = \"particles\".")
        }
    }
}

extension Scenario.Initial.Kind {
    /// The key that lists harmonics, or the kind itself.
    fileprivate var key: String {
        switch self {
        case .sphere(.zonal): "degrees"
        case .sphere(.harmonics): "harmonics"
        default: "kind"
        }
    }

    /// The highest degree of a finite sum of harmonics; 0 for what is none.
    fileprivate var highestDegree: Int {
        if case .sphere(let initial) = self { return initial.highestDegree }
        return 0
    }
}
