import CVectorMath
import Foundation
import Spectral

/// All pairs of tokens on a sphere S^{d-1}, d ≥ 2, for any Q, K, V.
///
///     v_i = P_{x_i} V Σ_j m_j e_ij x_j / Σ_j m_j e_ij,   e_ij = e^{<w_i,x_j> - s_i},   w_i = βKᵀQ x_i
///
/// softmax; without normalisation e^{s_i} comes back, and rescaled e^{s_i - b} with b = β‖KᵀQ‖, the
/// spectral norm. s_i is |w_i|, or the largest exponent of token i where |w_i| is so large that all might
/// underflow. Where KᵀQ and V are multiples of the identity each pair is visited once,
///
///     e_ij = e^{-β'|x_j - x_i|²/2} for β' ≥ 0,   e^{β'|x_j + x_i|²/2} for β' < 0,   P_x x_j = P_x (x_j - x_i)
///
/// which keeps the accuracy of forces within clusters. Positions are unit vectors up to rounding, shape
/// [d][N]; the velocity is tangent to rounding. Errors are about 2^-53 (b + d) of ‖V‖ (times e^b without
/// normalisation); for multiples of the identity √b instead of b. Cost: N² pairs of 4d + 16 operations,
/// or half as many pairs of 6d + 18.
/// Source: arXiv:2312.10794, (SA) and (USA).
public struct SphereDirectVelocity: TokenVelocity {
    /// d.
    public let dimension: Int
    /// Softmax, none or rescaled.
    public let normalization: Normalization
    /// βKᵀQ, rows first, shape [d, d].
    public let product: [Double]
    /// V, rows first, shape [d, d].
    public let value: [Double]

    /// β' and v of multiples of the identity.
    private let multiple: (sharpness: Double, value: Double)?
    private let norm: Double
    private var (length, pieces) = (0, 0)
    private var points = [Double]()
    private var weights = [Double]()
    /// w, for any Q, K, V.
    private var queries = [Double]()
    /// Σ m e x and Σ m e of each piece, or of all tokens.
    private var forces = [Double]()
    private var potentials = [Double]()
    private var shifts = [Double]()
    private var scratch = [Double]()
    private var column = [Double]()

    /// Smaller sums are taken with exponents of their own.
    private static let leastPotential = 1e-200
    private static let log2e = 1.4426950408889634

    /// Attention with βKᵀQ = `product` and V = `value`, rows first.
    public init(
        dimension: Int, product: [Double], value: [Double], normalization: Normalization
    ) {
        precondition(dimension >= 2, "spheres start at the circle, d = 2")
        precondition(
            product.count == dimension * dimension && value.count == product.count,
            "KᵀQ and V are d x d")
        self.dimension = dimension
        self.product = product
        self.value = value
        self.normalization = normalization
        norm = SquareMatrix(count: dimension, entries: product).norm
        if let sharpness = Self.multiple(product, dimension),
            let value = Self.multiple(value, dimension)
        {
            multiple = (sharpness, value)
        } else {
            multiple = nil
        }
        column = [Double](repeating: 0, count: dimension)
    }

    /// Attention with any Q, K, V.
    public init(_ attention: SphereAttention) {
        let d = attention.dimension
        if let (m, v) = attention.multiples {
            self.init(
                dimension: d,
                attention: IsotropicAttention(
                    beta: attention.beta, key: m, value: v,
                    normalization: attention.normalization))
        } else {
            self.init(
                dimension: d, product: attention.product.entries.map { attention.beta * $0 },
                value: attention.value.entries, normalization: attention.normalization)
        }
    }

    /// Attention by multiples of the identity.
    public init(dimension: Int, attention: IsotropicAttention) {
        func matrix(_ m: Double) -> [Double] {
            (0..<(dimension * dimension)).map { $0 % (dimension + 1) == 0 ? m : 0 }
        }
        self.init(
            dimension: dimension, product: matrix(attention.inverseTemperature),
            value: matrix(attention.value), normalization: attention.normalization)
    }

    /// m for m times the identity.
    private static func multiple(_ matrix: [Double], _ d: Int) -> Double? {
        let m = matrix[0]
        return matrix.indices.allSatisfy { matrix[$0] == ($0 % (d + 1) == 0 ? m : 0) } ? m : nil
    }

    public mutating func evaluate(
        positions: [Double], masses: [Double], into velocity: inout [Double]
    ) {
        let n = masses.count
        precondition(positions.count == dimension * n && velocity.count == positions.count)
        if n == 0 { return }
        begin(masses)
        if let multiple, multiple.sharpness != 0 {
            evaluatePairs(multiple, positions, into: &velocity)
        } else {
            take(positions, scale: 1)
            evaluateRows(0..<n, positions, into: &velocity)
        }
    }

    /// Writes the velocities of the tokens `few` alone, each by sums of its own.
    mutating func evaluate(
        _ few: [Int], positions: [Double], masses: [Double], into velocity: inout [Double]
    ) {
        begin(masses)
        take(positions, scale: 1)
        evaluateRows(0..<few.count, of: few, positions, into: &velocity)
    }

    /// Multiplications and additions for all pairs of N tokens.
    func operations(tokens: Int) -> Double {
        let pairs = Double(tokens) * Double(tokens)
        guard let multiple, multiple.sharpness != 0 else {
            return operations(tokens: tokens, at: tokens)
        }
        return pairs / 2 * Double(6 * dimension + 18)
    }

    /// Multiplications and additions for the velocities of `few` of N tokens by sums of their own.
    func operations(tokens: Int, at few: Int) -> Double {
        Double(tokens) * Double(few) * Double(4 * dimension + 16)
    }

    /// Takes the masses, filled up with zeros.
    private mutating func begin(_ masses: [Double]) {
        let n = masses.count
        prepare(tokens: n)
        for i in 0..<n { weights[i] = masses[i] }
        for i in n..<length { weights[i] = 0 }
    }

    private mutating func prepare(tokens n: Int) {
        let padded = (n + 7) / 8 * 8
        if padded == length { return }
        length = padded
        pieces = multiple == nil ? max(1, min(64, n / 64)) : max(1, min(16, tf_tile_count(n) / 6))
        let copies = multiple == nil ? 1 : pieces
        points = [Double](repeating: 0, count: dimension * padded)
        queries = points
        weights = [Double](repeating: 0, count: padded)
        shifts = weights
        forces = [Double](repeating: 0, count: copies * dimension * padded)
        potentials = [Double](repeating: 0, count: copies * padded)
        scratch = [Double](repeating: 0, count: pieces * 64 * dimension)
    }

    /// Takes the positions times `scale`, filled up with zeros.
    private mutating func take(_ positions: [Double], scale: Double) {
        let n = positions.count / dimension
        for c in 0..<dimension {
            for i in 0..<n { points[c * length + i] = scale * positions[c * n + i] }
            for i in n..<length { points[c * length + i] = 0 }
        }
    }

    // MARK: Multiples of the identity

    private mutating func evaluatePairs(
        _ multiple: (sharpness: Double, value: Double), _ positions: [Double],
        into velocity: inout [Double]
    ) {
        let n = positions.count / dimension
        let (β, size) = (abs(multiple.sharpness), length * dimension)
        let scale = (β * Self.log2e / 2).squareRoot()
        take(positions, scale: scale)
        sumPairs(repels: multiple.sharpness < 0)
        for piece in 1..<pieces {
            for i in 0..<size { forces[i] += forces[piece * size + i] }
            for i in 0..<length { potentials[i] += potentials[piece * length + i] }
        }
        let gain = multiple.value * (normalization == .none ? exp(β) : 1) / scale
        var hasUnderflow = false
        for i in 0..<n {
            var factor = gain
            if normalization == .softmax {
                hasUnderflow = hasUnderflow || !(potentials[i] > Self.leastPotential)
                factor /= potentials[i]
            }
            for c in 0..<dimension { velocity[c * n + i] = factor * forces[c * length + i] }
            project(i, of: n, positions, &velocity)
        }
        guard hasUnderflow else { return }
        take(positions, scale: 1)
        for i in 0..<n where !(potentials[i] > Self.leastPotential) {
            evaluateRows(i..<(i + 1), positions, into: &velocity)
        }
    }

    private mutating func sumPairs(repels: Bool) {
        let (length, d, pieces) = (length, dimension, pieces)
        let tiles = tf_tile_count(length)
        let (points, weights) = (points, weights)
        let weighs: Int32 = normalization == .softmax ? 1 : 0
        let work = Double(length * length) * Double(3 * d + 9)
        forces.withUnsafeMutableBufferPointer { forces in
            potentials.withUnsafeMutableBufferPointer { potentials in
                scratch.withUnsafeMutableBufferPointer { scratch in
                    nonisolated(unsafe) let (f, w) = (forces.baseAddress!, potentials.baseAddress!)
                    nonisolated(unsafe) let scratch = scratch.baseAddress!
                    Workers.share(pieces, operations: work) { piece in
                        let (f, w) = (f + piece * d * length, w + piece * length)
                        f.update(repeating: 0, count: d * length)
                        w.update(repeating: 0, count: length)
                        points.withUnsafeBufferPointer { x in
                            weights.withUnsafeBufferPointer { m in
                                var tokens = tf_sphere_tokens(
                                    n: length, dimension: d, positions: x.baseAddress,
                                    masses: m.baseAddress, repels: repels ? 1 : 0, weighs: weighs)
                                tf_sphere_pairs(
                                    &tokens, tiles * piece / pieces, tiles * (piece + 1) / pieces,
                                    f, w, scratch + piece * 64 * d)
                            }
                        }
                    }
                }
            }
        }
    }

    // MARK: Any Q, K, V

    /// The velocities of the tokens `range`, or of those that stand there in a list; ``points`` holds the
    /// positions.
    private mutating func evaluateRows(
        _ range: Range<Int>, of list: [Int]? = nil, _ positions: [Double],
        into velocity: inout [Double]
    ) {
        let n = positions.count / dimension
        for i in range {
            let token = list?[i] ?? i
            for c in 0..<dimension {
                var sum = 0.0
                for k in 0..<dimension {
                    sum += product[c * dimension + k] * points[k * length + token]
                }
                queries[c * length + i] = Self.log2e * sum
            }
        }
        sumRows(range)
        let scale = normalization == .rescaled ? Self.log2e * norm : 0
        for i in range {
            let token = list?[i] ?? i
            let factor =
                normalization == .softmax ? 1 / potentials[i] : exp2(shifts[i] - scale)
            for k in 0..<dimension { column[k] = factor * forces[k * length + i] }
            for c in 0..<dimension {
                var sum = 0.0
                for k in 0..<dimension { sum += value[c * dimension + k] * column[k] }
                velocity[c * n + token] = sum
            }
            project(token, of: n, positions, &velocity)
        }
    }

    private mutating func sumRows(_ range: Range<Int>) {
        let (length, d) = (length, dimension)
        let pieces = range.count == 1 ? 1 : pieces
        let (points, weights, queries) = (points, weights, queries)
        let work = Double(range.count * length) * Double(4 * d + 16)
        forces.withUnsafeMutableBufferPointer { forces in
            potentials.withUnsafeMutableBufferPointer { potentials in
                shifts.withUnsafeMutableBufferPointer { shifts in
                    scratch.withUnsafeMutableBufferPointer { scratch in
                        nonisolated(unsafe) let (f, w) = (
                            forces.baseAddress!, potentials.baseAddress!
                        )
                        nonisolated(unsafe) let (s, scratch) = (
                            shifts.baseAddress!, scratch.baseAddress!
                        )
                        Workers.share(pieces, operations: work) { piece in
                            let from = range.lowerBound + range.count * piece / pieces
                            let to = range.lowerBound + range.count * (piece + 1) / pieces
                            points.withUnsafeBufferPointer { x in
                                weights.withUnsafeBufferPointer { m in
                                    var tokens = tf_sphere_tokens(
                                        n: length, dimension: d, positions: x.baseAddress,
                                        masses: m.baseAddress, repels: 0, weighs: 1)
                                    tf_sphere_rows(
                                        &tokens, queries, from, to, f, w, s,
                                        scratch + piece * 64 * d)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Takes from the velocity of token i what is not tangent.
    private func project(
        _ i: Int, of n: Int, _ positions: [Double], _ velocity: inout [Double]
    ) {
        var (normal, square) = (0.0, 0.0)
        for c in 0..<dimension {
            normal += velocity[c * n + i] * positions[c * n + i]
            square += positions[c * n + i] * positions[c * n + i]
        }
        for c in 0..<dimension { velocity[c * n + i] -= normal / square * positions[c * n + i] }
    }
}
