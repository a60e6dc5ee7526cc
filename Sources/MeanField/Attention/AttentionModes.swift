import CVectorMath

/// W and F of a density in Fourier coefficients: the attention in spectral form.
///
///     W_j = a_j c_j,   F_j = i (j a_j/β') c_j                        (multiples of the identity)
///     W_j = Σ_k A_jk c_k,   F_j = Σ_k B_jk c_k                       (any Q, K, V)
///
/// F includes the factor ``CircleAttention/unnormalizedGain``. Degrees are counted in units of the
/// symmetry. Errors are those of rounding, relative to the largest W_j and F_j.
public struct AttentionModes: Sendable {
    /// The last degree that W and F have.
    private(set) var top: Int
    /// The multipliers, of a convolution.
    let multipliers: KernelMultipliers?
    /// gain · j a_j/β' and a_j, j = 1 … top, of a convolution.
    private var force = [Double]()
    private var kernel = [Double]()
    /// B and A otherwise.
    private var matrices: (force: ModeMatrix, potential: ModeMatrix)?

    /// The convolution with `multipliers` of densities with the degrees 1 … `modes`.
    init(multipliers: KernelMultipliers, gain: Double, modes: Int) {
        self.multipliers = multipliers
        top = min(modes, multipliers.bandLimit)
        if top > 0 {
            force = multipliers.gradient[1...top].map { gain * $0 }
            kernel = Array(multipliers.kernel[1...top])
        }
    }

    /// The matrices B and A.
    init(force: ModeMatrix, potential: ModeMatrix) {
        precondition(potential.top <= force.top)
        multipliers = nil
        top = force.top
        matrices = (force, potential)
    }

    /// The same without the degrees beyond `limit`, of a convolution.
    func truncated(to limit: Int) -> AttentionModes {
        var few = self
        few.top = min(top, limit)
        few.force = Array(force.prefix(few.top))
        few.kernel = Array(kernel.prefix(few.top))
        return few
    }

    /// The last degree of F above rounding, of a convolution, for the coefficients in `y`; `top` otherwise.
    func effectiveTop(of y: [Double]) -> Int {
        guard matrices == nil else { return top }
        func size(_ k: Int) -> Double { abs(force[k]) * max(abs(y[2 * k]), abs(y[2 * k + 1])) }
        var largest = 0.0
        for k in 0..<top { largest = max(largest, size(k)) }
        var last = top
        while last > 1 && size(last - 1) <= largest * 0x1p-53 { last -= 1 }
        return last
    }

    /// Writes F_0 … F_top, interleaved, and zeros beyond.
    mutating func force(of y: [Double], into spectrum: inout [Double]) {
        clear(&spectrum)
        if matrices != nil {
            matrices!.force.apply(to: y, into: &spectrum)
        } else {
            spectrum.withUnsafeMutableBufferPointer { [force] in
                tf_turn_pairs(force.count, force, y, $0.baseAddress! + 2)
            }
        }
    }

    /// Writes W_0 … W_top, interleaved, and zeros beyond.
    mutating func potential(of y: [Double], into spectrum: inout [Double]) {
        clear(&spectrum)
        if matrices != nil {
            matrices!.potential.apply(to: y, into: &spectrum)
        } else {
            spectrum[0] = multipliers!.kernel[0]
            spectrum.withUnsafeMutableBufferPointer { [kernel] in
                tf_scale_pairs(kernel.count, kernel, y, $0.baseAddress! + 2)
            }
        }
    }

    private func clear(_ spectrum: inout [Double]) {
        precondition(spectrum.count >= 2 * top + 2)
        spectrum[0] = 0
        spectrum[1] = 0
        let first = matrices == nil ? 2 * top + 2 : 2
        for i in first..<spectrum.count { spectrum[i] = 0 }
    }
}
