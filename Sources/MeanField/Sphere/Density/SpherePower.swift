import Foundation
import Spectral

/// The work that attention does on a measure on S².
///
///     ∫ <v, grad(W*μ)/β> dμ = dE/dt along the velocity,   W = e^{β<x,y> - β}
///
/// The integrand is a short field: it is formed on a small grid and summed against the coefficients of
/// the measure.
public struct SpherePower: Sendable {
    /// Where the coefficients of the measure stand.
    public var layout: HarmonicLayout { transform.layout }

    private let transform: SphericalTransform
    private let derivatives: HarmonicDerivatives
    private let gradient: [Double]
    private let value: [Double]
    private let isQuotient: Bool
    private let fields: SphereVelocityFields

    /// The work of `attention` on the energy with inverse temperature β.
    public init(beta: Double, attention: SphereAttention) {
        let multipliers = FunkHeckeMultipliers(dimension: 3, inverseTemperature: beta)
        gradient = multipliers.gradient
        fields = SphereVelocityFields(attention)
        isQuotient = attention.normalization == .softmax
        value = attention.value.entries
        let band = HarmonicLayout(degree: multipliers.bandLimit)
        derivatives = HarmonicDerivatives(band)
        let degree = 2 * max(band.degree, fields.layout.degree) + 8
        transform = SphericalTransform(
            degree: degree, rings: degree + 1, longitudes: 2 * degree + 2)
    }

    /// The work on the measure with these coefficients.
    public func callAsFunction(_ modes: [Double]) -> Double {
        var fields = fields
        fields.update(from: modes, in: layout)
        let velocity = fields.modes.map { transform.values(of: $0, in: fields.layout) }
        let short = derivatives.layout.scaled(
            layout.moved(modes, to: derivatives.layout), byDegree: gradient)
        let wide = HarmonicLayout(degree: derivatives.layout.degree + 1)
        var (polar, azimuthal) = (
            [Double](repeating: 0, count: wide.count), [Double](repeating: 0, count: wide.count)
        )
        derivatives.polar(short, into: &polar)
        derivatives.azimuthal(short, into: &azimuthal)
        let a = transform.values(of: polar, in: wide)
        let b = transform.values(of: azimuthal, in: wide)
        var power = [Double](repeating: 0, count: a.count)
        let n = transform.longitudes
        for ring in 0..<transform.rings {
            let z = transform.heights[ring]
            let square = (1 - z) * (1 + z)
            for j in 0..<n {
                let i = ring * n + j
                switch fields.form {
                case .gradient(let gain):
                    let w = isQuotient ? velocity[2][i] : 1
                    power[i] = gain * (velocity[0][i] * a[i] + velocity[1][i] * b[i]) / (square * w)
                case .vector(let value):
                    // grad f = (θ̂ a + φ̂ b)/sin θ.
                    let (s, φ) = (square.squareRoot(), 2 * .pi * Double(j) / Double(n))
                    let g = [
                        (z * cos(φ) * a[i] - sin(φ) * b[i]) / s,
                        (z * sin(φ) * a[i] + cos(φ) * b[i]) / s, -a[i],
                    ]
                    var sum = 0.0
                    for row in 0..<3 {
                        for column in 0..<3 {
                            sum += g[row] * value[3 * row + column] * velocity[column][i]
                        }
                    }
                    power[i] = sum / (isQuotient ? velocity[3][i] : 1)
                }
            }
        }
        return zip(transform.modes(of: power), modes).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
