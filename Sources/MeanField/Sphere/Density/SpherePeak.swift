import Foundation

/// One component of a mixture on S²: a density that falls with the angle φ to its mean.
///
/// Densities are with respect to the uniform probability measure, as functions of
///
///     h = sin²(φ/2) = |x - mean|²/4
///
/// which is known to full relative accuracy near the mean, however narrow the component is:
///
///     von Mises–Fisher   2κ/(1 - e^{-2κ}) e^{-2κh}
///     heat kernel        K(φ), s = σ²/2          (``HeatKernelAngle``)
struct SpherePeak: Sendable {
    /// Its mean.
    let mean: [Double]
    /// Its share of the mass.
    let weight: Double
    /// σ, or 1/√κ.
    let width: Double
    private let shape: Shape

    private enum Shape: Sendable {
        case concentration(Double)
        case heat(HeatKernelAngle)
    }

    /// Standard deviations beyond which nothing is left of a component: e^{-32}.
    static let reach = 8.0

    /// The components of a mixture.
    static func peaks(of parts: [SphereInitial.Component]) -> [SpherePeak] {
        // Kernels of one width, as of smoothed tokens, are one.
        var kernels = [Double: HeatKernelAngle]()
        return parts.map { part in
            switch part.shape {
            case .concentration(let κ):
                return SpherePeak(
                    mean: part.mean, weight: part.weight, width: 1 / κ.squareRoot(),
                    shape: .concentration(κ))
            case .sigma(let σ):
                let kernel = kernels[σ] ?? HeatKernelAngle(dimension: 3, sigma: σ)
                kernels[σ] = kernel
                return SpherePeak(
                    mean: part.mean, weight: part.weight, width: σ, shape: .heat(kernel))
            }
        }
    }

    /// weight · ρ at h.
    func density(at h: Double) -> Double {
        switch shape {
        case .concentration(0): weight
        case .concentration(let κ): -2 * κ / expm1(-2 * κ) * weight * exp(-2 * κ * h)
        case .heat(let kernel):
            weight * kernel.value(at: 2 * atan2(h.squareRoot(), max(0, 1 - h).squareRoot()))
        }
    }

    /// weight · ρ at a point, zero out of reach.
    func density(at x: [Double]) -> Double {
        var square = 0.0
        for c in 0..<3 { square += (x[c] - mean[c]) * (x[c] - mean[c]) }
        let h = min(square / 4, 1)
        return h > Self.reach * Self.reach * width * width / 2 ? 0 : density(at: h)
    }

    /// The rectangle about the mean within reach, with cells no wider than ``cell``.
    ///
    /// A cap about a point of the equator reaches as far in longitude as in latitude, or over the poles.
    func patch(width widest: Double) -> SpherePatch {
        let half = Self.reach * width
        let reach = half < .pi / 2 ? SIMD2(half, half) : SIMD2(.pi / 2, .pi)
        let cell = min(widest, Self.cell * width)
        return SpherePatch(
            frame: SphereFrame(about: mean), lower: -reach, upper: reach, width: SIMD2(cell, cell),
            mass: weight
        ) { labels in
            labels.map { label in
                let (a, b) = (sin(label.x / 2), sin(label.y / 2))
                return density(at: a * a + cos(label.x) * b * b) * cos(label.x) / (4 * .pi)
            }
        }
    }

    /// Standard deviations that a cell may be wide for its nodes to see the component; it is halved from there.
    static let cell = 4.0
}
