import Spectral

/// The Fourier multipliers of the attention kernel on the circle, scaled by e^{-|β'|}.
///
///     e^{β' cos φ - |β'|} = Σ_k a_k e^{ikφ},   a_k = I_k(|β'|) e^{-|β'|} (sign β')^k
///     gradient_k = k a_k / β', with its limit at β' = 0
///
/// Only the degrees k = j·fold of a density with that symmetry are kept, indexed by j. Multipliers
/// below 1e-30 a_0 are zero (they would only bring denormal numbers); the band limit is the last
/// index that counts in double precision.
public struct KernelMultipliers: Sendable, Equatable {
    /// a_{j·fold}, j = 0 … count.
    public let kernel: [Double]
    /// (k a_k/β') at k = j·fold, finite at β' = 0.
    public let gradient: [Double]
    /// The last index whose gradient multiplier exceeds 1e-17 of the largest one.
    public let bandLimit: Int

    /// The multipliers of e^{β' cos} with indices 0 … `count`.
    public init(inverseTemperature: Double, fold: Int = 1, count: Int) {
        let sharpness = abs(inverseTemperature)
        let top = max(count * fold, 1)
        let bessel = scaledBesselI(upTo: top, sharpness)
        let quotients = scaledBesselIOverArgument(upTo: top, sharpness)
        let floor = 1e-30 * bessel[0]
        var kernel = [Double](repeating: 0, count: count + 1)
        var gradient = kernel
        kernel[0] = bessel[0]
        for j in 1...max(count, 1) where j <= count {
            let k = j * fold
            let sign = inverseTemperature < 0 && k % 2 == 1 ? -1.0 : 1.0
            kernel[j] = bessel[k] > floor ? sign * bessel[k] : 0
            let slope = Double(k) * quotients[k]
            gradient[j] = slope > floor ? (inverseTemperature < 0 ? -sign : sign) * slope : 0
        }
        self.kernel = kernel
        self.gradient = gradient
        let largest = gradient.reduce(0) { max($0, abs($1)) }
        self.bandLimit = gradient.lastIndex { abs($0) > 1e-17 * largest && $0 != 0 } ?? 0
    }
}
