import CVectorMath
import Foundation
import Spectral

/// W and F of weighted rings at any angles to the axis (``ZonalAttention``), in the scale e^{-b}.
///
/// Errors are a few roundings of the sums of absolute values at every angle, whatever β and d: exponents
/// are added before the exponential is taken. For multiples of the identity the sum goes by degrees,
///
///     W e^{-|β'|} = Σ_l K_l m_l P_l(cos θ),   K_l = N_l a_l e^{-|β'|},   m_l = ∫ P_l dμ
///
/// where the rounding of its terms is small beside the sum; it is not between clusters. Cost O(n) an
/// angle in pairs, O(√β) by degrees.
struct RingKernel: Sendable {
    private let attention: ZonalAttention
    private let table: SphereAverageTable
    /// K_l, l = 0 …, for multiples of the identity, with the sign of β'^l.
    private let weights: [Double]

    // The sources.
    private var cosines: [Double] = []
    private var sines: [Double] = []
    private var masses: [Double] = []
    /// m_l and Σ m |P_l|.
    private var moments: [Double] = []
    private var sizes: [Double] = []

    // Work space.
    private var arguments: [Double] = []
    private var exponents: [Double] = []
    private var deficits: [Double] = []
    private var polynomials: [Double]

    /// W and F at one angle: both times e^{shift}.
    struct Value {
        var potential: Double
        var force: Double
        var shift: Double
    }

    init(_ attention: ZonalAttention) {
        self.attention = attention
        table = SphereAverageTable(
            dimension: attention.dimension - 1,
            upTo: attention.beta * abs(attention.product.across) * (1 + 1e-9))
        weights =
            attention.multiples.map {
                Self.weights(dimension: attention.dimension, $0.inverseTemperature)
            } ?? []
        polynomials = weights
    }

    /// K_l, with sum Σ|K_l| = 1, up to where the gradient's are below 1e-18.
    static func weights(dimension d: Int, _ β: Double) -> [Double] {
        let size = abs(β)
        let ν = Double(d) / 2 - 1
        var logarithm = sphereAverage(dimension: d, size).logarithm
        var (weights, sum) = ([exp(logarithm)], exp(logarithm))
        while size > 0 {
            let l = weights.count - 1
            let growth = harmonicGrowth(degree: l, dimension: d)
            logarithm += log(growth * besselRatio(order: ν + Double(l), size))
            let weight = exp(logarithm)
            weights.append(β < 0 && l % 2 == 0 ? -weight : weight)
            sum += weight
            let gradient = weight * Double(l + 1) * Double(l + d - 1) / (size + 1)
            if sum > 0.5 && gradient < 1e-18 { break }
        }
        return weights
    }

    /// Takes rings at these angles with these masses as sources.
    mutating func setSources(angles: [Double], masses: [Double]) {
        self.masses = masses
        cosines = angles.map { cos($0) }
        sines = angles.map(ZonalAttention.sine)
        arguments = masses
        exponents = masses
        deficits = masses
        moments = weights.map { _ in 0 }
        sizes = moments
        for j in 0..<masses.count where !weights.isEmpty {
            evaluatePolynomials(at: cosines[j])
            for l in 0..<weights.count {
                moments[l] += masses[j] * polynomials[l]
                sizes[l] += masses[j] * abs(polynomials[l])
            }
        }
    }

    /// P_l(u) for all weights.
    private mutating func evaluatePolynomials(at u: Double, dimension: Int? = nil) {
        let d = dimension ?? attention.dimension
        let n = polynomials.count
        polynomials[0] = 1
        if n > 1 { polynomials[1] = u }
        for l in stride(from: 1, to: n - 1, by: 1) {
            polynomials[l + 1] =
                (Double(2 * l + d - 2) * u * polynomials[l] - Double(l) * polynomials[l - 1])
                / Double(l + d - 2)
        }
    }

    /// W and F at θ.
    mutating func evaluate(at θ: Double) -> Value {
        if !weights.isEmpty, let value = valueByDegrees(at: θ) { return value }
        return valueByPairs(at: θ)
    }

    /// Largest share of rounding in a sum by degrees, by the sum of absolute terms.
    private static let allowance = 1e-11

    private mutating func valueByDegrees(at θ: Double) -> Value? {
        let (u, s) = (cos(θ), ZonalAttention.sine(θ))
        let (β, v) = attention.multiples!
        evaluatePolynomials(at: u)
        var (potential, terms) = (0.0, 0.0)
        for l in 0..<weights.count {
            let weight = weights[l] * polynomials[l]
            potential += weight * moments[l]
            terms += abs(weight) * sizes[l]
        }
        guard 0x1p-52 * terms < Self.allowance * potential else { return nil }
        if weights.count == 1 {
            // β' = 0: F = v ∫ P_x y dμ.
            let mean = zip(masses, cosines).reduce(0) { $0 + $1.0 * $1.1 }
            return Value(potential: potential, force: -v * s * mean, shift: 0)
        }
        // P_l' = l(l+d-2)/(d-1) P_{l-1} of d + 2.
        let d = attention.dimension
        evaluatePolynomials(at: u, dimension: d + 2)
        var (slope, slopeTerms) = (0.0, 0.0)
        for l in 1..<weights.count {
            let factor = weights[l] * Double(l) * Double(l + d - 2) / Double(d - 1)
            let weight = factor * polynomials[l - 1]
            slope += weight * moments[l]
            slopeTerms += abs(weight) * sizes[l]
        }
        guard 0x1p-52 * slopeTerms / abs(β) < Self.allowance * potential else { return nil }
        return Value(potential: potential, force: -v / β * s * slope, shift: 0)
    }

    private mutating func valueByPairs(at θ: Double) -> Value {
        let (c, s) = (cos(θ), ZonalAttention.sine(θ))
        let n = masses.count
        let β = attention.beta
        let (p, q) = (β * attention.product.along * c, β * attention.product.across * s)
        for j in 0..<n { arguments[j] = abs(q * sines[j]) }
        table.evaluate(arguments, logarithms: &exponents, deficits: &deficits)
        let b = attention.sharpness
        var top = -Double.infinity
        for j in 0..<n {
            exponents[j] += p * cosines[j] + arguments[j] - b
            top = max(top, exponents[j])
        }
        for j in 0..<n { exponents[j] -= top }
        tf_exp(exponents, &exponents, n)
        let (along, across) = (-attention.value.along * s, attention.value.across * c)
        var (potential, force) = (0.0, 0.0)
        for j in 0..<n {
            let weight = masses[j] * exponents[j]
            potential += weight
            // Φ'/Φ has the sign of r.
            let signed = q * sines[j] < 0 ? deficits[j] - 1 : 1 - deficits[j]
            force += weight * (along * cosines[j] + across * sines[j] * signed)
        }
        return Value(potential: potential, force: force, shift: -top)
    }

    /// dθ/dt at θ.
    mutating func velocity(at θ: Double) -> Double {
        if attention.limit == .alignment { return attention.alignmentRate(at: θ) }
        let value = evaluate(at: θ)
        if attention.normalization == .softmax { return value.force / value.potential }
        return attention.unnormalizedGain * exp(-value.shift) * value.force
    }

    /// log W at θ, where e^b is taken out.
    mutating func logarithm(at θ: Double) -> Double {
        let value = evaluate(at: θ)
        return log(value.potential) - value.shift
    }

    /// F/W per angle from the pole e (or -e): negative where the pole attracts.
    ///
    ///     F/sin θ → ∫ e^{±β k_a cos θ'} (±v_b β k_b sin²θ'/(d-1) - v_a cos θ') dμ
    func poleSlope(isOpposite: Bool) -> Double {
        let sign: Double = isOpposite ? -1 : 1
        let (β, d) = (attention.beta, Double(attention.dimension))
        let p = sign * β * attention.product.along
        let exponents = cosines.map { p * $0 }
        let top = exponents.max() ?? 0
        var (potential, force) = (0.0, 0.0)
        for j in 0..<masses.count {
            let weight = masses[j] * exp(exponents[j] - top)
            let pull = attention.value.across * β * attention.product.across / (d - 1)
            potential += weight
            force +=
                weight * (sign * pull * sines[j] * sines[j] - attention.value.along * cosines[j])
        }
        return force / potential
    }
}
