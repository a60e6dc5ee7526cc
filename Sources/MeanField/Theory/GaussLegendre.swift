import Foundation

/// Nodes and weights of the 20-point Gauss–Legendre rule on [-1, 1], exact for degree 39.
///
/// The roots of P₂₀ by Newton from cos(π(i - 1/4)/(n + 1/2)), weights 2/((1 - x²) P₂₀'(x)²).
enum GaussLegendre {
    static let count = 20
    static let rule: (nodes: [Double], weights: [Double]) = {
        var nodes = [Double](repeating: 0, count: count)
        var weights = nodes
        for i in 0..<count {
            var x = cos(Double.pi * (Double(i) + 0.75) / (Double(count) + 0.5))
            var slope = 1.0
            for _ in 0..<6 {
                var previous = 0.0
                var value = 1.0
                for k in 1...count {
                    let degree = Double(k)
                    let next = ((2 * degree - 1) * x * value - (degree - 1) * previous) / degree
                    previous = value
                    value = next
                }
                slope = Double(count) * (x * value - previous) / (x * x - 1)
                x -= value / slope
            }
            nodes[i] = x
            weights[i] = 2 / ((1 - x * x) * slope * slope)
        }
        return (nodes, weights)
    }()
}
