import Foundation

/// What theory says about a model before anything is evolved.
///
/// Growth rates and critical noise from ``LinearTheory``, the discontinuous transition from
/// ``FirstOrderTransition``, the number of clusters from ``ClusterForecast``, the time of the
/// slow merging from ``TwoClusters``. Costs milliseconds, with noise and β > 100 up to a second.
public struct Prediction: Sendable, Equatable {
    /// What is known of the initial measure.
    public enum Start: Sendable, Equatable {
        /// Moduli |c_k(0)|; index 0 is not used.
        case modes([Double])
        /// N independent uniformly distributed tokens.
        case tokens(Int)
    }

    /// The growth rate of one degree.
    public struct GrowthRate: Sendable, Equatable {
        /// k ≥ 1.
        public var degree: Int
        /// λ_k; infinite where e^{|β'|} overflows (USA).
        public var rate: Double
    }

    /// The limit of fast collapse.
    public struct Collapse: Sendable, Equatable {
        /// Real parts of the eigenvalues of V KᵀQ, in descending order.
        public var eigenvalues: [Double]
        /// Their imaginary parts.
        public var imaginaryParts: [Double]
        /// Dimension of E_max, the eigenspace the mass collapses to.
        public var dimension: Int
        /// Distance of the leading from the next real part; `nil` if E_max is everything.
        public var spectralGap: Double?

        init(_ spectrum: CollapseSpectrum) {
            eigenvalues = spectrum.eigenvalues
            imaginaryParts = [spectrum.imaginaryPart, -spectrum.imaginaryPart]
            dimension = spectrum.dimension
            spectralGap = spectrum.gap
        }

        init(_ space: CollapseSpace) {
            eigenvalues = space.eigenvalues.map(\.x)
            imaginaryParts = space.eigenvalues.map(\.y)
            dimension = space.dimension
            spectralGap = space.gap
        }
    }

    /// The scales of the three phases, in the papers' t.
    public struct TimeScales: Sendable, Equatable {
        /// Fast collapse, ‖KᵀQ‖/gap: the residual falls as e^{-2t/collapse}; 0 if E_max is everything.
        public var collapse: Double
        /// Clustering: the saturation time if the start is known, else 1/λ_max; `nil` if stable.
        public var clustering: Double?
        /// log10 of the time in which neighbours of an even k-gon merge; `nil` if they do not.
        public var pairingLog10: Double?
    }

    /// λ_1…λ_n, n = max(8, most unstable degree + 4).
    public let growthRates: [GrowthRate]
    /// The fastest growing degree; `nil` if the uniform density is stable.
    public let mostUnstableDegree: Int?
    /// D_c; `nil` if the uniform density is stable for every D ≥ 0.
    public let criticalDiffusion: Double?
    /// The discontinuous transition; `nil` where the transition is continuous or absent.
    public let firstOrder: FirstOrderTransition?
    /// The limit of fast collapse.
    public let collapse: Collapse
    /// The scales of the three phases.
    public let timeScales: TimeScales
    /// How many clusters to expect; `nil` if nothing is known of the start.
    public let clusters: ClusterForecast?
    /// How long independent tokens stay near their density; `nil` where no tokens are drawn so, where
    /// nothing grows, or where that is not known.
    public var tokens: TokenFluctuations?

    /// The prediction for β ≥ 0, scalars of either sign, D ≥ 0, and a start if one is known.
    public init(
        inverseTemperature β: Double, normalization: Normalization = .softmax,
        query: Double = 1, key: Double = 1, value: Double = 1, diffusion: Double = 0,
        start: Start? = nil
    ) {
        let theory = LinearTheory(
            inverseTemperature: β, normalization: normalization, query: query, key: key,
            value: value, diffusion: diffusion)
        let fastest = theory.mostUnstableDegree
        self.mostUnstableDegree = fastest
        self.growthRates = theory.growthRates
        self.criticalDiffusion = theory.criticalDiffusion
        self.firstOrder = Self.firstOrder(theory)
        self.collapse = Collapse(CollapseSpectrum(of: PlaneMap(scale: value * key * query)))
        switch start {
        case .modes(let modes): self.clusters = ClusterForecast(theory: theory, modes: modes)
        case .tokens(let count):
            self.clusters = ClusterForecast(theory: theory, particles: count)
        case nil: self.clusters = nil
        }
        let count = clusters?.outcomes.first?.clusters ?? fastest ?? 0
        self.timeScales = TimeScales(
            collapse: 0,
            clustering: clusters == nil
                ? theory.largestRate.map { 1 / $0 } : clusters?.saturationTime,
            pairingLog10: Self.pairingLog10(theory, clusters: count))
    }

    /// The prediction for any Q, K, V.
    ///
    /// Growth rates exist where the uniform density is an equilibrium (``RotatingTheory``); without them
    /// nothing is known of the clusters.
    public init(attention: MatrixAttention) {
        let spectrum = attention.collapse
        self.init(
            RotatingTheory(attention: attention), collapse: Collapse(spectrum),
            lasting: spectrum.gap.map { attention.product.norm / $0 } ?? 0)
    }

    /// The prediction for tokens on S^{d-1}, d ≥ 3.
    ///
    /// Growth rates exist for multiples of the identity (``SphereLinearTheory``); of the clusters and their
    /// merging nothing is known.
    public init(attention: SphereAttention) {
        let space = attention.collapse
        self.init(
            attention.linearTheory, collapse: Collapse(space),
            lasting: space.gap.map { attention.product.norm / $0 } ?? 0)
    }

    /// The prediction of a linear theory, if there is one, and a collapse that lasts for so long.
    private init(_ theory: (any GrowthTheory)?, collapse: Collapse, lasting duration: Double) {
        mostUnstableDegree = theory?.mostUnstableDegree
        growthRates = theory?.growthRates ?? []
        criticalDiffusion = theory?.criticalDiffusion
        firstOrder = nil
        self.collapse = collapse
        clusters = nil
        timeScales = TimeScales(
            collapse: duration,
            clustering: theory.flatMap { theory in
                theory.mostUnstableDegree.map { 1 / theory.growthRate(degree: $0) }
            }, pairingLog10: nil)
    }

    /// The transition for v and β' positive, with D in units of v.
    private static func firstOrder(_ theory: LinearTheory) -> FirstOrderTransition? {
        guard theory.value > 0, theory.effectiveTemperature > 0 else { return nil }
        return FirstOrderTransition(
            inverseTemperature: theory.effectiveTemperature, normalization: theory.normalization
        )?.scaled(by: theory.value)
    }

    /// log10 of the time in which two neighbours of an even k-gon of clusters share one maximum.
    ///
    /// From the gap 2π/k to ``TwoClusters/mergingGap(inverseTemperature:)``; zero time if already
    /// closer is `nil`. The gap π of k = 2 is an equilibrium: there, the e-folding time of its
    /// instability. Without softmax the pair feels its own mass 2/k only.
    private static func pairingLog10(_ theory: LinearTheory, clusters k: Int) -> Double? {
        let β = theory.effectiveTemperature
        guard theory.value > 0, β > 0, k >= 2 else { return nil }
        let pair = TwoClusters(inverseTemperature: β, normalization: theory.normalization)
        let gap = 2 * Double.pi / Double(k)
        let end = TwoClusters.mergingGap(inverseTemperature: β)
        let pairMass = theory.normalization == .softmax ? 1 : 2 / Double(k)
        let time = k == 2 ? pair.antipodalTime : gap > end ? pair.time(from: gap, to: end) : .zero
        return time == .zero ? nil : time.log10 - log10(theory.value * pairMass)
    }
}
