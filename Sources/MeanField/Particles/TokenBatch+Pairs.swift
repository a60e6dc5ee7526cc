import CVectorMath
import Foundation
import TimeIntegration

/// How many pairs of tokens are close, over time, summed over systems.
///
///     S_k = Σ_systems c(t_k),   Q_k = Σ_systems c(t_k)²,   c(t) = #{i < j: <x_i,x_j> > product}
///
/// Counts are integers, so that sums do not depend on their order.
struct PairCounts: Sendable, Equatable {
    /// S_k.
    var sums: [Int]
    /// Q_k.
    var squares: [Int]

    init(times: Int) {
        sums = [Int](repeating: 0, count: times)
        squares = sums
    }

    mutating func add(_ count: Int, at index: Int) {
        sums[index] += count
        squares[index] += count * count
    }

    mutating func add(_ other: PairCounts) {
        for k in sums.indices {
            sums[k] += other.sums[k]
            squares[k] += other.squares[k]
        }
    }
}

extension TokenBatch {
    /// Evolves all systems to the last time and counts pairs with inner product above `product`.
    ///
    /// A system in which all pairs are that close is done: the smallest inner product of tokens in
    /// an open hemisphere never decreases.
    ///
    /// - Parameters:
    ///   - times: ascending, none negative.
    ///   - product: in (0, 1).
    /// - Throws: ``IntegrationError/stepTooSmall``.
    mutating func countPairs(
        at times: [Double], above product: Double
    ) throws(IntegrationError) -> PairCounts {
        precondition(product > 0 && product < 1, "the inner product lies between 0 and 1")
        var counts = PairCounts(times: times.count)
        guard let end = times.last else { return counts }
        let all = startCount * (startCount - 1) / 2
        var next = [Int](repeating: 0, count: Self.width)
        var shares = [Double](repeating: 0, count: Self.width)
        while !isDone {
            try attempt(limit: end)
            while true {
                var isSampled = false
                for system in 0..<Self.width {
                    shares[system] = .nan
                    guard accepted[system] != 0, isRunning[system], next[system] < times.count
                    else { continue }
                    let (since, step) = (times[next[system]] - self.times[system], steps[system])
                    // The last step ends at the last time, up to rounding.
                    guard since <= step || self.times[system] + step >= end else { continue }
                    shares[system] = step > 0 ? min(1, since / step) : 1
                    isSampled = true
                }
                if !isSampled { break }
                let pairs = samplePairs(at: shares, above: product)
                for system in 0..<Self.width where !shares[system].isNaN {
                    let count = Int(pairs[system])
                    let isLast = count == all || next[system] == times.count - 1
                    for k in next[system]..<(count == all ? times.count : next[system] + 1) {
                        counts.add(count, at: k)
                    }
                    next[system] += 1
                    if isLast { stop(system) }
                }
            }
            commit()
        }
        return counts
    }

    /// Pairs with inner product above `product` inside the last steps, tokens that joined included.
    mutating func samplePairs(at shares: [Double], above product: Double) -> [Double] {
        interpolate(at: shares.map { $0.isNaN ? 0 : $0 })
        var pairs = [Double](repeating: 0, count: Self.width)
        switch coordinates {
        case .angles:
            tf_circle_systems_pairs(mostTokens, sample, weights, acos(product), &pairs)
        case .vectors(let d):
            tf_sphere_systems_pairs(mostTokens, d, sample, weights, product, &pairs)
        }
        for system in 0..<Self.width { pairs[system] += joinedPairs[system] }
        return pairs
    }
}
