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
struct HarmonicComparison<Layout: TokenHarmonics>: ComparedMeasure {
    private let layout: Layout
    private let degrees: [Int]
    private let modes: [Double]
    private let expansion: ChordExpansion
    private let points: TokenMeasure?
    let ownMeanChord: Double

    /// A density by its modes, with at least the degrees up to `least`.
    init(modes: [Double], in layout: Layout, least: Int) {
        let expansion = ChordExpansion(dimension: Layout.dimension, upTo: layout.degree)
        let powers = Self.meanProducts(modes, modes, layout.degrees)
        // |p_l| ≤ (Σ_m ν̂²/N_l)^½ for every μ.
        let last = powers.indices.last { expansion.weights[$0] * powers[$0].squareRoot() > 1e-17 }
        let kept = Layout(degree: max(last ?? 0, least))
        self.layout = kept
        self.modes = layout.moved(modes, to: kept)
        degrees = kept.degrees
        self.expansion = ChordExpansion(dimension: Layout.dimension, upTo: kept.degree)
        points = nil
        ownMeanChord = self.expansion.mean(
            of: Self.meanProducts(self.modes, self.modes, degrees))
    }

    /// Points, with the errors of their modes up to `degree`.
    init(_ points: TokenMeasure, degree: Int) {
        layout = Layout(degree: degree)
        modes = layout.modes(of: points)
        degrees = layout.degrees
        expansion = ChordExpansion(dimension: Layout.dimension, upTo: degree)
        self.points = points
        ownMeanChord = ChordSums.ownMean(points)
    }

    func meanChord(to tokens: TokenMeasure, degrees top: Int) -> (
        mean: Double, modeErrors: [Double]
    ) {
        let other = layout.modes(of: tokens)
        let difference = zip(other, modes).map { $0 - $1 }
        let squares = Self.meanProducts(difference, difference, degrees)
        let errors = (1...top).map { squares[$0].squareRoot() }
        if let points { return (ChordSums.mean(points, tokens), errors) }
        return (expansion.mean(of: Self.meanProducts(modes, other, degrees)), errors)
    }

    /// The means Σ_m f_lm g_lm/N_l over the harmonics of each degree.
    private static func meanProducts(
        _ f: [Double], _ g: [Double], _ degrees: [Int]
    ) -> [Double] {
        var sums = [Double](repeating: 0, count: degrees.max()! + 1)
        for (i, l) in degrees.enumerated() { sums[l] += f[i] * g[i] }
        return sums.indices.map { sums[$0] / Double(Layout.number(degree: $0)) }
    }
}

extension SphericalMeasure where Transform.Layout: TokenHarmonics {
    /// What the distances from tokens need of the measure, with errors of modes up to `degrees`.
    public func compared(degrees: Int) -> any ComparedMeasure {
        switch self {
        case .density(let density):
            HarmonicComparison(modes: density.modes, in: density.layout, least: degrees)
        case .points, .circle:
            HarmonicComparison<Transform.Layout>(tokens!, degree: degrees)
        }
    }
}
