import Foundation

/// The kernel of a diagonal bilinear form on S³, in the coefficients of harmonics.
///
///     F(x) = ∫ e^{σ₁x₁y₁ + σ₂x₂y₂ + σ₃x₃y₃ + σ₄x₄y₄ - b} dμ(y)
///
/// Between heights u of x and u' of y it is a product of kernels of the two Hopf angles
/// (``HopfAngleKernel``), of strengths √(uu') σ₁, √(uu') σ₂ and √((1-u)(1-u')) σ₃, √((1-u)(1-u')) σ₄:
///
///     F(u) = Σ_u' w_u' A(u, u') ρ(u') B(u, u')ᵀ
///
/// for the matrices ρ(u) of the coefficients of cos or sin m₁φ₁ times cos or sin m₂φ₂. Gauss–Legendre
/// heights, exact for products of the kernel and of what has the degrees of the layout. Cost up to D⁵/2
/// multiplications a field, less where A and B are narrow; memory O(D³). Results do not depend on the
/// number of threads.
public struct HopfKernel: Sendable {
    /// Where coefficients stand.
    public let layout: HypersphericalLayout

    /// Number of fields.
    private let fields: Int
    private let functions: HopfFunctions
    /// Number of heights.
    private let nodes: Int
    /// Functions of u at the heights, shape [nodes][functions], and w_u.
    private let tables: [Double]
    private let weights: [Double]
    /// A, with w_u', and B, shape [nodes][nodes].
    private let pairs: [(first: HopfAngleKernel, second: HopfAngleKernel)]
    /// Numbers of a row of matrices, in blocks of eight.
    private let row: Int
    /// Coefficients of g(u) times cos or sin times cos or sin, shape [functions][2][2][fields].
    private var terms: [Double]
    /// ρ(u), shape [nodes][2][m₂][row of (m₁, 2, fields)].
    private var sources: [Double]
    /// F(u), shape [nodes][2][m₁][row of (m₂, 2, fields)].
    private var targets: [Double]

    /// Pieces of work: fixed, so that results are.
    private static let pieces = 8

    /// The kernel of σ₁ ≥ |σ₂|, σ₃ ≥ |σ₄| and b ≥ max(σ₁, σ₃), which has degrees up to `bandLimit`, for
    /// coefficients up to `degree` of 1 or of 5 fields at a time.
    public init(
        strengths σ: [Double], sharpness b: Double, degree: Int, bandLimit: Int, fields: Int
    ) {
        precondition(σ[0] >= abs(σ[1]) && σ[2] >= abs(σ[3]) && (fields == 1 || fields == 5))
        layout = HypersphericalLayout(degree: degree)
        self.fields = fields
        let functions = HopfFunctions(degree: degree)
        let rule = gaussLegendreRule((degree + bandLimit) / 4 + 1)
        let heights = rule.nodes.map { (1 + $0) / 2 }
        let weights = rule.weights.map { $0 / 2 }
        // Of the mean of the kernel, which is no less than about b^{-3/2}.
        let least = 1e-18 * pow(max(b, 1), -1.5)
        var pairs = [(first: HopfAngleKernel, second: HopfAngleKernel)]()
        for u in heights {
            for (v, weight) in zip(heights, weights) {
                let (p, q) = ((u * v).squareRoot(), ((1 - u) * (1 - v)).squareRoot())
                let size = exp(p * σ[0] + q * σ[2] - b)
                let first = HopfAngleKernel(
                    p * σ[0], p * σ[1], scale: size * weight, degree: degree, least: least)
                let second = HopfAngleKernel(
                    q * σ[2], q * σ[3], scale: 1, degree: degree, least: least / size)
                pairs.append((first, second))
            }
        }
        (self.functions, self.weights, self.pairs) = (functions, weights, pairs)
        nodes = heights.count
        tables = heights.flatMap { functions.table(at: $0) }
        row = (2 * fields * (degree + 1) + 7) & ~7
        terms = [Double](repeating: 0, count: functions.count * 4 * fields)
        sources = [Double](repeating: 0, count: heights.count * 2 * (degree + 1) * row)
        targets = sources
    }

    /// Numbers of one height.
    private var plane: Int { 2 * (layout.degree + 1) * row }

    /// Replaces the coefficients of measures by those of their fields, shape [fields][layout.count].
    public mutating func apply(to modes: inout [[Double]]) {
        precondition(modes.count == fields && modes.allSatisfy { $0.count == layout.count })
        gather(modes)
        synthesise()
        convolve()
        analyse()
        scatter(into: &modes)
    }

    // MARK: Coefficients

    /// Products of cosines and sines: cos(m₁φ₁ + m₂φ₂) = cos cos - sin sin, and so on.
    private mutating func gather(_ modes: [[Double]]) {
        for i in terms.indices { terms[i] = 0 }
        for order in layout.orders {
            let start = functions.start(abs(order.first), order.second)
            let turn: Double = order.first < 0 ? -1 : 1
            let size = order.isZero ? 1 : 2.0.squareRoot()
            for n in 0..<order.count {
                let at = (start + n) * 4 * fields
                for f in 0..<fields {
                    let c = size * modes[f][2 * (order.start + n)]
                    let s = size * modes[f][2 * (order.start + n) + 1]
                    // By the kind of φ₂, then of φ₁.
                    terms[at + f] += c
                    terms[at + fields + f] += turn * s
                    terms[at + 2 * fields + f] += s
                    terms[at + 3 * fields + f] -= turn * c
                }
            }
        }
    }

    /// The way back, where kinds are by φ₁, then by φ₂.
    private func scatter(into modes: inout [[Double]]) {
        for order in layout.orders {
            let start = functions.start(abs(order.first), order.second)
            let turn: Double = order.first < 0 ? -1 : 1
            let isAlone = order.first == 0 || order.second == 0
            let size = order.isZero ? 1 : (isAlone ? 0.5 : 0.125).squareRoot()
            for n in 0..<order.count {
                let at = (start + n) * 4 * fields
                for f in 0..<fields {
                    let c = terms[at + f] - turn * terms[at + 3 * fields + f]
                    let s = turn * terms[at + 2 * fields + f] + terms[at + fields + f]
                    modes[f][2 * (order.start + n)] = size * c
                    modes[f][2 * (order.start + n) + 1] = size * s
                }
            }
        }
    }

    // MARK: Heights

    /// ρ(u) from coefficients.
    private mutating func synthesise() {
        let (plane, fields, functions, tables) = (plane, fields, functions, tables)
        let (row, degree) = (row, layout.degree)
        terms.withUnsafeBufferPointer { terms in
            sources.withUnsafeMutableBufferPointer { sources in
                nonisolated(unsafe) let c = terms.baseAddress!
                nonisolated(unsafe) let ρ = sources.baseAddress!
                Workers.share(nodes, operations: Double(nodes * terms.count)) { node in
                    let own = ρ + node * plane
                    for a in 0...degree {
                        for b in 0...(degree - a) {
                            let start = functions.start(a, b)
                            let g = node * functions.count + start
                            let count = (degree - a - b) / 2 + 1
                            for kind in 0..<2 {
                                let to = own + (kind * (degree + 1) + b) * row + 2 * fields * a
                                for i in 0..<(2 * fields) { to[i] = 0 }
                                for n in 0..<count {
                                    let from = c + ((start + n) * 2 + kind) * 2 * fields
                                    let factor = tables[g + n]
                                    for i in 0..<(2 * fields) { to[i] += factor * from[i] }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Coefficients from F(u).
    private mutating func analyse() {
        let (plane, fields, functions, tables) = (plane, fields, functions, tables)
        let (row, degree, weights) = (row, layout.degree, weights)
        terms.withUnsafeMutableBufferPointer { terms in
            targets.withUnsafeBufferPointer { targets in
                nonisolated(unsafe) let c = terms.baseAddress!
                nonisolated(unsafe) let field = targets.baseAddress!
                Workers.share(degree + 1, operations: Double(weights.count * terms.count)) { a in
                    for b in 0...(degree - a) {
                        let start = functions.start(a, b)
                        let count = (degree - a - b) / 2 + 1
                        let size = 4 * fields
                        for i in 0..<(count * size) { c[start * size + i] = 0 }
                        for (node, weight) in weights.enumerated() {
                            let g = node * functions.count + start
                            for kind in 0..<2 {
                                let from =
                                    field + node * plane + (kind * (degree + 1) + a) * row
                                    + 2 * fields * b
                                for n in 0..<count {
                                    let to = c + ((start + n) * 2 + kind) * 2 * fields
                                    let factor = weight * tables[g + n]
                                    for i in 0..<(2 * fields) { to[i] += factor * from[i] }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    // MARK: Angles

    /// F(u) = Σ_u' A ρ(u') Bᵀ.
    private mutating func convolve() {
        let (plane, pairs, nodes) = (plane, pairs, nodes)
        let product = HopfProduct(degree: layout.degree, fields: fields, row: row)
        let work = Double(nodes * nodes * plane * layout.degree)
        var scratch = [Double](repeating: 0, count: Self.pieces * product.scratchCount)
        sources.withUnsafeBufferPointer { sources in
            targets.withUnsafeMutableBufferPointer { targets in
                scratch.withUnsafeMutableBufferPointer { scratch in
                    nonisolated(unsafe) let ρ = sources.baseAddress!
                    nonisolated(unsafe) let field = targets.baseAddress!
                    nonisolated(unsafe) let space = scratch.baseAddress!
                    Workers.share(Self.pieces, operations: work) { piece in
                        let own = space + piece * product.scratchCount
                        for node in stride(from: piece, to: nodes, by: Self.pieces) {
                            let sum = field + node * plane
                            for i in 0..<plane { sum[i] = 0 }
                            for other in 0..<nodes {
                                let (first, second) = pairs[node * nodes + other]
                                product.add(
                                    first, ρ + other * plane, second, to: sum,
                                    scratch: own)
                            }
                        }
                    }
                }
            }
        }
    }
}
