import Foundation

/// Attention on S^{d-1} that commutes with the rotations about an axis e.
///
///     KᵀQ = k_a ee^T + k_b (I - ee^T),   V = v_a ee^T + v_b (I - ee^T)
///     x = cos θ e + sin θ ξ,   v = dθ/dt = factor · F/W (softmax),  factor · F e^{-b} (none, rescaled)
///     W(θ) = ∫ e^{β k_a cos θ cos θ'} Φ(r) dμ(θ'),   r = β k_b sin θ sin θ'
///     F(θ) = ∫ e^{β k_a cos θ cos θ'} (v_b cos θ sin θ' Φ'(r) - v_a sin θ cos θ' Φ(r)) dμ(θ')
///
/// Φ(r) = ∫ e^{r y_1} dσ(y) over the S^{d-2} of the directions ξ
/// (``Spectral/sphereAverage(dimension:_:)``): what a ring, the points of one angle θ' to the axis,
/// contributes at θ: d ≥ 3, but for coefficients with KᵀQ and V multiples of the identity, which need no Φ
/// and know the circle, d = 2, as well. With `limit` alignment the velocity is that of β → ∞, P_x V KᵀQ x/|KᵀQ x|.
/// Source: arXiv:2312.10794, (SA) and (USA); the averages are derived.
public struct ZonalAttention: Sendable, Equatable {
    /// d of R^d.
    public let dimension: Int
    /// β ≥ 0.
    public let beta: Double
    /// KᵀQ.
    public let product: AxialMap
    /// V.
    public let value: AxialMap
    /// Softmax, none or rescaled.
    public let normalization: Normalization
    /// D ≥ 0 in ∂_t μ + div(μ v) = D Δμ.
    public let diffusion: Double
    /// `none` or `alignment`.
    public let limit: LimitEquation

    /// Attention with the given β, KᵀQ and V.
    public init(
        dimension: Int, beta: Double, product: AxialMap = AxialMap(scale: 1),
        value: AxialMap = AxialMap(scale: 1), normalization: Normalization = .softmax,
        diffusion: Double = 0, limit: LimitEquation = .none
    ) {
        precondition(dimension >= 2 && (limit == .none || limit == .alignment))
        self.dimension = dimension
        self.beta = beta
        self.product = product
        self.value = value
        self.normalization = normalization
        self.diffusion = diffusion
        self.limit = limit
    }

    /// β' and v where KᵀQ and V are multiples of the identity and there is no limit.
    var multiples: (inverseTemperature: Double, value: Double)? {
        guard limit == .none, let m = product.multiple, let v = value.multiple else { return nil }
        return (beta * m, v)
    }

    /// The factor between F in the scale e^{-b} and the velocity.
    var unnormalizedGain: Double { normalization == .none ? exp(sharpness) : 1 }

    /// dθ/dt in the limit of alignment.
    func alignmentRate(at θ: Double) -> Double {
        let (c, s) = (cos(θ), Self.sine(θ))
        let (a, b) = (product.along * c, product.across * s)
        return (value.across * b * c - value.along * a * s) / (a * a + b * b).squareRoot()
    }

    /// sin θ, exactly zero at π as at 0: the poles do not move.
    static func sine(_ θ: Double) -> Double { θ > 1.5 ? sin(.pi - θ) : sin(θ) }

    /// The growth rates about the uniform density; `nil` but for multiples of the identity.
    public var linearTheory: SphereLinearTheory? {
        multiples.map {
            SphereLinearTheory(
                dimension: dimension, inverseTemperature: $0.inverseTemperature,
                normalization: normalization, value: $0.value, diffusion: diffusion)
        }
    }

    /// 1 - ∫ |Π x|² dμ, Π the orthogonal projection on E_max of V KᵀQ: the axis, what is orthogonal to
    /// it, or everything.
    public func residual(of measure: ZonalMeasure) -> Double {
        let map = value * product
        if abs(map.along - map.across) <= 1e-9 * map.norm { return 0 }
        let (angles, masses) = measure.points
        let isAxis = map.along > map.across
        return zip(angles, masses).reduce(0) { sum, ring in
            let part = isAxis ? sin(ring.0) : cos(ring.0)
            return sum + ring.1 * part * part
        }
    }
}

extension ZonalAttention: Attention {
    /// b = β‖KᵀQ‖.
    public var sharpness: Double { beta * product.norm }
    /// ‖V‖, times e^b without normalisation.
    public var velocityScale: Double { unnormalizedGain * value.norm }
    /// V has a positive eigenvalue.
    public var attracts: Bool { max(value.along, value.across) > 0 }
    /// Rings drift slowly as a power of β, and poles not at all.
    public var resolvesSmallDrifts: Bool { isIsotropic }
    /// Whether KᵀQ and V are multiples of the identity.
    public var isIsotropic: Bool { multiples != nil }
    /// The degree of the largest growth rate, near √(2b) where there are none.
    public var mostUnstableDegree: Int? {
        if let theory = linearTheory { return theory.mostUnstableDegree }
        return max(1, Int((2 * sharpness).squareRoot().rounded()))
    }
}
