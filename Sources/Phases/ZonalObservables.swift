import Foundation
import MeanField

/// Computes the observables of zonal measures on S^{d-1}.
///
///     energy = (1/2β) ∬ e^{β<x,y>} dμ dμ        (½|∫x dμ|² at β = 0)
///     m_l = ∫ P_l(<e,x>) dμ                     (P_l the Gegenbauer polynomial with P_l(1) = 1)
///     free energy = D ∫ log(dμ/dσ) dμ - v · energy       (v: the trace of V over d)
///     effective dimension = (tr C)²/tr C² = 1/(q² + (1-q)²/(d-1)),   q = ∫ <e,x>² dμ
///
/// Source: arXiv:2312.10794 (energy), arXiv:2412.14813 (free energy).
public struct ZonalObservables: Sendable {
    /// The attention that moves the measure.
    public let attention: ZonalAttention
    /// The kernel e^{β<x,y>} of the energy.
    private let plain: ZonalAttention

    /// Observables for a model with the given attention.
    public init(attention: ZonalAttention) {
        self.attention = attention
        plain = ZonalAttention(
            dimension: attention.dimension, beta: attention.beta, normalization: .rescaled)
    }

    /// The observables of `measure`, whose clusters are known.
    public func measure(_ measure: ZonalMeasure, census: CensusResult) -> Observables {
        let d = Double(attention.dimension)
        let (angles, masses) = measure.points
        let moments = measure.moments(upTo: 8)
        let logEnergy = self.logEnergy(measure, attention: plain, firstMoment: moments[1])
        let height = zip(angles, masses).reduce(0) { $0 + $1.1 * cos($1.0) * cos($1.0) }
        var attentionEnergy: Double?
        if attention.product.multiple != 1 {
            attentionEnergy = exp(
                self.logEnergy(measure, attention: attention, firstMoment: moments[1]))
            if attention.beta == 0 {
                attentionEnergy = attention.product.along * moments[1] * moments[1] / 2
            }
        }
        let energy = exp(logEnergy)
        var freeEnergy: Double?
        if attention.diffusion > 0, let entropy = measure.relativeEntropy {
            let value = (attention.value.along + (d - 1) * attention.value.across) / d
            freeEnergy = attention.diffusion * entropy - value * energy
        }
        return Observables(
            energy: energy, logEnergy: logEnergy, mass: masses.reduce(0, +),
            clusters: census.clusters.count, condensed: census.condensed,
            residual: attention.residual(of: measure),
            effectiveDimension: 1
                / (height * height + (1 - height) * (1 - height) / (d - 1)),
            moments: Array(moments.dropFirst()),
            energyRate: energyRate(measure, logEnergy), freeEnergy: freeEnergy,
            energyAttention: attentionEnergy)
    }

    /// log of (1/2β) ∬ e^{β<Qx,Ky>}.
    private func logEnergy(
        _ measure: ZonalMeasure, attention: ZonalAttention, firstMoment: Double
    ) -> Double {
        let β = attention.beta
        if β == 0 { return log(firstMoment * firstMoment / 2) }
        var potential = ZonalPotential(of: measure, attention: attention)
        let (angles, masses) = measure.points
        let logarithms = zip(angles, masses).map { θ, mass in
            mass > 0 ? log(mass) + potential.logarithm(at: θ) : -.infinity
        }
        let top = logarithms.max() ?? 0
        return top + log(logarithms.reduce(0) { $0 + exp($1 - top) }) - log(2 * β)
    }

    /// dE/dt = ∫ v d(W*μ)/dθ/β dμ + D ∫ Δ(W*μ)/β dμ.
    private func energyRate(_ measure: ZonalMeasure, _ logEnergy: Double) -> Double {
        let β = attention.beta
        let (angles, masses) = measure.points
        var field = ZonalPotential(of: measure, attention: attention)
        var slope = ZonalPotential(of: measure, attention: plain)
        var sum = 0.0
        for (θ, mass) in zip(angles, masses) where mass > 0 {
            sum += mass * field.velocity(at: θ) * slope.velocity(at: θ)
        }
        if attention.diffusion > 0 { sum -= attention.diffusion * measure.energyDecay(β) }
        return sum == 0 ? 0 : sum * exp(β)
    }
}
