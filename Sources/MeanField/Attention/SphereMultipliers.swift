import Foundation
import Spectral

/// The multipliers of the attention kernel on S², scaled by e^{-|β'|}.
///
///     ∫ e^{β'<x,y> - |β'|} Y_l(y) dσ(y) = a_l Y_l(x),   a_l = i_l(|β'|) e^{-|β'|} (sign β')^l
///
/// for harmonics of degree l and the uniform probability measure σ; i_l = √(π/2β) I_{l+½}(β), the
/// modified spherical Bessel functions (Funk–Hecke; DLMF 10.47.7, 10.51). By ratios, as in
/// ``besselRatio(order:_:)``: no difference is taken, and β' = 0 is a value like any other.
public struct SphereMultipliers: Sendable, Equatable {
    /// a_l, l = 0 … L.
    public let kernel: [Double]
    /// a_l/β', l = 0 … L, finite at β' = 0; that of l = 0, which every use multiplies by 0, is 0.
    public let quotients: [Double]

    /// The multipliers of e^{β' <x,y>} of degrees up to `top`.
    public init(inverseTemperature: Double, top: Int) {
        let β = abs(inverseTemperature)
        let sign: Double = inverseTemperature < 0 ? -1 : 1
        var ratios = [Double](repeating: 0, count: top + 1)
        var reciprocals = ratios
        ratios[top] = besselRatio(order: Double(top) + 0.5, β)
        for l in stride(from: top, to: 0, by: -1) {
            reciprocals[l] = 1 / (Double(2 * l + 1) + β * ratios[l])
            ratios[l - 1] = β * reciprocals[l]
        }
        var kernel = [β == 0 ? 1 : -expm1(-2 * β) / (2 * β)]
        var quotients = [0.0]
        for l in 0..<top {
            quotients.append(kernel[l] * reciprocals[l + 1])
            kernel.append(sign * kernel[l] * ratios[l])
        }
        self.kernel = kernel
        self.quotients = quotients
    }

    /// The least degree beyond which the kernel and its gradient are nothing beside a_0.
    ///
    /// That is, (2l + 1)(l + 1) a_l/a_0 is below `tolerance`.
    public static func degree(_ inverseTemperature: Double, tolerance: Double) -> Int {
        let β = abs(inverseTemperature)
        let bound = 24 + Int(11 * β.squareRoot())
        let kernel = SphereMultipliers(inverseTemperature: β, top: bound).kernel
        let last = kernel.indices.last {
            Double((2 * $0 + 1) * ($0 + 1)) * kernel[$0] >= tolerance * kernel[0]
        }
        return max(1, last ?? 1)
    }
}
