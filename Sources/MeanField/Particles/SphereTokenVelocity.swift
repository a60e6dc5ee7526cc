import CVectorMath
import Foundation
import Ranks
import Spectral

/// Tokens on S² where KᵀQ is a multiple of an orthogonal matrix R, by pairs or by spherical
/// harmonics.
///
///     v_i = P_{x_i} V F(Rx_i)/W(Rx_i)                       (softmax)
///     v_i = P_{x_i} V F(Rx_i),  times e^b for none          (none, rescaled)
///
/// W and F are fields of degrees that β needs (``SphereSeries``), whose coefficients follow from
/// the modes of the tokens (``SphericalPointModes``). A token is settled by them if what rounding
/// may do to its velocity is below 5e-13 of the largest |v|, or below 2^-52 ‖V‖, which is what
/// pairs know; the others, far from most of the mass, get sums of their own, or all get pairs where
/// that takes fewer operations. In all max |dv| ≤ 1e-12 max |v|, but 4e-16 ‖V‖ where tokens hardly
/// move. Every V will do; other KᵀQ, other dimensions and β that need degrees above 1024 are for
/// ``SphereDirectVelocity``. Cost: O(N + L³), L about √(2β ln(1/ε)), at most O(N) for each token
/// that is not settled. Nothing is allocated while N stays, unless tokens are not settled.
public struct SphereTokenVelocity: SharedTokenVelocity {
    /// Which way the sums take.
    public let engine: ParticleEngine
    /// Tokens that harmonics did not settle, when they were asked last.
    public private(set) var unsettled = 0
    /// Whether the last velocities came from harmonics.
    public private(set) var usesModes = false

    private let attention: SphereAttention
    private let similarity: Similarity
    private var direct: SphereDirectVelocity
    private var series: SphereSeries?
    private var modes: SphericalPointModes?
    private var places = SphericalPlaces()
    /// Where the fields are evaluated, if KᵀQ turns the tokens.
    private var turned = [Double]()
    private var turnedPlaces = SphericalPlaces()
    private var coefficients = [Double]()
    /// W and F at the tokens, shape [N, 4].
    private var values = [Double]()
    private var bounds = [tf_sphere_bounds]()

    /// Errors of rounding that velocities may have, relative to the largest.
    private static let accuracy = 5e-13
    /// Errors that they may have in any case, relative to the gain.
    private static let rounding = 0x1p-52
    /// Tokens of a piece.
    private static let pieceTokens = 4096

    /// What keeps harmonics from an attention.
    public enum Obstacle: Sendable {
        /// Tokens do not live on S².
        case dimension
        /// KᵀQ is no multiple of an orthogonal matrix.
        case product
        /// The kernel needs degrees above ``SphericalPointModes/highestTop``.
        case sharpness
    }

    /// What keeps harmonics from `attention`; `nil` where they will do.
    public static func obstacle(for attention: SphereAttention) -> Obstacle? {
        if attention.dimension != 3 { return .dimension }
        guard let similarity = Similarity(attention) else { return .product }
        let top = SphereSeries.top(similarity.inverseTemperature)
        return top > SphericalPointModes.highestTop ? .sharpness : nil
    }

    /// The velocity under `attention`; `nil` where there is an ``obstacle(for:)``.
    public init?(of attention: SphereAttention, engine: ParticleEngine = .automatic) {
        guard Self.obstacle(for: attention) == nil, let similarity = Similarity(attention)
        else { return nil }
        self.attention = attention
        self.engine = engine
        self.similarity = similarity
        direct = SphereDirectVelocity(attention)
    }

    /// 3.
    public var dimension: Int { 3 }

    public mutating func evaluate(
        positions: [Double], masses: [Double], into velocity: inout [Double]
    ) {
        precondition(
            positions.count == 3 * masses.count && velocity.count == positions.count)
        usesModes = !masses.isEmpty && prefersModes(tokens: masses.count)
        if usesModes { usesModes = evaluateModes(positions, masses, nil, into: &velocity) }
        if !usesModes {
            direct.evaluate(positions: positions, masses: masses, into: &velocity)
        }
    }

    public mutating func share(
        of tokens: Int, among communicator: any Communicator
    ) -> PointShare? {
        guard tokens > 0, prefersModes(tokens: tokens),
            communicator.size * SphericalPointModes.piecePoints <= tokens
        else { return nil }
        return PointShare(of: tokens, pieces: communicator.size, among: communicator)
    }

    public mutating func evaluate(
        _ share: PointShare, positions: [Double], masses: [Double], into velocity: inout [Double]
    ) -> Bool {
        evaluateModes(positions, masses, share, into: &velocity)
    }

    /// Whether harmonics are worth a try, without the tokens that they will not settle.
    private mutating func prefersModes(tokens: Int) -> Bool {
        if engine == .direct { return false }
        if series == nil {
            // Even the least number of degrees takes more.
            if engine == .automatic && tokens < 64 { return false }
            let series = SphereSeries(
                inverseTemperature: similarity.inverseTemperature,
                isGradient: attention.isIsotropic)
            self.series = series
            modes = SphericalPointModes(top: series.top)
            coefficients = [Double](
                repeating: 0, count: HarmonicLayout(degree: series.top).count)
        }
        return engine == .fast
            || modes!.operations(points: tokens) < direct.operations(tokens: tokens)
    }

    /// Writes the velocities; `false` if pairs take fewer operations, and for a `share` of the tokens if
    /// harmonics do not settle all.
    private mutating func evaluateModes(
        _ positions: [Double], _ masses: [Double], _ share: PointShare?,
        into velocity: inout [Double]
    ) -> Bool {
        let n = masses.count
        if values.count != 4 * n { values = [Double](repeating: 0, count: 4 * n) }
        modes!.place(positions, into: &places)
        var size = modes!.analyse(masses, at: places, into: &coefficients)
        if let communicator = share?.communicator {
            // Of a sum of grids the root is at most the sum of the roots.
            coefficients.append(size)
            communicator.sum(&coefficients)
            size = coefficients.removeLast()
        }
        series!.update(coefficients)
        modes!.setFields(series!.fields)
        if let rotation = similarity.rotation {
            turn(positions, by: rotation)
            modes!.place(turned, into: &turnedPlaces)
            modes!.evaluate(at: turnedPlaces, into: &values)
        } else {
            modes!.evaluate(at: places, into: &values)
        }
        let errors = series!.errors(of: modes!, size: size)
        let known = divide(positions, errors, into: &velocity)
        unsettled = 0
        let (surest, worst) = share.largest(known.surest, known.worst)
        if worst <= Self.accuracy * surest { return true }
        if share != nil { return false }
        return settle(positions, masses, known, &velocity)
    }

    private mutating func turn(_ positions: [Double], by rotation: [Double]) {
        let n = positions.count / 3
        if turned.count != positions.count { turned = positions }
        for i in 0..<n {
            let (x, y, z) = (positions[i], positions[n + i], positions[2 * n + i])
            for c in 0..<3 {
                turned[c * n + i] =
                    rotation[3 * c] * x + rotation[3 * c + 1] * y + rotation[3 * c + 2] * z
            }
        }
    }

    /// Writes the velocities of the values; returns how well they are known.
    private mutating func divide(
        _ positions: [Double], _ errors: (potential: Double, force: Double),
        into velocity: inout [Double]
    ) -> tf_sphere_bounds {
        let n = positions.count / 3
        let pieces = (n + Self.pieceTokens - 1) / Self.pieceTokens
        let start = tf_sphere_bounds(
            force: errors.force, potential: errors.potential, surest: 0, worst: 0)
        if bounds.count != pieces {
            bounds = [tf_sphere_bounds](repeating: start, count: pieces)
        }
        for piece in 0..<pieces { bounds[piece] = start }
        let weighs: Int32 = attention.normalization == .softmax ? 1 : 0
        let matrix = similarity.gain
        let norm = abs(attention.velocityScale)
        velocity.withUnsafeMutableBufferPointer { velocity in
            bounds.withUnsafeMutableBufferPointer { bounds in
                values.withUnsafeBufferPointer { values in
                    positions.withUnsafeBufferPointer { positions in
                        nonisolated(unsafe) let (v, bounds) = (
                            velocity.baseAddress!, bounds.baseAddress!
                        )
                        nonisolated(unsafe) let (x, values) = (
                            positions.baseAddress!, values.baseAddress!
                        )
                        Workers.share(pieces, operations: 30 * Double(n)) { piece in
                            let from = piece * Self.pieceTokens
                            tf_sphere_velocities(
                                n, from, min(n, from + Self.pieceTokens), x, values, matrix,
                                norm, weighs, v, bounds + piece)
                        }
                    }
                }
            }
        }
        var all = start
        for piece in bounds {
            all.surest = max(all.surest, piece.surest)
            all.worst = max(all.worst, piece.worst)
        }
        return all
    }

    /// Replaces the velocities that are not known well enough; `false` if pairs take fewer
    /// operations.
    private mutating func settle(
        _ positions: [Double], _ masses: [Double], _ known: tf_sphere_bounds,
        _ velocity: inout [Double]
    ) -> Bool {
        let n = masses.count
        let norm = attention.velocityScale
        let allowed = max(Self.accuracy * known.surest, Self.rounding * norm)
        guard attention.normalization == .softmax else { return true }
        var open = [Int]()
        for i in 0..<n {
            let (x, y, z) = (velocity[i], velocity[n + i], velocity[2 * n + i])
            let size = (x * x + y * y + z * z).squareRoot()
            let weight = values[4 * i]
            let error = norm * known.force + size * known.potential
            if weight > 2 * known.potential && error <= allowed * weight { continue }
            open.append(i)
        }
        unsettled = open.count
        if open.isEmpty { return true }
        let operations = direct.operations(tokens: n, at: open.count)
        if engine == .automatic && operations > direct.operations(tokens: n) { return false }
        direct.evaluate(open, positions: positions, masses: masses, into: &velocity)
        return true
    }
}

extension SphereTokenVelocity {
    /// βKᵀQ = β' R with an orthogonal matrix R.
    private struct Similarity: Sendable {
        /// β', of either sign.
        let inverseTemperature: Double
        /// R, rows first; `nil` for the identity.
        let rotation: [Double]?
        /// V, times e^b without normalisation.
        let gain: [Double]

        init?(_ attention: SphereAttention) {
            let product = attention.product
            let scale = attention.unnormalizedGain
            if let (m, v) = attention.multiples {
                inverseTemperature = attention.beta * m
                rotation = nil
                gain = SquareMatrix(scale: scale * v, count: 3).entries
                return
            }
            gain = attention.value.entries.map { scale * $0 }
            let rounding = 0x1p-50
            let norm = product.norm
            if let m = product.multiple(error: rounding * norm) {
                inverseTemperature = attention.beta * m
                rotation = nil
                return
            }
            let square = (product.transposed * product).multiple(error: 4 * rounding * norm * norm)
            guard square != nil else { return nil }
            inverseTemperature = attention.beta * norm
            rotation = product.entries.map { $0 / norm }
        }
    }
}

extension ParticleEngine {
    /// The velocity of tokens on S^{d-1} under `attention`; pair by pair where there is no other
    /// way.
    public func velocity(of attention: SphereAttention) -> any TokenVelocity {
        if self != .direct, let fast = SphereTokenVelocity(of: attention, engine: self) {
            return fast
        }
        return SphereDirectVelocity(attention)
    }
}
