import Foundation
import Spectral
import TimeIntegration

/// The mean-field equation on the circle for the Fourier coefficients of a smooth density.
///
///     ρ(θ) = (1/2π) Σ_k c_k e^{ikθ},   c_k = ∫ e^{-ikθ} ρ dθ,   c_0 = 1
///     dc_k/dt = -ik (ρ v)^_k - D k² c_k,
///     v = v Σ k (a_k/β') i c_k e^{ikθ} / Σ a_k c_k e^{ikθ}       (softmax)
///
/// with a_k = I_k(β') e^{-|β'|}. The unknowns are (Re c_{jq}, Im c_{jq}), j = 1 … J, where q is the
/// order of the rotational symmetry: a q-fold density stays q-fold exactly. A density that is even
/// about 0 has real coefficients and keeps them (`isEven`). Products are formed on n ≥ 3J + 1 points
/// (2/3 rule). Mass is c_0 and never changes. One right-hand side costs four transforms of length n
/// (three unless softmax). Source: arXiv:2312.10794, section 6; aliasing: S. A. Orszag,
/// J. Atmos. Sci. 28 (1971) 1074.
public struct SpectralEquation: DifferentialEquation {
    /// The attention that moves the density.
    public let attention: IsotropicAttention
    /// Number of grid points n.
    public let points: Int
    /// Order q of the rotational symmetry.
    public let fold: Int
    /// Coefficients are kept real.
    public let isEven: Bool
    /// Local error tolerance, relative to the largest coefficient.
    public let tolerance: Double
    /// Highest index J.
    public let modes: Int

    private let fft: RealFFT
    private let multipliers: KernelMultipliers
    private var spectrum: [Double]
    private var density: [Double]
    private var drift: [Double]
    private var potential: [Double]

    /// The equation on `points` grid points, for densities of symmetry `fold`.
    public init(
        attention: IsotropicAttention, points: Int, fold: Int = 1, isEven: Bool = false,
        tolerance: Double = 1e-9, planning: RealFFT.Planning = .estimate
    ) {
        self.attention = attention
        self.points = points
        self.fold = fold
        self.isEven = isEven
        self.tolerance = tolerance
        self.modes = (points - 1) / 3
        self.fft = RealFFT(length: points, planning: planning)
        self.multipliers = KernelMultipliers(
            inverseTemperature: attention.inverseTemperature, fold: fold, count: points / 2)
        self.spectrum = [Double](repeating: 0, count: points + 2)
        self.density = [Double](repeating: 0, count: points)
        self.drift = [Double](repeating: 0, count: points)
        self.potential = [Double](repeating: 0, count: points)
    }

    public var dimension: Int { 2 * modes }

    public mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        precondition(y.count == dimension && dy.count == dimension)
        attentionDrift(of: y)
        load(y)
        fft.synthesise(&spectrum, into: &density)
        let n = points
        for i in 0..<n { drift[i] *= density[i] }
        fft.analyse(&drift, into: &spectrum)
        let scale = 1 / Double(n)
        let diffusion = attention.diffusion * Double(fold) * Double(fold)
        let degree = Double(fold) * scale
        for j in 1...modes {
            let index = Double(j)
            let (re, im) = (spectrum[2 * j], spectrum[2 * j + 1])
            let decay = diffusion * index * index
            dy[2 * j - 2] = degree * index * im - decay * y[2 * j - 2]
            dy[2 * j - 1] = -degree * index * re - decay * y[2 * j - 1]
        }
        if isEven { for j in 0..<modes { dy[2 * j + 1] = 0 } }
    }

    public func errorScale(of y: [Double], into scale: inout [Double]) {
        var largest = 0.0
        for x in y { largest = max(largest, abs(x)) }
        let size = max(tolerance * largest, 1e-17)
        for i in 0..<scale.count { scale[i] = size }
    }

    /// The largest coefficient in the last tenth of the spectrum.
    func tail(of y: [Double]) -> Double {
        let start = modes - max(modes / 10, 4)
        var largest = 0.0
        for i in (2 * max(start, 0))..<(2 * modes) { largest = max(largest, abs(y[i])) }
        return largest
    }

    /// The least value of 2πρ on the grid.
    mutating func minimum(of y: [Double]) -> Double {
        load(y)
        fft.synthesise(&spectrum, into: &density)
        return density.min() ?? 0
    }

    /// The measure with these coefficients, turned to the origin of `symmetry` and unfolded.
    mutating func measure(of y: [Double], symmetry: DihedralSymmetry) -> CircleMeasure {
        let top = modes * fold
        var re = [Double](repeating: 0, count: top + 1)
        var im = re
        re[0] = 1
        for j in 1...modes {
            let angle = Double(j * fold) * symmetry.origin
            let (c, s) = (cos(angle), sin(angle))
            re[j * fold] = y[2 * j - 2] * c + y[2 * j - 1] * s
            im[j * fold] = y[2 * j - 1] * c - y[2 * j - 2] * s
        }
        let whole = RealFFT(length: points * fold)
        var spectrum = [Double](repeating: 0, count: points * fold + 2)
        for k in 0...top {
            spectrum[2 * k] = re[k] / (2 * .pi)
            spectrum[2 * k + 1] = im[k] / (2 * .pi)
        }
        var grid = [Double](repeating: 0, count: points * fold)
        whole.synthesise(&spectrum, into: &grid)
        return CircleMeasure(content: .smooth(re: re, im: im, grid: grid))
    }

    /// ρ(φ) at one angle of the internal frame.
    func density(of y: [Double], at φ: Double) -> Double {
        let (c, s) = (cos(Double(fold) * φ), sin(Double(fold) * φ))
        var (re, im) = (0.0, 0.0)
        for j in stride(from: modes, through: 1, by: -1) {
            let (a, b) = (re + y[2 * j - 2], im + y[2 * j - 1])
            re = a * c - b * s
            im = a * s + b * c
        }
        return (1 + 2 * re) / (2 * .pi)
    }

    /// Writes the attention velocity on the grid into `drift`.
    private mutating func attentionDrift(of y: [Double]) {
        let n = points
        let top = min(modes, multipliers.bandLimit)
        for i in 0..<spectrum.count { spectrum[i] = 0 }
        let g = multipliers.gradient
        if top > 0 {
            for j in 1...top {
                spectrum[2 * j] = -g[j] * y[2 * j - 1]
                spectrum[2 * j + 1] = g[j] * y[2 * j - 2]
            }
        }
        fft.synthesise(&spectrum, into: &drift)
        guard attention.normalization == .softmax else {
            let gain = attention.unnormalizedGain
            for i in 0..<n { drift[i] *= gain }
            return
        }
        load(y, constant: multipliers.kernel[0], weights: multipliers.kernel, top: top)
        fft.synthesise(&spectrum, into: &potential)
        let gain = attention.value
        for i in 0..<n { drift[i] *= gain / potential[i] }
    }

    /// Fills `spectrum` with `constant` and w_j c_j, j ≤ `top`.
    private mutating func load(_ y: [Double], constant: Double, weights: [Double], top: Int) {
        for i in 0..<spectrum.count { spectrum[i] = 0 }
        spectrum[0] = constant
        guard top > 0 else { return }
        for j in 1...top {
            spectrum[2 * j] = weights[j] * y[2 * j - 2]
            spectrum[2 * j + 1] = weights[j] * y[2 * j - 1]
        }
    }

    /// Fills `spectrum` with the coefficients themselves.
    private mutating func load(_ y: [Double]) {
        spectrum[0] = 1
        spectrum[1] = 0
        for i in 0..<(2 * modes) { spectrum[i + 2] = y[i] }
        for i in (2 * modes + 2)..<spectrum.count { spectrum[i] = 0 }
    }
}
