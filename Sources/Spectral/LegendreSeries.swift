/// Finite Legendre series on [-1, 1] as arrays of their coefficients.
///
///     f(ξ) = Σ_n f̂_n P_n(ξ)
///
/// Errors are of the size of rounding times Σ|f̂_n|; each function costs a few operations per
/// coefficient.
public enum LegendreSeries {
    /// f(ξ) by Clenshaw's recurrence.
    public static func value(_ coefficients: [Double], at ξ: Double) -> Double {
        var (next, afterNext) = (0.0, 0.0)
        var n = coefficients.count - 1
        while n >= 1 {
            let degree = Double(n)
            let current =
                coefficients[n] + (2 * degree + 1) / (degree + 1) * ξ * next
                - (degree + 1) / (degree + 2) * afterNext
            (next, afterNext) = (current, next)
            n -= 1
        }
        return coefficients[0] + ξ * next - afterNext / 2
    }

    /// The series of ∫_{-1}^ξ f, one degree higher.
    public static func antiderivative(_ coefficients: [Double]) -> [Double] {
        // ∫_{-1}^ξ P_n = (P_{n+1} - P_{n-1})/(2n+1), and P_1 + P_0 for n = 0.
        var result = [Double](repeating: 0, count: coefficients.count + 1)
        result[0] = coefficients[0]
        result[1] = coefficients[0]
        for n in 1..<coefficients.count {
            let part = coefficients[n] / Double(2 * n + 1)
            result[n + 1] += part
            result[n - 1] -= part
        }
        return result
    }
}
