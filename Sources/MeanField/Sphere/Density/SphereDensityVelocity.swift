import Foundation
import Spectral

/// The velocity of a density on S² at single points.
///
///     v = (v/β') grad W/W,   or P_x V G/F      (``SphereVelocityFields``; without the quotient: softmax only)
public struct SphereDensityVelocity: Sendable {
    private let attention: SphereAttention
    private let series: HarmonicSeries
    /// Coefficients of W and W/β', or of F and the components of G.
    private let potential: [Double]
    private let forces: [[Double]]

    /// The velocity of `density` under `attention`.
    public init(of density: SphereDensity, attention: SphereAttention) {
        self.attention = attention
        if let (m, _) = attention.multiples {
            let multipliers = FunkHeckeMultipliers(
                dimension: 3, inverseTemperature: attention.beta * m)
            series = HarmonicSeries(degree: multipliers.bandLimit)
            let short = density.layout.moved(density.modes, to: series.layout)
            potential = series.layout.scaled(short, byDegree: multipliers.kernel)
            forces = [series.layout.scaled(short, byDegree: multipliers.gradient)]
        } else {
            let softmax = SphereAttention(
                beta: attention.beta, product: attention.product, value: attention.value)
            var fields = SphereVelocityFields(softmax)
            fields.update(from: density.modes, in: density.layout)
            series = HarmonicSeries(degree: fields.layout.degree)
            potential = fields.modes[3]
            forces = Array(fields.modes[0..<3])
        }
    }

    /// The velocity at the unit vector x, and log ∫ e^{β<Qx,Ky>} dμ(y) there.
    public func velocity(at x: [Double]) -> (vector: [Double], logPotential: Double) {
        var gradient = [0.0, 0, 0]
        let w = series.evaluate(potential, at: x, gradient: &gradient)
        let size = attention.normalization == .softmax ? 1 / w : attention.unnormalizedGain
        let logPotential = log(w) + attention.sharpness
        if let (_, v) = attention.multiples {
            _ = series.evaluate(forces[0], at: x, gradient: &gradient)
            return (gradient.map { v * size * $0 }, logPotential)
        }
        let force = forces.map { component in
            var unused = gradient
            return series.evaluate(component, at: x, gradient: &unused)
        }
        let turned = attention.value.applied(to: force)
        let radial = zip(turned, x).reduce(0) { $0 + $1.0 * $1.1 }
        return (zip(turned, x).map { size * ($0 - radial * $1) }, logPotential)
    }
}
