import Foundation

/// Attention with any Q, K, V: symmetric, rotations, non-normal, indefinite, singular or zero.
///
///     v(x) = P_x ∫ e^{β<Qx,Ky>} V y dμ(y) / ∫ e^{β<Qx,Ky>} dμ(y)      (softmax)
///     v(x) = P_x ∫ e^{β<Qx,Ky>} V y dμ(y)                             (none)
///     v(x) = P_x ∫ e^{β<Qx,Ky> - b} V y dμ(y),   b = β‖KᵀQ‖           (rescaled)
///
/// ‖·‖ is the spectral norm, so that b is the largest exponent of any two points: for multiples of the
/// identity "rescaled" is e^{β'<x,y> - |β'|}, as in ``IsotropicAttention``. Only KᵀQ and V enter. A point
/// acts on itself: alone it moves by P_x V x. The velocity commutes with x → -x; other symmetries are
/// those that KᵀQ and V share. Refuses nothing: entries are finite, β and D not negative.
/// Source: arXiv:2312.10794, (SA) and (USA); arXiv:2509.25040, section 3.
public struct MatrixAttention: Sendable, Equatable {
    /// β ≥ 0.
    public let beta: Double
    /// KᵀQ.
    public let product: PlaneMap
    /// V.
    public let value: PlaneMap
    /// Softmax, none or rescaled.
    public let normalization: Normalization
    /// D ≥ 0 in ∂_t μ + div(μ v) = D Δμ.
    public let diffusion: Double
    let form: BilinearForm

    /// Attention with the given β, KᵀQ = `product` and V.
    public init(
        beta: Double, product: PlaneMap, value: PlaneMap,
        normalization: Normalization = .softmax, diffusion: Double = 0
    ) {
        self.beta = beta
        self.product = product
        self.value = value
        self.normalization = normalization
        self.diffusion = diffusion
        form = BilinearForm(beta: beta, product: product, value: value)
    }

    /// Attention with the given β, Q, K and V.
    public init(
        beta: Double, query: PlaneMap, key: PlaneMap, value: PlaneMap,
        normalization: Normalization = .softmax, diffusion: Double = 0
    ) {
        self.init(
            beta: beta, product: key.transposed * query, value: value,
            normalization: normalization, diffusion: diffusion)
    }

    /// The attention of β, Q, K and V in its simplest form.
    ///
    /// ``IsotropicAttention`` where KᵀQ and V are multiples of the identity up to rounding (as for Q = K
    /// a rotation), else ``MatrixAttention``; ``AlignmentFlow`` in the limit of alignment. Heat and
    /// pairing are limits of multiples of the identity only.
    public static func simplest(
        beta: Double, query: PlaneMap, key: PlaneMap, value: PlaneMap,
        normalization: Normalization = .softmax, diffusion: Double = 0,
        limit: LimitEquation = .none
    ) -> any CircleAttention {
        let product = key.transposed * query
        let attention = MatrixAttention(
            beta: beta, product: product, value: value, normalization: normalization,
            diffusion: diffusion)
        if limit == .alignment { return AlignmentFlow(of: attention) }
        // A few roundings of the two products in each entry.
        let rounding = 0x1p-50
        if let v = value.multiple(error: rounding * value.norm),
            let m = product.multiple(error: rounding * key.norm * query.norm)
        {
            // Multiples given as such keep their bits: β' = (β q) k.
            let (q, k) = (query.multiple(error: 0) ?? m, key.multiple(error: 0) ?? 1)
            let isExact = query.multiple(error: 0) != nil && key.multiple(error: 0) != nil
            return IsotropicAttention(
                beta: beta, query: isExact ? q : m, key: isExact ? k : 1, value: v,
                normalization: normalization, diffusion: diffusion, limit: limit)
        }
        return attention
    }
}
