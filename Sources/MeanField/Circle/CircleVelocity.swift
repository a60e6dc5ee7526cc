import Foundation

/// The attention velocity field of a measure on the circle.
///
///     v(θ) = v ∫ sin(φ - θ) e^{β' cos(θ - φ)} dμ(φ) / ∫ e^{β' cos(θ - φ)} dμ(φ)      (softmax)
///
/// for multiples of the identity, and as in ``MatrixAttention`` otherwise. Accurate relative to the
/// integral of absolute values at every point, whatever β and μ (``PointPotential``,
/// ``BilinearSums``). Rates are dθ/dt.
public struct CircleVelocity: Sendable {
    private let attention: any CircleAttention
    private var sums: any AttentionSums

    /// The velocity field of `measure` under `attention`.
    public init(of measure: CircleMeasure, attention: any CircleAttention) {
        self.init(of: measure, attention: attention, sums: attention.pointSums())
    }

    /// As ``init(of:attention:)``, where the `sums` of the attention are at hand.
    package init(
        of measure: CircleMeasure, attention: any CircleAttention, sums: any AttentionSums
    ) {
        self.attention = attention
        self.sums = measure.attentionSums(sums)
    }

    /// dθ/dt at the given angles.
    public mutating func values(at angles: [Double]) -> [Double] {
        let n = angles.count
        var (gradient, weight, shift) = (
            [Double](repeating: 0, count: n), [Double](repeating: 0, count: n),
            [Double](repeating: 0, count: n)
        )
        sums.evaluate(at: angles, gradient: &gradient, potential: &weight, shift: &shift)
        return (0..<n).map { i in
            attention.velocity(force: gradient[i], potential: weight[i], shift: shift[i])
        }
    }

    /// log ∫ e^{β<Qx,Ky>} dμ(y).
    public func logPotential(at θ: Double) -> Double {
        sums.logPotential(at: θ) + attention.sharpness
    }
}
