import Foundation

/// Tokens that all have the same inner product ρ with each other, under Q = K = V = I.
///
///     ρ' = 2 (1 - ρ)((n-1)ρ + 1)/(e^{β(1-ρ)} + n - 1)      softmax
///     ρ' = (2/n) e^{β(ρ-1)} (1 - ρ)((n-1)ρ + 1)            rescaled; times e^β: none
///
/// n ≥ 2 tokens, β ≥ 0. Orthogonal tokens (ρ = 0) are what random ones become for large d: the time
/// that they take is the edge of the phase diagram there. (Geshkovski, Letrouit, Polyanskiy,
/// Rigollet, arXiv:2312.10794, section 5.)
public struct EquiangularTokens: Sendable, Equatable {
    /// n.
    public let count: Int
    /// β and the normalization.
    public let attention: TokenAttention

    /// n tokens under an attention.
    public init(count: Int, attention: TokenAttention) {
        precondition(count >= 2, "a pair needs two tokens")
        self.count = count
        self.attention = attention
    }

    /// The time from ρ = 0 to `product` ∈ (0, 1), to about 1e-13.
    ///
    /// The integral over u = -ln(1 - ρ), by 20 Gauss points on each panel. A panel is as long as
    /// twice its distance from the pole at ρ = -1/(n-1), and short enough for e^{βe^{-u}}.
    public func time(to product: Double) -> Double {
        precondition(product > 0 && product < 1, "the inner product lies between 0 and 1")
        let end = -log1p(-product)
        let longest = 8 / (4 + attention.beta)
        let (nodes, weights) = GaussLegendre.rule
        var (total, start) = (0.0, 0.0)
        while start < end {
            let half = 0.5 * min(longest, 2 * (start + 1 / Double(count)), end - start)
            var sum = 0.0
            for (node, weight) in zip(nodes, weights) {
                sum += weight * slowness(at: start + half * (1 + node))
            }
            total += half * sum
            // Not start + 2 half = end up to rounding, which might not end.
            start = start + 2 * half >= end * (1 - 1e-15) ? end : start + 2 * half
        }
        return total
    }

    /// dt/du at ρ = 1 - e^{-u}.
    private func slowness(at u: Double) -> Double {
        let rest = exp(-u)
        let n = Double(count)
        let growth = 2 * (n - (n - 1) * rest)
        switch attention.normalization {
        case .softmax: return (exp(attention.beta * rest) + n - 1) / growth
        case .rescaled: return n * exp(attention.beta * rest) / growth
        case .none: return n * exp(attention.beta * (rest - 1)) / growth
        }
    }
}
