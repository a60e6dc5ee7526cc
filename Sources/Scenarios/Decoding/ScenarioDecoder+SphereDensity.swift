import MeanField

/// What densities beyond the circle ask of the scenario.
extension ScenarioDecoder {
    /// Largest β‖KᵀQ‖ of a density on S²: its kernel has half the degrees of the largest grid.
    static let sharpestSphereKernel = 800.0

    /// Reports what `scenario` has that a density on a sphere cannot do.
    func refuseForSphereDensity(_ scenario: Scenario) {
        let model = scenario.model
        if model.limit != .none {
            issues.report(
                position("model", "limit") ?? root.position,
                "model.limit = \(model.limit.rawValue.quoted) is for the circle; set model.limit = "
                    + "\"none\", or model.dimension = 2.")
        }
        let (sphere, most) =
            model.dimension == 3
            ? ("S²", SphereEvolution.mostDegrees) : ("S³", HypersphereEvolution.mostDegrees)
        if let resolution = scenario.density.resolution, resolution > most {
            issues.report(
                position("density", "resolution") ?? root.position,
                "density.resolution = \(resolution) is the highest degree on \(sphere); use \"auto\" "
                    + "or at most \(most - 1).")
        }
        let attention = scenario.sphereAttention
        let isMultiple = attention.product.multiple(error: 0) != nil
        guard isMultiple || model.dimension == 3 else {
            issues.report(
                position("model", "query") ?? position("model", "key") ?? root.position,
                "densities on S³ need a query and key whose product K^T Q is a multiple of the "
                    + "identity; change them, or use model.dimension = 3 or evolve = \"particles\"."
            )
            return
        }
        let limit =
            !isMultiple
            ? KernelMatrix.sharpest
            : model.dimension == 3 ? Self.sharpestSphereKernel : HypersphereFields.sharpest
        if attention.sharpness > limit {
            let kind = isMultiple ? "" : " whose query and key are no multiples of the identity"
            issues.report(
                position("model", "beta") ?? root.position,
                "densities on \(sphere)\(kind) take beta times the norm of K^T Q up to \(limit); it "
                    + "is \(attention.sharpness). Lower it, or use evolve = \"particles\".")
        }
    }
}
