import MeanField

extension ScenarioDecoder {
    /// Largest |β q k| with normalization = "none": the velocity carries e^{|β q k|}, and its
    /// square must stay in the range of `Double`.
    static let largestUnscaledExponent = 300.0

    /// The section `[model]`.
    func readModel(_ section: TableReader) -> Scenario.Model? {
        section.refuseUnknownKeys(allowed: ScenarioKeys.model)
        let dimension = section.integer("dimension", in: 2...Int.max, default: 2)
        if dimension > 2, let entry = section.table["dimension"] {
            issues.report(
                entry.node.position,
                "model.dimension = \(dimension) is not supported yet; use 2, the circle.")
        }
        let limit = section.choice(
            "limit", among: LimitEquation.allCases.map(\.rawValue), default: "none"
        ).flatMap(LimitEquation.init)
        let beta = section.number("beta", in: .nonNegative)
        let query = multiple("query", in: section)
        let key = multiple("key", in: section)
        let value = multiple("value", in: section)
        let diffusion = section.number("diffusion", in: .nonNegative, default: 0)
        let normalization = section.choice(
            "normalization", among: Normalization.allCases.map(\.rawValue), default: "softmax"
        ).flatMap(Normalization.init)
        guard let beta, let normalization, let limit else { return nil }
        let exponent = abs(beta * query * key)
        if !exponent.isFinite, let entry = section.table["beta"] {
            issues.report(
                entry.node.position,
                "model.beta * query * key is not finite; lower model.beta, query or key.")
        } else if normalization == .none, exponent > Self.largestUnscaledExponent,
            let entry = section.table["normalization"]
        {
            issues.report(
                entry.node.position,
                "model.normalization is \"none\" with |beta * query * key| = \(exponent.short), "
                    + "and the velocity carries e^\(exponent.short); at most "
                    + "\(Self.largestUnscaledExponent.short) is allowed; use "
                    + "normalization = \"rescaled\".")
        }
        return Scenario.Model(
            dimension: dimension, beta: beta, normalization: normalization, query: query, key: key,
            value: value, diffusion: diffusion, limit: limit)
    }

    /// A matrix of the model that is a multiple of the identity.
    private func multiple(_ key: String, in section: TableReader) -> Double {
        guard let node = section.table[key]?.node else { return 1 }
        if case .array(let elements) = node.value {
            var isMatrix = false
            if case .array = elements.first?.value { isMatrix = true }
            issues.report(
                node.position,
                "model.\(key) as a \(isMatrix ? "matrix" : "list") is not supported yet; use a "
                    + "number, a multiple of the identity.")
            return 1
        }
        return section.number(node, "model.\(key)", in: .finite) ?? 1
    }
}
