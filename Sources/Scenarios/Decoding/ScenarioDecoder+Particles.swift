import MeanField

/// The sections `[particles]` and `[compare]`.
extension ScenarioDecoder {
    /// Allowed numbers of tokens.
    static let tokenCounts = 1...100_000_000
    /// Allowed numbers of independent draws.
    static let replicaCounts = 1...1_000_000
    /// Allowed exponents of moderate interaction.
    static let betaExponents = NumberRange.from(-10, to: 10)

    /// The section `[particles]` for an initial measure of the given kind.
    func readParticles(_ section: TableReader, initial: Scenario.Initial?) -> Scenario.Particles? {
        section.refuseUnknownKeys(allowed: ScenarioKeys.particles)
        var particles = Scenario.Particles()
        particles.replicas = section.integer("replicas", in: Self.replicaCounts, default: 1)
        particles.seed = UInt64(section.integer("seed", in: 0...Int.max, default: 1))
        particles.betaExponent = section.number(
            "beta_exponent", in: Self.betaExponents, default: 0)
        let sampling = section.choice(
            "sampling", among: TokenSampling.allCases.map(\.rawValue), default: "random"
        ).flatMap(TokenSampling.init)
        let engine = section.choice(
            "engine", among: ParticleEngine.allCases.map(\.rawValue), default: "auto"
        ).flatMap(ParticleEngine.init)
        let coalesce = section.flag("coalesce", default: true)
        guard let sampling, let engine, let coalesce, let initial,
            let count = tokenCount(section, listsPoints: initial.kind.listsPoints)
        else { return nil }
        particles.count = count.number
        particles.sampling = sampling
        particles.engine = engine
        particles.coalesce = coalesce
        return particles
    }

    /// `particles.count`; no number is "all".
    private func tokenCount(
        _ section: TableReader, listsPoints: Bool
    ) -> (number: Int?, Void)? {
        let range = Self.tokenCounts
        guard let node = section.table["count"]?.node else {
            return (listsPoints ? nil : 10_000, ())
        }
        let name = section.name("count")
        guard case .string(let word) = node.value else {
            return section.integer(node, name, in: range).map { ($0, ()) }
        }
        let numbers = "an integer from \(range.lowerBound) to \(range.upperBound)"
        guard word == "all" else {
            section.report(node, at: name, mustBe: "\(numbers), or \"all\"")
            return nil
        }
        guard listsPoints else {
            issues.report(
                node.position,
                "\(name) = \"all\" needs an initial measure that lists points (kind = \"atoms\" or "
                    + "\"tokens\"); give \(numbers).")
            return nil
        }
        return (nil, ())
    }

    /// The section `[compare]`.
    func readComparison(_ section: TableReader) -> Scenario.Comparison? {
        section.refuseUnknownKeys(allowed: ScenarioKeys.compare)
        var comparison = Scenario.Comparison()
        if section.table["counts"] != nil {
            let range = Self.tokenCounts
            guard
                let counts: [Int] = ascending(
                    section, "counts", "integers from \(range.lowerBound) to \(range.upperBound)",
                    { section.integer($0, $1, in: range) })
            else { return nil }
            comparison.counts = counts
        }
        if section.table["times"] != nil {
            guard
                let times: [Double] = ascending(
                    section, "times", "times >= 0", { section.number($0, $1, in: .nonNegative) })
            else { return nil }
            comparison.times = times
        }
        return comparison
    }

    /// An ascending list that is not empty.
    func ascending<Number: Comparable>(
        _ section: TableReader, _ key: String, _ words: String,
        _ read: (TOMLNode, String) -> Number?
    ) -> [Number]? {
        let name = section.name(key)
        let words = "an ascending list of \(words), at least one"
        guard let elements = section.list(key, words) else { return nil }
        var numbers = [Number]()
        for (index, element) in elements.enumerated() {
            let place = "\(name)[\(index + 1)]"
            guard let number = read(element, place) else { return nil }
            if let last = numbers.last, number <= last {
                issues.report(
                    element.position,
                    "\(place) = \(number) does not lie after \(last); it must be \(words).")
                return nil
            }
            numbers.append(number)
        }
        if numbers.isEmpty, let node = section.table[key]?.node {
            section.report(node, at: name, mustBe: words)
            return nil
        }
        return numbers
    }

    /// Reports what particles cannot do, and what only particles can.
    func refuseForParticles(_ scenario: Scenario) {
        guard scenario.evolve == .particles else { return }
        if scenario.particles.engine == .fast && !scenario.isOnCircle,
            let obstacle = SphereTokenVelocity.obstacle(for: scenario.sphereAttention)
        {
            issues.report(
                position("particles", "engine") ?? root.position,
                "particles.engine = \"fast\" \(obstacle.reason); use \"auto\" or \"direct\".")
        }
        if scenario.model.diffusion > 0 && !scenario.time.endsAtATime {
            issues.report(
                position("time", "end") ?? position("model", "diffusion") ?? root.position,
                "tokens with noise never come to rest; give time.end a number.")
        }
        if scenario.model.limit != .none {
            issues.report(
                position("model", "limit") ?? root.position,
                "evolve = \"particles\" moves tokens at the given beta; model.limit is a limit of the "
                    + "density. Set model.limit = \"none\", or evolve = \"density\".")
        }
    }
}

extension SphereTokenVelocity.Obstacle {
    /// What the engine would need.
    fileprivate var reason: String {
        switch self {
        case .dimension: "is for the circle and S², model.dimension = 2 or 3"
        case .product: "needs key and query whose product KᵀQ is a multiple of a rotation on S²"
        case .sharpness: "takes beta times the norm of KᵀQ up to 10000 on S²"
        }
    }
}

extension Scenario.Time {
    /// Whether the run ends at a given time, whatever happens.
    var endsAtATime: Bool {
        if case .time = end { return true }
        return false
    }
}

extension Scenario.Initial.Kind {
    /// Whether the measure consists of points that can be taken as they are.
    var listsPoints: Bool {
        switch self {
        case .atoms, .tokens, .embeddings, .sphere(.points): true
        case .uniform, .modes, .mixture, .table, .sphere: false
        }
    }
}
