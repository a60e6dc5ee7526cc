import Ranks
import Spectral

/// The velocity of weighted tokens on a sphere, each in the field of all of them.
///
///     v_i = P_{x_i} Σ_j m_j e^{β<Qx_i,Kx_j>} V x_j / Σ_j m_j e^{β<Qx_i,Kx_j>}      (softmax)
///
/// and without the denominator as in ``Normalization``. Tokens on the circle, d = 2, are angles θ_i,
/// shape [N], and their velocities dθ_i/dt. Tokens on S^{d-1}, d ≥ 3, are unit vectors up to rounding,
/// shape [d][N] (component c of token i is at c·N + i), and their velocities tangent vectors of that
/// shape. Masses, shape [N], are not negative; every token acts on itself. N may change from one call
/// to the next; while it does not, nothing is allocated. Results do not depend on the number of threads.
/// Source: arXiv:2312.10794, (SA) and (USA).
public protocol TokenVelocity: Sendable {
    /// d, 2 on the circle.
    var dimension: Int { get }
    /// Writes the velocities of the tokens at `positions` with the given masses.
    mutating func evaluate(
        positions: [Double], masses: [Double], into velocity: inout [Double])
}

/// A velocity that tokens can have while they are spread over processes, by modes of all of them.
public protocol SharedTokenVelocity: TokenVelocity {
    /// The share of this process in so many tokens; `nil`, on all of them, where the tokens are too few or
    /// modes are not worth it.
    mutating func share(of tokens: Int, among communicator: any Communicator) -> PointShare?

    /// Writes the velocities of the tokens of a share, as ``evaluate(positions:masses:into:)`` does.
    ///
    /// Cost between processes: one sum of modes, and the largest of two numbers. `false`, on all of them,
    /// where modes do not settle some token of any; it takes all tokens to know its velocity.
    mutating func evaluate(
        _ share: PointShare, positions: [Double], masses: [Double], into velocity: inout [Double]
    ) -> Bool
}

extension PointShare? {
    /// The larger of each of two numbers over all processes.
    func largest(_ a: Double, _ b: Double) -> (Double, Double) {
        guard let communicator = self?.communicator else { return (a, b) }
        var both = [a, b]
        communicator.largest(&both)
        return (both[0], both[1])
    }
}

extension ParticleEngine {
    /// The velocity of tokens on the circle under `attention`.
    public func velocity(of attention: any CircleAttention) -> any TokenVelocity {
        CircleTokenVelocity(of: attention, engine: self)
    }
}
