import MeanField

/// Densities beyond the circle: `density.symmetry`, and what zonal densities ask of the scenario.
extension ScenarioDecoder {
    /// Largest dimension of a zonal density: what its Bessel functions and polynomials are tested to.
    static let largestZonalDimension = 1024

    /// `density.symmetry`: by default zonal in the dimensions that have nothing else.
    func readSymmetry(_ section: TableReader, dimension d: Int) -> Scenario.Symmetry? {
        let fallback = d >= 5 ? Scenario.Symmetry.zonal : .none
        let symmetry = section.choice(
            "symmetry", among: Scenario.Symmetry.allCases.map(\.rawValue),
            default: fallback.rawValue
        ).flatMap(Scenario.Symmetry.init)
        if d == 2, symmetry == .zonal, let entry = section.table["symmetry"] {
            issues.report(
                entry.node.position,
                "density.symmetry = \"zonal\" is for model.dimension >= 3; on the circle symmetries are "
                    + "found and kept by themselves. Remove it.")
        }
        return symmetry
    }

    /// Reports what a density beyond the circle has that its symmetry does not allow.
    func refuseOutsideZonal(_ scenario: Scenario) {
        guard scenario.evolve == .density, !scenario.isOnCircle else { return }
        let d = scenario.model.dimension
        refuseStartDegrees(scenario)
        guard scenario.density.symmetry == .zonal else {
            return d <= 4 ? refuseForSphereDensity(scenario) : refuseWithoutSymmetry(d)
        }
        if d > Self.largestZonalDimension {
            refuse(
                "model", "dimension",
                "model.dimension = \(d) is not supported for densities; at most "
                    + "\(Self.largestZonalDimension), or use evolve = \"particles\".")
            return
        }
        let limit = scenario.model.limit
        if limit == .heat || limit == .pairing {
            refuse(
                "model", "limit",
                "model.limit = \(limit.rawValue.quoted) is for the circle; zonal densities have "
                    + "\"none\" and \"alignment\".")
        }
        guard let start = scenario.initial.kind.zonalStart(dimension: d) else {
            let key = scenario.initial.kind.isMixture ? "components" : "kind"
            return refuse(
                "initial", key,
                "initial.\(key) is not symmetric about an axis, and density.symmetry is \"zonal\"; use "
                    + "kind = \"uniform\", \"degrees\", or \"mixture\" with all means on one axis "
                    + "(e or -e), or evolve = \"particles\".")
        }
        refuseMatrices(scenario.model, axis: start.axis)
    }

    private func refuseWithoutSymmetry(_ d: Int) {
        refuse(
            "density", "symmetry",
            "model.dimension = \(d) is not supported for densities without a symmetry; set "
                + "density.symmetry = \"zonal\", or use evolve = \"particles\", or dimension = 2, 3 "
                + "or 4, the circle, S² and S³.")
    }

    private func refuseMatrices(_ model: Scenario.Model, axis: [Double]) {
        for (key, matrix) in [
            ("query", model.query), ("key", model.key), ("value", model.value),
        ] where matrix.axialMap(axis) == nil {
            refuse(
                "model", key,
                "model.\(key) does not keep the symmetry about the axis of the start: zonal densities "
                    + "need a on the axis e and b across, a ee^T + b (I - ee^T). Change it, give the axis "
                    + "by initial.kind = \"degrees\" and initial.axis, or use evolve = \"particles\"."
            )
        }
        guard model.limit == .alignment, let query = model.query.axialMap(axis),
            let key = model.key.axialMap(axis)
        else { return }
        let product = key * query
        let sizes = [abs(product.along), abs(product.across)]
        if sizes.min()! * Self.largestConditionNumber < sizes.max()! || sizes.max()! == 0 {
            refuse(
                "model", "query",
                "model.limit = \"alignment\" divides by |K^T Q x| and needs K^T Q with a condition "
                    + "number of at most \(Self.largestConditionNumber.short); change query or key."
            )
        }
    }

    /// Reports at the value of a key, or at `model.dimension` where the key has its default.
    private func refuse(_ section: String, _ key: String, _ words: String) {
        issues.report(
            position(section, key) ?? position("model", "dimension") ?? root.position, words)
    }
}

extension Scenario.Initial.Kind {
    fileprivate var isMixture: Bool {
        if case .sphere(.mixture) = self { return true }
        return false
    }
}
