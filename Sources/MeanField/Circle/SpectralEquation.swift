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

    /// 2πρ on the grid θ_i = 2πi/(q n), i < n: one period of the q-fold density.
    public mutating func gridDensity(of y: [Double], into values: inout [Double]) {
        load(y)
        fft.synthesise(&spectrum, into: &values)
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
