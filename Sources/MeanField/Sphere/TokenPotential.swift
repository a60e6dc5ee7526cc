import CVectorMath
import Foundation

/// The potential W*μ of weighted tokens on S^{d-1} and its gradient at any points.
///
///     W(z) = Σ_j m_j e^{b(<z,x_j> - 1)} = Σ_j m_j e^{-b|z - x_j|²/2}
///     pull(z) = grad log W/b = P_z Σ_j m_j e^{…} x_j / W
///
/// in scaled form, so that neither over- nor underflows. Errors are a few ulp of the sums of absolute
/// values. Cost O(n d) a point; nothing is allocated.
public struct TokenPotential: Sendable {
    /// b.
    public let sharpness: Double
    private let measure: TokenMeasure
    private var exponents: [Double]
    private var weights: [Double]
    private let ones: [Double]

    /// The potential of `measure` for the kernel e^{b<x,y>}.
    public init(of measure: TokenMeasure, sharpness b: Double) {
        sharpness = b
        self.measure = measure
        (exponents, weights) = (measure.masses, measure.masses)
        ones = [Double](repeating: 1, count: measure.count)
    }

    /// Writes the pull at the unit vector z into `pull`, shape [d]; returns log W(z).
    public mutating func evaluate(at z: [Double], pull: inout [Double]) -> Double {
        let (n, d) = (measure.count, measure.dimension)
        let b = sharpness
        for j in 0..<n { exponents[j] = 0 }
        for c in 0..<d {
            let own = z[c]
            for j in 0..<n {
                let difference = measure.positions[c * n + j] - own
                exponents[j] -= difference * difference
            }
        }
        var top = -Double.infinity
        for j in 0..<n { top = max(top, exponents[j]) }
        for j in 0..<n { weights[j] = 0.5 * b * (exponents[j] - top) }
        tf_exp(weights, &weights, n)
        for j in 0..<n { weights[j] *= measure.masses[j] }
        let sum = tf_dot(n, weights, ones)
        // Σ w (x_j - z) + z Σ w |x_j - z|²/2, the tangential part of Σ w x_j.
        let radial = -0.5 * tf_dot(n, weights, exponents) - sum
        measure.positions.withUnsafeBufferPointer { x in
            for c in 0..<d {
                let component = tf_dot(n, weights, x.baseAddress! + c * n)
                pull[c] = (component + z[c] * radial) / sum
            }
        }
        return log(sum) + 0.5 * b * top
    }

    /// log ∬ e^{b(<x,y> - 1)} dμ dμ.
    public mutating func logInteraction() -> Double {
        var pull = [Double](repeating: 0, count: measure.dimension)
        let logarithms = (0..<measure.count).map { i in
            log(measure.masses[i]) + evaluate(at: measure.point(i), pull: &pull)
        }
        let top = logarithms.max() ?? 0
        return top + log(logarithms.reduce(0) { $0 + exp($1 - top) })
    }
}
