import Foundation
import MeanField

/// The kinds of initial measure on S^{d-1}, d ≥ 3, and zonal densities of any dimension.
extension ScenarioDecoder {
    /// Largest degree of a zonal polynomial or a harmonic beyond the circle.
    static let largestSphereDegree = 512

    /// The measure of a kind that is defined in dimension d ≥ 3.
    func sphereMeasure(
        _ section: TableReader, kind: InitialKind, dimension d: Int
    ) -> Scenario.Initial.Kind? {
        switch kind {
        case .uniform: .uniform
        case .degrees: zonal(section, dimension: d).map(Scenario.Initial.Kind.sphere)
        case .harmonics: harmonics(section).map(Scenario.Initial.Kind.sphere)
        case .mixture: sphereMixture(section, dimension: d).map(Scenario.Initial.Kind.sphere)
        case .azimuth: azimuth(section).map(Scenario.Initial.Kind.sphere)
        case .atoms: spherePoints(section, dimension: d).map(Scenario.Initial.Kind.sphere)
        case .tokens: tokens(section, dimension: d)
        case .modes, .table: nil
        }
    }

    /// x/|x|; x itself where its length is 1 up to rounding, so that what is read again does not change.
    func unitVector(_ x: [Double]) -> [Double] {
        let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
        if abs(length - 1) <= 1e-15 { return x }
        // Squares of very large or small numbers are out of range.
        if length > 1e-100 && length < 1e100 { return x.map { $0 / length } }
        let largest = x.reduce(0) { max($0, abs($1)) }
        return unitVector(x.map { $0 / largest })
    }

    /// A direction of R^d: d finite numbers that are not all zero, normalised.
    private func direction(
        _ section: TableReader, _ node: TOMLNode, _ name: String, dimension d: Int
    ) -> [Double]? {
        let words = "a list of \(d) finite numbers, not all zero"
        guard case .array(let elements) = node.value, elements.count == d else {
            section.report(node, at: name, mustBe: words)
            return nil
        }
        let numbers = elements.enumerated().compactMap { i, element in
            section.number(element, "\(name)[\(i + 1)]", in: .finite)
        }
        guard numbers.count == d else { return nil }
        guard numbers.contains(where: { $0 != 0 }) else {
            issues.report(node.position, "\(name) is zero and has no direction; give \(words).")
            return nil
        }
        return unitVector(numbers)
    }

    // MARK: Zonal densities

    /// `initial.axis` and `initial.degrees`, a density that is nowhere negative.
    private func zonal(_ section: TableReader, dimension d: Int) -> SphereInitial? {
        guard let coefficients = coefficients(section, upTo: Self.largestSphereDegree),
            let axis = axis(section, dimension: d)
        else { return nil }
        let samples = 4 * max(1024, 16 * coefficients.count)
        for i in 0...samples {
            let φ = Double.pi * Double(i) / Double(samples)
            let p = zonalPolynomials(upTo: coefficients.count, dimension: d, at: cos(φ))
            let value = coefficients.indices.reduce(1.0) { $0 + coefficients[$1] * p[$1 + 1] }
            guard value < -1e-13, let node = section.table["degrees"]?.node else { continue }
            issues.report(
                node.position,
                "the density of initial.degrees is negative: \(value) at the angle \(φ) from the "
                    + "axis; lower the coefficients.")
            return nil
        }
        return .zonal(axis: axis, coefficients: coefficients)
    }

    /// `initial.axis`, by default the last basis vector.
    private func axis(_ section: TableReader, dimension d: Int) -> [Double]? {
        guard let node = section.table["axis"]?.node else {
            return (0..<d).map { $0 == d - 1 ? 1 : 0 }
        }
        return direction(section, node, "initial.axis", dimension: d)
    }

    /// `initial.degrees` as a_1, a_2, ….
    private func coefficients(_ section: TableReader, upTo top: Int) -> [Double]? {
        guard let elements = section.list("degrees", "a list of [l, a]") else { return nil }
        var coefficients = [Double]()
        var degrees = Set<Int>()
        for (index, element) in elements.enumerated() {
            let name = "initial.degrees[\(index + 1)]"
            guard case .array(let parts) = element.value, parts.count == 2 else {
                issues.report(
                    element.position,
                    "\(name) must be [l, a]: a degree l >= 1 and the coefficient of P_l.")
                return nil
            }
            guard let degree = section.integer(parts[0], "\(name)[1]", in: 1...top),
                let value = section.number(parts[1], "\(name)[2]", in: .finite)
            else { return nil }
            guard degrees.insert(degree).inserted else {
                issues.report(
                    element.position, "\(name) repeats the degree \(degree); give it once.")
                return nil
            }
            while coefficients.count < degree { coefficients.append(0) }
            coefficients[degree - 1] = value
        }
        return coefficients
    }

    /// On the circle P_l(<axis,x>) = cos l(θ - θ₀): Fourier modes.
    func degreesOnCircle(_ section: TableReader) -> [Scenario.FourierMode]? {
        guard let coefficients = coefficients(section, upTo: Self.largestDegree),
            let axis = axis(section, dimension: 2)
        else { return nil }
        let angle = atan2(axis[1], axis[0])
        let modes = coefficients.indices.filter { coefficients[$0] != 0 }.map { index in
            let turned = Double(index + 1) * angle
            return Scenario.FourierMode(
                degree: index + 1, cosine: coefficients[index] * cos(turned),
                sine: coefficients[index] * sin(turned))
        }
        return refuseNegative(modes, of: "degrees", in: section) ? nil : modes
    }

    // MARK: Harmonics

    /// `initial.harmonics`, a density that is nowhere negative on a grid finer than its waves.
    private func harmonics(_ section: TableReader) -> SphereInitial? {
        guard let elements = section.list("harmonics", "a list of [l, m, cos, sin]") else {
            return nil
        }
        var terms = [SphereInitial.Harmonic]()
        for (index, element) in elements.enumerated() {
            let name = "initial.harmonics[\(index + 1)]"
            guard case .array(let parts) = element.value, parts.count == 4 else {
                issues.report(
                    element.position,
                    "\(name) must be [l, m, cos, sin]: a degree l >= 1, an order m from 0 to l, and "
                        + "the coefficients of the harmonics with cos and sin of m times the azimuth."
                )
                return nil
            }
            let range = 1...Self.largestSphereDegree
            guard let degree = section.integer(parts[0], "\(name)[1]", in: range),
                let order = section.integer(parts[1], "\(name)[2]", in: 0...degree),
                let cosine = section.number(parts[2], "\(name)[3]", in: .finite),
                let sine = section.number(parts[3], "\(name)[4]", in: .finite)
            else { return nil }
            terms.append(.init(degree: degree, order: order, cosine: cosine, sine: sine))
        }
        let initial = SphereInitial.harmonics(terms)
        if let place = initial.negativePlace, let node = section.table["harmonics"]?.node {
            issues.report(
                node.position,
                "the density of initial.harmonics is negative: \(place.value) at height "
                    + "\(place.height) and azimuth \(place.azimuth); lower the coefficients.")
            return nil
        }
        return initial
    }

    // MARK: Mixtures and points

    /// `initial.components` with `mean` vectors.
    private func sphereMixture(_ section: TableReader, dimension d: Int) -> SphereInitial? {
        let words = "a list of { mean, concentration or sigma, weight }"
        guard let elements = section.list("components", words) else { return nil }
        var parts = [SphereInitial.Component]()
        for (index, element) in elements.enumerated() {
            guard let reader = section.reader(element, "initial.components[\(index + 1)]") else {
                continue
            }
            reader.refuseUnknownKeys(allowed: ScenarioKeys.component.filter { $0 != "angle" })
            let mean = vector("mean", in: reader, dimension: d)
            let shape = shape(reader)
            let weight = reader.number("weight", in: .positive)
            guard let mean, let shape, let weight else { continue }
            let kind: SphereInitial.Component.Shape =
                switch shape {
                case .concentration(let κ): .concentration(κ)
                case .sigma(let σ): .sigma(σ)
                }
            parts.append(.init(mean: mean, shape: kind, weight: weight))
        }
        guard parts.count == elements.count, let node = section.table["components"]?.node,
            let weights = normalized(
                parts.map(\.weight), "the weights of initial.components", at: node.position)
        else { return nil }
        for (index, weight) in weights.enumerated() { parts[index].weight = weight }
        return .mixture(parts)
    }

    /// `initial.atoms` with `point` vectors.
    private func spherePoints(_ section: TableReader, dimension d: Int) -> SphereInitial? {
        let words = "a list of { point, mass }"
        guard let elements = section.list("atoms", words) else { return nil }
        var (points, masses) = ([[Double]](), [Double]())
        for (index, element) in elements.enumerated() {
            guard let reader = section.reader(element, "initial.atoms[\(index + 1)]") else {
                continue
            }
            reader.refuseUnknownKeys(allowed: ScenarioKeys.atom.filter { $0 != "angle" })
            let point = vector("point", in: reader, dimension: d)
            let mass = reader.number("mass", in: .positive)
            guard let point, let mass else { continue }
            points.append(point)
            masses.append(mass)
        }
        guard points.count == elements.count, let node = section.table["atoms"]?.node,
            let shares = normalized(masses, "the masses of initial.atoms", at: node.position)
        else { return nil }
        return .points(TokenMeasure(unitVectors: points, masses: shares))
    }

    /// A required direction.
    private func vector(_ key: String, in reader: TableReader, dimension d: Int) -> [Double]? {
        guard let node = reader.table[key]?.node else {
            reader.reportMissing(key, "a list of \(d) finite numbers, not all zero")
            return nil
        }
        return direction(reader, node, reader.name(key), dimension: d)
    }

    // MARK: Azimuth

    /// `initial.angles` and `initial.elevation`.
    private func azimuth(_ section: TableReader) -> SphereInitial? {
        let elevation = section.choice(
            "elevation", among: SphereInitial.Elevation.allCases.map(\.rawValue),
            default: SphereInitial.Elevation.uniformAngle.rawValue
        ).flatMap(SphereInitial.Elevation.init)
        guard let elements = section.list("angles", "a list of { angle, sigma, weight }") else {
            return nil
        }
        var parts = [SphereInitial.AzimuthComponent]()
        for (index, element) in elements.enumerated() {
            guard let reader = section.reader(element, "initial.angles[\(index + 1)]") else {
                continue
            }
            reader.refuseUnknownKeys(allowed: ScenarioKeys.azimuthAngle)
            guard let angle = reader.number("angle", in: .finite),
                let sigma = reader.number("sigma", in: Self.widths),
                let weight = reader.number("weight", in: .positive)
            else { continue }
            parts.append(.init(angle: angle, sigma: sigma, weight: weight))
        }
        guard parts.count == elements.count, let elevation,
            let node = section.table["angles"]?.node,
            let weights = normalized(
                parts.map(\.weight), "the weights of initial.angles", at: node.position)
        else { return nil }
        for (index, weight) in weights.enumerated() { parts[index].weight = weight }
        return .azimuth(parts, elevation)
    }
}
