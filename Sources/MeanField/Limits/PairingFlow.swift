import Foundation

/// The closest pair of clusters in the pairing limit, in closed form.
///
///     dy_i/ds = (m_j/m_i) P_{y_i} y_j,   dt = e^{β'(1 - <y_i, y_j>)} ds/v
///     tan(δ(s)/2) = tan(δ₀/2) e^{-κs},   κ = m_i/m_j + m_j/m_i
///     t = (1/2κv) [Ei(β'u) + e^{2β'} E₁(β'(2 - u))]  from u(δ) to u(δ₀),   u = 1 - cos δ
///
/// - δ ∈ (0, π): the gap; equal masses: <y_i, y_j>(s) = tanh(2s + artanh <y_i, y_j>(0)).
/// - The two move in the ratio m_j² : m_i² on their geodesic, so that they meet at the mean of their
///   places weighted by the squares of their masses.
///
/// Against two clusters of softmax attention at β': the gap at a given s is off by O(e^{-β'u}), and
/// merge times are right up to factors 1 + O(e^{-β'u₀}). Once δ ~ 1/√β' all terms of the velocity count:
/// the largest error of <y_i, y_j> over all s is, for equal masses,
///
///     max_w w(1 - e^{-E₁(w)})/β' = 0.219358798368477/β',      w = β'u
///
/// For unequal masses the place where they meet is off by O(1/√β'). Source: arXiv:2509.25040,
/// section 5; unequal masses, times and errors derived from the two-cluster velocity.
public struct PairingFlow: Sendable, Equatable {
    /// β' > 0.
    public let inverseTemperature: Double
    /// v > 0.
    public let value: Double
    /// m_i, m_j > 0, in any unit.
    public let masses: SIMD2<Double>

    /// The pair of masses m_i, m_j.
    public init(
        inverseTemperature β: Double, value: Double = 1, masses: SIMD2<Double> = [0.5, 0.5]
    ) {
        precondition(β > 0 && β.isFinite, "pairs form for finite β' > 0")
        precondition(value > 0 && value.isFinite, "pairs form by attraction, v > 0")
        precondition(masses.x > 0 && masses.y > 0, "masses are positive")
        inverseTemperature = β
        self.value = value
        self.masses = masses
    }

    /// κ: the rate at which log tan(δ/2) falls with s.
    public var rate: Double { masses.x / masses.y + masses.y / masses.x }

    /// The gap after the running time s of a pair with the gap δ₀ ∈ (0, π).
    public func gap(from δ0: Double, after s: Double) -> Double {
        2 * atan(tan(δ0 / 2) * exp(-rate * s))
    }

    /// The share of the closing of the gap that the first of the two moves: m_j²/(m_i² + m_j²).
    public var firstShare: Double { masses.y / (masses.x * rate) }

    /// The time t in which the gap shrinks from δ₀ to δ, where 0 < δ ≤ δ₀ < π.
    ///
    /// Beyond `Double` from β'(1 - cos δ₀) ≈ 709 on. Relative error about 1e-14 where
    /// β'(u(δ₀) - u(δ)) ≥ 1, more where the two terms cancel.
    public func time(from δ0: Double, to δ: Double) -> ModelTime {
        precondition(δ > 0 && δ <= δ0 && δ0 < .pi, "a gap shrinks within (0, π)")
        let β = inverseTemperature
        // Everything in units of e^{βu₀}.
        func integral(_ δ: Double) -> (value: Double, excess: Double) {
            let (s, c) = (sin(δ / 2), cos(δ / 2))
            let sum =
                scaledExponentialIntegralEi(2 * β * s * s)
                + scaledExponentialIntegralE1(2 * β * c * c)
            return (sum, 2 * s * s)
        }
        let (start, end) = (integral(δ0), integral(δ))
        let scaled = start.value - end.value * exp(β * (end.excess - start.excess))
        let unit = ModelTime(logarithm: β * start.excess)
        return ModelTime(
            max(0, scaled) / (2 * rate * value) * unit.significand, exponent: unit.exponent)
    }
}
