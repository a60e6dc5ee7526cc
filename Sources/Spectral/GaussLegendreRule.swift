import Foundation

/// Nodes and weights of the n-point Gauss–Legendre rule on [-1, 1], exact for degree 2n - 1.
///
/// The roots of P_n by Newton from cos(π(i + 3/4)/(n + 1/2)), descending; weights
/// 2/((1 - x²) P_n'(x)²), by the angle near the ends. Cost O(n²).
public func gaussLegendreRule(_ n: Int) -> (nodes: [Double], weights: [Double]) {
    precondition(n >= 1, "a quadrature rule has nodes")
    var nodes = [Double](repeating: 0, count: n)
    var weights = nodes
    for i in 0..<((n + 1) / 2) {
        var θ = Double.pi * (Double(i) + 0.75) / (Double(n) + 0.5)
        var slope = 1.0
        // P_n(cos θ) and its derivative in θ.
        for _ in 0..<6 {
            let x = cos(θ)
            var (previous, value) = (0.0, 1.0)
            for k in 1...n {
                let degree = Double(k)
                (previous, value) = (
                    value, ((2 * degree - 1) * x * value - (degree - 1) * previous) / degree
                )
            }
            slope = Double(n) * (x * value - previous) / sin(θ)
            θ -= value / slope
        }
        let isMiddle = 2 * i + 1 == n
        nodes[i] = isMiddle ? 0 : cos(θ)
        weights[i] = 2 / (slope * slope)
        nodes[n - 1 - i] = -nodes[i]
        weights[n - 1 - i] = weights[i]
    }
    return (nodes, weights)
}
