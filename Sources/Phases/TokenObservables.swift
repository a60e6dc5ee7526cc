import Foundation
import MeanField

/// Computes the observables of weighted tokens on S^{d-1}.
///
///     energy = (1/2β) ∬ e^{β<x,y>} dμ dμ        (½|∫x dμ|² at β = 0)
///     m_l = ∫ P_l(<axis,x>) dμ                  (P_l the Gegenbauer polynomial with P_l(1) = 1)
///     effective dimension = (tr C)²/tr C²,   C = ∫ x xᵀ dμ
///
/// Cost O(n² d), on S² O(n) for more than 512 tokens (``MeanField/TokenEnergy``). Source: arXiv:2312.10794 (energy).
public struct TokenObservables: SphericalObservables {
    public typealias Measure = TokenMeasure

    /// β of the energy.
    public let beta: Double
    /// The attention that moves the tokens.
    public let attention: SphereAttention
    /// The axis of the moments, a unit vector of R^d.
    public let axis: [Double]
    private let collapse: CollapseSpace

    /// Number of moments.
    private static let moments = 8

    /// Observables for a model with inverse temperature `beta` and the given attention.
    public init(beta: Double, attention: SphereAttention, axis: [Double]) {
        self.beta = beta
        self.attention = attention
        self.axis = axis
        collapse = attention.collapse
    }

    /// The observables of `measure`, whose clusters are known.
    public func measure(_ measure: TokenMeasure, census: CensusResult) -> Observables {
        let crowd = TokenEnergy(of: measure, beta: beta)
        let logEnergy = self.logEnergy(measure, crowd)
        let product = attention.product
        let hasOtherKernel = product.multiple(error: 0) != 1
        return Observables(
            energy: exp(logEnergy), logEnergy: logEnergy, mass: measure.masses.reduce(0, +),
            clusters: census.clusters.count, condensed: census.condensed,
            residual: collapse.residual(of: measure),
            effectiveDimension: effectiveDimension(measure), moments: moments(measure),
            energyRate: energyRate(measure, crowd), freeEnergy: nil,
            energyAttention: hasOtherKernel ? attention.interaction(of: measure) : nil)
    }

    private func logEnergy(_ measure: TokenMeasure, _ crowd: TokenEnergy?) -> Double {
        if beta == 0 {
            let mean = measure.mean
            return log(mean.reduce(0) { $0 + $1 * $1 } / 2)
        }
        var potential = TokenPotential(of: measure, sharpness: beta)
        return beta + (crowd?.logInteraction ?? potential.logInteraction()) - log(2 * beta)
    }

    /// dE/dt = ∫ <v, grad(W*μ)/β> dμ.
    private func energyRate(_ measure: TokenMeasure, _ crowd: TokenEnergy?) -> Double {
        let velocities = attention.velocities(of: measure)
        if let work = crowd?.work(of: velocities) { return work == 0 ? 0 : work * exp(beta) }
        var potential = TokenPotential(of: measure, sharpness: beta)
        var pull = [Double](repeating: 0, count: measure.dimension)
        var sum = 0.0
        for i in 0..<measure.count {
            let weight = exp(potential.evaluate(at: measure.point(i), pull: &pull))
            var along = 0.0
            for c in 0..<measure.dimension { along += pull[c] * velocities[c * measure.count + i] }
            sum += measure.masses[i] * weight * along
        }
        return sum == 0 ? 0 : sum * exp(beta)
    }

    private func effectiveDimension(_ measure: TokenMeasure) -> Double {
        let (n, d) = (measure.count, measure.dimension)
        var (trace, square) = (0.0, 0.0)
        for a in 0..<d {
            for b in 0...a {
                var sum = 0.0
                for i in 0..<n {
                    sum +=
                        measure.masses[i] * measure.positions[a * n + i]
                        * measure.positions[b * n + i]
                }
                if a == b { trace += sum }
                square += (a == b ? 1 : 2) * sum * sum
            }
        }
        return trace * trace / square
    }

    private func moments(_ measure: TokenMeasure) -> [Double] {
        let (n, d) = (measure.count, measure.dimension)
        var sums = [Double](repeating: 0, count: Self.moments)
        for i in 0..<n {
            var height = 0.0
            for c in 0..<d { height += axis[c] * measure.positions[c * n + i] }
            let values = zonalPolynomials(upTo: Self.moments, dimension: d, at: height)
            for l in 0..<Self.moments { sums[l] += measure.masses[i] * values[l + 1] }
        }
        return sums
    }
}
