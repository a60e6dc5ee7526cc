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

    /// Whether a heat kernel is so narrow in so many dimensions that neither its coefficients nor its values
    /// are known to the rounding of the whole.
    ///
    /// Its largest coefficient is max √N_l e^{-l(l+d-2)σ²/2}; its values where the mass is, about √d σ from
    /// the mean, are e^{-d/2} of the largest, and as much less is known of them.
    public var hasUnknownKernel: Bool {
        guard dimension > 24, case .mixture(let parts) = density else { return false }
        return parts.contains { part in
            guard case .sigma(let σ) = part.shape else { return false }
            var (logSize, largest) = (0.0, 0.0)
            for l in 0..<4096 {
                let logarithm = logSize / 2 - Double(l) * Double(l + dimension - 2) * σ * σ / 2
                if logarithm < largest - 50 { break }
                largest = max(largest, logarithm)
                logSize += log(harmonicGrowth(degree: l, dimension: dimension))
            }
            return largest > log(5e3)
        }
    }

    /// The highest degree of a sum of zonal polynomials; 0 for a mixture.
    var highestDegree: Int {
        if case .polynomial(let a) = density { return a.count }
        return 0
    }

    /// The mass per radian at the angle θ to the axis, up to normalisation by the factors.
    private func massDensity(
        at θ: Double, _ polar: PolarMeasure, _ kernels: [HeatKernelAngle?]
    ) -> Double {
        let (u, logarithm) = (cos(θ), polar.logDensity(at: θ))
        var value: Double
        switch density {
        case .polynomial(let a):
            let p = zonalPolynomials(upTo: a.count, dimension: dimension, at: u)
            value = exp(logarithm) * a.indices.reduce(1) { $0 + a[$1] * p[$1 + 1] }
        case .mixture(let parts):
            value = zip(parts, kernels).reduce(0) { sum, component in
                let (part, kernel) = component
                switch part.shape {
                case .concentration(let κ):
                    let height = part.isOpposite ? -u : u
                    let mean = sphereAverage(dimension: dimension, κ).logarithm
                    return sum + part.weight * exp(κ * (height - 1) - mean + logarithm)
                case .sigma:
                    let angle = part.isOpposite ? .pi - θ : θ
                    return sum + part.weight * kernel!.density(at: angle)
                }
            }
        }
        for factor in factors { value *= max(0, 1 + factor.value(at: u, dimension: dimension)) }
        return max(0, value)
    }

    /// The heat kernels of the parts, where they are such.
    private var kernels: [HeatKernelAngle?] {
        guard case .mixture(let parts) = density else { return [] }
        return parts.map {
            guard case .sigma(let σ) = $0.shape else { return nil }
            return HeatKernelAngle(dimension: dimension, sigma: σ)
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

    /// Panels and rings on [0, `end`] whose sums are the integrals of the measure against a kernel of the
    /// given sharpness, of mass 1.
    func mesh(sharpness: Double, tolerance: Double, to end: Double = .pi) -> CellMesh {
        let (polar, kernels) = (PolarMeasure(dimension: dimension), kernels)
        var mesh = CellMesh(
            sharpness: sharpness, tolerance: tolerance, from: 0, to: end, edges: []
        ) { θ in
            massDensity(at: θ, polar, kernels)
        }
        mesh.scaleMasses(by: 1 / mesh.masses.reduce(0, +))
        return mesh
    }
}
