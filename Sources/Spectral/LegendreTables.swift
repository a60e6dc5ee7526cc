import CVectorMath
import Foundation

/// What sums over associated Legendre functions up to a degree on given rings need.
///
/// P_lm is normalised by ∫Y² dσ = 1 for Y = P_lm(cos θ) cos mφ, and goes two degrees at a time:
///
///     z P_l = ε_{l+1} P_{l+1} + ε_l P_{l-1},   ε_l = √((l² - m²)/(4l² - 1))
///     P_{m+2n} = s_n p_n,   p_{n+1} = (α_n z² + β_n) p_n + p_{n-1}
///
/// Near the poles functions of high order begin with the first term that is not below 1e-30; what is
/// below 1e-290 at the first degree never counts up to degree 1023.
/// Source: K. Ishioka, J. Meteorol. Soc. Japan 96 (2018) 241, doi:10.2151/jmsj.2018-019.
final class LegendreTables: Sendable {
    /// Highest degree D.
    let degree: Int
    /// Number of rings with z > 0, a multiple of 8.
    let rings: Int
    /// z of these rings, from the equator to the pole, and z².
    let heights: [Double]
    let squares: [Double]
    /// For each order its place in `scales`; half of it in terms of `recurrence`.
    private let offsets: [Int]
    /// s_n of all orders.
    private let scales: [Double]
    /// α_n, β_n of all orders.
    private let recurrence: [Double]
    private let starts: [Int32]
    private let seeds: [Double]

    /// The largest degree for which no function needs an exponent of its own.
    static let mostDegrees = 1023

    init(degree: Int, heights: [Double]) {
        precondition(degree >= 1 && degree <= Self.mostDegrees && heights.count % 8 == 0)
        self.degree = degree
        self.heights = heights
        rings = heights.count
        squares = heights.map { $0 * $0 }
        let blocks = heights.count / 8
        var (offsets, scales, recurrence) = ([0], [Double](), [Double]())
        var starts = [Int32](repeating: 0, count: (degree + 1) * blocks)
        var seeds = [Double](repeating: 0, count: (degree + 1) * blocks * 16)
        // log P_mm/sin^m.
        var logTop = 0.0
        for m in 0...degree {
            if m > 0 {
                logTop += 0.5 * log1p(1 / Double(2 * m)) + (m == 1 ? 0.5 * log(2.0) : 0)
            }
            let count = Self.terms(order: m, degree: degree)
            let (s, α, β) = Self.scaled(order: m, count: count)
            scales += s.prefix(count)
            for n in 0..<count { recurrence += [α[n], β[n]] }
            offsets.append(scales.count)
            for b in stride(from: blocks - 1, through: 0, by: -1) {
                let place = m * blocks + b
                var first = count
                // The lanes of a block begin together, no block before the one nearer to the equator.
                var lanes = [[Double]]()
                for lane in 0..<8 {
                    let square = heights[8 * b + lane] * heights[8 * b + lane]
                    let logSine = 0.5 * log1p(-square)
                    let logarithm = logTop + Double(m) * logSine
                    var p = [0, logarithm < -667 ? 0 : exp(logarithm)]
                    for n in 0..<count {
                        p.append((α[n] * square + β[n]) * p[n + 1] + p[n])
                        if abs(p[n + 1] * s[n]) > 1e-30 { first = min(first, n) }
                    }
                    lanes.append(p)
                }
                if b < blocks - 1 { first = min(first, Int(starts[place + 1])) }
                starts[place] = Int32(first)
                for lane in 0..<8 {
                    seeds[16 * place + lane] = lanes[lane][first]
                    seeds[16 * place + 8 + lane] = lanes[lane][first + 1]
                }
            }
        }
        self.offsets = offsets
        self.scales = scales
        self.recurrence = recurrence
        self.starts = starts
        self.seeds = seeds
    }

    /// Number of terms p_n of an order up to a degree.
    static func terms(order m: Int, degree: Int) -> Int { (degree - m) / 2 + 1 }

    /// ε_l of order m.
    static func ε(_ l: Int, _ m: Int) -> Double {
        (Double((l - m) * (l + m)) / Double(4 * l * l - 1)).squareRoot()
    }

    private static func scaled(
        order m: Int, count: Int
    ) -> (s: [Double], α: [Double], β: [Double]) {
        var s = [1.0, 1.0]
        var (α, β) = ([Double](), [Double]())
        for n in 0..<count {
            let l = m + 2 * n
            let (below, here) = (l > m ? ε(l - 1, m) : 0, l > 0 ? ε(l, m) : 0)
            let (above, top) = (ε(l + 1, m), ε(l + 2, m))
            if n > 0 { s.append(-s[n - 1] * here * below / (above * top)) }
            α.append(s[n] / (s[n + 1] * above * top))
            β.append(-α[n] * (above * above + here * here))
        }
        return (s, α, β)
    }

    /// s_n of order m.
    @inline(__always)
    func scale(_ n: Int, order m: Int) -> Double { scales[offsets[m] + n] }

    /// The arguments of the sums of one order with terms up to `degree`.
    func withOrder(
        _ m: Int, degree: Int, _ body: (UnsafePointer<tf_legendre_order>) -> Void
    ) {
        let blocks = rings / 8
        heights.withUnsafeBufferPointer { heights in
            squares.withUnsafeBufferPointer { squares in
                recurrence.withUnsafeBufferPointer { recurrence in
                    starts.withUnsafeBufferPointer { starts in
                        seeds.withUnsafeBufferPointer { seeds in
                            var order = tf_legendre_order(
                                count: Self.terms(order: m, degree: degree), blocks: blocks,
                                height: heights.baseAddress!, square: squares.baseAddress!,
                                recurrence: recurrence.baseAddress! + 2 * offsets[m],
                                start: starts.baseAddress! + m * blocks,
                                seeds: seeds.baseAddress! + 16 * m * blocks)
                            body(&order)
                        }
                    }
                }
            }
        }
    }
}
