import Foundation

/// The attention velocity field of a measure on the circle.
///
///     v(θ) = v ∫ sin(φ - θ) e^{β' cos(θ - φ)} dμ(φ) / ∫ e^{β' cos(θ - φ)} dμ(φ)      (softmax)
///
/// Accurate relative to the integral of absolute values at every point, whatever β' and μ
/// (``PointPotential``). Rates are dθ/dt.
public struct CircleVelocity: Sendable {
    private let attention: IsotropicAttention
    private var potential: PointPotential

    /// The velocity field of `measure` under `attention`.
    public init(of measure: CircleMeasure, attention: IsotropicAttention) {
        self.attention = attention
        potential = measure.potential(inverseTemperature: attention.inverseTemperature)
    }

    /// dθ/dt at the given angles.
    public mutating func values(at angles: [Double]) -> [Double] {
        let n = angles.count
        var (gradient, weight, shift) = (
            [Double](repeating: 0, count: n), [Double](repeating: 0, count: n),
            [Double](repeating: 0, count: n)
        )
        potential.evaluate(
            at: angles, gradient: &gradient, potential: &weight, shift: &shift)
        return (0..<n).map { i in
            attention.normalization == .softmax
                ? attention.value * gradient[i] / weight[i]
                : attention.unnormalizedGain * exp(-shift[i]) * gradient[i]
        }
    }

    /// log ∫ e^{β' cos(θ - φ)} dμ(φ).
    public func logPotential(at θ: Double) -> Double {
        potential.logarithm(at: θ).value + attention.sharpness
    }
}
