import Foundation
import Spectral

/// The law of the angle φ to the centre of the heat kernel on S^{d-1} at s = σ²/2.
///
///     f(φ) = K(φ) dσ/dφ,   K = Σ_l e^{-l(l+d-2)s} N_l P_l(cos φ),   ∫_0^π f dφ = 1
///
/// A wide kernel is summed in the orthonormal polynomials √N_l P_l with √(dσ/dφ) taken in: the error of f is
/// about 1e-16 (Σ_l N_l e^{-2l(l+d-2)s})^½, here at most 1e-13. A narrow one is
///
///     K ∝ e^{-φ²/4s} (φ/sin φ)^ν exp(Σ_{k≥1} s^k w_k),   ν = d/2 - 1
///     (k+1) w_{k+1} + φ w'_{k+1} = w''_k + (2ν/φ) w'_k + Σ_{0<i<k} w'_i w'_{k-i} + δ_{k0} W
///     W = ν² - ν(ν-1)(1/sin²φ - 1/φ²)
///
/// with w_1 … w_24 as power series in φ², the logarithm of the Minakshisundaram–Pleijel expansion (derived
/// by inserting it into the heat equation). Where the mass is, its relative error was below 1e-13 for
/// d ≤ 256 and below 1e-7 for d = 1024 against sums of 60 to 400 digits.
struct HeatKernelAngle: Sendable {
    private let dimension: Int
    private let representation: Representation

    private enum Representation {
        /// √N_l e^{-l(l+d-2)s}, l = 0 ….
        case sum([Double])
        /// log f = -φ²/4s + ν log φ + ν log sin φ + Σ_j c_j φ^{2j} up to `end`, beyond it nothing.
        case expansion(s: Double, coefficients: [Double], end: Double)
    }

    /// Largest sum of the squares of the coefficients that are summed; on S² both ways are known to 1e-13 about
    /// there, and the expansion is faster.
    private static func mostPower(_ d: Int) -> Double { d == 3 ? 10 : 1e5 }
    /// Number of powers of s, and of φ² beyond the first.
    private static let order = 24

    /// The angle on S^{d-1} with the standard deviation σ per tangent direction.
    init(dimension d: Int, sigma: Double) {
        dimension = d
        let s = sigma * sigma / 2
        if let coefficients = Self.sum(d, s) {
            representation = .sum(coefficients)
            return
        }
        let coefficients = Self.expansion(d, s)
        let (_, end) = DensityPanel.end(width: sigma) {
            Self.logarithm(d, s, coefficients, at: $0)
        }
        representation = .expansion(s: s, coefficients: coefficients, end: end)
    }

    /// f(φ), 0 < φ < π.
    func density(at φ: Double) -> Double {
        switch representation {
        case .sum(let coefficients):
            let root = exp(PolarMeasure(dimension: dimension).logDensity(at: φ) / 2)
            let sum = GegenbauerBasis.sum(
                coefficients, at: cos(φ), factor: root, dimension: dimension)
            return max(0, root * (root + sum.value))
        case .expansion(let s, let coefficients, let end):
            return φ < end ? exp(Self.logarithm(dimension, s, coefficients, at: φ)) : 0
        }
    }

    /// K(φ) on S², 0 ≤ φ ≤ π.
    func value(at φ: Double) -> Double {
        precondition(dimension == 3, "beyond S² values overflow that the law of the angle does not")
        switch representation {
        case .sum(let coefficients):
            return max(
                0,
                1 + GegenbauerBasis.sum(coefficients, at: cos(φ), factor: 1, dimension: 3).value)
        case .expansion(let s, let coefficients, let end):
            // f = K sin φ/2, where √(φ sin φ) = sin φ √(φ/sin φ).
            let stretch = φ > 1e-8 ? φ / sin(φ) : 1
            let exponent = Self.exponent(s, coefficients, at: φ)
            return φ < end ? 2 * stretch.squareRoot() * exp(exponent) : 0
        }
    }

    /// log f of the expansion.
    private static func logarithm(
        _ d: Int, _ s: Double, _ coefficients: [Double], at φ: Double
    ) -> Double {
        exponent(s, coefficients, at: φ) + (Double(d) / 2 - 1) * log(φ * sin(φ))
    }

    /// -φ²/4s + Σ_j c_j φ^{2j}.
    private static func exponent(_ s: Double, _ coefficients: [Double], at φ: Double) -> Double {
        coefficients.reversed().reduce(0) { $0 * (φ * φ) + $1 } - φ * φ / (4 * s)
    }

    /// √N_l e^{-l(l+d-2)s} down to 1e-18; `nil` where the sum of their squares is too large.
    private static func sum(_ d: Int, _ s: Double) -> [Double]? {
        var (coefficients, power, logNumber) = ([1.0], 1.0, 0.0)
        while true {
            let l = coefficients.count
            logNumber += log(harmonicGrowth(degree: l - 1, dimension: d))
            let next = exp(logNumber / 2 - Double(l) * Double(l + d - 2) * s)
            power += next * next
            if power > mostPower(d) { return nil }
            coefficients.append(next)
            if next < 1e-18 { return coefficients }
        }
    }

    /// The c_j, with the constant that makes ∫f = 1 in c_0.
    private static func expansion(_ d: Int, _ s: Double) -> [Double] {
        let (ν, n) = (Double(d) / 2 - 1, Double(d - 1))
        let length = 2 * order + 1
        // 1 - φ cot φ = Σ_{m≥1} e_m φ^{2m}, so that 1/sin²φ - 1/φ² = Σ_j (2j+1) e_{j+1} φ^{2j}.
        var e = [0.0]
        for m in 1...length {
            let sum = (1..<m).reduce(m == 1 ? 1 : 0) { $0 + e[$1] * e[m - $1] }
            e.append(sum / Double(2 * m + 1))
        }
        // w[k][j] is the coefficient of φ^{2j} in w_k, known for j ≤ length - k.
        var w = [[Double](repeating: 0, count: length)]
        w.append(
            (0..<length).map { j in
                let source = (j == 0 ? ν * ν : 0) - ν * (ν - 1) * Double(2 * j + 1) * e[j + 1]
                return source / Double(1 + 2 * j)
            })
        for k in 1..<order {
            var next = [Double](repeating: 0, count: length)
            for j in 0..<(length - k) {
                var sum = (2 + 4 * ν + 4 * Double(j)) * Double(j + 1) * w[k][j + 1]
                for i in 1..<k {
                    for a in 1..<(j + 1) {
                        sum += 4 * Double(a * (j + 1 - a)) * w[i][a] * w[k - i][j + 1 - a]
                    }
                }
                next[j] = sum / Double(k + 1 + 2 * j)
            }
            w.append(next)
        }
        var coefficients = (0...order).map { j in
            w.reversed().reduce(0) { ($0 + $1[j]) * s } / s
        }
        // The area of S^{d-2} is 2π^{n/2}/Γ(n/2).
        coefficients[0] +=
            log(2) + n / 2 * log(.pi) - lgamma(n / 2) - n / 2 * log(4 * .pi * s)
        return coefficients
    }
}
