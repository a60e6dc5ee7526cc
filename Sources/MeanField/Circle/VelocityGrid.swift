import CVectorMath
import Spectral

/// The attention velocity of a density with given Fourier coefficients, on an equispaced grid.
///
///     G = Σ i (k a_k/β') c_k e^{ikθ},   W = Σ a_k c_k e^{ikθ},   v = v G/W (softmax), v = gain · G
///
/// The grid has n points on one period of the density. Only the modes that the kernel lets pass enter,
/// so that any n > 2·bandLimit gives v exactly at its points. Cost: two real transforms of length n
/// (one unless softmax). Errors are those of rounding, relative to the largest G and W.
struct VelocityGrid: Sendable {
    /// Number of points n, even.
    let points: Int
    /// 1/W, and 0 where W is lost in the rounding of its transform: W/(W² + ε²).
    ///
    /// The kernel e^{b(cos - 1)} has the maximum 1, so that W has an absolute error of a few 2^-53. Where
    /// W is as small a density has no mass above it; the quotient of two roundings would tear it apart.
    @inline(__always)
    static func reciprocal(_ w: Double) -> Double { w / (w * w + 0x1p-92) }
    /// v at the points, after ``evaluate(_:)``.
    private(set) var values: [Double]
    /// Work space of n + 2 numbers, for spectra.
    var spectrum: [Double]

    let fft: RealFFT
    private let isQuotient: Bool
    private let gain: Double
    private let mean: Double
    /// Highest index that the kernel lets pass.
    private let top: Int
    private let gradient: [Double]
    private let kernel: [Double]
    private var potential: [Double]

    /// A grid of `points` for densities with the indices 1 … `modes`.
    init(
        attention: IsotropicAttention, multipliers: KernelMultipliers, modes: Int, points: Int,
        planning: RealFFT.Planning
    ) {
        self.points = points
        fft = RealFFT(length: points, planning: planning)
        isQuotient = attention.normalization == .softmax
        gain = isQuotient ? attention.value : attention.unnormalizedGain
        top = min(modes, multipliers.bandLimit)
        precondition(2 * top < points, "the grid is too coarse for the kernel")
        mean = multipliers.kernel[0]
        gradient = top == 0 ? [] : multipliers.gradient[1...top].map { [gain] in gain * $0 }
        kernel = top == 0 ? [] : Array(multipliers.kernel[1...top])
        values = [Double](repeating: 0, count: points)
        potential = [Double](repeating: 0, count: isQuotient ? points : 0)
        spectrum = [Double](repeating: 0, count: points + 2)
    }

    /// Computes `values` for the coefficients c_1, c_2, … in `y`, interleaved.
    mutating func evaluate(_ y: [Double]) {
        precondition(y.count >= 2 * top)
        clear(mean: 0)
        spectrum.withUnsafeMutableBufferPointer { [gradient] in
            tf_turn_pairs(gradient.count, gradient, y, $0.baseAddress! + 2)
        }
        fft.synthesise(&spectrum, into: &values)
        guard isQuotient else { return }
        clear(mean: mean)
        spectrum.withUnsafeMutableBufferPointer { [kernel] in
            tf_scale_pairs(kernel.count, kernel, y, $0.baseAddress! + 2)
        }
        fft.synthesise(&spectrum, into: &potential)
        for i in 0..<points { values[i] *= Self.reciprocal(potential[i]) }
    }

    /// Replaces `values` by v̂ in `spectrum`, scaled by n.
    mutating func analyse() {
        fft.analyse(&values, into: &spectrum)
    }

    /// Prepares `spectrum` for the coefficients up to `top`.
    private mutating func clear(mean: Double) {
        spectrum[0] = mean
        spectrum[1] = 0
        for i in (2 * top + 2)..<spectrum.count { spectrum[i] = 0 }
    }
}
