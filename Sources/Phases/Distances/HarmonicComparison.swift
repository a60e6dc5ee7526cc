import MeanField
import Spectral

/// A measure on S² or S³ by its harmonic modes, and by points where it is no smooth density.
///
///     density   𝔼|X - Y| = C_d - Σ_l g_l p_l,   p_l = Σ_m μ̂_lm ν̂_lm/N_l   (``ChordExpansion``)
///     points    𝔼|X - Y| by pairs (``ChordSums``)
///
/// The first sum ends by itself with the degrees of the density, or where the rest is below 1e-17; nothing
/// is cut off of the tokens. The error of degree l is the root mean square of μ̂_lm - ν̂_lm over the
/// harmonics of that degree, which does not depend on the axes; N independent tokens of the uniform
/// density leave N^{-1/2}.
struct HarmonicComparison: ComparedMeasure {
    private let harmonics: SphereHarmonics
    private let modes: [Double]
    /// g_0 … of the degrees of `harmonics`, zero where points take their place.
    private let weights: [Double]
    private let constant: Double
    private let points: TokenMeasure?
    let ownMeanChord: Double

    /// A density by its modes.
    init(modes: [Double], of harmonics: SphereHarmonics, errorsUpTo degrees: Int) {
        let all = harmonics.meanProducts(modes, modes)
        let expansion = ChordExpansion(dimension: harmonics.dimension, upTo: harmonics.degree)
        // |p_l| ≤ (Σ_m ν̂²/N_l)^½ for every μ.
        let last = all.indices.last { expansion.weights[$0] * all[$0].squareRoot() > 1e-17 } ?? 0
        let kept = harmonics.upTo(max(last, degrees))
        self.harmonics = kept
        self.modes = kept.moved(modes, from: harmonics)
        weights = ChordExpansion(dimension: kept.dimension, upTo: kept.degree).weights
        constant = expansion.mean
        points = nil
        ownMeanChord = zip(weights, kept.meanProducts(self.modes, self.modes))
            .reduce(expansion.mean) { $0 - $1.0 * $1.1 }
    }

    /// Points, with `harmonics` for the errors of their modes.
    init(_ points: TokenMeasure, harmonics: SphereHarmonics) {
        self.harmonics = harmonics
        modes = harmonics.modes(of: points)
        (weights, constant) = ([], 0)
        self.points = points
        ownMeanChord = ChordSums.ownMean(points)
    }

    func meanChord(to tokens: TokenMeasure, degrees: Int) -> (mean: Double, modeErrors: [Double]) {
        let other = harmonics.modes(of: tokens)
        let difference = zip(other, modes).map { $0 - $1 }
        let squares = harmonics.meanProducts(difference, difference)
        let errors = (1...degrees).map { squares[$0].squareRoot() }
        if let points { return (ChordSums.mean(points, tokens), errors) }
        let products = harmonics.meanProducts(modes, other)
        return (zip(weights, products).reduce(constant) { $0 - $1.0 * $1.1 }, errors)
    }
}

extension SphereMeasure {
    /// What the distances from tokens need of the measure, with errors of modes up to `degrees`.
    public func compared(degrees: Int) -> any ComparedMeasure {
        switch self {
        case .density(let density):
            HarmonicComparison(
                modes: density.modes, of: .sphere(density.layout), errorsUpTo: degrees)
        case .points, .circle:
            HarmonicComparison(tokens!, harmonics: .sphere(HarmonicLayout(degree: degrees)))
        }
    }
}

extension HypersphereMeasure {
    /// What the distances from tokens need of the measure, with errors of modes up to `degrees`.
    public func compared(degrees: Int) -> any ComparedMeasure {
        switch self {
        case .density(let density):
            HarmonicComparison(
                modes: density.modes,
                of: .hypersphere(HypersphericalSeries(degree: density.layout.degree)),
                errorsUpTo: degrees)
        case .points(let points):
            HarmonicComparison(
                points, harmonics: .hypersphere(HypersphericalSeries(degree: degrees)))
        }
    }
}
