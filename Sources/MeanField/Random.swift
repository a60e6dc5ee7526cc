import Foundation

/// A pseudo-random generator with four words of state, the source of every random number here.
///
///     xoshiro256++ (period 2^256 - 1), its state filled by SplitMix64 from a 64-bit seed
///
/// The bits and the uniforms are the same on every machine; normals use the inverse of the normal
/// distribution function (one uniform each), which calls only `log` and the square root, and `log`
/// only in the outer 15 % of the draws, so there machines may differ in the last bit.
/// Storing ``state`` and restoring it continues the sequence exactly: nothing else is kept.
///
/// Blackman, Vigna, ACM Trans. Math. Softw. 47 (2021), doi:10.1145/3460772; Steele, Lea, Flood,
/// doi:10.1145/2714064.
public struct Random: Sendable, Equatable, RandomNumberGenerator {
    /// The four words of the generator; not all zero.
    public private(set) var state: [UInt64]

    /// The generator of a seed; different seeds give unrelated sequences.
    public init(seed: UInt64) {
        var counter = seed
        self.state = (0..<4).map { (_: Int) -> UInt64 in
            counter &+= 0x9E37_79B9_7F4A_7C15
            var z = counter
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// The generator of one of several independent draws with the same seed.
    public init(seed: UInt64, replica: Int) {
        // Replica 0 is the seed itself; the others start from outputs of its generator.
        var states = Random(seed: seed)
        self = states
        for _ in 0..<replica { self = Random(seed: states.next()) }
    }

    /// The generator that continues from a stored ``state`` of four words, not all zero.
    public init(state: [UInt64]) {
        precondition(
            state.count == 4 && state.contains { $0 != 0 },
            "the state of xoshiro256++ is four words, not all zero")
        self.state = state
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        let result = Self.rotate(state[0] &+ state[3], 23) &+ state[0]
        let shifted = state[1] << 17
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = Self.rotate(state[3], 45)
        return result
    }

    /// A uniform number of the open interval (0, 1): an odd multiple of 2^-53.
    public mutating func nextUniform() -> Double {
        (Double(next() >> 12) + 0.5) * 0x1p-52
    }

    /// A normal number of mean 0 and variance 1, by inversion; |x| < 8.3.
    public mutating func nextNormal() -> Double {
        normalQuantile(nextUniform())
    }

    private static func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 {
        (x << k) | (x >> (64 - k))
    }
}

/// The quantile x of the normal distribution at probability p: Φ(x) = p.
///
///     p ∈ (0, 1),   x(1 - p) = -x(p)
///
/// Relative error about 1e-15 (rational approximations in three ranges; one square root and one
/// logarithm for |p - 1/2| > 0.425). Wichura, Applied Statistics 37 (1988), algorithm AS 241.
public func normalQuantile(_ p: Double) -> Double {
    precondition(p > 0 && p < 1, "a quantile needs a probability between 0 and 1")
    let q = p - 0.5
    if abs(q) <= 0.425 {
        let r = 0.180625 - q * q
        return q * horner(QuantileTable.central.numerator, r)
            / horner(QuantileTable.central.denominator, r)
    }
    let r = (-log(min(p, 1 - p))).squareRoot()
    let table = r <= 5 ? QuantileTable.middle : QuantileTable.far
    let shifted = r - (r <= 5 ? 1.6 : 5)
    let x = horner(table.numerator, shifted) / horner(table.denominator, shifted)
    return q < 0 ? -x : x
}

/// A polynomial with coefficients in ascending order.
private func horner(_ coefficients: [Double], _ x: Double) -> Double {
    var value = 0.0
    for k in stride(from: coefficients.count - 1, through: 0, by: -1) {
        value = value * x + coefficients[k]
    }
    return value
}

/// The coefficients of AS 241 (PPND16).
private enum QuantileTable {
    static let central = (
        numerator: [
            3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3,
            1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
            3.3430575583588128105e4, 2.5090809287301226727e3,
        ],
        denominator: [
            1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
            2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
            5.2264952788528545610e3,
        ]
    )
    static let middle = (
        numerator: [
            1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550,
            3.64784832476320460504, 1.27045825245236838258, 2.41780725177450611770e-1,
            2.27238449892691845833e-2, 7.74545014278341407640e-4,
        ],
        denominator: [
            1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
            1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
            1.05075007164441684324e-9,
        ]
    )
    static let far = (
        numerator: [
            6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580,
            2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
            2.71155556874348757815e-5, 2.01033439929228813265e-7,
        ],
        denominator: [
            1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
            1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
            1.42151175831644588870e-7, 2.04426310338993978564e-15,
        ]
    )
}
