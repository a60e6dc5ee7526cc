import Foundation

/// The scaled exponential integral e^{-x} Ei(x) for x > 0.
///
///     Ei(x) = ⨍_{-∞}^x e^t/t dt = γ + ln x + Σ_{k≥1} x^k/(k·k!)
///
/// Relative error below 1e-15, also round the zero x₀ = 0.3725…, where the difference
/// Ei(x) - Ei(x₀) is summed instead; the asymptotic series Σ k!/x^{k+1} for x > 45. It grows as
/// ln x towards 0 and falls as 1/x; it never overflows. DLMF 6.6.2, 6.12.2.
public func scaledExponentialIntegralEi(_ x: Double) -> Double {
    precondition(x > 0, "Ei is used for positive arguments")
    if x > 45 { return scaledEiAsymptotic(x) }
    if x > 0.18 && x < 0.75 { return exp(-x) * eiNearZero(x) }
    var term = 1.0
    var sum = 0.0
    var k = 1.0
    while k <= x || term > 1e-18 * k * sum {
        term *= x / k
        sum += term / k
        k += 1
    }
    return exp(-x) * (sum + (eulerGamma + log(x)))
}

/// The scaled exponential integral e^x E₁(x) for x > 0.
///
///     E₁(x) = ∫_x^∞ e^{-t}/t dt = -γ - ln x - Σ_{k≥1} (-x)^k/(k·k!)
///
/// Relative error below 1e-15: the series for x < 1, above it the continued fraction
/// 1/(x+1 - 1/(x+3 - 4/(x+5 - …))) evaluated backwards. Between 1/(x+1) and 1/x for large x; it
/// never underflows. DLMF 6.6.2, 6.9.1.
public func scaledExponentialIntegralE1(_ x: Double) -> Double {
    precondition(x > 0, "E₁ is used for positive arguments")
    if x < 1 {
        var term = -1.0
        var sum = 0.0
        var k = 1.0
        while abs(term) > 1e-18 {
            term *= -x / k
            sum += term / k
            k += 1
        }
        return exp(x) * (sum - eulerGamma - log(x))
    }
    // The convergents approach the limit like e^{-4√(n x)}: 1e-18 from n = 108/x on.
    let terms = Int(108 / x) + 6
    var tail = 0.0
    for n in stride(from: terms, to: 0, by: -1) {
        let degree = Double(n)
        tail = degree * degree / (x + 2 * degree + 1 - tail)
    }
    return 1 / (x + 1 - tail)
}

/// Euler's constant γ.
let eulerGamma = 0.577215664901532860606512090082402431

private func scaledEiAsymptotic(_ x: Double) -> Double {
    var term = 1 / x
    var sum = term
    var k = 1.0
    while term > 1e-18 * sum && k < x {
        term *= k / x
        sum += term
        k += 1
    }
    return sum
}

/// Ei(x) = ln(x/x₀) + Σ (x^k - x₀^k)/(k·k!), every term of the sign of x - x₀.
private func eiNearZero(_ x: Double) -> Double {
    // x₀ = zero + zeroTail to 32 digits.
    let zero = 0.37250741078136664
    let zeroTail = 1.31401834143860282e-17
    let difference = (x - zero) - zeroTail
    var power = 1.0
    var powerDifference = 0.0
    var factorial = 1.0
    var sum = 0.0
    for k in 1...24 {
        powerDifference = x * powerDifference + difference * power
        power *= zero
        factorial *= Double(k)
        sum += powerDifference / (Double(k) * factorial)
    }
    return log1p(difference / zero) + sum
}
