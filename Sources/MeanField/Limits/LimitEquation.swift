/// Which equation moves the measure: attention at its β, or the limit β → ∞ of one of its phases.
///
/// Limits are those of softmax attention; t is the papers' time at the given β'. Each neglects what
/// is of order 1/β' against what it keeps.
///
///     alignment   dx/dt = P_x V KᵀQ x/|KᵀQ x|                     t = O(1)
///     heat        ∂_t μ = -(v/β') Δμ,   s = t |v|/β'               t = O(β')
///     pairing     dy_i/ds = (m_j/m_i) P_{y_i} y_j for the closest pair,
///                 dt = e^{β'(1 - <y_i, y_j>)} ds/v                 t = e^{O(β')}
///
/// Source: arXiv:2509.25040, sections 3 (alignment), 4 (heat) and 5 (pairing); unequal masses and the
/// factors v and β' by expansion of the velocity of softmax attention in 1/β'.
public enum LimitEquation: String, Sendable, CaseIterable {
    /// Attention at the given β.
    case none
    /// The normalised linear flow: fast collapse.
    case alignment
    /// The heat equation, forward for v < 0 and backward for v > 0: clustering.
    case heat
    /// Only the closest pair of clusters moves: slow merging.
    case pairing
}
