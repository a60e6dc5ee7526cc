/// The section `[initial]`.
extension ScenarioDecoder {
    /// Largest degree of a mode: what the largest grid can carry.
    static let largestDegree = Scenario.Resolution.points.most / 2 - 1

    /// Largest degree of a random perturbation: the cost grows with its square.
    static let largestPerturbedDegree = 512

    /// The section `[initial]`; `diffusion` is that of the model, which the atoms of a density do not
    /// take yet.
    func readInitial(
        _ section: TableReader, evolve: Scenario.Evolve, dimension: Int, diffusion: Double
    ) -> Scenario.Initial? {
        let names = InitialKind.allCases.map(\.rawValue)
        guard
            let kind = section.choice("kind", among: names, default: nil)
                .flatMap(InitialKind.init)
        else {
            section.refuseUnknownKeys(allowed: ScenarioKeys.initial)
            return nil
        }
        refuseForeignKeys(section, kind: kind)
        let perturbation = perturbation(section)
        guard kind.isDefined(inDimension: dimension) else {
            refuse(kind, in: section, dimension: dimension)
            return nil
        }
        if dimension > 2, evolve == .particles, perturbation != nil,
            let entry = section.table["perturbation"]
        {
            issues.report(
                entry.keyPosition,
                "initial.perturbation is for densities, and for tokens on the circle; remove it or set "
                    + "its amplitude to 0.")
        }
        let measure =
            dimension == 2
            ? measure(section, kind: kind)
            : sphereMeasure(section, kind: kind, dimension: dimension)
        guard let measure else { return nil }
        if let points = measure.points {
            let noise = evolve == .density && dimension > 3 ? diffusion : 0
            refuseForPoints(section, points, perturbation: perturbation, diffusion: noise)
        }
        return Scenario.Initial(kind: measure, perturbation: perturbation)
    }

    private func measure(
        _ section: TableReader, kind: InitialKind
    ) -> Scenario.Initial.Kind? {
        switch kind {
        case .uniform: .uniform
        case .modes: modes(section).map(Scenario.Initial.Kind.modes)
        case .mixture: mixture(section).map(Scenario.Initial.Kind.mixture)
        case .atoms: atoms(section).map(Scenario.Initial.Kind.atoms)
        case .tokens: tokens(section, dimension: 2)
        case .table: densityTable(section)
        case .degrees: degreesOnCircle(section).map(Scenario.Initial.Kind.modes)
        case .harmonics, .azimuth: nil
        }
    }

    // MARK: Keys and kinds

    /// Reports keys of other kinds and keys of no kind.
    private func refuseForeignKeys(_ section: TableReader, kind: InitialKind) {
        let allowed = ScenarioKeys.initialShared + kind.keys
        for entry in section.table.entries where !allowed.contains(entry.key) {
            let owners = InitialKind.allCases.filter { $0.keys.contains(entry.key) }
            guard !owners.isEmpty else {
                section.reportUnknown(entry, allowed: allowed)
                continue
            }
            let list = owners.map(\.rawValue.quoted).joined(separator: " and ")
            var remedy = "remove it or change initial.kind."
            if let kindNode = section.table["kind"]?.node,
                kindNode.position.file != entry.keyPosition.file
            {
                let keys = ["kind = \(kind.rawValue.quoted)"] + kind.keys.map { "\($0) = …" }
                remedy =
                    "the kind was set at \(kindNode.position); set the whole section instead, as in "
                    + "'initial={ \(keys.joined(separator: ", ")) }'."
            }
            issues.report(
                entry.keyPosition,
                "initial.\(entry.key) belongs to kind = \(list), not to kind = "
                    + "\(kind.rawValue.quoted); \(remedy)")
        }
    }

    /// Reports a kind of other dimensions.
    private func refuse(_ kind: InitialKind, in section: TableReader, dimension: Int) {
        guard let entry = section.table["kind"] else { return }
        let others = InitialKind.allCases.filter { $0.isDefined(inDimension: dimension) }
            .map(\.rawValue.quoted).joined(separator: ", ")
        let isOnCircle = kind.isDefined(inDimension: 2)
        let place = isOnCircle ? "the circle, model.dimension = 2" : "S², model.dimension = 3"
        issues.report(
            entry.node.position,
            "initial.kind = \(kind.rawValue.quoted) is for \(place); model.dimension is \(dimension). "
                + "Use one of \(others).")
    }

    // MARK: Perturbation

    /// `initial.perturbation`; `nil` if it is missing or its amplitude is 0.
    private func perturbation(_ section: TableReader) -> Scenario.Perturbation? {
        guard let reader = section.section("perturbation") else { return nil }
        reader.refuseUnknownKeys(allowed: ScenarioKeys.perturbation)
        let amplitude = reader.number("amplitude", in: .nonNegative, default: 0)
        let degree = reader.integer(
            "max_degree", in: 1...Self.largestPerturbedDegree, default: 8)
        let seed = reader.integer("seed", in: 0...Int.max, default: 1)
        guard amplitude > 0 else { return nil }
        return Scenario.Perturbation(
            amplitude: amplitude, maxDegree: degree, seed: UInt64(seed))
    }

    /// Reports what is impossible for point masses: a perturbation, and noise.
    private func refuseForPoints(
        _ section: TableReader, _ points: String, perturbation: Scenario.Perturbation?,
        diffusion: Double
    ) {
        if perturbation != nil, let entry = section.table["perturbation"] {
            issues.report(
                entry.keyPosition,
                "initial.perturbation needs a smooth density, but \(points) are point masses; "
                    + "remove it or set its amplitude to 0.")
        }
        if diffusion > 0, let node = root.table["model"]?.node,
            case .table(let model) = node.value, let entry = model["diffusion"]
        {
            issues.report(
                entry.node.position,
                "model.diffusion > 0 with \(points) is for the circle and S², whose grids hold them until "
                    + "the noise has smoothed them; set model.diffusion = 0 or start from a smooth "
                    + "density.")
        }
    }

    // MARK: Weights

    /// The sum of the weights, correct to the last bits, and the weights divided by it where it
    /// is not 1 to rounding.
    ///
    /// Returns `nil` (and reports at `position`) if the sum is off by more than 1e-9.
    func normalized(
        _ weights: [Double], _ words: String, at position: SourcePosition
    ) -> [Double]? {
        let sum = compensatedSum(weights)
        guard abs(sum - 1) <= 1e-9 else {
            issues.report(
                position, "\(words) sum to \(sum); they must sum to 1 (to 1e-9).")
            return nil
        }
        // Weights that were divided once must not change when they are read again.
        return abs(sum - 1) <= 0x1p-52 ? weights : weights.map { $0 / sum }
    }

    /// Neumaier's sum.
    private func compensatedSum(_ numbers: [Double]) -> Double {
        var sum = 0.0
        var lost = 0.0
        for number in numbers {
            let next = sum + number
            lost += abs(sum) >= abs(number) ? (sum - next) + number : (number - next) + sum
            sum = next
        }
        return sum + lost
    }
}

extension Scenario.Initial.Kind {
    /// What the measure consists of if it is point masses, else `nil`.
    fileprivate var points: String? {
        switch self {
        case .atoms: "atoms"
        case .tokens(_, _, let bandwidth, _) where bandwidth == 0,
            .embeddings(_, _, let bandwidth, _) where bandwidth == 0:
            "tokens with bandwidth 0"
        case .sphere(.points): "atoms"
        default: nil
        }
    }
}
