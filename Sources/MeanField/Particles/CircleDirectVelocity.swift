import CVectorMath
import Foundation
import Spectral

/// All pairs of tokens on the circle, for multiples of the identity.
///
///     F_i = Σ_j m_j e_ij sin d_ij,   W_i = Σ_j m_j e_ij,   d_ij = θ_j - θ_i
///     e_ij = e^{-2β' sin²(d_ij/2)} for β' ≥ 0,   e^{2β' cos²(d_ij/2)} for β' < 0
///
/// sin(d/2) and cos(d/2) come from the half angles of the two tokens by addition, so that the pair loop
/// has the exponential for its only function, and each pair is visited once: e is symmetric and sin d
/// antisymmetric, hence Σ m_i F_i = 0 to rounding. Angles are counted from the first token's. Errors
/// are a few 2^-53 of the largest sin(d/2), in absolute terms: about 1e-14 of max |v| for spread tokens
/// and for one cluster of any width, but forces in several narrow clusters, and forces e^{-cβ} between
/// them, are lost below 1e-16 (``ScaledTokenSums`` keeps these). Where W_i might underflow, which takes β' < 0 or
/// tokens without mass, token i gets scaled sums. Cost: about 25 operations a pair, N²/2 pairs.
/// Source: arXiv:2312.10794, (SA) and (USA).
public struct CircleDirectVelocity: TokenVelocity {
    /// The attention.
    public let attention: IsotropicAttention

    /// Absolute errors that rounding may have made in the last velocities.
    private(set) var rounding = 0.0

    /// Padded number of tokens, and pieces of the sum over pairs.
    private var (length, pieces) = (0, 0)
    private var sines = [Double]()
    private var cosines = [Double]()
    /// -sin of the half angles.
    private var turned = [Double]()
    private var weights = [Double]()
    /// F and W of each piece, shape [pieces, length].
    private var forces = [Double]()
    private var potentials = [Double]()
    private var scaled: DirectSums

    /// Smaller sums are taken with exponents of their own.
    private static let leastPotential = 1e-200

    /// The velocity under `attention`.
    public init(attention: IsotropicAttention) {
        self.attention = attention
        scaled = DirectSums(inverseTemperature: attention.inverseTemperature)
    }

    /// 2.
    public var dimension: Int { 2 }

    /// Multiplications and additions for N tokens.
    static func operations(tokens: Int) -> Double {
        12.5 * Double(tokens) * Double(tokens)
    }

    public mutating func evaluate(
        positions: [Double], masses: [Double], into velocity: inout [Double]
    ) {
        let n = positions.count
        precondition(masses.count == n && velocity.count == n)
        if n == 0 { return }
        prepare(positions, masses)
        let gain = attention.unnormalizedGain
        rounding = 0x1p-51 * abs(gain) * tf_largest(sines, length)
        if attention.inverseTemperature == 0 { return setMean(gain, into: &velocity) }
        let scale = self.scale
        sumPairs(scale: scale)
        for piece in 1..<pieces {
            let start = piece * length
            for i in 0..<n { forces[i] += forces[start + i] }
            for i in 0..<n { potentials[i] += potentials[start + i] }
        }
        // h_ij changes its sign with the rows turned.
        let factor = (attention.inverseTemperature > 0 ? 2 : -2) / scale
        guard attention.normalization == .softmax else {
            for i in 0..<n { velocity[i] = gain * (factor * forces[i]) }
            return
        }
        var isScaled = false
        for i in 0..<n {
            if potentials[i] > Self.leastPotential {
                velocity[i] = gain * factor * forces[i] / potentials[i]
            } else {
                if !isScaled { scaled.setSources(angles: positions, masses: masses) }
                isScaled = true
                let sums = scaled.sums(at: positions[i])
                velocity[i] = gain * sums.gradient / sums.potential
            }
        }
    }

    /// √(2|β'| log2 e).
    private var scale: Double { (2 * attention.sharpness * 1.4426950408889634).squareRoot() }

    /// Takes the half angles and the masses, filled up with tokens without mass.
    private mutating func prepare(_ positions: [Double], _ masses: [Double]) {
        let (n, padded) = (positions.count, (positions.count + 7) / 8 * 8)
        if padded != length {
            length = padded
            pieces = max(1, min(16, tf_tile_count(padded) / 6))
            sines = [Double](repeating: 0, count: padded)
            (cosines, turned, weights) = (sines, sines, sines)
            forces = [Double](repeating: 0, count: pieces * padded)
            potentials = forces
        }
        let first = positions[0]
        for i in 0..<n {
            turned[i] = (positions[i] - first) / 2
            weights[i] = masses[i]
        }
        for i in n..<padded { (turned[i], weights[i]) = (0, 0) }
        tf_sincos(turned, &sines, &cosines, padded)
        for i in 0..<padded { turned[i] = -sines[i] }
    }

    /// β' = 0: F_i = Σ_j m_j sin d_ij, from the first moment.
    private mutating func setMean(_ gain: Double, into velocity: inout [Double]) {
        // By half angles: sin θ = 2sc, cos θ = 1 - 2s².
        var (total, x, y) = (0.0, 0.0, 0.0)
        for i in 0..<length {
            total += weights[i]
            x += weights[i] * (1 - 2 * sines[i] * sines[i])
            y += weights[i] * (2 * sines[i] * cosines[i])
        }
        let factor = attention.normalization == .softmax ? gain / total : gain
        for i in 0..<velocity.count {
            let (sine, cosine) = (2 * sines[i] * cosines[i], 1 - 2 * sines[i] * sines[i])
            velocity[i] = factor * (cosine * y - sine * x)
        }
    }

    /// F and W of the pieces.
    private mutating func sumPairs(scale: Double) {
        let (length, pieces) = (length, pieces)
        let tiles = tf_tile_count(length)
        let attracts = attention.inverseTemperature > 0
        let weighs: Int32 = attention.normalization == .softmax ? 1 : 0
        let (cosines, sines, turned, weights) = (cosines, sines, turned, weights)
        forces.withUnsafeMutableBufferPointer { forces in
            potentials.withUnsafeMutableBufferPointer { potentials in
                nonisolated(unsafe) let (f, w) = (forces.baseAddress!, potentials.baseAddress!)
                Workers.share(pieces, operations: Self.operations(tokens: length)) { piece in
                    let (f, w) = (f + piece * length, w + piece * length)
                    f.update(repeating: 0, count: length)
                    w.update(repeating: 0, count: length)
                    cosines.withUnsafeBufferPointer { c in
                        sines.withUnsafeBufferPointer { s in
                            turned.withUnsafeBufferPointer { t in
                                weights.withUnsafeBufferPointer { m in
                                    var tokens = tf_circle_tokens(
                                        n: length, cosines: c.baseAddress, sines: s.baseAddress,
                                        rowCosines: attracts ? c.baseAddress : t.baseAddress,
                                        rowSines: attracts ? s.baseAddress : c.baseAddress,
                                        masses: m.baseAddress, scale: scale, weighs: weighs)
                                    tf_circle_pairs(
                                        &tokens, tiles * piece / pieces,
                                        tiles * (piece + 1) / pieces, f, w)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
