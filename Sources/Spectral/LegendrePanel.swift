import Foundation

/// Polynomials of degree p - 1 on [-1, 1] by their values at the p Gauss–Legendre nodes.
///
///     ∫ f dξ ≈ Σ_j w_j f(ξ_j)      exact to degree 2p - 1
///     f̂_n = (2n+1)/2 Σ_j w_j P_n(ξ_j) f(ξ_j)
///
/// The tables for integration, halving, evaluation and partial integrals are made once. Errors of
/// interpolation are of the size of the last coefficients f̂_n.
public struct LegendrePanel: Sendable {
    /// Number of nodes p.
    public let count: Int
    /// Nodes ξ_j, ascending.
    public let nodes: [Double]
    /// Weights w_j, summing to 2.
    public let weights: [Double]
    /// Row-major [p, p]: values at the nodes to Legendre coefficients.
    private let analysis: [Double]
    /// Row-major [p, p]: values at the nodes to values at the nodes of the left half.
    private let toLeftHalf: [Double]
    /// Row-major [p, p]: values at the nodes to values at the nodes of the right half.
    private let toRightHalf: [Double]

    /// Tables for `count` nodes.
    public init(count: Int) {
        self.count = count
        var nodes = [Double](repeating: 0, count: count)
        var weights = nodes
        for j in 0..<count {
            var x = -cos(Double.pi * (Double(j) + 0.75) / (Double(count) + 0.5))
            for _ in 0..<100 {
                let (p, slope) = Self.legendreAndSlope(count, x)
                let change = p / slope
                x -= change
                if abs(change) < 1e-16 { break }
            }
            let (_, slope) = Self.legendreAndSlope(count, x)
            nodes[j] = x
            weights[j] = 2 / ((1 - x * x) * slope * slope)
        }
        self.nodes = nodes
        self.weights = weights
        var analysis = [Double](repeating: 0, count: count * count)
        var left = analysis
        var right = analysis
        let polynomials = nodes.map { Self.legendre(upTo: count - 1, $0) }
        for n in 0..<count {
            for j in 0..<count {
                analysis[n * count + j] = (Double(n) + 0.5) * weights[j] * polynomials[j][n]
            }
        }
        for i in 0..<count {
            let onLeft = Self.legendre(upTo: count - 1, (nodes[i] - 1) / 2)
            let onRight = Self.legendre(upTo: count - 1, (nodes[i] + 1) / 2)
            for j in 0..<count {
                var (sumLeft, sumRight) = (0.0, 0.0)
                for n in 0..<count {
                    sumLeft += onLeft[n] * analysis[n * count + j]
                    sumRight += onRight[n] * analysis[n * count + j]
                }
                left[i * count + j] = sumLeft
                right[i * count + j] = sumRight
            }
        }
        self.analysis = analysis
        self.toLeftHalf = left
        self.toRightHalf = right
    }

    /// The Legendre coefficients f̂_0 … f̂_{p-1} of the polynomial with the given node values.
    public func coefficients(of values: some RandomAccessCollection<Double>) -> [Double] {
        apply(analysis, to: Array(values))
    }

    /// The same polynomial by its values on the nodes of [-1, 0] and of [0, 1].
    public func halves(of values: some RandomAccessCollection<Double>) -> (
        left: [Double], right: [Double]
    ) {
        let values = Array(values)
        return (apply(toLeftHalf, to: values), apply(toRightHalf, to: values))
    }

    /// f(ξ) and f'(ξ) from the Legendre coefficients of f.
    public static func valueAndSlope(_ coefficients: [Double], at ξ: Double) -> (
        value: Double, slope: Double
    ) {
        var (previous, current) = (1.0, ξ)
        var (previousSlope, currentSlope) = (0.0, 1.0)
        var (sum, slope) = (coefficients[0], 0.0)
        for n in 1..<coefficients.count {
            sum += coefficients[n] * current
            slope += coefficients[n] * currentSlope
            let (a, b) = (Double(2 * n + 1), Double(n))
            let next = (a * ξ * current - b * previous) / (b + 1)
            let nextSlope = previousSlope + a * current
            (previous, current) = (current, next)
            (previousSlope, currentSlope) = (currentSlope, nextSlope)
        }
        return (sum, slope)
    }

    /// ∫_{-1}^ξ f from the Legendre coefficients of f.
    public static func integral(_ coefficients: [Double], to ξ: Double) -> Double {
        // ∫_{-1}^ξ P_n = (P_{n+1}(ξ) - P_{n-1}(ξ))/(2n+1), and ξ + 1 for n = 0.
        var (previous, current) = (1.0, ξ)
        var sum = coefficients[0] * (ξ + 1)
        for n in 1..<coefficients.count {
            let (a, b) = (Double(2 * n + 1), Double(n))
            let next = (a * ξ * current - b * previous) / (b + 1)
            sum += coefficients[n] * (next - previous) / a
            (previous, current) = (current, next)
        }
        return sum
    }

    private func apply(_ matrix: [Double], to values: [Double]) -> [Double] {
        precondition(values.count == count)
        var result = [Double](repeating: 0, count: count)
        for i in 0..<count {
            var sum = 0.0
            for j in 0..<count { sum += matrix[i * count + j] * values[j] }
            result[i] = sum
        }
        return result
    }

    /// P_0(ξ) … P_n(ξ) by the three-term recurrence.
    private static func legendre(upTo n: Int, _ ξ: Double) -> [Double] {
        var p = [Double](repeating: 1, count: n + 1)
        if n >= 1 { p[1] = ξ }
        if n >= 2 {
            for k in 2...n {
                p[k] = (Double(2 * k - 1) * ξ * p[k - 1] - Double(k - 1) * p[k - 2]) / Double(k)
            }
        }
        return p
    }

    private static func legendreAndSlope(_ n: Int, _ ξ: Double) -> (Double, Double) {
        let p = legendre(upTo: n, ξ)
        return (p[n], Double(n) * (ξ * p[n] - p[n - 1]) / (ξ * ξ - 1))
    }
}
