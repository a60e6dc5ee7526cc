import CVectorMath
import Foundation
import Spectral

/// The transport of a density by a velocity of few modes, block by block in coefficient space.
///
///     F_j = Σ_{|m| ≤ K} v̂_m c_{j-m},   dc_j/dt = -i j q F_j,   j = 1 … J,   c_{-j} = conj c_j
///
/// A convolution that is short in one factor, by overlap and save: P consecutive coefficients are
/// taken as a series of P terms, multiplied by v at P points and transformed back; the inner
/// P - 2K results are exact. Cost: ⌈J/(P - 2K)⌉ pairs of complex transforms of length P, which stays
/// in the first-level cache: O(J log K). Rounding errors are relative to the coefficients of the same
/// block, so that small ones are not drowned in those of the large; blocks that are empty but for
/// coefficients below 1e-200 are passed over (they would bring denormal numbers). Source: H. D. Helms, IEEE Trans.
/// Audio Electroacoustics 15 (1967) 85; T. G. Stockham, Proc. AFIPS 28 (1966) 229.
struct BlockProduct: Sendable {
    /// Length P of a block.
    let length: Int
    /// What counts as nothing beside c_0 = 1.
    private static let negligible = 1e-200

    private let modes: Int
    private let factorFFT: RealFFT
    private let fft: ComplexFFT
    /// -jq/P.
    private let degrees: [Double]
    private var factorSpectrum: [Double]
    private var factor: [Double]
    private var block: [Double]
    private var image: [Double]

    init(length: Int, modes: Int, fold: Int, planning: RealFFT.Planning) {
        self.length = length
        self.modes = modes
        factorFFT = RealFFT(length: length, planning: planning)
        fft = ComplexFFT(length: length, planning: planning)
        let scale = -Double(fold) / Double(length)
        degrees = (1...modes).map { Double($0) * scale }
        factorSpectrum = [Double](repeating: 0, count: length + 2)
        factor = [Double](repeating: 0, count: length)
        block = [Double](repeating: 0, count: 2 * length)
        image = block
    }

    /// Number of operations in butterflies of a complex transform; infinite where P ≤ 2K.
    static func cost(length: Int, band: Int, modes: Int) -> Double {
        let inner = length - 2 * band
        if inner <= 0 { return .infinity }
        let blocks = (modes + inner - 1) / inner
        let perBlock = Double(length) * (2 * log2(Double(length)) + 6)
        return Double(blocks) * perBlock + RealFFT.cost(length: length)
    }

    /// Writes dc_j/dt for the coefficients c_j in `y` and the velocity with v̂_m, m = 0 … `band`.
    mutating func divergence(
        of y: [Double], velocity: [Double], band: Int, into dy: inout [Double]
    ) {
        let inner = length - 2 * band
        precondition(inner > 0 && y.count == 2 * modes && dy.count == y.count)
        sample(velocity, band)
        var first = 1
        while first <= modes {
            let count = min(inner, modes - first + 1)
            defer { first += inner }
            load(y, from: first - band)
            if block.allSatisfy({ abs($0) < Self.negligible }) {
                for i in (2 * first - 2)..<(2 * (first + count) - 2) { dy[i] = 0 }
                continue
            }
            fft.synthesise(block, into: &image)
            tf_scale_pairs(length, factor, image, &block)
            fft.analyse(block, into: &image)
            image.withUnsafeBufferPointer { [degrees] image in
                degrees.withUnsafeBufferPointer { degrees in
                    dy.withUnsafeMutableBufferPointer {
                        tf_turn_pairs(
                            count, degrees.baseAddress! + (first - 1),
                            image.baseAddress! + 2 * band, $0.baseAddress! + 2 * (first - 1))
                    }
                }
            }
        }
    }

    /// v at P points.
    private mutating func sample(_ velocity: [Double], _ band: Int) {
        for i in 0..<(2 * band + 2) { factorSpectrum[i] = velocity[i] }
        for i in (2 * band + 2)..<(length + 2) { factorSpectrum[i] = 0 }
        factorFFT.synthesise(&factorSpectrum, into: &factor)
    }

    /// Copies c_k, k = start … start + P - 1, into `block`.
    private mutating func load(_ y: [Double], from start: Int) {
        var filled = 0
        while filled < length && start + filled <= 0 {
            let k = -(start + filled)
            block[2 * filled] = k == 0 ? 1 : k <= modes ? y[2 * k - 2] : 0
            block[2 * filled + 1] = k > 0 && k <= modes ? -y[2 * k - 1] : 0
            filled += 1
        }
        let source = 2 * (start + filled - 1)
        let count = min(2 * (length - filled), y.count - source)
        y.withUnsafeBufferPointer { y in
            block.withUnsafeMutableBufferPointer { block in
                let target = block.baseAddress! + 2 * filled
                target.update(from: y.baseAddress! + source, count: count)
                (target + count).update(repeating: 0, count: block.count - 2 * filled - count)
            }
        }
    }
}
