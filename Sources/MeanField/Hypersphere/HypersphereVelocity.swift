import Foundation
import Spectral

/// The velocity of a density on S³ at single points.
public struct HypersphereVelocity: Sendable {
    private let attention: SphereAttention
    private let values: HypersphereFieldValues

    /// The velocity of `density` under `attention`.
    public init(of density: HypersphereDensity, attention: SphereAttention) {
        self.attention = attention
        var fields = HypersphereFields(of: attention)
        fields.update(from: density.modes, in: density.layout)
        values = HypersphereFieldValues(of: fields)
    }

    /// The velocity at the unit vector x, and log ∫ e^{β<Qx,Ky>} dμ(y) there.
    public func velocity(at x: [Double]) -> (vector: [Double], logPotential: Double) {
        let (potential, pull) = values(at: x)
        let size =
            attention.normalization == .softmax ? 1 / potential : attention.unnormalizedGain
        let force = attention.value.applied(to: pull)
        let radial = zip(force, x).reduce(0) { $0 + $1.0 * $1.1 }
        return (
            zip(force, x).map { size * ($0 - radial * $1) }, log(potential) + attention.sharpness
        )
    }
}
