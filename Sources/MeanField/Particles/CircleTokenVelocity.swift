import CVectorMath
import Foundation
import Spectral

/// Tokens on the circle under any attention, by pairs or by Fourier modes.
///
///     v_i = gain · F(θ_i)/W(θ_i)          (softmax)
///     v_i = gain · F(θ_i)                 (none, rescaled)
///
/// W and F are series whose coefficients follow from the modes of the tokens (``CellModes``,
/// ``AttentionSeries``). A token is settled by them if what rounding may do to its velocity is below
/// 5e-13 of the largest |v|; the others, far from most of the mass, get sums of their own
/// (``ScaledTokenSums``). In all max |dv| ≤ 1e-12 max |v| for β' ∈ [0, 1e4]. Where these sums would
/// take more operations than all pairs, pairs are taken, whose errors are 1e-16 in absolute terms
/// (``CircleDirectVelocity``). Drifts of e^{-cβ} are below both: ``PointEquation`` keeps them.
/// Cost: O(N + K log K), K² more for matrices, and at most O(N) for each token that is not settled.
public struct CircleTokenVelocity: TokenVelocity {
    /// Which way the sums take.
    public let engine: ParticleEngine
    /// Tokens that modes did not settle, when they were asked last.
    public private(set) var unsettled = 0
    /// Whether the last velocities came from modes.
    public private(set) var usesModes = false

    private let attention: any CircleAttention
    private var pairs: any TokenVelocity
    private var series: AttentionSeries?
    private var modes: CellModes?
    private var scaled: ScaledTokenSums
    private var re = [Double]()
    private var im = [Double]()
    private var potentials = [Double]()

    /// Errors of rounding that velocities may have, relative to the largest.
    private static let accuracy = 5e-13

    /// The velocity under `attention`, which moves tokens by matrices Q, K, V.
    public init(of attention: any CircleAttention, engine: ParticleEngine = .automatic) {
        self.attention = attention
        self.engine = engine
        scaled = ScaledTokenSums(attention)
        if let isotropic = attention as? IsotropicAttention {
            pairs = CircleDirectVelocity(attention: isotropic)
        } else {
            pairs = MatrixPairs(attention: attention as! MatrixAttention)
        }
    }

    /// 2.
    public var dimension: Int { 2 }

    public mutating func evaluate(
        positions: [Double], masses: [Double], into velocity: inout [Double]
    ) {
        precondition(masses.count == positions.count && velocity.count == positions.count)
        usesModes = !positions.isEmpty && prefersModes(tokens: positions.count)
        if usesModes {
            usesModes = evaluateModes(positions, masses, into: &velocity)
        }
        if !usesModes {
            pairs.evaluate(positions: positions, masses: masses, into: &velocity)
        }
    }

    /// Multiplications and additions for all pairs of N tokens.
    private func pairOperations(tokens: Int) -> Double {
        let all = CircleDirectVelocity.operations(tokens: tokens)
        return attention is IsotropicAttention ? all : 2.5 * all
    }

    /// Whether modes are worth a try, without the tokens that they will not settle.
    private mutating func prefersModes(tokens: Int) -> Bool {
        if engine == .direct { return false }
        if series == nil {
            // Even the least number of modes takes more.
            let least = 800 * attention.sharpness.squareRoot() + 150 * Double(tokens)
            if engine == .automatic && least > 2.5 * pairOperations(tokens: tokens) { return false }
            let series =
                (attention as? MatrixAttention).map { AttentionSeries($0) }
                ?? AttentionSeries(attention as! IsotropicAttention)
            self.series = series
            modes = CellModes(top: series.top)
            re = [Double](repeating: 0, count: series.top + 1)
            im = re
        }
        if engine == .fast { return true }
        return modes!.operations(points: tokens) + series!.operations
            < pairOperations(tokens: tokens)
    }

    /// Writes the velocities; `false` if pairs take fewer operations.
    private mutating func evaluateModes(
        _ positions: [Double], _ masses: [Double], into velocity: inout [Double]
    ) -> Bool {
        let n = positions.count
        if potentials.count != n { potentials = [Double](repeating: 0, count: n) }
        let size = modes!.analyse(angles: positions, masses: masses, re: &re, im: &im)
        series!.update(re: re, im: im)
        modes!.setSeries(series!.force, series!.potential)
        let gain = attention.unnormalizedGain
        let forceError = modes!.error(
            size: size, weights: series!.forceWeights, coefficients: series!.force)
        var (potentialError, largest) = (0.0, 0.0)
        if attention.normalization == .softmax {
            potentialError = modes!.error(
                size: size, weights: series!.potentialWeights, coefficients: series!.potential)
            let bounds = modes!.quotients(
                at: positions, factor: gain, errors: (forceError, potentialError),
                into: &velocity, &potentials)
            largest = bounds.surest
            if bounds.worst <= Self.accuracy * largest {
                unsettled = 0
                return true
            }
        } else {
            modes!.values(at: positions, into: &velocity, &potentials)
            for i in 0..<n {
                velocity[i] *= gain
                potentials[i] = 1
                largest = max(largest, abs(velocity[i]))
            }
        }
        return settle(
            positions, masses, allowed: Self.accuracy * largest,
            errors: (abs(gain) * forceError, potentialError), &velocity)
    }

    /// Replaces the velocities that are not known well enough; `false` if pairs take fewer operations.
    ///
    /// `errors`: of gain F and of W, which is in ``potentials``.
    private mutating func settle(
        _ positions: [Double], _ masses: [Double], allowed: Double, errors: (Double, Double),
        _ velocity: inout [Double]
    ) -> Bool {
        func isSettled(_ v: Double, _ w: Double) -> Bool {
            w > 2 * errors.1 && errors.0 + abs(v) * errors.1 <= allowed * w
        }
        let n = positions.count
        unsettled = 0
        for i in 0..<n where !isSettled(velocity[i], potentials[i]) { unsettled += 1 }
        if unsettled == 0 { return true }
        scaled.setTokens(angles: positions, masses: masses)
        let operations = Double(unsettled) * scaled.operations(tokens: n)
        if engine == .automatic && operations > pairOperations(tokens: n) { return false }
        for i in 0..<n where !isSettled(velocity[i], potentials[i]) {
            let sums = scaled.sums(at: positions[i])
            velocity[i] = attention.velocity(
                force: sums.gradient, potential: sums.potential, shift: sums.shift)
        }
        return true
    }
}
