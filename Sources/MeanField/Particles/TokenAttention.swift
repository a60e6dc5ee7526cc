import Foundation

/// Self-attention between single tokens with Q = K = V = I.
///
///     x_i' = P_{x_i} Σ_j e^{β(<x_i,x_j> - 1)} x_j / Z_i,   P_x y = y - <x,y> x
///
/// with Z_i = Σ_j e^{β(<x_i,x_j> - 1)} (softmax), N (rescaled), or N e^{-β} (none); x_i ∈ S^{d-1},
/// β ≥ 0, in the latter at most ``mostUnscaledBeta``. (Geshkovski, Letrouit, Polyanskiy, Rigollet,
/// arXiv:2312.10794, equations (SA) and (USA).)
public struct TokenAttention: Sendable, Equatable {
    /// Largest β whose e^β is far from the end of the range of Double.
    public static let mostUnscaledBeta = 700.0

    /// Inverse temperature β ≥ 0.
    public let beta: Double
    /// What the attention sum is divided by.
    public let normalization: Normalization

    /// The attention of a temperature and a normalization.
    public init(beta: Double, normalization: Normalization = .softmax) {
        precondition(beta >= 0 && beta.isFinite, "beta is a finite number >= 0")
        precondition(
            normalization != .none || beta <= Self.mostUnscaledBeta,
            "e^beta is beyond the range of Double; use the rescaled kernel")
        self.beta = beta
        self.normalization = normalization
    }

    /// What the sum over `count` tokens is multiplied by; 0 where it is divided by Σ e.
    func factor(count: Int) -> Double {
        switch normalization {
        case .softmax: 0
        case .rescaled: 1 / Double(count)
        case .none: exp(beta) / Double(count)
        }
    }
}
