import Foundation

/// The exponent and the force between two points for any Q, K, V, by their angles.
///
///     exponent = c₁ cos d + c₂ sin d + a₁ cos s + a₂ sin s - b,   d = φ - θ,   s = φ + θ
///     force = v₁ sin d + v₂ cos d - u₁ sin s + u₂ cos s
///
/// with c and a the parts of βKᵀQ, v and u those of V (``PlaneMap``), b = |c| + |a|. Written with
/// sin²(d/2) and sin²(s/2) the exponent keeps the relative accuracy of its distance from the maximum.
/// Where V is a multiple of the identity, the force of a point on itself is exactly zero.
struct BilinearForm: Sendable, Equatable {
    /// c of βKᵀQ.
    let conformal: Complex
    /// a of βKᵀQ.
    let anticonformal: Complex
    /// V.
    let value: PlaneMap
    /// b.
    let sharpness: Double
    /// c₁, c₂, a₁, a₂, b - c₁ - a₁, v₁, v₂, -u₁, u₂: as the array kernels take them.
    let numbers: [Double]

    /// The form of β, KᵀQ = `product` and V.
    init(beta: Double, product: PlaneMap, value: PlaneMap) {
        conformal = beta * product.conformal
        anticonformal = beta * product.anticonformal
        self.value = value
        let (p, q) = (conformal.modulus, anticonformal.modulus)
        sharpness = p + q
        let (v, u) = (value.conformal, value.anticonformal)
        numbers = [
            conformal.re, conformal.im, anticonformal.re, anticonformal.im,
            (p - conformal.re) + (q - anticonformal.re), v.re, v.im, -u.re, u.im,
        ]
    }

    /// What a point at φ contributes at θ.
    func pair(from φ: Double, to θ: Double) -> PairTerm {
        let (difference, sum) = ((φ - θ) / 2, (φ + θ) / 2)
        let (s, c) = (sin(difference), cos(difference))
        let (t, d) = (sin(sum), cos(sum))
        let (square, sine) = (s * s, 2 * s * c)
        let (squareOfSum, sineOfSum) = (t * t, 2 * t * d)
        let n = numbers
        let exponent =
            n[1] * sine + n[3] * sineOfSum - 2 * (n[0] * square + n[2] * squareOfSum) - n[4]
        let force =
            n[5] * sine + n[6] * (1 - 2 * square) + n[7] * sineOfSum + n[8] * (1 - 2 * squareOfSum)
        return PairTerm(exponent: exponent, force: force)
    }
}
