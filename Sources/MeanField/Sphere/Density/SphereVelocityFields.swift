import Foundation
import Spectral

/// The short fields on S² that make the velocity of a density.
///
/// Where Q, K, V are multiples of the identity, of W*μ and its derivatives,
///
///     v = (v/β') grad W/W (softmax),   (v/β') grad W (none, rescaled)
///
/// elsewhere F = ∫ e^{β<Qx,Ky> - b} dμ and G = ∫ e^{β<Qx,Ky> - b} y dμ: v = P_x V G/F, or P_x V G.
struct SphereVelocityFields: Sendable {
    /// Of the fields.
    let layout: HarmonicLayout
    /// How they make the velocity.
    let form: SphereTransport.Form
    /// Their coefficients.
    private(set) var modes: [[Double]]

    private let source: Source
    private let hasQuotient: Bool
    private var short: [Double]
    private var scaled: [Double]

    private enum Source: Sendable {
        case gradient(HarmonicDerivatives, kernel: [Double], gradient: [Double])
        case vector(KernelMatrix, SphericalTransform)
    }

    /// The fields of `attention` on S².
    init(_ attention: SphereAttention) {
        precondition(attention.dimension == 3)
        hasQuotient = attention.normalization == .softmax
        let gain = hasQuotient ? 1 : attention.unnormalizedGain
        let count: Int
        if let (m, v) = attention.multiples {
            let multipliers = FunkHeckeMultipliers(
                dimension: 3, inverseTemperature: attention.beta * m)
            let band = HarmonicLayout(degree: multipliers.bandLimit)
            layout = HarmonicLayout(degree: band.degree + 1)
            form = .gradient(gain: gain * v)
            source = .gradient(
                HarmonicDerivatives(band), kernel: multipliers.kernel,
                gradient: multipliers.gradient)
            short = [Double](repeating: 0, count: band.count)
            count = hasQuotient ? 3 : 2
        } else {
            let kernel = KernelMatrix(of: attention)
            layout = kernel.layout
            form = .vector(value: attention.value.entries.map { gain * $0 })
            let wide = layout.degree + 1
            source = .vector(
                kernel,
                SphericalTransform(degree: wide, rings: wide + 1, longitudes: 2 * wide + 2))
            short = [Double](repeating: 0, count: layout.count)
            count = hasQuotient ? 4 : 3
        }
        scaled = short
        modes = [[Double]](
            repeating: [Double](repeating: 0, count: layout.count), count: count)
    }

    /// Takes the coefficients of a density in `densityLayout`.
    mutating func update(from density: [Double], in densityLayout: HarmonicLayout) {
        switch source {
        case .gradient(let derivatives, let kernel, let gradient):
            let band = derivatives.layout
            short = densityLayout.moved(density, to: band)
            scaled = band.scaled(short, byDegree: gradient)
            derivatives.polar(scaled, into: &modes[0])
            derivatives.azimuthal(scaled, into: &modes[1])
            if hasQuotient {
                modes[2] = band.moved(band.scaled(short, byDegree: kernel), to: layout)
            }
        case .vector(let kernel, let transform):
            let wide = transform.layout
            let values = transform.values(of: densityLayout.moved(density, to: wide), in: wide)
            for axis in 0..<3 {
                let weighted = wide.moved(
                    transform.modes(of: transform.weighted(values, byCoordinate: axis)),
                    to: layout)
                kernel.apply(to: weighted, into: &modes[axis])
            }
            if hasQuotient {
                short = densityLayout.moved(density, to: layout)
                kernel.apply(to: short, into: &modes[3])
            }
        }
    }
}
