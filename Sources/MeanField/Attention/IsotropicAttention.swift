import Foundation

/// Attention whose query, key and value maps are multiples q, k, v of the identity.
///
///     β' = β q k,   W(x) = ∫ e^{β'<x,y>} dμ(y),   v(x) = (v/β') grad log W      (softmax)
///                                               v(x) = (v/β') grad W          (none)
///                                               v(x) = (v/β') grad W e^{-|β'|}  (rescaled)
///
/// with v P_x ∫ y dμ at β' = 0. Source: arXiv:2312.10794, (SA) and (USA).
public struct IsotropicAttention: Sendable, Equatable {
    /// β' = β q k, of either sign.
    public var inverseTemperature: Double
    /// v, of either sign: > 0 attracts.
    public var value: Double
    /// Softmax, none or rescaled.
    public var normalization: Normalization
    /// D ≥ 0 in ∂_t μ + div(μ v) = D Δμ.
    public var diffusion: Double
    /// Which equation moves the measure: this attention, or heat or pairing, limits of it as β → ∞.
    ///
    /// Alignment is ``AlignmentFlow``.
    public var limit: LimitEquation

    /// Attention with β' = `beta` · `query` · `key`.
    public init(
        beta: Double, query: Double = 1, key: Double = 1, value: Double = 1,
        normalization: Normalization = .softmax, diffusion: Double = 0,
        limit: LimitEquation = .none
    ) {
        precondition(limit != .alignment, "the limit of alignment is an AlignmentFlow")
        self.inverseTemperature = beta * query * key
        self.value = value
        self.normalization = normalization
        self.diffusion = diffusion
        self.limit = limit
    }

    /// |β'|, the width parameter of the kernel: its scale is 1/√|β'|.
    public var sharpness: Double { abs(inverseTemperature) }

    /// The factor between ∫ e^{β'<x,y> - |β'|} P_x y dμ(y) and the unnormalised velocity.
    public var unnormalizedGain: Double {
        normalization == .none ? value * exp(sharpness) : value
    }

    /// The largest speed a measure of mass 1 can give.
    public var velocityScale: Double { abs(unnormalizedGain) }

    /// Number of Fourier modes of the kernel that count in double precision.
    public var kernelModes: Int { PointPotential(inverseTemperature: inverseTemperature).top }
}
