import Foundation
import Spectral

/// A smooth density on S² or S³ with respect to the uniform probability measure σ.
public struct HarmonicDensity<Transform: HarmonicTransform>: Sendable {
    /// c = ∫ Y dμ, as in `layout`.
    public let modes: [Double]
    /// The grid that resolves the density.
    public let transform: Transform
    /// ρ on the grid.
    public let values: [Double]

    /// The density with these coefficients on the grid of `transform`.
    public init(modes: [Double], transform: Transform) {
        self.modes = modes
        self.transform = transform
        values = transform.values(of: modes, in: transform.layout)
    }

    /// Where the coefficients stand.
    public var layout: Transform.Layout { transform.layout }

    /// Calls `body` for every point of the grid with its unit vector and its mass.
    public func forEachPoint(_ body: ([Double], Double) -> Void) {
        let stretch = values.count / transform.weights.count
        transform.forEachPoint { i, x in body(x, transform.weights[i / stretch] * values[i]) }
    }

    /// ∫ log ρ dμ; `nil` where ρ is negative by more than rounding: its degrees do not resolve it.
    public var relativeEntropy: Double? {
        let stretch = values.count / transform.weights.count
        var (sum, missing) = (0.0, 0.0)
        for (i, ρ) in values.enumerated() {
            let weight = transform.weights[i / stretch]
            if ρ > 0 { sum += weight * ρ * log(ρ) } else { missing -= weight * ρ }
        }
        return missing < 1e-6 ? sum : nil
    }

    /// ‖ρ_l‖² = Σ_m c_lm² of the part of every degree l = 0 … D.
    public var powers: [Double] {
        var powers = [Double](repeating: 0, count: layout.degree + 1)
        for (l, c) in zip(layout.degrees, modes) { powers[l] += c * c }
        return powers
    }

    /// C = ∫ x xᵀ dμ, shape [d][d]: of the degrees up to 2, on the smallest grid that is exact for them.
    public var secondMoment: [[Double]] {
        let small = Transform(degree: 2, analysing: 2)
        let low = HarmonicDensity(
            modes: layout.moved(modes, to: small.layout), transform: small)
        var moment = [[Double]]()
        low.forEachPoint { x, mass in
            if moment.isEmpty { moment = x.map { _ in x.map { _ in 0 } } }
            for a in x.indices {
                for b in x.indices { moment[a][b] += mass * x[a] * x[b] }
            }
        }
        return moment
    }
}

/// A smooth density on S².
public typealias SphereDensity = HarmonicDensity<SphericalTransform>

/// A smooth density on S³.
public typealias HypersphereDensity = HarmonicDensity<HypersphericalTransform>
