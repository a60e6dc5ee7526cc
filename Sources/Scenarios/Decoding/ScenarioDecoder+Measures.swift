/// The kinds of initial measure whose numbers stand in the scenario itself.
extension ScenarioDecoder {
    // MARK: Modes

    /// `initial.modes`: degrees unique and ≥ 1, and a density that is nowhere negative.
    func modes(_ section: TableReader) -> [Scenario.FourierMode]? {
        guard let elements = section.list("modes", "a list of [k, a, b]") else { return nil }
        var modes: [Scenario.FourierMode] = []
        var degrees: Set<Int> = []
        for (index, element) in elements.enumerated() {
            let name = "initial.modes[\(index + 1)]"
            guard let mode = mode(section, element, name) else { continue }
            guard degrees.insert(mode.degree).inserted else {
                issues.report(
                    element.position,
                    "\(name) repeats the degree \(mode.degree); give every degree once, adding "
                        + "the coefficients.")
                continue
            }
            modes.append(mode)
        }
        guard modes.count == elements.count else { return nil }
        return refuseNegative(modes, of: "modes", in: section) ? nil : modes
    }

    /// Reports Fourier modes of a key that make a density negative, and says whether they do.
    func refuseNegative(
        _ modes: [Scenario.FourierMode], of key: String, in section: TableReader
    ) -> Bool {
        guard let minimum = DensityMinimum.negative(of: modes), let node = section.table[key]?.node
        else { return false }
        issues.report(
            node.position,
            "the density of initial.\(key) is negative: its sum over degrees is \(minimum.value) at "
                + "theta = \(minimum.angle); multiply all coefficients by \(minimum.largestFactor) "
                + "or less.")
        return true
    }

    private func mode(
        _ section: TableReader, _ element: TOMLNode, _ name: String
    ) -> Scenario.FourierMode? {
        guard case .array(let parts) = element.value, parts.count == 3 else {
            issues.report(
                element.position,
                "\(name) must be [k, a, b]: a degree k >= 1 and the coefficients of cos(k theta) "
                    + "and sin(k theta).")
            return nil
        }
        let degree = section.integer(parts[0], "\(name)[1]", in: 1...Self.largestDegree)
        let cosine = section.number(parts[1], "\(name)[2]", in: .finite)
        let sine = section.number(parts[2], "\(name)[3]", in: .finite)
        guard let degree, let cosine, let sine else { return nil }
        return Scenario.FourierMode(degree: degree, cosine: cosine, sine: sine)
    }

    // MARK: Mixture

    /// `initial.components`: weights positive with sum 1.
    func mixture(_ section: TableReader) -> [Scenario.MixtureComponent]? {
        let words = "a list of { angle or mean, concentration or sigma, weight }"
        guard let elements = section.list("components", words) else { return nil }
        var components: [Scenario.MixtureComponent] = []
        for (index, element) in elements.enumerated() {
            guard let reader = section.reader(element, "initial.components[\(index + 1)]") else {
                continue
            }
            reader.refuseUnknownKeys(allowed: ScenarioKeys.component)
            let angle = angle(reader, vector: "mean")
            let shape = shape(reader)
            let weight = reader.number("weight", in: .positive)
            guard let angle, let shape, let weight else { continue }
            components.append(
                Scenario.MixtureComponent(angle: angle, shape: shape, weight: weight))
        }
        guard components.count == elements.count, let node = section.table["components"]?.node,
            let weights = normalized(
                components.map(\.weight), "the weights of initial.components", at: node.position)
        else { return nil }
        for (index, weight) in weights.enumerated() { components[index].weight = weight }
        return components
    }

    /// Least standard deviation: below, the masses of a peak run out of distinct angles.
    static let leastWidth = 1e-10
    /// Allowed standard deviations, and concentrations: up to 1/width² of the narrowest peak.
    static let widths = NumberRange.atLeast(leastWidth).because(narrower)
    static let concentrations = NumberRange.from(0, to: 1e20).because(narrower)

    private static let narrower =
        "narrower peaks are lost in the digits of their angles: use kind = \"atoms\""

    /// `concentration` or `sigma`, exactly one.
    func shape(_ reader: TableReader) -> Scenario.MixtureComponent.Shape? {
        switch exactlyOne("concentration", "sigma", in: reader) {
        case "concentration":
            reader.number("concentration", in: Self.concentrations).map { .concentration($0) }
        case "sigma": reader.number("sigma", in: Self.widths).map { .sigma($0) }
        default: nil
        }
    }

    // MARK: Atoms

    /// `initial.atoms`: masses positive with sum 1.
    func atoms(_ section: TableReader) -> [Scenario.Atom]? {
        let words = "a list of { angle or point, mass }"
        guard let elements = section.list("atoms", words) else { return nil }
        var atoms: [Scenario.Atom] = []
        for (index, element) in elements.enumerated() {
            guard let reader = section.reader(element, "initial.atoms[\(index + 1)]") else {
                continue
            }
            reader.refuseUnknownKeys(allowed: ScenarioKeys.atom)
            let angle = angle(reader, vector: "point")
            let mass = reader.number("mass", in: .positive)
            guard let angle, let mass else { continue }
            atoms.append(Scenario.Atom(angle: angle, mass: mass))
        }
        guard atoms.count == elements.count, let node = section.table["atoms"]?.node,
            let masses = normalized(
                atoms.map(\.mass), "the masses of initial.atoms", at: node.position)
        else { return nil }
        for (index, mass) in masses.enumerated() { atoms[index].mass = mass }
        return atoms
    }

    // MARK: Places

    /// The angle given by `angle` or by a vector, exactly one of them.
    private func angle(_ reader: TableReader, vector: String) -> Double? {
        switch exactlyOne("angle", vector, in: reader) {
        case "angle": reader.number("angle", in: .finite)
        case vector:
            reader.table[vector].flatMap { reader.direction($0.node, reader.name(vector)) }
        default: nil
        }
    }

    /// The one of two keys that is given; `nil` (and reported) if both or none are.
    private func exactlyOne(_ a: String, _ b: String, in reader: TableReader) -> String? {
        switch (reader.table[a], reader.table[b]) {
        case (.some, nil): return a
        case (nil, .some): return b
        case (nil, nil):
            issues.report(
                reader.position, "\(reader.path) has neither \(a) nor \(b); give one of them.")
        case (.some, .some(let second)):
            issues.report(
                second.keyPosition, "\(reader.path) has both \(a) and \(b); keep one of them.")
        }
        return nil
    }
}
