import Foundation
import Spectral

/// The interaction energy of very many tokens on S² and what velocities do to it, by spherical
/// harmonics.
///
///     ∬ e^{β(<x,y> - 1)} dμ dμ = Σ_l a_l Σ_m |μ_lm|²
///     work = ∫ <v, grad W> dμ/β,   W(x) = ∫ e^{β(<x,y> - 1)} dμ(y)
///
/// with the multipliers a_l of the kernel (``FunkHeckeMultipliers``). No term of the energy is
/// negative, so that it has nearly all digits. Cost: O(N + L³), as ``SphereTokenVelocity``.
public struct TokenEnergy: Sendable {
    /// The logarithm of the double integral.
    public let logInteraction: Double
    private let masses: [Double]
    /// W and grad W/β at the tokens, shape [N, 4].
    private var values: [Double]

    /// The energy of `measure` for β ≥ 0; `nil` for few tokens, beyond S², or where β needs too
    /// many degrees.
    public init?(of measure: TokenMeasure, beta: Double) {
        guard measure.dimension == 3, measure.count > TokenEquation.few,
            SphereSeries.top(beta) <= SphericalPointModes.highestTop
        else { return nil }
        var series = SphereSeries(inverseTemperature: beta, isGradient: true)
        var transform = SphericalPointModes(top: series.top)
        var places = SphericalPlaces()
        var modes = [Double](repeating: 0, count: HarmonicLayout(degree: series.top).count)
        transform.place(measure.positions, into: &places)
        transform.analyse(measure.masses, at: places, into: &modes)
        series.update(modes)
        logInteraction = log(zip(series.fields[0], modes).reduce(0) { $0 + $1.0 * $1.1 })
        transform.setFields(series.fields)
        masses = measure.masses
        values = [Double](repeating: 0, count: 4 * measure.count)
        transform.evaluate(at: places, into: &values)
    }

    /// ∫ <v, grad W> dμ/β of `velocities`, shape [3][N].
    public func work(of velocities: [Double]) -> Double {
        let n = masses.count
        var sum = 0.0
        for i in 0..<n {
            let along =
                velocities[i] * values[4 * i + 1] + velocities[n + i] * values[4 * i + 2]
                + velocities[2 * n + i] * values[4 * i + 3]
            sum += masses[i] * along
        }
        return sum
    }
}
