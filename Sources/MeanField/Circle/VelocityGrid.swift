import CVectorMath
import Spectral

/// The attention velocity of a density with given Fourier coefficients, on an equispaced grid.
///
///     v = F/W (softmax), v = F,   F and W by ``AttentionModes``
///
/// The grid has n points on one period of the density. Only the modes that the kernel lets pass enter,
/// so that any n > 2·top gives v exactly at its points. Cost: two real transforms of length n or one
/// complex one (one real one unless softmax). Errors are those of rounding, relative to the largest F and W.
struct VelocityGrid: Sendable {
    /// Number of points n, even.
    let points: Int
    /// ε² in 1/W ≈ W/(W² + ε²), which is 0 where W is lost in the rounding of its transform.
    ///
    /// The kernel e^{b(cos - 1)} has the maximum 1, so that W has an absolute error of a few 2^-53. Where
    /// W is as small a density has no mass above it; the quotient of two roundings would tear it apart.
    static let leastSquare = 0x1p-92
    /// v at the points, after ``evaluate(_:)``.
    private(set) var values: [Double]
    /// Work space of n + 2 numbers, for spectra.
    var spectrum: [Double]

    let fft: RealFFT
    let isQuotient: Bool
    private var modes: AttentionModes
    private var potential: [Double]
    /// F and W at once, where that is faster.
    private var pair: PairSynthesis?
    private var potentialSpectrum: [Double]

    /// A grid of `points` for the attention `modes`, softmax if `isQuotient`.
    init(
        modes: AttentionModes, isQuotient: Bool, points: Int, planning: RealFFT.Planning
    ) {
        self.points = points
        self.modes = modes
        self.isQuotient = isQuotient
        fft = RealFFT(length: points, planning: planning)
        precondition(2 * modes.top < points, "the grid is too coarse for the kernel")
        values = [Double](repeating: 0, count: points)
        pair = isQuotient ? PairSynthesis(points: points, planning: planning) : nil
        potential = [Double](repeating: 0, count: isQuotient && pair == nil ? points : 0)
        potentialSpectrum = [Double](repeating: 0, count: pair == nil ? 0 : 2 * modes.top + 2)
        spectrum = [Double](repeating: 0, count: points + 2)
    }

    /// Computes `values` for the coefficients c_1, c_2, … in `y`, interleaved.
    mutating func evaluate(_ y: [Double]) {
        modes.force(of: y, into: &spectrum)
        if pair != nil {
            synthesisePair(y)
            return pair!.quotient(least: Self.leastSquare, into: &values)
        }
        fft.synthesise(&spectrum, into: &values)
        guard isQuotient else { return }
        modes.potential(of: y, into: &spectrum)
        fft.synthesise(&spectrum, into: &potential)
        tf_quotient(points, potential, Self.leastSquare, &values)
    }

    /// Multiplies `density` by v for the coefficients in `y`.
    mutating func multiply(_ density: inout [Double], _ y: [Double]) {
        if pair != nil {
            modes.force(of: y, into: &spectrum)
            synthesisePair(y)
            return pair!.multiplyByQuotient(least: Self.leastSquare, &density)
        }
        evaluate(y)
        values.withUnsafeBufferPointer { v in
            for i in 0..<density.count { density[i] *= v[i] }
        }
    }

    private mutating func synthesisePair(_ y: [Double]) {
        modes.potential(of: y, into: &potentialSpectrum)
        pair!.synthesise(spectrum, upTo: modes.top, potentialSpectrum, upTo: modes.top)
    }

    /// The last degree of F.
    var top: Int { modes.top }

    /// Writes F's coefficients into `spectrum`.
    mutating func evaluateForce(_ y: [Double]) {
        modes.force(of: y, into: &spectrum)
    }

    /// Replaces `values` by v̂ in `spectrum`, scaled by n.
    mutating func analyse() {
        fft.analyse(&values, into: &spectrum)
    }
}
