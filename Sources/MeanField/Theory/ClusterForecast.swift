import Foundation

/// How many clusters the linear phase selects, with probabilities.
///
///     |c_k(t)| = |c_k(0)| e^{λ_k t};   the forecast is the degree whose |c_k| first reaches 1/2
///
/// Given modes yield one outcome. A random start is N independent uniform tokens: the c_k(0) are
/// independent complex Gaussians with ⟨|c_k|²⟩ = 1/N, so degree k is saturated by the time t with
/// probability F_k(t) = exp(-(N/4) e^{-2 λ_k t}), and P(k) = ∫ Π_{j≠k} (1 - F_j) dF_k.
/// Clusters counted at the end of clustering can be fewer, since weak ones merge before they
/// condense. The quadrature is exact to about 1e-12 for N ≥ 200; below, the linear phase is too
/// short to speak of. Derived; linear theory as in arXiv:2410.23228.
public struct ClusterForecast: Sendable, Equatable {
    /// One possible number of clusters.
    public struct Outcome: Sendable, Equatable {
        /// Clusters left by the linear phase; 0 if nothing grows.
        public var clusters: Int
        /// Its probability, in (0, 1].
        public var probability: Double
    }

    /// The outcomes of probability above 1e-6, the most probable first.
    public let outcomes: [Outcome]
    /// When the linear phase ends (random starts: the fastest mode, at its typical size, reaches
    /// 1/2); `nil` if nothing grows.
    public let saturationTime: Double?

    /// The forecast for N independent uniformly distributed tokens.
    public init(theory: LinearTheory, particles count: Int) {
        precondition(count >= 1, "a random start needs at least one token")
        guard let fastest = theory.mostUnstableDegree else {
            self.init(outcomes: [Outcome(clusters: 0, probability: 1)], saturationTime: nil)
            return
        }
        let degrees = (1...theory.highestDrivenDegree).filter { theory.scaledRate(degree: $0) > 0 }
        let ratios = degrees.map { (k: Int) -> Double in
            theory.scaledRate(degree: k) / theory.scaledRate(degree: fastest)
        }
        let logRange = log(Double(count) / 4)
        let outcomes = zip(degrees, Self.firstPassage(ratios, logRange: logRange))
            .map { Outcome(clusters: $0, probability: $1) }
            .filter { $0.probability > 1e-6 }
            .sorted { $0.probability > $1.probability }
        let time = max(0, logRange) / (2 * theory.growthRate(degree: fastest))
        self.init(outcomes: outcomes, saturationTime: time)
    }

    /// The forecast for given moduli |c_k(0)|, `modes[k]` for k = 1…; `modes[0]` is not used.
    public init(theory: LinearTheory, modes: [Double]) {
        var winner: (degree: Int, time: Double, amplitude: Double)?
        for k in 1..<max(modes.count, 1) {
            let amplitude = abs(modes[k])
            let rate = theory.growthRate(degree: k)
            guard rate > 0, amplitude > 0 else { continue }
            let time = max(0, -log(2 * amplitude) / rate)
            let isEarlier = winner.map { time < $0.time } ?? true
            let isLarger = winner.map { time == $0.time && amplitude > $0.amplitude } ?? true
            if isEarlier || isLarger { winner = (k, time, amplitude) }
        }
        self.init(
            outcomes: [Outcome(clusters: winner?.degree ?? 0, probability: 1)],
            saturationTime: winner?.time)
    }

    private init(outcomes: [Outcome], saturationTime: Double?) {
        self.outcomes = outcomes
        self.saturationTime = saturationTime
    }

    /// P(k) for rates r_k λ_max, 0 < r_k ≤ 1, and μ = ln(N/4), normalised.
    ///
    /// With s = μ - 2 λ_max t and s_k = μ - r_k (μ - s): F_k = exp(-e^{s_k}), by the trapezoidal
    /// rule in s, whose integrand falls off exponentially below and doubly so above.
    private static func firstPassage(_ ratios: [Double], logRange μ: Double) -> [Double] {
        let step = 0.0625
        var sums = [Double](repeating: 0, count: ratios.count)
        var hazards = sums
        for n in -640...80 {
            let s = Double(n) * step
            var survival = 1.0
            for k in 0..<ratios.count {
                let y = exp(μ - ratios[k] * (μ - s))
                survival *= -expm1(-y)
                hazards[k] = ratios[k] * y / expm1(y)
            }
            for k in 0..<ratios.count { sums[k] += hazards[k] * survival }
        }
        let total = sums.reduce(0, +)
        return sums.map { $0 / total }
    }
}
