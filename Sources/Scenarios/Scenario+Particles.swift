import MeanField

extension Scenario {
    /// The section `[particles]`.
    public struct Particles: Sendable, Equatable {
        /// Number of tokens N; `nil` is "all": the listed points themselves, masses as weights.
        public var count: Int?
        /// Independent draws of the tokens that `compare` runs.
        public var replicas = 1
        /// Seed of the draws.
        public var seed: UInt64 = 1
        /// How tokens are drawn from the initial measure.
        public var sampling = TokenSampling.random
        /// Moderate interaction: β_N = β (N/N₀)^exponent, N₀ the smallest count of a comparison.
        public var betaExponent = 0.0
        /// How the attention sums are computed.
        public var engine = ParticleEngine.automatic
        /// Whether tokens closer than the tolerance are joined, their weights added.
        public var coalesce = true
    }

    /// The section `[compare]`.
    public struct Comparison: Sendable, Equatable {
        /// Numbers of tokens, ascending.
        public var counts = [1000, 4000, 16000]
        /// When particles and density are compared, ascending.
        public var times = [1.0, 2.0, 4.0]
    }
}
