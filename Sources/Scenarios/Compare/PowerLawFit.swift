import Foundation

/// A power of N fitted to samples of a distance: a straight line in logarithms.
///
///     ln d̄(N) ≈ a + p ln N,   d̄ the mean over R replicas, var ln d̄ = s²/(R d̄²), s the spread
///
/// by least squares with the inverse variances as weights. The interval of p has the Student factor for
/// Σ(R - 1) degrees of freedom, those from which the variances are known; with one replica for each N
/// there is none, and all N weigh the same. Replicas of different N have to be independent.
public struct PowerLawFit: Sendable, Equatable {
    /// p.
    public var exponent: Double
    /// e^a.
    public var factor: Double
    /// The 95 % confidence interval of p; `nil` with one replica.
    public var interval: ClosedRange<Double>?
    /// Numbers of tokens that entered, ascending.
    public var counts: [Int]

    /// Probability that the interval holds the exponent.
    public static let confidence = 0.95

    /// The fit to `samples`, shape [count][replica]; `nil` with fewer than two counts, or distances of 0.
    public init?(counts: [Int], samples: [[Double]]) {
        precondition(counts.count == samples.count, "samples for every count")
        guard counts.count >= 2, samples.allSatisfy({ !$0.isEmpty }) else { return nil }
        let spreads = samples.map(Spread.init)
        guard spreads.allSatisfy({ $0.mean > 0 }) else { return nil }
        let hasSpread = samples.allSatisfy { $0.count > 1 }
        let x = counts.map { log(Double($0)) }
        let y = spreads.map { log($0.mean) }
        let variances = zip(spreads, samples).map { spread, replicas -> Double in
            guard hasSpread, let deviation = spread.deviation else { return 1 }
            // Replicas that agree to rounding still are no better than rounding.
            let relative = max(deviation / spread.mean, 1e-14)
            return relative * relative / Double(replicas.count)
        }
        let weights = variances.map { 1 / $0 }
        let total = weights.reduce(0, +)
        func mean(_ values: [Double]) -> Double {
            zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
        }
        let (centreX, centreY) = (mean(x), mean(y))
        var (xx, xy) = (0.0, 0.0)
        for i in x.indices {
            xx += weights[i] * (x[i] - centreX) * (x[i] - centreX)
            xy += weights[i] * (x[i] - centreX) * (y[i] - centreY)
        }
        self.counts = counts
        let exponent = xy / xx
        self.exponent = exponent
        factor = exp(centreY - exponent * centreX)
        guard hasSpread else { return }
        let freedom = samples.reduce(0) { $0 + $1.count - 1 }
        let reach =
            StudentDistribution(degreesOfFreedom: freedom).bound(of: Self.confidence)
            / xx.squareRoot()
        interval = (exponent - reach)...(exponent + reach)
    }
}

/// Mean and standard deviation of samples.
public struct Spread: Sendable, Equatable {
    /// The mean.
    public var mean: Double
    /// √(Σ(x - mean)²/(n - 1)); `nil` for a single sample.
    public var deviation: Double?
    /// Number of samples.
    public var count: Int

    /// Mean and standard deviation of `samples`, at least one.
    public init(_ samples: [Double]) {
        precondition(!samples.isEmpty, "a mean needs samples")
        count = samples.count
        let mean = samples.reduce(0, +) / Double(samples.count)
        self.mean = mean
        guard samples.count > 1 else { return }
        let sum = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        deviation = (sum / Double(samples.count - 1)).squareRoot()
    }
}
