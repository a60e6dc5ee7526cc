import MeanField

extension ScenarioDecoder {
    /// Largest b = β‖KᵀQ‖ with normalization = "none": the velocity carries e^b, and its square must stay in the range of `Double`.
    static let largestUnscaledExponent = 300.0

    /// Largest b = β‖KᵀQ‖: the potential has features of width 1/√b that every census has to resolve.
    static let largestSharpness = 1e6

    /// Allowed dimensions d of R^d.
    static let dimensions = 2...4096

    /// The section `[model]`.
    func readModel(_ section: TableReader) -> Scenario.Model? {
        section.refuseUnknownKeys(allowed: ScenarioKeys.model)
        let dimension = section.integer("dimension", in: Self.dimensions, default: 2)
        let limit = section.choice(
            "limit", among: LimitEquation.allCases.map(\.rawValue), default: "none"
        ).flatMap(LimitEquation.init)
        let beta = section.number("beta", in: .nonNegative)
        let query = weight("query", in: section, dimension: dimension)
        let key = weight("key", in: section, dimension: dimension)
        let value = weight("value", in: section, dimension: dimension)
        let diffusion = section.number("diffusion", in: .nonNegative, default: 0)
        let normalization = section.choice(
            "normalization", among: Normalization.allCases.map(\.rawValue), default: "softmax"
        ).flatMap(Normalization.init)
        guard let beta, let normalization, let limit else { return nil }
        let (q, k) = (
            query.squareMatrix(dimension: dimension), key.squareMatrix(dimension: dimension)
        )
        let exponent = beta * (k.transposed * q).norm
        if !exponent.isFinite, let entry = section.table["beta"] {
            issues.report(
                entry.node.position,
                "model.beta times the norm of K^T Q is not finite; lower model.beta, query or key.")
        } else if exponent > Self.largestSharpness, let entry = section.table["beta"] {
            issues.report(
                entry.node.position,
                "model.beta times the norm of K^T Q is \(exponent.short); at most "
                    + "\(Self.largestSharpness.short) is allowed; lower model.beta, query or key, or "
                    + "solve the equation of beta -> infinity (model.limit).")
        } else if normalization == .none, exponent > Self.largestUnscaledExponent,
            let entry = section.table["normalization"]
        {
            issues.report(
                entry.node.position,
                "model.normalization is \"none\" with beta * norm(K^T Q) = \(exponent.short), "
                    + "and the velocity carries e^\(exponent.short); at most "
                    + "\(Self.largestUnscaledExponent.short) is allowed; use "
                    + "normalization = \"rescaled\".")
        }
        return Scenario.Model(
            dimension: dimension, beta: beta, normalization: normalization, query: query, key: key,
            value: value, diffusion: diffusion, limit: limit)
    }
}
