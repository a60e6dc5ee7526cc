import Foundation
import Spectral

/// Growth of small perturbations of the uniform density on S^{d-1}, for scalar Q, K, V.
///
///     SA:  λ_l = L_l (v a_l/(β' a_0) - D),    USA:  λ_l = L_l (v a_l/β' - D),    L_l = l(l+d-2)
///     a_l/a_0 = Π_{j<l} I_{ν+j+1}/I_{ν+j},    a_0 = Γ(d/2) (2/β)^ν I_ν(β),       ν = d/2 - 1
///
/// - v: value, of either sign; β' = β·query·key, of either sign (a_l has the sign of β'^l); D ≥ 0.
/// - Every perturbation of degree l grows as e^{λ_l t}. As β' → 0 only λ_1 → (d-1)(v/d - D) and
///   λ_l → -L_l D are left. "rescaled" is USA times e^{-|β'|}.
///
/// Relative error of the first term a few times 1e-15. Derived by Funk–Hecke.
public struct SphereLinearTheory: Sendable, Equatable {
    /// d of R^d, at least 2.
    public let dimension: Int
    /// D ≥ 0.
    public let diffusion: Double
    /// v a_l/(β' a_0), l = 0 …, of which the first is not used; below rounding after the last.
    private let drives: [Double]
    /// What the drives are multiplied by: a_0 (none), a_0 e^{-|β'|} (rescaled), 1 (softmax).
    private let scale: Double

    /// The linear theory for β' = `inverseTemperature`.
    public init(
        dimension d: Int, inverseTemperature β: Double, normalization: Normalization = .softmax,
        value: Double = 1, diffusion: Double = 0
    ) {
        dimension = d
        self.diffusion = diffusion
        let size = abs(β)
        let ratios = Self.multipliers(dimension: d, size)
        drives = ratios.indices.map { l in
            let sign: Double = β < 0 && l % 2 == 0 ? -1 : 1
            // a_1/β stays where β vanishes.
            let quotient =
                size > 0
                ? ratios[l] / size : l == 1 ? 1 / Double(d) : 0
            return sign * value * quotient
        }
        let mean = sphereAverage(dimension: d, size).logarithm
        switch normalization {
        case .softmax: scale = 1
        case .none: scale = exp(mean + size)
        case .rescaled: scale = exp(mean)
        }
    }

    /// a_l/a_0, l = 0 …, down to 1e-20/l.
    static func multipliers(dimension d: Int, _ size: Double) -> [Double] {
        var ratios = [1.0]
        let ν = Double(d) / 2 - 1
        while ratios.count < 3 || ratios.last! * Double(ratios.count) > 1e-20 {
            ratios.append(
                ratios.last! * besselRatio(order: ν + Double(ratios.count - 1), size))
        }
        return ratios
    }

    /// λ_l of degree l ≥ 1 (USA: infinite where e^{|β'|} overflows).
    public func growthRate(degree l: Int) -> Double {
        precondition(l >= 1, "degree 0 is the mass, which is conserved")
        let drive = l < drives.count ? drives[l] : 0
        let degree = Double(l) * Double(l + dimension - 2)
        return degree * ((drive == 0 ? 0 : drive * scale) - diffusion)
    }

    /// The degree whose perturbations grow fastest, or `nil` if none grows.
    public var mostUnstableDegree: Int? {
        var best: (degree: Int, rate: Double)?
        for l in 1..<drives.count {
            let rate = growthRate(degree: l)
            if rate > best?.rate ?? 0 { best = (l, rate) }
        }
        return best?.degree
    }

    /// The largest growth rate; `nil` if nothing grows.
    public var largestRate: Double? { mostUnstableDegree.map { growthRate(degree: $0) } }

    /// The supremum D_c of the diffusions at which the uniform density is unstable; `nil` if it is stable
    /// for every D ≥ 0.
    public var criticalDiffusion: Double? {
        let strongest = drives.dropFirst().max() ?? 0
        return strongest > 0 ? strongest * scale : nil
    }
}
