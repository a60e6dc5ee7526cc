import Foundation

/// Attention between tokens on S^{d-1}, d ≥ 2, with any Q, K, V.
///
///     v(x) = P_x ∫ e^{β<Qx,Ky>} V y dμ(y) / ∫ e^{β<Qx,Ky>} dμ(y)      (softmax)
///     v(x) = P_x ∫ e^{β<Qx,Ky>} V y dμ(y)                             (none)
///     v(x) = P_x ∫ e^{β<Qx,Ky> - b} V y dμ(y),   b = β‖KᵀQ‖           (rescaled)
///
/// Only KᵀQ and V enter. Where both are multiples of the identity a token has no force on itself;
/// otherwise a token alone moves by P_x V x. Refuses nothing: entries are finite, β ≥ 0.
/// Source: arXiv:2312.10794, (SA) and (USA).
public struct SphereAttention: Sendable, Equatable {
    /// β ≥ 0.
    public let beta: Double
    /// KᵀQ.
    public let product: SquareMatrix
    /// V.
    public let value: SquareMatrix
    /// Softmax, none or rescaled.
    public let normalization: Normalization
    /// D ≥ 0.
    public let diffusion: Double
    /// b = β‖KᵀQ‖.
    public let sharpness: Double
    /// ‖V‖.
    let valueNorm: Double
    /// m and v where KᵀQ = m and V = v are multiples of the identity up to rounding.
    public let multiples: (product: Double, value: Double)?
    /// The largest eigenvalue of the symmetric part of V.
    private let pull: Double

    /// Attention with the given β, Q, K and V.
    public init(
        beta: Double, query: SquareMatrix, key: SquareMatrix, value: SquareMatrix,
        normalization: Normalization = .softmax, diffusion: Double = 0
    ) {
        self.beta = beta
        self.value = value
        self.normalization = normalization
        self.diffusion = diffusion
        let product = key.transposed * query
        self.product = product
        valueNorm = value.norm
        pull = value.largestSymmetricEigenvalue
        // A few roundings of the two products in each entry.
        let rounding = 0x1p-50
        if let v = value.multiple(error: rounding * valueNorm),
            let m = product.multiple(error: rounding * key.norm * query.norm)
        {
            multiples = (m, v)
            sharpness = beta * abs(m)
        } else {
            multiples = nil
            sharpness = beta * product.norm
        }
    }

    /// Attention by multiples of the identity.
    public init(_ isotropic: IsotropicAttention, dimension: Int) {
        let β = isotropic.inverseTemperature
        self.init(
            beta: abs(β), query: SquareMatrix(scale: β < 0 ? -1 : 1, count: dimension),
            key: SquareMatrix(scale: 1, count: dimension),
            value: SquareMatrix(scale: isotropic.value, count: dimension),
            normalization: isotropic.normalization, diffusion: isotropic.diffusion)
    }

    /// Softmax attention of the given β, KᵀQ and V.
    init(beta: Double, product: SquareMatrix, value: SquareMatrix) {
        self.init(
            beta: beta, query: product, key: SquareMatrix(scale: 1, count: product.count),
            value: value)
    }

    /// Equal entries make equal attention.
    public static func == (a: SphereAttention, b: SphereAttention) -> Bool {
        a.beta == b.beta && a.product == b.product && a.value == b.value
            && a.normalization == b.normalization && a.diffusion == b.diffusion
    }

    /// d.
    public var dimension: Int { value.count }

    /// The factor between ∫ e^{β<Qx,Ky> - b} P_x V y dμ(y) and the unnormalised velocity.
    public var unnormalizedGain: Double { normalization == .none ? exp(sharpness) : 1 }

    /// The velocity at a unit vector x in the field of tokens, shape [d], and log ∫ e^{β<Qx,Ky>} dμ(y) there.
    public func velocity(
        at x: [Double], of measure: TokenMeasure
    ) -> (vector: [Double], logPotential: Double) {
        // A token without mass feels the others and does not move them.
        let points = (0..<measure.count).map(measure.point) + [x]
        let all = velocities(
            of: TokenMeasure(unitVectors: points, masses: measure.masses + [0]))
        let query = product.applied(to: x)
        let exponents = (0..<measure.count).map { j in
            log(measure.masses[j])
                + beta * query.indices.reduce(0) { $0 + query[$1] * points[j][$1] }
        }
        return (x.indices.map { all[$0 * points.count + measure.count] }, logSum(exponents))
    }

    /// The velocities of tokens in their own field, shape [d][n], at a cost of O(n² d) at most.
    public func velocities(of measure: TokenMeasure) -> [Double] {
        var equation = TokenEquation(
            attention: self, masses: measure.masses, tolerance: 0, hasClock: false,
            engine: .automatic)
        return equation.velocities(at: measure.positions)
    }

    /// (1/2β) ∬ e^{β<Qx,Ky>} dμ dμ; its finite part ½<∫x dμ, KᵀQ ∫x dμ> at β = 0.
    public func interaction(of measure: TokenMeasure) -> Double {
        if beta == 0 {
            let mean = measure.mean
            return zip(mean, product.applied(to: mean)).reduce(0) { $0 + $1.0 * $1.1 } / 2
        }
        let n = measure.count
        // log Σ_ij m_i m_j e^{…} by its largest term.
        var rows = [Double]()
        for i in 0..<n {
            let query = product.applied(to: measure.point(i))
            let exponents = (0..<n).map { j in
                log(measure.masses[j])
                    + beta
                    * query.indices.reduce(0) {
                        $0 + query[$1] * measure.positions[$1 * n + j]
                    }
            }
            rows.append(log(measure.masses[i]) + logSum(exponents))
        }
        return exp(logSum(rows) - log(2 * beta))
    }

    private func logSum(_ logarithms: [Double]) -> Double {
        let top = logarithms.max() ?? -.infinity
        return top + log(logarithms.reduce(0) { $0 + exp($1 - top) })
    }

    /// Where the fast collapse leads.
    public var collapse: CollapseSpace { CollapseSpace(of: value * product) }
}

extension SphereAttention: Attention {
    /// ‖V‖, times e^b without normalisation.
    public var velocityScale: Double { unnormalizedGain * valueNorm }
    /// The symmetric part of V has a positive eigenvalue.
    public var attracts: Bool { pull > 0 }
    /// Where V and KᵀQ are multiples of the identity.
    public var resolvesSmallDrifts: Bool { isIsotropic }
    /// Whether they are.
    public var isIsotropic: Bool { multiples != nil }

    /// The growth rates about the uniform density; `nil` but for multiples of the identity.
    public var linearTheory: SphereLinearTheory? {
        multiples.map {
            SphereLinearTheory(
                dimension: dimension, inverseTemperature: beta * $0.product,
                normalization: normalization, value: $0.value, diffusion: diffusion)
        }
    }

    /// The attention between tokens of E_max, in an orthonormal basis of it; `nil` where E_max is everything
    /// or a line.
    public var onCollapseSpace: SphereAttention? {
        let basis = collapse.basis
        guard basis.count >= 2 else { return nil }
        return SphereAttention(
            beta: beta, query: product.restricted(to: basis),
            key: SquareMatrix(scale: 1, count: basis.count),
            value: value.restricted(to: basis), normalization: normalization,
            diffusion: diffusion)
    }

    /// The degree of the largest growth rate; near √(2b) where there are none.
    public var mostUnstableDegree: Int? {
        if let theory = linearTheory { return theory.mostUnstableDegree }
        return max(1, Int((2 * sharpness).squareRoot().rounded()))
    }
}
