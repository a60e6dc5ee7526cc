import MeanField

/// What the limit equations ask of the rest of the scenario.
extension ScenarioDecoder {
    /// Reports what `scenario` has that its limit equation does not allow.
    func refuseOutsideLimit(_ scenario: Scenario) {
        let model = scenario.model
        guard model.limit != .none else { return }
        let limit = "model.limit = \(model.limit.rawValue.quoted)"
        if model.normalization != .softmax {
            refuse(
                "model", "normalization",
                "\(limit) is a limit of softmax attention; use normalization = \"softmax\".")
        }
        if model.diffusion > 0 {
            refuse(
                "model", "diffusion",
                "\(limit) is a limit without noise; set model.diffusion = 0.")
        }
        if case .euler = scenario.time.method, model.limit == .heat {
            refuse(
                "time", "method",
                "\(limit) is solved exactly, not by steps; use method = \"adaptive\".")
        }
        if model.limit == .heat || model.limit == .pairing { refuseSharpness(model, limit) }
        switch model.limit {
        case .none: break
        case .alignment: refuseSingular(scenario, limit)
        case .heat: refuseStartOfHeat(scenario, limit)
        case .pairing: refuseStartOfPairing(scenario, limit)
        }
    }

    /// Heat and pairing are about tokens that attend to those around them.
    private func refuseSharpness(_ model: Scenario.Model, _ limit: String) {
        guard let query = model.query.multiple, let key = model.key.multiple,
            model.value.multiple != nil
        else {
            let names = ["query", "key", "value"]
            let matrices = [model.query, model.key, model.value]
            let name = zip(names, matrices).first { $0.1.multiple == nil }!.0
            return refuse(
                "model", name,
                "\(limit) is the limit where query, key and value are multiples of the identity; give "
                    + "numbers, or use limit = \"alignment\".")
        }
        let sharpness = model.beta * query * key
        guard sharpness <= 0 else { return }
        refuse(
            "model", model.beta == 0 ? "beta" : query < 0 ? "query" : "key",
            "\(limit) needs beta * query * key > 0, tokens that attend to those around them; it is "
                + "\(sharpness.short).")
    }

    /// Largest condition number of K^T Q in the alignment limit: the cost grows with it.
    static let largestConditionNumber = 100.0

    /// Where K^T Q x = 0 a token looks nowhere, and P_x V K^T Q x/|K^T Q x| is undefined.
    private func refuseSingular(_ scenario: Scenario, _ limit: String) {
        func condition(_ product: PlaneMap) -> Double {
            let attention = MatrixAttention(beta: 1, product: product, value: PlaneMap(scale: 1))
            return AlignmentFlow(of: attention).conditionNumber
        }
        let (query, key) = (scenario.model.query.planeMap, scenario.model.key.planeMap)
        let number = condition(key.transposed * query)
        if number <= Self.largestConditionNumber { return }
        let words = number < 1e12 ? "its condition number is \(number.short)" : "it is singular"
        refuse(
            "model", condition(query) <= condition(key) ? "key" : "query",
            "\(limit) divides by |K^T Q x| and needs K^T Q with a condition number of at most "
                + "\(Self.largestConditionNumber.short); \(words); change query or key.")
    }

    private func refuseStartOfHeat(_ scenario: Scenario, _ limit: String) {
        guard let value = scenario.model.value.multiple, value > 0 else { return }
        let backward = "\(limit) with value > 0 is backward heat, which is exact only for"
        if case .mixture(let parts) = scenario.initial.kind,
            let i = parts.firstIndex(where: {
                if case .concentration = $0.shape { true } else { false }
            })
        {
            refuse(
                "initial", "components",
                "\(backward) heat kernels and finitely many modes, and components[\(i + 1)] is given "
                    + "by its concentration; give sigma instead.")
        } else if !scenario.law.hasBackwardHeat {
            let key = scenario.initial.perturbation == nil ? "kind" : "perturbation"
            refuse(
                "initial", key,
                "\(backward) heat kernels and finitely many modes; use kind = \"modes\", \"mixture\" "
                    + "with sigma or \"tokens\" with a bandwidth, "
                    + (key == "kind" ? "or value < 0." : "without a perturbation."))
        }
    }

    private func refuseStartOfPairing(_ scenario: Scenario, _ limit: String) {
        if let value = scenario.model.value.multiple, value <= 0 {
            refuse(
                "model", "value",
                "\(limit) needs value > 0: pairs form by attraction; it is \(value.short).")
        }
        if scenario.law.initial.isSmooth {
            refuse(
                "initial", "kind",
                "\(limit) moves atoms; use kind = \"atoms\" or \"tokens\" with bandwidth = 0.")
        }
    }

    /// Reports at the value of a key, or at `model.limit` where the key has its default.
    private func refuse(_ section: String, _ key: String, _ words: String) {
        issues.report(
            position(section, key) ?? position("model", "limit") ?? root.position, words)
    }

    /// Where a key of a section stands; `nil` where it has its default.
    func position(_ section: String, _ key: String) -> SourcePosition? {
        guard case .table(let table) = root.table[section]?.node.value else { return nil }
        return table[key]?.node.position
    }
}
