import Foundation

/// How long N independent tokens stay near their density, by linear theory about the uniform one.
///
///     δ(t) = (n/N)^{1/2} e^{λ t},   δ(t*) = 1/2 at t* = ln(N/4n)/(2λ)
///
/// δ is the root mean square of the relative deviation in the n harmonics of the degree that grows fastest, at
/// the rate λ: each has the variance 1/N at the start. While δ ≪ 1 tokens and density part as N^{-1/2};
/// beyond t* they need not, since the deviation acts on itself. Derived; the bound e^{λt} N^{-1/2} is that
/// of arXiv:2312.10794.
public struct TokenFluctuations: Sendable, Equatable {
    /// N.
    public var count: Int
    /// λ > 0.
    public var rate: Double
    /// n.
    public var modes: Int

    /// N^{-1/2}, the root mean square of every mode at the start.
    public var noise: Double { 1 / Double(count).squareRoot() }

    /// t*; 0 where δ is never below a half.
    public var horizon: Double {
        max(0, log(Double(count) / Double(4 * modes)) / (2 * rate))
    }
}

extension LinearTheory {
    /// The fluctuations of N = `count` tokens; `nil` if nothing grows.
    public func fluctuations(of count: Int) -> TokenFluctuations? {
        largestRate.map { TokenFluctuations(count: count, rate: $0, modes: 2) }
    }
}

extension SphereLinearTheory {
    /// The fluctuations of N = `count` tokens; `nil` if nothing grows.
    public func fluctuations(of count: Int) -> TokenFluctuations? {
        guard let degree = mostUnstableDegree else { return nil }
        let number = (0..<degree).reduce(1) {
            $0 * harmonicGrowth(degree: $1, dimension: dimension)
        }
        return TokenFluctuations(
            count: count, rate: growthRate(degree: degree),
            modes: Int(min(number, 1e15).rounded()))
    }
}
