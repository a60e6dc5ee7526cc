import CVectorMath
import Spectral

/// The attention velocity of a density with given Fourier coefficients, on an equispaced grid.
///
///     v = F/W (softmax), v = F,   F and W by ``AttentionModes``
///
/// The grid has n points on one period of the density. Only the modes that the kernel lets pass enter,
/// so that any n > 2·top gives v exactly at its points. Cost: two real transforms of length n (one
/// unless softmax). Errors are those of rounding, relative to the largest F and W.
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
        potential = [Double](repeating: 0, count: isQuotient ? points : 0)
        spectrum = [Double](repeating: 0, count: points + 2)
    }

    /// Computes `values` for the coefficients c_1, c_2, … in `y`, interleaved.
    mutating func evaluate(_ y: [Double]) {
        synthesise(y)
        if isQuotient { tf_quotient(points, potential, Self.leastSquare, &values) }
    }

    /// Multiplies `density` by v for the coefficients in `y`; `values` are F.
    mutating func multiply(_ density: inout [Double], _ y: [Double]) {
        precondition(density.count == points)
        synthesise(y)
        if isQuotient {
            tf_multiply_by_quotient(points, values, potential, Self.leastSquare, &density)
        } else {
            values.withUnsafeBufferPointer { v in
                for i in 0..<density.count { density[i] *= v[i] }
            }
        }
    }

    /// Computes F in `values` and W in `potential`.
    private mutating func synthesise(_ y: [Double]) {
        modes.force(of: y, into: &spectrum)
        fft.synthesise(&spectrum, upTo: modes.top, into: &values)
        guard isQuotient else { return }
        modes.potential(of: y, into: &spectrum)
        fft.synthesise(&spectrum, upTo: modes.top, into: &potential)
    }

    /// The last degree of F.
    var top: Int { modes.top }

    /// Replaces `values` by v̂ in `spectrum`, scaled by n.
    mutating func analyse() {
        fft.analyse(&values, into: &spectrum)
    }
}
