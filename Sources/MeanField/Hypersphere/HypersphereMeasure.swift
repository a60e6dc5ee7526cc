import Foundation
import Spectral

/// A measure on S³ at one time: a smooth density, or weighted points.
public enum HypersphereMeasure: Sendable {
    /// A density by its harmonic coefficients.
    case density(HypersphereDensity)
    /// Weighted points.
    case points(TokenMeasure)

    /// The points that stand for the measure; `nil` for a density.
    public var tokens: TokenMeasure? {
        if case .points(let points) = self { points } else { nil }
    }
}

/// A smooth density on S³ with respect to the uniform probability measure σ.
public struct HypersphereDensity: Sendable {
    /// c = ∫ Y dμ, as in `layout`.
    public let modes: [Double]
    /// The grid that resolves the density.
    public let transform: HypersphericalTransform
    /// ρ on the grid.
    public let values: [Double]

    /// The density with these coefficients on the grid of `transform`.
    public init(modes: [Double], transform: HypersphericalTransform) {
        self.modes = modes
        self.transform = transform
        values = transform.values(of: modes, in: transform.layout)
    }

    /// Where the coefficients stand.
    public var layout: HypersphericalLayout { transform.layout }

    /// Calls `body` for every point of the grid with its unit vector and its mass.
    public func forEachPoint(_ body: ([Double], Double) -> Void) {
        let plane = transform.azimuths * transform.azimuths
        transform.forEachPoint { i, x in body(x, transform.weights[i / plane] * values[i]) }
    }

    /// ∫ log ρ dμ.
    public var relativeEntropy: Double {
        let plane = transform.azimuths * transform.azimuths
        var sum = 0.0
        for (i, ρ) in values.enumerated() where ρ > 0 {
            sum += transform.weights[i / plane] * ρ * log(ρ)
        }
        return sum
    }

    /// C = ∫ x xᵀ dμ, shape [4][4]: one for each pair of coordinates a harmonic of degree 2 at most.
    public var secondMoment: [[Double]] {
        let short = HypersphericalLayout(degree: 2)
        let ladder = HypersphericalLadder(short)
        let low = layout.moved(modes, to: short)
        var constant = [Double](repeating: 0, count: short.count)
        constant[0] = 1
        return (0..<4).map { i in
            var (linear, product) = (constant, constant)
            ladder.multiply(constant, byCoordinate: i, into: &linear)
            return (0..<4).map { j in
                ladder.multiply(linear, byCoordinate: j, into: &product)
                return zip(product, low).reduce(0) { $0 + $1.0 * $1.1 }
            }
        }
    }

    /// Points of a grid so coarse that they can be summed by pairs (``HyperspherePoints``).
    public var points: HyperspherePoints { HyperspherePoints(of: self) }
}

/// The velocity of a density on S³ at single points.
public struct HypersphereVelocity: Sendable {
    private let attention: SphereAttention
    private let values: HypersphereFieldValues

    /// The velocity of `density` under `attention`, whose KᵀQ is a multiple of the identity.
    public init(of density: HypersphereDensity, attention: SphereAttention) {
        self.attention = attention
        let multiple = attention.product.multiple(error: 0) ?? attention.multiples!.product
        var fields = HypersphereFields(sharpness: attention.beta * multiple)
        fields.update(from: density.modes, in: density.layout)
        values = HypersphereFieldValues(of: fields)
    }

    /// The velocity at the unit vector x, and log ∫ e^{β<Qx,Ky>} dμ(y) there.
    public func velocity(at x: [Double]) -> (vector: [Double], logPotential: Double) {
        let (potential, pull) = values(at: x)
        let size =
            attention.normalization == .softmax ? 1 / potential : attention.unnormalizedGain
        let force = attention.value.applied(to: pull)
        let radial = zip(force, x).reduce(0) { $0 + $1.0 * $1.1 }
        return (
            zip(force, x).map { size * ($0 - radial * $1) }, log(potential) + attention.sharpness
        )
    }
}
