import Foundation

extension ZonalMeasure {
    /// W and F of the kernel e^{b<x,y>} with V = 1, whose velocity is grad log W/b.
    package func potential(sharpness b: Double) -> ZonalPotential {
        ZonalPotential(of: self, attention: ZonalAttention(dimension: dimension, beta: b))
    }
}

/// The velocity field of a zonal measure, and its potential.
///
/// Accurate relative to the integral of absolute values at every angle (``RingKernel``).
public struct ZonalPotential: Sendable {
    private var kernel: RingKernel
    private let sharpness: Double

    /// The field of `measure` under `attention`.
    public init(of measure: ZonalMeasure, attention: ZonalAttention) {
        sharpness = attention.sharpness
        kernel = RingKernel(attention)
        let (angles, masses) = measure.points
        kernel.setSources(angles: angles, masses: masses)
    }

    /// dθ/dt at the angle θ to the axis.
    public mutating func velocity(at θ: Double) -> Double { kernel.velocity(at: θ) }

    /// log ∫ e^{β<Qx,Ky>} dμ(y).
    public mutating func logarithm(at θ: Double) -> Double {
        kernel.logarithm(at: θ) + sharpness
    }

    /// The velocity per angle from the pole e, or from -e: negative where e attracts, positive where -e
    /// does.
    package func poleSlope(isOpposite: Bool) -> Double { kernel.poleSlope(isOpposite: isOpposite) }

    /// The velocity at a unit vector x, shape [d], and log ∫ e^{β<Qx,Ky>} dμ(y) there.
    public mutating func velocity(
        at x: [Double], axis: [Double]
    ) -> (vector: [Double], logPotential: Double) {
        let height = zip(x, axis).reduce(0) { $0 + $1.0 * $1.1 }
        // e_θ = (cos θ x - e)/sin θ, of length 1; sin θ by the part of x across the axis.
        let across = zip(x, axis).map { $0 - height * $1 }
        let s = across.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let θ = atan2(s, height)
        let speed = s == 0 ? 0 : velocity(at: θ)
        let vector = x.indices.map { i in
            s == 0 ? 0 : speed * (height * across[i] / s - s * axis[i])
        }
        return (vector, logarithm(at: θ))
    }
}
