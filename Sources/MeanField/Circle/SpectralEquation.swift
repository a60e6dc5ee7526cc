import Foundation
import Spectral
import TimeIntegration

/// The mean-field equation on the circle for the Fourier coefficients of a smooth density.
///
///     ρ(θ) = (1/2π) Σ_k c_k e^{ikθ},   c_k = ∫ e^{-ikθ} ρ dθ,   c_0 = 1
///     dc_k/dt = -ik (ρ v)^_k - D k² c_k,
///     v = v Σ k (a_k/β') i c_k e^{ikθ} / Σ a_k c_k e^{ikθ}       (softmax)
///
/// with a_k = I_k(β') e^{-|β'|} for multiples of the identity, and F/W of ``AttentionModes`` for any
/// Q, K, V. The unknowns are (Re c_{jq}, Im c_{jq}), j = 1 … J, where q is the
/// order of the rotational symmetry: a q-fold density stays q-fold exactly. A density that is even
/// about 0 has real coefficients and keeps them (`isEven`). Mass is c_0 and never changes.
///
/// The product ρ v is a short convolution where v has few modes (``VelocityBand``,
/// ``BandTransport``: O(J log K)); elsewhere it is formed on n ≥ 3J + 1 points (``GridTransport``:
/// four transforms of length n, three unless softmax). Both are exact up to rounding; counted
/// operations decide. Source: arXiv:2312.10794, section 6.
public struct SpectralEquation: DifferentialEquation {
    /// The attention that moves the density.
    public let attention: any CircleAttention
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

    private var grid: GridTransport
    private var velocityBand: VelocityBand?
    private var bandTransport: BandTransport?
    /// D (jq)², each twice; empty without diffusion.
    private let decay: [Double]

    /// The equation on `points` grid points, for densities of symmetry `fold`.
    public init(
        attention: any CircleAttention, points: Int, fold: Int = 1, isEven: Bool = false,
        tolerance: Double = 1e-9, planning: RealFFT.Planning = .estimate
    ) {
        self.attention = attention
        self.points = points
        self.fold = fold
        self.isEven = isEven
        self.tolerance = tolerance
        self.modes = (points - 1) / 3
        let attentionModes = attention.modes(fold: fold, modes: modes, limit: points / 2)
        let isQuotient = attention.normalization == .softmax
        let velocity = VelocityGrid(
            modes: attentionModes, isQuotient: isQuotient, points: points, planning: planning)
        grid = GridTransport(
            velocity: velocity, modes: modes, fold: fold, planning: planning)
        velocityBand = VelocityBand(
            attentionModes: attentionModes, isQuotient: isQuotient, modes: modes, points: points,
            planning: planning)
        bandTransport = velocityBand.map { [modes] in
            BandTransport(modes: modes, fold: fold, bands: $0.bands, planning: planning)
        }
        decay =
            attention.diffusion == 0
            ? []
            : (0..<(2 * modes)).map { i in
                let degree = Double((i / 2 + 1) * fold)
                return attention.diffusion * degree * degree
            }
    }

    public var dimension: Int { 2 * modes }

    public mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        precondition(y.count == dimension && dy.count == dimension)
        if let band = velocityBand?.resolve(y) {
            bandTransport!.divergence(
                of: y, velocity: velocityBand!.coefficients, band: band, into: &dy)
        } else {
            grid.divergence(of: y, into: &dy)
        }
        for i in 0..<decay.count { dy[i] -= decay[i] * y[i] }
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

    /// Whether `coarse` grid points hold the coefficients y: what they lose is below `tail`.
    func isResolved(_ y: [Double], on coarse: Int, tail: Double) -> Bool {
        let kept = (coarse - 1) / 3
        guard kept >= 16, kept * fold >= attention.kernelModes else { return false }
        for i in (2 * (kept - max(kept / 10, 4)))..<(2 * modes) where abs(y[i]) > tail {
            return false
        }
        return true
    }

    /// The least value of 2πρ on the grid.
    mutating func minimum(of y: [Double]) -> Double {
        grid.minimum(of: y)
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
}
