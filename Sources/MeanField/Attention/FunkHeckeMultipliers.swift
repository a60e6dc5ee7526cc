import Foundation

/// The Funk–Hecke multipliers of the attention kernel on S^{d-1}, scaled by e^{-|β'|}.
///
///     e^{β'<x,y> - |β'|} = Σ_l a_l Σ_m Y_lm(x) Y_lm(y),   a_l = Γ(ν+1)(2/|β'|)^ν I_{l+ν}(|β'|) e^{-|β'|} (sign β')^l
///     gradient_l = a_l/β', with its limit at β' = 0,      ν = d/2 - 1
///
/// with harmonics orthonormal with respect to the uniform probability measure. Ratios a_l/a_{l-1} come
/// from their continued fraction, the size from Σ_l N_l a_l = 1 at β' ≥ 0, x = y, where all terms are
/// positive: nothing overflows at any β' and d. Multipliers below 1e-30 a_0 are zero.
/// Source: NIST DLMF 10.29.1, 10.33.1; C. Müller, Spherical Harmonics (Funk–Hecke).
public struct FunkHeckeMultipliers: Sendable, Equatable {
    /// a_l, l = 0 … bandLimit + 1 or more.
    public let kernel: [Double]
    /// a_l/β', l ≥ 1 (0 at l = 0).
    public let gradient: [Double]
    /// The last degree whose gradient multiplier, times l, exceeds 1e-17 of the largest one.
    public let bandLimit: Int
    /// N_l, the number of harmonics of degree l.
    private let counts: [Double]

    /// The multipliers of e^{β'<x,y>} on S^{d-1}.
    public init(dimension d: Int, inverseTemperature: Double) {
        let b = abs(inverseTemperature)
        let ν = Double(d) / 2 - 1
        let top = 40 + Int(9.5 * b.squareRoot())
        var ratios = [Double](repeating: 0, count: top + 1)
        var above = 0.0
        for l in stride(from: top + 60 + Int(b.squareRoot()), through: 1, by: -1) {
            let ratio = b == 0 ? 0 : 1 / (2 * (Double(l) + ν) / b + above)
            if l <= top { ratios[l] = ratio }
            above = ratio
        }
        // a_l/a_0 and Σ N_l a_l/a_0, N_l = (2l+d-2)/(d-2) (l+d-3)!/(l!(d-3)!), 2 on the circle.
        var (relative, counts, sum, size) = ([1.0], [1.0], 1.0, 1.0)
        for l in 1...top {
            relative.append(relative[l - 1] * ratios[l])
            size *= d == 2 ? 1 : Double(l + d - 3) / Double(l)
            let count = d == 2 ? 2 : Double(2 * l + d - 2) / Double(d - 2) * size
            counts.append(count)
            sum += count * relative[l]
        }
        self.counts = counts
        let sign: Double = inverseTemperature < 0 ? -1 : 1
        kernel = relative.enumerated().map { l, a in
            a > 1e-30 ? (l % 2 == 1 ? sign : 1) * a / sum : 0
        }
        var gradient = [Double](repeating: 0, count: top + 1)
        for l in 1...top where relative[l] > 1e-30 || l == 1 {
            // a_l/|β'| = (a_{l-1}/2(l+ν))(1 - r_l r_{l+1}), finite at 0.
            let next = l < top ? ratios[l + 1] : 0
            let quotient =
                relative[l - 1] * (1 - ratios[l] * next) / (2 * (Double(l) + ν))
            gradient[l] = (l % 2 == 1 ? 1 : sign) * (b > 1 ? relative[l] / b : quotient) / sum
        }
        self.gradient = gradient
        let sizes = gradient.indices.map { Double($0) * abs(gradient[$0]) }
        let largest = sizes.max()!
        bandLimit = sizes.lastIndex { $0 > 1e-17 * largest } ?? 1
    }

    /// The least degree beyond which the kernel and its gradient are nothing beside a_0.
    ///
    /// That is, N_l (l + 1) |a_l|/a_0 is below `tolerance`, at least 1e-20.
    public func degree(tolerance: Double) -> Int {
        let last = kernel.indices.last {
            counts[$0] * Double($0 + 1) * abs(kernel[$0]) >= tolerance * kernel[0]
        }
        return max(1, last ?? 1)
    }
}
