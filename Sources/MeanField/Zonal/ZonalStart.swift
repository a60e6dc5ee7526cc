import Foundation
import Spectral

/// The zonal measure a run starts from: a density of <e,x>, and random factors on it.
///
///     ρ = ρ₀ Π (1 + p),   p = amplitude Σ_{l=1}^{M} ξ_l p_l/√M
///
/// with independent ξ_l ~ N(0, 1) and the orthonormal zonal p_l, renormalised.
public struct ZonalStart: Sendable, Equatable {
    /// A part of the density about one of the poles.
    struct Part: Sendable, Equatable {
        var weight: Double
        var shape: SphereInitial.Component.Shape
        /// Its mean is -e.
        var isOpposite: Bool
    }

    /// A factor 1 + p.
    public struct Factor: Sendable, Equatable {
        /// Coefficients of p_0, which is 0, p_1 ….
        let coefficients: [Double]

        /// Draws the factor with xoshiro256++ from `seed`.
        public init(amplitude: Double, maxDegree: Int, seed: UInt64) {
            var generator = Random(seed: seed)
            let scale = amplitude / Double(maxDegree).squareRoot()
            coefficients = [0] + (0..<maxDegree).map { _ in scale * generator.nextNormal() }
        }

        /// p at u.
        func value(at u: Double, dimension: Int) -> Double {
            GegenbauerBasis.sum(coefficients, at: u, factor: 1, dimension: dimension).value
        }
    }

    /// The axis e.
    public let axis: [Double]
    /// The factors on the density.
    public var factors: [Factor] = []
    private let density: Density

    private enum Density: Sendable, Equatable {
        /// 1 + Σ a_l P_l; `coefficients[l - 1]` is a_l.
        case polynomial([Double])
        case mixture([Part])
    }

    /// The measure `initial` on S^{d-1}; `nil` if it is not zonal.
    public init?(_ initial: SphereInitial, dimension d: Int) {
        switch initial {
        case .uniform:
            axis = (0..<d).map { $0 == d - 1 ? 1 : 0 }
            density = .polynomial([])
        case .zonal(let axis, let coefficients):
            self.axis = axis
            density = .polynomial(coefficients)
        case .mixture(let components):
            let axis = components[0].mean
            var parts = [Part]()
            for component in components {
                let along = zip(component.mean, axis).reduce(0) { $0 + $1.0 * $1.1 }
                guard abs(abs(along) - 1) <= 1e-14 else { return nil }
                parts.append(
                    Part(weight: component.weight, shape: component.shape, isOpposite: along < 0))
            }
            self.axis = axis
            density = .mixture(parts)
        case .harmonics, .azimuth, .points: return nil
        }
    }

    /// d.
    var dimension: Int { axis.count }

    /// Whether the density is the same at u and -u, and nothing perturbs it.
    var isEven: Bool {
        guard factors.isEmpty else { return false }
        switch density {
        case .polynomial(let a):
            return stride(from: 0, to: a.count, by: 2).allSatisfy { a[$0] == 0 }
        case .mixture(let parts):
            func share(_ part: Part, _ isOpposite: Bool) -> Double {
                parts.filter { $0.shape == part.shape && $0.isOpposite == isOpposite }
                    .reduce(0) { $0 + $1.weight }
            }
            return parts.allSatisfy { share($0, true) == share($0, false) }
        }
    }

    /// The highest degree of a sum of zonal polynomials; 0 for a mixture.
    var highestDegree: Int {
        if case .polynomial(let a) = density { return a.count }
        return 0
    }

    /// The mass per radian at the angle θ to the axis, up to normalisation by the factors.
    private func massDensity(
        at θ: Double, _ polar: PolarMeasure, _ laws: [(Double) -> Double]
    ) -> Double {
        let u = cos(θ)
        var value: Double
        switch density {
        case .polynomial(let a):
            let p = zonalPolynomials(upTo: a.count, dimension: dimension, at: u)
            value = polar.density(at: θ) * a.indices.reduce(1) { $0 + a[$1] * p[$1 + 1] }
        case .mixture(let parts):
            value = zip(parts, laws).reduce(0) { sum, component in
                let (part, law) = component
                return sum + part.weight * law(part.isOpposite ? .pi - θ : θ)
            }
        }
        for factor in factors { value *= max(0, 1 + factor.value(at: u, dimension: dimension)) }
        return max(0, value)
    }

    /// The mass per radian of every part at the angle φ to its mean.
    private func angleLaws(_ polar: PolarMeasure) -> [(Double) -> Double] {
        guard case .mixture(let parts) = density else { return [] }
        return parts.map { part in
            switch part.shape {
            case .concentration(let κ):
                let mean = sphereAverage(dimension: dimension, κ).logarithm
                return { φ in
                    let half = sin(φ / 2)
                    return exp(-2 * κ * half * half - mean + polar.logDensity(at: φ))
                }
            case .sigma(let σ): return HeatKernelAngle(dimension: dimension, sigma: σ).density
            }
        }
    }

    /// The coefficients c_0 = 1, c_1 … of the orthonormal p_l in `basis`.
    func coefficients(in basis: GegenbauerBasis) -> [Double] {
        var c = (0..<basis.modes).map { $0 == 0 ? 1.0 : 0 }
        var logSizes = [0.0]
        for l in 0..<basis.modes {
            logSizes.append(logSizes[l] + log(harmonicGrowth(degree: l, dimension: dimension)))
        }
        // c_l = √N_l m_l.
        switch density {
        case .polynomial(let a):
            for l in 1..<basis.modes where l <= a.count { c[l] = a[l - 1] * exp(-logSizes[l] / 2) }
        case .mixture(let parts):
            for part in parts { add(part, logSizes, to: &c) }
        }
        for factor in factors { multiply(&c, by: factor, in: basis) }
        return c
    }

    private func add(_ part: Part, _ logSizes: [Double], to c: inout [Double]) {
        var mean = 0.0
        for l in 1..<c.count {
            switch part.shape {
            case .concentration(let κ):
                mean += log(besselRatio(order: Double(dimension) / 2 + Double(l) - 2, κ))
            case .sigma(let σ): mean = -Double(l) * Double(l + dimension - 2) * σ * σ / 2
            }
            let sign: Double = part.isOpposite && l % 2 == 1 ? -1 : 1
            c[l] += sign * part.weight * exp(mean + logSizes[l] / 2)
        }
    }

    /// Multiplies the density with the coefficients c by a factor, and renormalises.
    private func multiply(_ c: inout [Double], by factor: Factor, in basis: GegenbauerBasis) {
        var density = basis.roots
        basis.synthesize(c, into: &density)
        for j in 0..<basis.count {
            density[j] *= max(-1, factor.value(at: basis.nodes[j], dimension: dimension))
        }
        let change = basis.analyze(density)
        for l in 0..<c.count { c[l] += change[l] }
        let scale = 1 / c[0]
        for l in 0..<c.count { c[l] *= scale }
    }

    /// Where panels end so that narrow parts are not lost between their nodes: about the angle φ₀ at which a
    /// part has its mass, which is as wide there as s.
    ///
    ///     cos φ₀ = e^{-(d-1)σ²/2},   s = min(σ, 1/√(d-1)),   σ = 1/√κ of a concentration
    private var edges: [Double] {
        guard case .mixture(let parts) = density else { return [] }
        return parts.flatMap { part -> [Double] in
            let σ: Double =
                switch part.shape {
                case .concentration(let κ): 1 / κ.squareRoot()
                case .sigma(let σ): σ
                }
            let rest = Double(dimension - 1)
            let width = min(σ, 1 / rest.squareRoot())
            guard width < Self.seenByPanels else { return [] }
            let φ = 2 * asin((-expm1(-rest * σ * σ / 2) / 2).squareRoot())
            return [-12.0, -6, -3, 0, 3, 6, 12].map { step in
                let angle = max(0, φ + step * width)
                return part.isOpposite ? .pi - angle : angle
            }
        }
    }

    /// Least width that the 16 nodes of the first panels, an eighth of a turn wide, cannot miss.
    private static let seenByPanels = 0.05

    /// Panels and rings on [0, `end`] whose sums are the integrals of the measure against a kernel of the
    /// given sharpness, of mass 1.
    func mesh(sharpness: Double, tolerance: Double, to end: Double = .pi) -> CellMesh {
        let polar = PolarMeasure(dimension: dimension)
        let laws = angleLaws(polar)
        var mesh = CellMesh(
            sharpness: sharpness, tolerance: tolerance, from: 0, to: end, edges: edges
        ) { θ in
            massDensity(at: θ, polar, laws)
        }
        mesh.scaleMasses(by: 1 / mesh.masses.reduce(0, +))
        return mesh
    }
}
