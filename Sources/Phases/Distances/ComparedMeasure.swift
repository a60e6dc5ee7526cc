import MeanField

/// A measure on S^{d-1} that knows how far tokens are from it.
///
/// What it takes from the measure is computed once; each set of tokens then costs its own sums.
public protocol ComparedMeasure: Sendable {
    /// 𝔼|X - X'| for independent X, X' of the measure.
    var ownMeanChord: Double { get }

    /// 𝔼|X - Y| for X of the measure and Y of the tokens, and the errors of the tokens' modes of the
    /// degrees 1 … `degrees`.
    func meanChord(to tokens: TokenMeasure, degrees: Int) -> (mean: Double, modeErrors: [Double])
}
