import Foundation

/// Two point clusters on a sphere, drawing together along their geodesic (Q = K = V = I).
///
///     SA:  θ' = -sin θ ((m₁² + m₂²) E + 2 m₁m₂)/(m₁m₂ E² + (m₁² + m₂²) E + m₁m₂)
///     USA: θ' = -sin θ e^{β cos θ}            E = e^{β(1 - cos θ)},  m₁ + m₂ = 1
///
/// - θ ∈ (0, π): the gap, exact in every dimension; β ≥ 0 the inverse temperature.
/// - Equal masses, SA: θ' = -2 sin θ/(1 + E).
/// - Times are ``ModelTime``: they reach 1e344 at β = 400, θ = 3. Relative error about 1e-14,
///   plus βu·1e-16 from the conditioning of e^{βu}, u = 1 - cos θ.
///
/// A value factor v > 0 divides every time by v. Derived from the models of arXiv:2312.10794.
public struct TwoClusters: Sendable, Equatable {
    /// β ≥ 0.
    public let inverseTemperature: Double
    /// m₁ ∈ (0, 1); the other mass is 1 - m₁.
    public let firstMass: Double
    /// What the attention sum is divided by.
    public let normalization: Normalization

    /// Two clusters of masses m₁ and 1 - m₁.
    public init(
        inverseTemperature β: Double, firstMass: Double = 0.5,
        normalization: Normalization = .softmax
    ) {
        precondition(β >= 0 && β.isFinite, "two clusters attract for finite β ≥ 0")
        precondition(firstMass > 0 && firstMass < 1, "a share of the mass lies in (0, 1)")
        self.inverseTemperature = β
        self.firstMass = firstMass
        self.normalization = normalization
    }

    /// The gap below which two equal clusters share one maximum of W*μ.
    ///
    ///     β sin²(θ/2) = cos(θ/2),   cos(θ/2) = 2β/(1 + √(1 + 4β²))
    ///
    /// Between π (β = 0) and 2/√β (β → ∞); correctly rounded up to two units in the last place.
    public static func mergingGap(inverseTemperature β: Double) -> Double {
        let cosineOverβ = 2 / (1 + (1 + 4 * β * β).squareRoot())
        return 2 * atan2(cosineOverβ.squareRoot(), β * cosineOverβ)
    }

    /// The rate θ' ≤ 0 at gap θ ∈ [0, π]; `-infinity` where e^{β cos θ} overflows (USA, β > 709).
    public func gapRate(at θ: Double) -> Double {
        -sin(θ) * exp(-logSlowness(excess: 2 * sin(θ / 2) * sin(θ / 2)))
    }

    /// The time in which the gap shrinks from θ₀ to θ₁, where 0 < θ₁ ≤ θ₀ < π.
    ///
    ///     T = ¼ [ln u - ln(2-u) + Ei(βu) + e^{2β} E₁(β(2-u))]  from u(θ₁) to u(θ₀)   (SA, m₁ = m₂)
    ///
    /// with u = 1 - cos θ. Other masses, USA, and gaps so close that the difference would cancel
    /// (β(u₀ - u₁) < 1) use ``timeByQuadrature(from:to:)``.
    public func time(from θ0: Double, to θ1: Double) -> ModelTime {
        checkGaps(θ0, θ1)
        let β = inverseTemperature
        let u0 = 2 * sin(θ0 / 2) * sin(θ0 / 2)
        let u1 = 2 * sin(θ1 / 2) * sin(θ1 / 2)
        guard normalization == .softmax, firstMass == 0.5, β * (u0 - u1) >= 1 else {
            return timeByQuadrature(from: θ0, to: θ1)
        }
        // Everything in units of e^{βu₀}; e^{2β} E₁(β(2-u)) = e^{βu} · (scaled E₁).
        let complement0 = 2 * cos(θ0 / 2) * cos(θ0 / 2)
        let complement1 = 2 * cos(θ1 / 2) * cos(θ1 / 2)
        let integral0 =
            scaledExponentialIntegralEi(β * u0) + scaledExponentialIntegralE1(β * complement0)
        let integral1 =
            scaledExponentialIntegralEi(β * u1) + scaledExponentialIntegralE1(β * complement1)
        let logarithms = 2 * (log(tan(θ0 / 2)) - log(tan(θ1 / 2)))
        let scaled = integral0 - integral1 * exp(β * (u1 - u0)) + logarithms * exp(-β * u0)
        let unit = ModelTime(logarithm: β * u0)
        return ModelTime(0.25 * scaled * unit.significand, exponent: unit.exponent)
    }

    /// The time from θ₀ to θ₁ as the integral of the slowness over x = ln tan(θ/2).
    ///
    ///     T = ∫ (-sin θ/θ') dx,   dx = dθ/sin θ,   u = 1 + tanh x
    ///
    /// Gauss–Legendre panels from the top down, each short enough that βu changes by at most 2.
    /// The slowness grows with θ, so the sum ends where the rest is below 1e-17 of it.
    public func timeByQuadrature(from θ0: Double, to θ1: Double) -> ModelTime {
        checkGaps(θ0, θ1)
        let β = inverseTemperature
        let (nodes, weights) = GaussLegendre.rule
        let end = log(tan(θ1 / 2))
        var upper = log(tan(θ0 / 2))
        let top = logSlowness(excess: 2 * sin(θ0 / 2) * sin(θ0 / 2))
        var sum = 0.0
        while upper > end {
            // Going down, du/dx = sech² x can grow by at most a factor e² per unit of x.
            let sech = 1 / cosh(upper)
            let lower = max(end, upper - min(0.5, 1 / (β * sech * sech)))
            let half = 0.5 * (upper - lower)
            let middle = 0.5 * (upper + lower)
            for i in 0..<GaussLegendre.count {
                let x = middle + half * nodes[i]
                let excess = 2 / (1 + exp(-2 * x))
                sum += half * weights[i] * exp(logSlowness(excess: excess) - top)
            }
            let rest = (lower - end) * exp(logSlowness(excess: 2 / (1 + exp(-2 * lower))) - top)
            upper = rest < 1e-17 * sum ? end : lower
        }
        let unit = ModelTime(logarithm: top)
        return ModelTime(sum * unit.significand, exponent: unit.exponent)
    }

    /// The leading behaviour of the time from θ₀ ∈ (0, π) to contact as β → ∞.
    ///
    ///     T ≈ w e^{β(1 - cos θ₀)}/(β sin²θ₀) · (1 + 2 cos θ₀/(β sin²θ₀)),   w = m₁m₂/(m₁² + m₂²)
    ///
    /// USA: w = 1 and e^{-β cos θ₀} instead. Relative error O((β sin²θ₀)^{-2}); an expansion in
    /// that parameter, it is refused unless β sin²θ₀ > 2.
    public func asymptoticTime(from θ0: Double) -> ModelTime {
        checkGaps(θ0, θ0)
        let β = inverseTemperature
        let scale = β * sin(θ0) * sin(θ0)
        precondition(scale > 2, "the expansion for large β needs β sin²θ₀ > 2")
        let product = firstMass * (1 - firstMass)
        let logWeight = normalization == .softmax ? log(product / (1 - 2 * product)) : 0
        let shift = normalization == .none ? -β : 0
        let excess = 2 * sin(θ0 / 2) * sin(θ0 / 2)
        return ModelTime(
            logarithm: logWeight + β * excess + shift - log(scale) + log1p(2 * cos(θ0) / scale))
    }

    /// The time in which the departure of the gap from its equilibrium π grows by a factor e.
    ///
    ///     (1 + e^{2β})/2 for SA and equal masses,  e^β for USA
    public var antipodalTime: ModelTime { ModelTime(logarithm: logSlowness(excess: 2)) }

    /// ln(-sin θ/θ') at u = 1 - cos θ.
    private func logSlowness(excess u: Double) -> Double {
        let β = inverseTemperature
        switch normalization {
        case .softmax:
            let a = firstMass * (1 - firstMass)
            let b = 1 - 2 * a
            let inverse = exp(-β * u)
            let ratio = (a + (b + a * inverse) * inverse) / (b + 2 * a * inverse)
            return β * u + log(ratio)
        case .none:
            return β * (u - 1)
        case .rescaled:
            return β * u
        }
    }

    private func checkGaps(_ θ0: Double, _ θ1: Double) {
        precondition(0 < θ1 && θ1 <= θ0 && θ0 < Double.pi, "gaps shrink: 0 < θ₁ ≤ θ₀ < π")
    }
}
