import MeanField

/// The section `[diagram]`, which may be missing.
struct DiagramSection {
    var diagram: Scenario.Diagram?
}

/// The section `[diagram]`, and what a diagram asks of the rest of the scenario.
extension ScenarioDecoder {
    /// Allowed numbers of systems.
    static let systemCounts = 1...10_000_000
    /// Allowed numbers of temperatures and times.
    static let gridCounts = 2...100_000
    /// Allowed numbers of tokens in a system: the cost grows with its square.
    static let systemTokens = 2...10_000
    /// Most coordinates of a system, and most cells of a diagram: what fits in memory.
    static let (mostCoordinates, mostCells) = (200_000, 10_000_000)

    /// The section `[diagram]`; with `isNeeded` its defaults if it is missing.
    func readDiagram(isNeeded: Bool) -> DiagramSection? {
        guard isNeeded || root.table["diagram"] != nil else { return DiagramSection(diagram: nil) }
        guard let section = root.section("diagram") else { return nil }
        section.refuseUnknownKeys(allowed: ScenarioKeys.diagram)
        var diagram = Scenario.Diagram()
        diagram.systems = section.integer(
            "systems", in: Self.systemCounts, default: diagram.systems)
        diagram.innerProduct = section.number(
            "inner_product", in: .between(0, 1), default: diagram.innerProduct)
        guard let betas = betas(section, default: diagram.betas),
            let times = times(section, default: diagram.times)
        else { return nil }
        diagram.betas = betas
        diagram.times = times
        return DiagramSection(diagram: diagram)
    }

    /// `diagram.betas`.
    private func betas(
        _ section: TableReader, default fallback: Scenario.Diagram.Betas
    ) -> Scenario.Diagram.Betas? {
        guard let node = section.table["betas"]?.node else { return fallback }
        if case .array = node.value {
            return ascending(
                section, "betas", "numbers >= 0", { section.number($0, $1, in: .nonNegative) }
            ).map { .list($0) }
        }
        guard case .table = node.value, let range = section.reader(node, "diagram.betas") else {
            section.report(
                node, at: "diagram.betas",
                mustBe: "an ascending list of numbers >= 0, or { from, to, count }")
            return nil
        }
        range.refuseUnknownKeys(allowed: ScenarioKeys.betas)
        guard let from = range.number("from", in: .nonNegative),
            let to = range.number("to", in: .nonNegative)
        else { return nil }
        guard from < to else {
            section.report(
                range.table["to"]?.node ?? node, at: "diagram.betas.to",
                mustBe: "larger than diagram.betas.from = \(from.short)")
            return nil
        }
        return .range(
            from: from, to: to, count: range.integer("count", in: Self.gridCounts, default: 90))
    }

    /// `diagram.times`.
    private func times(
        _ section: TableReader, default fallback: Scenario.Diagram.Times
    ) -> Scenario.Diagram.Times? {
        guard let node = section.table["times"]?.node else { return fallback }
        if case .array = node.value {
            return ascending(
                section, "times", "times >= 0", { section.number($0, $1, in: .nonNegative) }
            ).map { .list($0) }
        }
        guard case .integer(let count) = node.value,
            Self.gridCounts.contains(Int(clamping: count))
        else {
            section.report(
                node, at: "diagram.times",
                mustBe: "an integer from \(Self.gridCounts.lowerBound) to "
                    + "\(Self.gridCounts.upperBound), or an ascending list of times >= 0")
            return nil
        }
        return .count(Int(count))
    }

    /// Reports what the systems of a diagram cannot do.
    func refuseForDiagram(_ scenario: Scenario) {
        let model = scenario.model
        if scenario.evolve != .particles {
            issues.report(
                root.table["evolve"]?.node.position ?? root.position,
                "a diagram is made of tokens; set evolve = \"particles\".")
        }
        refuse("query", of: model.query)
        refuse("key", of: model.key)
        refuse("value", of: model.value)
        if model.diffusion > 0 {
            refuse("model", "diffusion", "is > 0; a diagram is without noise, set it to 0.")
        }
        if model.limit != .none {
            refuse("model", "limit", "is a limit; a diagram is at finite beta, use \"none\".")
        }
        if scenario.initial.kind != .uniform || (scenario.initial.perturbation?.amplitude ?? 0) > 0
        {
            refuse(
                "initial", scenario.initial.kind == .uniform ? "perturbation" : "kind",
                "is no uniform measure; the tokens of a diagram start from kind = \"uniform\" "
                    + "without a perturbation.")
        }
        refuseParticles(scenario.particles)
        refuseSize(scenario)
        refuseTimes(scenario)
        refuseUnscaled(scenario)
    }

    private func refuse(_ key: String, of weight: WeightMatrix) {
        if weight.multiple == 1 { return }
        refuse("model", key, "is not 1; a diagram takes query = key = value = 1.")
    }

    private func refuseParticles(_ particles: Scenario.Particles) {
        let range = Self.systemTokens
        if !range.contains(particles.count ?? 0) {
            refuse(
                "particles", "count",
                "is \(particles.count.map(String.init) ?? "all"); the systems of a diagram take an "
                    + "integer from \(range.lowerBound) to \(range.upperBound).")
        }
        if particles.replicas != 1 {
            refuse("particles", "replicas", "is not 1; a diagram repeats diagram.systems times.")
        }
        if particles.sampling != .random {
            refuse("particles", "sampling", "must be \"random\" in a diagram.")
        }
        if particles.betaExponent != 0 {
            refuse("particles", "beta_exponent", "is not 0; a diagram takes diagram.betas.")
        }
        if particles.engine == .fast {
            refuse(
                "particles", "engine",
                "is \"fast\"; small systems are summed pair by pair, use \"auto\" or \"direct\".")
        }
    }

    private func refuseSize(_ scenario: Scenario) {
        let (d, n) = (scenario.model.dimension, scenario.particles.count ?? 0)
        if Self.systemTokens.contains(n), d > Self.mostCoordinates / n {
            refuse(
                "model", "dimension",
                "is \(d) with \(n) tokens in a system; dimension times particles.count is at most "
                    + "\(Self.mostCoordinates).")
        }
        guard let diagram = scenario.diagram else { return }
        let (rows, columns) = (diagram.betas.values.count, diagram.times.values(until: 1).count)
        if rows > Self.mostCells / columns {
            refuse(
                "diagram", "betas",
                "has \(rows) values for \(columns) times; a diagram has at most "
                    + "\(Self.mostCells) cells.")
        }
    }

    private func refuseTimes(_ scenario: Scenario) {
        if scenario.time.method != .adaptive {
            refuse("time", "method", "must be \"adaptive\" in a diagram.")
        }
        guard case .time(let end) = scenario.time.end, end > 0 else {
            return refuse("time", "end", "must be a number > 0 in a diagram.")
        }
        if let last = scenario.diagram?.times.values(until: end).last, last > end {
            refuse(
                "diagram", "times",
                "goes on to \(last.short), beyond time.end = \(end.short); raise time.end.")
        }
    }

    private func refuseUnscaled(_ scenario: Scenario) {
        guard scenario.model.normalization == .none,
            let beta = scenario.diagram?.betas.values.last, beta > Self.largestUnscaledExponent
        else { return }
        refuse(
            "diagram", "betas",
            "goes on to \(beta.short) with normalization = \"none\", and the velocity carries "
                + "e^beta; at most \(Self.largestUnscaledExponent.short) is allowed; use "
                + "normalization = \"rescaled\".")
    }

    /// Reports at the value of a key, or at the start where the key has its default.
    private func refuse(_ section: String, _ key: String, _ words: String) {
        issues.report(
            position(section, key) ?? root.position, "\(section).\(key) \(words)")
    }
}
