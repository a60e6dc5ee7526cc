import CVectorMath
import Foundation

/// The mean of the exponential of one coordinate over S^{d-1}, and its logarithmic derivative.
///
///     Φ(r) = ∫ e^{r y_1} dσ(y) = Γ(d/2) (2/r)^ν I_ν(r),   ν = d/2 - 1
///     log Φ(r) - r ≤ 0,   d log Φ/dr = A_d(r) = I_{ν+1}(r)/I_ν(r)
///
/// - Parameters:
///   - d: dimension of the surrounding space, at least 2.
///   - r: at least 0.
/// - Returns: log Φ - r, and 1 - A_d.
///
/// By Φ_{d+2} = Φ_d A_d d/r from Φ_2 = I_0 or Φ_3 = sinh(r)/r, with the ratios from the downward
/// recurrence: nothing over- or underflows for any d and r. Error a few units of rounding of log Φ.
/// DLMF 10.25.2, 10.29.1, 10.32.2.
public func sphereAverage(dimension d: Int, _ r: Double) -> (logarithm: Double, deficit: Double) {
    precondition(d >= 2 && r >= 0 && r.isFinite, "spheres start at the circle, d = 2")
    let ratio = scaledBesselRatio(dimension: d, r)
    var (below, logarithm) = (ratio, 0.0)
    // A_{k-2} = r/(k - 2 + r A_k) and A_{k-2} (k - 2)/r = 1/(1 + r A_k/(k - 2)).
    for k in stride(from: d, through: 4, by: -2) {
        let order = Double(k - 2)
        logarithm -= log1p(r * below / order)
        below = r / (order + r * below)
    }
    if d.isMultiple(of: 2) {
        logarithm += logScaledBesselI0(r)
    } else if r > 0 {
        logarithm += log(-expm1(-2 * r) / (2 * r))
    }
    return (logarithm, 1 - ratio)
}

/// log(e^{-r} I_0(r)), for large r by DLMF 10.40.1 to rounding.
private func logScaledBesselI0(_ r: Double) -> Double {
    if r < 1e4 { return log(scaledBesselI(upTo: 0, r)[0]) }
    let x = 1 / (8 * r)
    return log1p(x * (1 + x * (4.5 + x * 37.5))) - log(2 * .pi * r) / 2
}

/// ``sphereAverage(dimension:_:)`` in tables, for arguments up to a bound.
///
/// Polynomials of degree 10 on eight equal intervals of each [2^e, 2^{e+1}] of 1 + r: the nearest
/// singularity is a zero of I_ν, at ±i j with j > 2.4, so that the error is below rounding.
public struct SphereAverageTable: Sendable {
    /// For each interval the coefficients of powers of ξ ∈ [-1, 1] of log Φ - r, then of 1 - A_d.
    private let coefficients: [Double]

    /// A table for S^{d-1} and 0 ≤ r ≤ `largest`.
    public init(dimension d: Int, upTo largest: Double) {
        let panel = LegendrePanel(count: Int(TF_INTERVAL_TERMS))
        var coefficients = [Double]()
        var left = 1.0
        while left <= 1 + largest {
            let half = left.binade / 16
            let values = panel.nodes.map {
                sphereAverage(dimension: d, left - 1 + half * (1 + $0))
            }
            coefficients += LegendreSeries.powers(panel.coefficients(of: values.map(\.logarithm)))
            coefficients += LegendreSeries.powers(panel.coefficients(of: values.map(\.deficit)))
            left += 2 * half
        }
        self.coefficients = coefficients
    }

    /// log Φ - r and 1 - A_d for n arguments r_j ≥ 0 within the bound.
    public func evaluate(
        _ r: [Double], logarithms: inout [Double], deficits: inout [Double]
    ) {
        precondition(logarithms.count == r.count && deficits.count == r.count)
        tf_interval_polynomials(r.count, coefficients, r, &logarithms, &deficits)
    }
}

extension LegendreSeries {
    /// The coefficients of powers of ξ of Σ_n f̂_n P_n(ξ); for few, rapidly falling coefficients.
    static func powers(_ coefficients: [Double]) -> [Double] {
        let n = coefficients.count
        var result = [Double](repeating: 0, count: n)
        var previous = [Double](repeating: 0, count: n)
        var current = previous
        current[0] = 1
        for k in 0..<n {
            for i in 0..<n { result[i] += coefficients[k] * current[i] }
            // (k+1) P_{k+1} = (2k+1) ξ P_k - k P_{k-1}.
            var next = previous.map { -$0 * Double(k) / Double(k + 1) }
            for i in 1..<n { next[i] += Double(2 * k + 1) / Double(k + 1) * current[i - 1] }
            (previous, current) = (current, next)
        }
        return result
    }
}
