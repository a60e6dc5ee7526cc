import Foundation
import Spectral

/// Growth of small perturbations of the uniform density on the circle, for scalar Q, K, V.
///
///     SA:  λ_k = k² (v a_k/(β' a_0) - D),     USA:  λ_k = k² (v a_k/β' - D)
///     β' = β q k,   a_k = I_k(β') = (-1)^k I_k(|β'|) for β' < 0,   k = 1, 2, …
///
/// - v, q, k: value, query, key, of either sign; D ≥ 0; "rescaled" is USA times e^{-|β'|}.
/// - A perturbation e^{ikθ} of the density grows as e^{λ_k t}. As β' → 0 only λ_1 → v/2 - D and
///   λ_k → -k² D are left. For D = 0 and v = 1 the fastest SA degree is near √(2β) and its rate
///   tends to 2/e.
///
/// Relative error of the bracket's first term about 1e-14 for |β'| ≤ 1e5; the difference with D
/// then cancels like any. Derived by Funk–Hecke; agrees with arXiv:2410.23228.
public struct LinearTheory: Sendable, Equatable {
    /// β' = β·query·key, of either sign.
    public let effectiveTemperature: Double
    /// v, of either sign.
    public let value: Double
    /// D ≥ 0.
    public let diffusion: Double
    /// What the attention sum is divided by.
    public let normalization: Normalization
    /// v a_k/β' with all exponentials scaled out, k = 0…; below rounding after the last.
    private let drives: [Double]
    /// What ``drives`` must be multiplied by: e^{|β'|} for USA, else 1; `infinity` above 709.
    private let scale: Double

    /// The linear theory of a scalar model.
    public init(
        inverseTemperature β: Double, normalization: Normalization = .softmax,
        query: Double = 1, key: Double = 1, value: Double = 1, diffusion: Double = 0
    ) {
        precondition(β >= 0 && diffusion >= 0, "the linear theory needs β ≥ 0 and D ≥ 0")
        let effective = β * query * key
        precondition(effective.isFinite, "β·query·key must be finite")
        self.effectiveTemperature = effective
        self.value = value
        self.diffusion = diffusion
        self.normalization = normalization
        let size = abs(effective)
        let degrees = kernelDegree(size, tolerance: 1e-18) + 2
        var drives = scaledBesselIOverArgument(upTo: degrees, size)
        let divisor = normalization == .softmax ? scaledBesselI(upTo: 0, size)[0] : 1
        for k in 0...degrees {
            let sign: Double = effective < 0 && k % 2 == 0 ? -1 : 1
            drives[k] *= sign * value / divisor
        }
        self.drives = drives
        self.scale = normalization == .none ? exp(size) : 1
    }

    /// The growth rate λ_k of degree k ≥ 1 (USA: infinite where e^{|β'|} overflows).
    public func growthRate(degree k: Int) -> Double {
        precondition(k >= 1, "degree 0 is the mass, which is conserved")
        let drive = k < drives.count ? drives[k] : 0
        return Double(k * k) * ((drive == 0 ? 0 : drive * scale) - diffusion)
    }

    /// The degree whose perturbations grow fastest, or `nil` if none grows.
    public var mostUnstableDegree: Int? {
        var best: (degree: Int, rate: Double)?
        for k in 1..<drives.count {
            let rate = scaledRate(degree: k)
            if rate > best?.rate ?? 0 { best = (k, rate) }
        }
        return best?.degree
    }

    /// The largest growth rate λ_max > 0, or `nil` if no perturbation grows.
    public var largestRate: Double? {
        mostUnstableDegree.map { growthRate(degree: $0) }
    }

    /// The supremum D_c of the diffusions at which the uniform density is unstable.
    ///
    ///     D_c = max_k v a_k/(β' a_0)  (SA),   max_k v a_k/β'  (USA)
    ///
    /// `nil` if the uniform density is stable for every D ≥ 0. The first degree to become unstable
    /// is 1 for v, β' > 0 and 2 for v, β' < 0. arXiv:2510.20094.
    public var criticalDiffusion: Double? {
        let strongest = drives.dropFirst().max() ?? 0
        return strongest > 0 ? strongest * scale : nil
    }

    /// The degree above which the kernel is below rounding: λ_k = -k² D from there on.
    var highestDrivenDegree: Int { drives.count - 1 }

    /// λ_k in units that never overflow (of e^{|β'|} for USA), k up to the highest driven degree.
    func scaledRate(degree k: Int) -> Double {
        Double(k * k) * (drives[k] - diffusion / scale)
    }
}
