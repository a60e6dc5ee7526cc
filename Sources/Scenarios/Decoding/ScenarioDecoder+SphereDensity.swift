import MeanField

/// What densities beyond the circle ask of the scenario.
extension ScenarioDecoder {
    /// Largest β‖KᵀQ‖ of a density on S²: its kernel has half the degrees of the largest grid.
    static let sharpestSphereKernel = 800.0

    /// Reports what `scenario` has that a density on a sphere cannot do.
    func refuseForSphereDensity(_ scenario: Scenario) {
        let model = scenario.model
        guard model.dimension == 3 else {
            issues.report(
                position("model", "dimension") ?? root.position,
                "model.dimension = \(model.dimension) is not supported yet for densities; use evolve "
                    + "= \"particles\", or 2 or 3, the circle and S².")
            return
        }
        if model.limit != .none {
            issues.report(
                position("model", "limit") ?? root.position,
                "model.limit = \(model.limit.rawValue.quoted) is for the circle; set model.limit = "
                    + "\"none\", or model.dimension = 2.")
        }
        if let resolution = scenario.density.resolution,
            resolution > SphereEvolution.mostDegrees
        {
            issues.report(
                position("density", "resolution") ?? root.position,
                "density.resolution = \(resolution) is the highest degree on S²; use \"auto\" or at "
                    + "most \(SphereEvolution.mostDegrees - 1).")
        }
        let attention = scenario.sphereAttention
        let isMultiple = attention.product.multiple(error: 0) != nil
        let limit = isMultiple ? Self.sharpestSphereKernel : KernelMatrix.sharpest
        if attention.sharpness > limit {
            let kind = isMultiple ? "" : " whose query and key are no multiples of the identity"
            issues.report(
                position("model", "beta") ?? root.position,
                "densities on S²\(kind) take beta times the norm of K^T Q up to \(limit); it is "
                    + "\(attention.sharpness). Lower it, or use evolve = \"particles\".")
        }
    }
}
