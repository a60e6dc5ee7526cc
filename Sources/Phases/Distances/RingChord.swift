import Foundation
import Spectral

/// The mean chord from a point of S^{d-1} to the points at one angle to an axis.
///
///     u(α, θ) = 𝔼 √(A - B s) = √A h(δ),   h(δ) = 𝔼 √(1 - (1-δ) s),   s ~ (1 - s²)^{(d-4)/2}
///     A ± B = 4 sin²((α ± θ)/2),   δ = (A - B)/A
///
/// for the angles α of the point and θ of the ring; s is a coordinate of S^{d-2}, ±1 with equal
/// probability for d = 2 and arcsine distributed for d = 3. h = ₂F₁(-1/4, 1/4; (d-1)/2; (1-δ)²) is
/// analytic but at δ = 0; it is interpolated in Chebyshev polynomials on δ in [2^{-j-1}, 2^{-j}], from
/// Gauss sums over s. Relative error about 1e-14.
struct RingChord: Sendable {
    private static let terms = 20
    private static let panels = 60
    /// Chebyshev coefficients of h, shape [panels][terms].
    private let series: [Double]

    /// The mean chords of S^{d-1}, d ≥ 3.
    init(dimension d: Int) {
        precondition(d >= 3, "the circle has no rings")
        let (heights, weights) = Self.coordinate(dimension: d)
        func h(_ δ: Double) -> Double {
            var sum = 0.0
            for i in heights.indices {
                // 1 - (1-δ) s = δ + (1-δ)(1 - s) keeps what is left where s is near 1.
                sum += weights[i] * (δ + (1 - δ) * heights[i]).squareRoot()
            }
            return sum
        }
        let n = Self.terms
        var series = [Double](repeating: 0, count: Self.panels * n)
        for panel in 0..<Self.panels {
            let values = (0..<n).map { i -> Double in
                let ξ = cos(.pi * (Double(i) + 0.5) / Double(n))
                return h(scalbn((3 + ξ) / 4, -panel))
            }
            for k in 0..<n {
                let sum = (0..<n).reduce(0.0) { sum, i in
                    sum + values[i] * cos(.pi * Double(k) * (Double(i) + 0.5) / Double(n))
                }
                series[panel * n + k] = (k == 0 ? 1 : 2) * sum / Double(n)
            }
        }
        self.series = series
    }

    /// u for the sines of (α - θ)/2 and (α + θ)/2.
    func mean(_ below: Double, _ above: Double) -> Double {
        let (near, far) = (below * below, above * above)
        let sum = near + far
        guard sum > 0 else { return 0 }
        // A = 2 (near + far), δ = 2 near/(near + far).
        let δ = min(1, 2 * near / sum)
        return (2 * sum).squareRoot() * h(δ)
    }

    /// h(δ), 0 ≤ δ ≤ 1.
    private func h(_ δ: Double) -> Double {
        // δ = 2^{-panel} (3 + ξ)/4; below the last panel h is constant to rounding.
        let bounded = max(δ, scalbn(1, -Self.panels))
        let panel = max(0, -1 - Int(bounded.exponent))
        let ξ = 4 * scalbn(bounded, panel) - 3
        let start = panel * Self.terms
        return series.withUnsafeBufferPointer { c in
            var (next, afterNext) = (0.0, 0.0)
            for k in stride(from: Self.terms - 1, to: 0, by: -1) {
                (next, afterNext) = (c[start + k] + 2 * ξ * next - afterNext, next)
            }
            return c[start] + ξ * next - afterNext
        }
    }

    /// Nodes 1 - s and weights, of sum 1, for s = cos φ with density ∝ sin^{d-3} φ.
    private static func coordinate(dimension d: Int) -> (heights: [Double], weights: [Double]) {
        let panel = LegendrePanel(count: 20)
        // Fine at φ = 0, where √(1 - s) has a corner, and wherever sin^{d-3} is narrow.
        let finest = Double.pi / 64
        let edges =
            [0] + (0...40).reversed().map { scalbn(finest, -$0) }
            + (2...64).map { Double($0) * finest }
        var (heights, weights) = ([Double](), [Double]())
        for (a, b) in zip(edges, edges.dropFirst()) {
            for (ξ, weight) in zip(panel.nodes, panel.weights) {
                let φ = (a + b) / 2 + (b - a) / 2 * ξ
                let half = sin(φ / 2)
                heights.append(2 * half * half)
                weights.append(weight * (b - a) / 2 * pow(sin(φ), Double(d - 3)))
            }
        }
        let total = weights.reduce(0, +)
        return (heights, weights.map { $0 / total })
    }
}
