import Foundation

/// A periodic cubic through given values that creates no new extrema, so that it stays non-negative.
///
/// Piecewise cubic Hermite with slopes limited by the harmonic mean of the neighbouring differences.
/// Source: F. N. Fritsch, J. Butland, SIAM J. Sci. Stat. Comput. 5 (1984) 300, doi:10.1137/0905021.
public struct PeriodicCubic: Sendable, Equatable {
    /// Ascending angles within one period.
    public let nodes: [Double]
    private let values: [Double]
    private let slopes: [Double]

    /// The density through `values` ≥ 0 at ascending `angles` in one period, normalised to mass 1.
    public init(angles: [Double], values: [Double]) {
        precondition(angles.count == values.count && angles.count >= 3)
        let n = angles.count
        func gap(_ i: Int) -> Double {
            i + 1 < n ? angles[i + 1] - angles[i] : angles[0] + 2 * .pi - angles[n - 1]
        }
        func difference(_ i: Int) -> Double { (values[(i + 1) % n] - values[i]) / gap(i) }
        var slopes = (0..<n).map { i in
            let before = (i + n - 1) % n
            let (a, b) = (difference(before), difference(i))
            if a * b <= 0 { return 0.0 }
            let (h, k) = (gap(before), gap(i))
            return 3 * (h + k) / ((2 * k + h) / a + (k + 2 * h) / b)
        }
        var mass = 0.0
        for i in 0..<n {
            let (h, j) = (gap(i), (i + 1) % n)
            mass += h * (values[i] + values[j]) / 2 + h * h * (slopes[i] - slopes[j]) / 12
        }
        slopes = slopes.map { $0 / mass }
        self.nodes = angles
        self.values = values.map { $0 / mass }
        self.slopes = slopes
    }

    /// The density at θ.
    public func value(at θ: Double) -> Double {
        let n = nodes.count
        var x = θ - nodes[0]
        x -= 2 * .pi * (x / (2 * .pi)).rounded(.down)
        x += nodes[0]
        var (low, high) = (0, n)
        while high - low > 1 {
            let middle = (low + high) / 2
            if nodes[middle] <= x { low = middle } else { high = middle }
        }
        let next = (low + 1) % n
        let h = (low + 1 < n ? nodes[low + 1] : nodes[0] + 2 * .pi) - nodes[low]
        let s = (x - nodes[low]) / h
        let r = 1 - s
        return max(
            0,
            (1 + 2 * s) * r * r * values[low] + s * r * r * h * slopes[low]
                + s * s * (3 - 2 * s) * values[next] - s * s * r * h * slopes[next])
    }
}
