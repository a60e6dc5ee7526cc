import Foundation
import MeanField

/// The energy distance between two probability measures on a sphere, with the chord |x - y| of R^d.
///
///     E(μ, ν) = 2 𝔼|X - Y| - 𝔼|X - X'| - 𝔼|Y - Y'| ≥ 0,   X, X' ~ μ,   Y, Y' ~ ν independent
///
/// Zero only for equal measures; √E is a distance. Between N independent draws of a measure and the
/// measure itself its mean is 𝔼|Y - Y'|/N. On the circle |x - y| = 2 |sin((θ - φ)/2)|, and
///
///     E = (8/π) Σ_{k≥1} |c_k - d_k|²/(4k² - 1)
///
/// for Fourier coefficients c_k, d_k; it is not summed that way but through running sums of cos(θ/2) and
/// sin(θ/2), which is exact for atoms and densities alike: the error is the rounding of the three means,
/// about 1e-14. Cost: O((N + K) log(N + K)) on the circle; pairs of points, O(N M d), elsewhere.
///
/// Source: G. J. Székely, M. L. Rizzo, *Energy statistics*, J. Stat. Plann. Inference 143 (2013),
/// doi:10.1016/j.jspi.2013.03.018.
public enum EnergyDistance {
    /// E between two measures on the circle.
    public static func onCircle(_ a: CircleMeasure, _ b: CircleMeasure) -> Double {
        onCircle(ChordPotential(CircleProfile(of: a)), ChordPotential(CircleProfile(of: b)))
    }

    /// E between two measures on the circle, given by their mean chords.
    package static func onCircle(_ a: ChordPotential, _ b: ChordPotential) -> Double {
        max(0, 2 * ChordPotential.mean(a, b) - a.ownMean - b.ownMean)
    }

    /// E between two sets of weighted points in R^d.
    public static func ofPoints(_ a: TokenMeasure, _ b: TokenMeasure) -> Double {
        max(0, 2 * ChordSums.mean(a, b) - ChordSums.ownMean(a) - ChordSums.ownMean(b))
    }

    /// E between tokens and a measure on S^{d-1}, and the errors of the modes of degrees 1 … `degrees`.
    public static func onSphere(
        _ tokens: TokenMeasure, _ measure: any ComparedMeasure, degrees: Int
    ) -> (energy: Double, modeErrors: [Double]) {
        let (mean, errors) = measure.meanChord(to: tokens, degrees: degrees)
        return (max(0, 2 * mean - measure.ownMeanChord - ChordSums.ownMean(tokens)), errors)
    }
}
