import Foundation
import Spectral

/// A start with noise that no number of harmonics resolves: the noise smooths it.
///
/// Its coefficients up to degree L are exact at t = 0, and what attention makes of them is as well, but for
/// what it would take from degrees above L. It connects degrees that are no farther apart than B, the
/// degrees of its kernel, and the coefficient of degree l decays within 1/(D l²): of coefficients above L
///
///     loss = (s/(D L))^{(L - B)/B},   s = the scale of velocities
///
/// comes down to the degrees that the kernel sees. Estimated.
struct RoughStart {
    private let band: Double
    private let speed: Double
    private let diffusion: Double

    /// What marks an evolution that starts so.
    static let reason = "start, for noise to smooth"

    /// On the circle.
    init(of attention: any CircleAttention) {
        band = Double(max(attention.kernelModes, 1))
        (speed, diffusion) = (attention.velocityScale, attention.diffusion)
    }

    /// On S² and S³.
    init(of attention: SphereAttention) {
        let multipliers = FunkHeckeMultipliers(
            dimension: attention.dimension, inverseTemperature: attention.sharpness)
        band = Double(max(multipliers.bandLimit, 1))
        (speed, diffusion) = (attention.velocityScale, attention.diffusion)
    }

    /// Largest share that may be lost.
    static let mostLoss = 1e-3

    /// What the coefficients up to `degree` miss; 1 where that is all.
    func loss(degree: Int) -> Double {
        let ratio = min(1, speed / (diffusion * Double(degree)))
        return pow(ratio, max(0, (Double(degree) - band) / band))
    }

    /// Whether coefficients of `degree` may not have decayed by e^{-100} at `time`.
    func isSmoothing(degree: Int, until time: ModelTime) -> Bool {
        diffusion * Double(degree) * Double(degree) * time.approximation < 100
    }
}
