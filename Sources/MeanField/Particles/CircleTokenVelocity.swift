import CVectorMath
import Foundation
import Ranks
import Spectral

/// Tokens on the circle under any attention, by pairs or by Fourier modes.
///
///     v_i = gain · F(θ_i)/W(θ_i)          (softmax)
///     v_i = gain · F(θ_i)                 (none, rescaled)
///
/// W and F are series whose coefficients follow from the modes of the tokens (``CellModes``,
/// ``AttentionSeries``). A token is settled by them if what rounding may do to its velocity is below
/// 5e-13 of the largest |v|, or below 2^-52 |gain|, which is what pairs know; the others, far from most
/// of the mass, get sums of their own (``ScaledTokenSums``), or all get pairs where that takes fewer
/// operations. Drifts that neither modes nor pairs see are those of narrow clusters: there, for
/// multiples of the identity, all tokens get sums of their own. In all max |dv| ≤ 1e-12 max |v| for
/// β' ∈ [0, 1e4], but 4e-16 |gain| where tokens that are not in narrow clusters hardly move.
/// Cost: O(N + K log K), K² more for matrices, at most O(N) for each token that is not settled, and
/// O(N²/32) in narrow clusters. Nothing is allocated while N stays.
public struct CircleTokenVelocity: SharedTokenVelocity {
    /// Which way the sums take.
    public let engine: ParticleEngine
    /// Tokens that modes did not settle, when they were asked last.
    public private(set) var unsettled = 0
    /// Whether the last velocities came from modes.
    public private(set) var usesModes = false

    private let attention: any CircleAttention
    private var pairs: CircleDirectVelocity?
    private var matrixPairs: MatrixPairs?
    private var series: AttentionSeries?
    private var modes: CellModes?
    private var scaled: ScaledTokenSums
    private var re = [Double]()
    private var im = [Double]()
    private var potentials = [Double]()

    /// Errors of rounding that velocities may have, relative to the largest.
    private static let accuracy = 5e-13
    /// Errors that they may have in any case, relative to the gain.
    private static let rounding = 0x1p-52

    /// The velocity under `attention` at finite β; its limits have motions of their own.
    public init(of attention: any CircleAttention, engine: ParticleEngine = .automatic) {
        precondition(attention.limit == .none, "tokens move by attention at finite beta")
        self.attention = attention
        self.engine = engine
        scaled = ScaledTokenSums(attention)
        if let isotropic = attention as? IsotropicAttention {
            pairs = CircleDirectVelocity(attention: isotropic)
        } else {
            matrixPairs = (attention as? MatrixAttention).map { MatrixPairs(attention: $0) }
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
            usesModes = evaluateModes(positions, masses, nil, into: &velocity)
        }
        if !usesModes { evaluatePairs(positions, masses, into: &velocity) }
    }

    public mutating func share(
        of tokens: Int, among communicator: any Communicator
    ) -> PointShare? {
        guard tokens > 0, prefersModes(tokens: tokens) else { return nil }
        let pieces = modes!.pieces(tokens)
        guard communicator.size <= pieces else { return nil }
        return PointShare(of: tokens, pieces: pieces, among: communicator)
    }

    public mutating func evaluate(
        _ share: PointShare, positions: [Double], masses: [Double], into velocity: inout [Double]
    ) -> Bool {
        evaluateModes(positions, masses, share, into: &velocity)
    }

    /// Writes the velocities by pairs, or by single sums where pairs do not see them.
    private mutating func evaluatePairs(
        _ positions: [Double], _ masses: [Double], into velocity: inout [Double]
    ) {
        matrixPairs?.evaluate(positions: positions, masses: masses, into: &velocity)
        guard pairs != nil else { return }
        pairs!.evaluate(positions: positions, masses: masses, into: &velocity)
        let largest = tf_largest(velocity, velocity.count)
        if pairs!.rounding <= 2 * Self.accuracy * largest { return }
        scaled.setTokens(angles: positions, masses: masses)
        guard scaled.isNarrow else { return }
        for i in 0..<velocity.count { velocity[i] = scaledVelocity(at: positions[i]) }
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
            let least = 350 * Double(tokens)
            if engine == .automatic && least > pairOperations(tokens: tokens) { return false }
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

    /// Writes the velocities; `false` if pairs take fewer operations, and for a `share` of the tokens if
    /// modes do not settle all.
    private mutating func evaluateModes(
        _ positions: [Double], _ masses: [Double], _ share: PointShare?,
        into velocity: inout [Double]
    ) -> Bool {
        let n = positions.count
        if potentials.count != n { potentials = [Double](repeating: 0, count: n) }
        let size = modes!.analyse(
            angles: positions, masses: masses, share: share, re: &re, im: &im)
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
            let (surest, worst) = share.largest(bounds.surest, bounds.worst)
            largest = surest
            if worst <= Self.accuracy * largest {
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
            largest = share.largest(largest, 0).0
            if abs(gain) * forceError <= Self.accuracy * largest {
                unsettled = 0
                return true
            }
        }
        if share != nil { return false }
        return settle(
            positions, masses, largest: largest,
            errors: (abs(gain) * forceError, potentialError), &velocity)
    }

    /// Replaces the velocities that are not known well enough; `false` if pairs take fewer operations.
    ///
    /// `errors`: of gain F and of W, which is in ``potentials``.
    private mutating func settle(
        _ positions: [Double], _ masses: [Double], largest: Double, errors: (Double, Double),
        _ velocity: inout [Double]
    ) -> Bool {
        let floor = Self.rounding * abs(attention.unnormalizedGain)
        var allowed = Self.accuracy * largest
        var hasTokens = false
        if allowed < floor {
            scaled.setTokens(angles: positions, masses: masses)
            hasTokens = true
            if !scaled.isNarrow { allowed = floor }
        }
        unsettled = 0
        for i in 0..<velocity.count {
            let (v, w) = (abs(velocity[i]), potentials[i])
            if w > 2 * errors.1 && errors.0 + v * errors.1 <= allowed * w { continue }
            potentials[i] = -1
            unsettled += 1
        }
        if unsettled == 0 { return true }
        if !hasTokens { scaled.setTokens(angles: positions, masses: masses) }
        let operations = Double(unsettled) * scaled.operations
        if engine == .automatic && allowed >= floor
            && operations > pairOperations(tokens: positions.count)
        {
            return false
        }
        for i in 0..<velocity.count where potentials[i] < 0 {
            velocity[i] = scaledVelocity(at: positions[i])
        }
        return true
    }

    /// The velocity at x by sums of its own.
    private mutating func scaledVelocity(at x: Double) -> Double {
        let sums = scaled.sums(at: x)
        return attention.velocity(
            force: sums.gradient, potential: sums.potential, shift: sums.shift)
    }
}
