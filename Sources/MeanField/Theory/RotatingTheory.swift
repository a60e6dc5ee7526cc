import Foundation

/// Growth about the uniform density where KᵀQ and V are rotations times scales.
///
///     W = A_00 + Σ A_kk c_k e^{ikθ},   F = B_00 + Σ B_kk c_k e^{ikθ}        (``BilinearModes``)
///     v_0 = B_00/A_00,   v_k = (B_kk - v_0 A_kk)/A_00      (softmax)
///     v_0 = B_00,        v_k = B_kk                        (none, rescaled)
///     λ_k = Re(-ik (v_0 + v_k)) - D k²
///
/// The uniform density then turns at the rate v_0, and perturbations e^{ikθ} grow as e^{λ_k t} while they
/// travel. For multiples of the identity these are the rates of ``LinearTheory``. Derived.
struct RotatingTheory: Sendable {
    /// λ_k + D k² for k = 1 …; zero beyond.
    private let drives: [Double]
    private let diffusion: Double

    /// `nil` unless rotations carry solutions into solutions.
    init?(attention: MatrixAttention) {
        guard attention.isRotationEquivariant else { return nil }
        let kernel = attention.bilinearModes
        let weight = BilinearWeight(tangentOf: attention.value)
        func force(_ k: Int) -> Complex {
            weight.terms.reduce(.zero) { $0 + $1.factor * kernel.entry(k - $1.a, k + $1.b) }
        }
        let mean = kernel.entry(0, 0).re
        let isSoftmax = attention.normalization == .softmax
        let rate = force(0).re / mean
        diffusion = attention.diffusion
        drives = (0...(kernel.degree + 1)).map { k in
            let response =
                isSoftmax
                ? 1 / mean * (force(k) - rate * kernel.entry(k, k))
                : attention.unnormalizedGain * force(k)
            // Re(-ik z) = k Im z.
            return Double(k) * response.im
        }
    }

    /// λ_k.
    func growthRate(degree k: Int) -> Double {
        (k < drives.count ? drives[k] : 0) - diffusion * Double(k * k)
    }

    /// The degree of the largest λ_k > 0; `nil` if none grows.
    var mostUnstableDegree: Int? {
        let best = (1..<drives.count).max { growthRate(degree: $0) < growthRate(degree: $1) }
        return best.flatMap { growthRate(degree: $0) > 0 ? $0 : nil }
    }

    /// The noise above which nothing grows; `nil` if nothing grows without noise.
    var criticalDiffusion: Double? {
        let largest = (1..<drives.count).map { drives[$0] / Double($0 * $0) }.max() ?? 0
        return largest > 0 ? largest : nil
    }

    /// The last degree that attention moves.
    var highestDegree: Int { drives.count - 1 }
}
