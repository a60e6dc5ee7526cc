import Foundation
import MeanField

/// Computes the observables of measures on the circle.
///
///     energy = (1/2β) ∬ e^{β<x,y>} dμ dμ = (1/2β) Σ_k I_k(β) |c_k|²       (½|c_1|² at β = 0)
///     free energy = D ∫ log(dμ/dσ) dμ - v · energy       (v: half the trace of V)
///     residual = 1 - ∫ |Π x|² dμ                          (``CollapseSpectrum``)
///     effective dimension = (tr C)²/tr C² = 2/(1 + |c_2|²)
///
/// Source: arXiv:2312.10794 (energy), arXiv:2412.14813 (free energy).
public struct CircleObservables: Sendable {
    /// β of the energy.
    public let beta: Double
    /// The attention that moves the measure.
    public let attention: any CircleAttention
    private let sums: any AttentionSums
    private let collapse: CollapseSpectrum
    /// The kernel of the attention is not e^{β<x,y>}.
    private let hasOtherKernel: Bool

    /// Observables for a model with inverse temperature `beta` and the given attention.
    public init(beta: Double, attention: any CircleAttention) {
        self.beta = beta
        self.attention = attention
        sums = attention.pointSums()
        collapse = attention.collapse
        hasOtherKernel = !attention.hasPlainKernel(beta: beta)
    }

    /// The observables of `measure`, whose clusters are known.
    public func measure(_ measure: CircleMeasure, census: CensusResult) -> Observables {
        let (re, im) = measure.coefficients(upTo: 8)
        var kernel = measure.potential(inverseTemperature: beta)
        let logEnergy = self.logEnergy(&kernel, beta, re[1] * re[1] + im[1] * im[1])
        let energy = exp(logEnergy)
        let square = re[2] * re[2] + im[2] * im[2]
        var attentionEnergy: Double?
        if hasOtherKernel {
            switch attention.interaction(of: measure) {
            case .logarithm(let logarithm): attentionEnergy = exp(logarithm - log(2 * beta))
            case .limit(let limit): attentionEnergy = limit
            }
        }
        return Observables(
            energy: energy, logEnergy: logEnergy, mass: re[0], clusters: census.clusters.count,
            condensed: census.condensed, residual: collapse.residual(of: measure),
            effectiveDimension: 2 / (1 + square),
            modes: (1...8).map { SIMD2(re[$0], im[$0]) },
            energyRate: energyRate(measure, &kernel),
            freeEnergy: freeEnergy(measure, energy),
            energyAttention: attentionEnergy)
    }

    /// log of (1/2|b|) ∬ e^{b<x,y>}.
    private func logEnergy(_ kernel: inout PointPotential, _ b: Double, _ firstMode: Double)
        -> Double
    {
        if b == 0 { return log(firstMode / 2) }
        return abs(b) + log(kernel.energySums().plain / (2 * abs(b)))
    }

    /// dE/dt = ∫ v · grad(W*μ)/β dμ + D ∫ Δ(W*μ)/β dμ.
    private func energyRate(_ measure: CircleMeasure, _ kernel: inout PointPotential) -> Double {
        let (angles, masses) = measure.points
        let (velocity, diffusion) = attention.motion(of: measure, at: angles, sums: sums)
        var slope = CircleVelocity(
            of: measure,
            attention: IsotropicAttention(beta: beta, normalization: .rescaled))
        let gradient = slope.values(at: angles)
        var sum = 0.0
        for i in angles.indices { sum += masses[i] * velocity[i] * gradient[i] }
        if diffusion != 0 {
            let (re, im) = measure.coefficients(upTo: 1)
            let decay =
                beta > 0
                ? kernel.energySums().squaredDegree / beta : re[1] * re[1] + im[1] * im[1]
            sum -= diffusion * decay
        }
        return sum == 0 ? 0 : sum * exp(beta)
    }

    /// `nil` without noise, and without a density.
    private func freeEnergy(_ measure: CircleMeasure, _ energy: Double) -> Double? {
        guard attention.diffusion > 0, let entropy = measure.relativeEntropy else { return nil }
        return attention.diffusion * entropy - attention.meanValue * energy
    }
}
