import CVectorMath
import Foundation

/// The attention of n weighted tokens on S^{d-1} at each of them, pair by pair, however small it is.
///
///     v(x_i) = Σ_j m_j e^{ℓ_ij} P_i V x_j / Σ_j m_j e^{ℓ_ij},   ℓ_ij = β<Qx_i, Kx_j> - b   (softmax)
///
/// For multiples of the identity distances replace inner products, so that close tokens keep theirs:
///
///     ℓ_ij = -b |x_i - x_j|²/2,   P_i x_j = (x_j - x_i) + x_i |x_i - x_j|²/2        (β' ≥ 0)
///     ℓ_ij = -b |x_i + x_j|²/2                                                      (β' < 0)
///
/// and the force of a token on itself is exactly zero. Exponents are added before the exponential is taken;
/// errors are a few ulp of the sums of absolute values. Cost O(n² d); nothing is allocated.
struct TokenSums: Sendable {
    let attention: SphereAttention
    let count: Int
    private let dimension: Int
    private let masses: [Double]
    /// ℓ_ij of the token that is looked at, and its exponentials.
    private var exponents: [Double]
    private var weights: [Double]
    /// |x_i - x_j|²/2.
    private var halves: [Double]
    private var query: [Double]
    private var force: [Double]

    init(attention: SphereAttention, masses: [Double]) {
        self.attention = attention
        self.masses = masses
        (count, dimension) = (masses.count, attention.dimension)
        (exponents, weights, halves) = (masses, masses, masses)
        query = [Double](repeating: 0, count: dimension)
        force = query
    }

    /// Writes the velocities at `positions`, times e^{logarithmOfUnit}, shape [d][n].
    mutating func evaluate(
        _ positions: [Double], logarithmOfUnit unit: Double, into velocities: inout [Double]
    ) {
        for i in 0..<count {
            _ = evaluate(token: i, positions, logarithmOfUnit: unit)
            for c in 0..<dimension { velocities[c * count + i] = force[c] }
        }
    }

    /// How fast the tokens move and how far their forces cancel.
    ///
    /// `unit`: the u with 1 ≤ |v_i| 2^u < 2 for the fastest token, nil where every force is exactly
    /// zero. `imbalance`: max_i |v_i| / Σ|terms_i|, of the size of rounding in an equilibrium.
    mutating func assess(_ positions: [Double]) -> (unit: Int?, imbalance: Double) {
        var largest = -Double.infinity
        for i in 0..<count {
            let top = setExponents(of: i, positions)
            let shift = attention.normalization == .softmax ? top : 0
            for j in 0..<count where j != i || !attention.isIsotropic {
                let reach = attention.isIsotropic ? halves[j] * (2 - halves[j]) : 1
                if reach > 0 {
                    largest = max(largest, exponents[j] - shift + 0.5 * log(reach))
                }
            }
        }
        if largest == -.infinity { return (nil, 0) }
        let trial = Int((-largest / log(2.0)).rounded())
        var (imbalance, fastest) = (0.0, 0.0)
        for i in 0..<count {
            let terms = evaluate(token: i, positions, logarithmOfUnit: Double(trial) * log(2.0))
            let speed = force.reduce(0) { $0 + $1 * $1 }.squareRoot()
            if terms > 0 { imbalance = max(imbalance, speed / terms) }
            fastest = max(fastest, speed)
        }
        if fastest == 0 { return (nil, imbalance) }
        return (trial - Int(fastest.exponent), imbalance)
    }

    /// Writes the velocity of token i times e^{logarithmOfUnit} into `force`; returns the sum of the
    /// lengths of its terms.
    private mutating func evaluate(
        token i: Int, _ x: [Double], logarithmOfUnit unit: Double
    ) -> Double {
        let isSoftmax = attention.normalization == .softmax
        let top = setExponents(of: i, x)
        var normalizer = 1.0
        if isSoftmax {
            for j in 0..<count { weights[j] = exponents[j] - top }
            tf_exp(weights, &weights, count)
            normalizer = tf_dot(count, weights, masses)
        }
        let scale = isSoftmax ? unit - top : unit
        for j in 0..<count { exponents[j] += scale }
        tf_exp(exponents, &weights, count)
        let gain = attention.unnormalizedGain / normalizer
        let terms = attention.isIsotropic ? sumDistances(i, x, gain) : sumValues(i, x, gain)
        return terms
    }

    /// Writes ℓ_ij of token i; returns the largest.
    private mutating func setExponents(of i: Int, _ x: [Double]) -> Double {
        let n = count
        let b = attention.sharpness
        if let multiples = attention.multiples {
            let isNear = multiples.product >= 0
            for j in 0..<n {
                halves[j] = 0
                exponents[j] = 0
            }
            for c in 0..<dimension {
                let own = x[c * n + i]
                for j in 0..<n {
                    let difference = x[c * n + j] - own
                    halves[j] += 0.5 * difference * difference
                }
                if isNear { continue }
                for j in 0..<n {
                    let sum = x[c * n + j] + own
                    exponents[j] -= 0.5 * b * sum * sum
                }
            }
            if isNear {
                for j in 0..<n { exponents[j] = -b * halves[j] }
            }
        } else {
            let d = dimension
            for r in 0..<d {
                var sum = 0.0
                for c in 0..<d { sum += attention.product[r, c] * x[c * n + i] }
                query[r] = attention.beta * sum
            }
            for j in 0..<n { exponents[j] = -b }
            for c in 0..<d {
                let factor = query[c]
                for j in 0..<n { exponents[j] += factor * x[c * n + j] }
            }
        }
        var top = -Double.infinity
        for j in 0..<n { top = max(top, exponents[j]) }
        return top
    }

    /// force = gain v Σ_{j≠i} m_j w_j P_i x_j; returns gain v Σ m_j w_j |P_i x_j|.
    private mutating func sumDistances(_ i: Int, _ x: [Double], _ gain: Double) -> Double {
        let n = count
        let scale = gain * attention.multiples!.value
        weights[i] = 0
        for j in 0..<n { weights[j] *= masses[j] }
        let radial = tf_dot(n, weights, halves)
        var sum = 0.0
        for j in 0..<n { sum += weights[j] * (halves[j] * max(0, 2 - halves[j])).squareRoot() }
        for c in 0..<dimension {
            let own = x[c * n + i]
            var component = own * radial
            for j in 0..<n { component += weights[j] * (x[c * n + j] - own) }
            force[c] = scale * component
        }
        return abs(scale) * sum
    }

    /// force = gain P_i V Σ_j m_j w_j x_j; returns gain ‖V‖ Σ m_j w_j.
    private mutating func sumValues(_ i: Int, _ x: [Double], _ gain: Double) -> Double {
        let (n, d) = (count, dimension)
        for j in 0..<n { weights[j] *= masses[j] }
        for c in 0..<d {
            var sum = 0.0
            for j in 0..<n { sum += weights[j] * x[c * n + j] }
            query[c] = sum
        }
        var along = 0.0
        for r in 0..<d {
            var sum = 0.0
            for c in 0..<d { sum += attention.value[r, c] * query[c] }
            force[r] = gain * sum
            along += force[r] * x[r * n + i]
        }
        for c in 0..<d { force[c] -= along * x[c * n + i] }
        return gain * attention.valueNorm * weights.reduce(0, +)
    }
}
