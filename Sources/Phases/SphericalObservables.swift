import MeanField

/// Computes the observables of measures on S^{d-1}, d ≥ 3, under attention.
public protocol SphericalObservables: Sendable {
    /// What moves.
    associatedtype Measure

    /// Observables for a model with inverse temperature `beta` of the energy, the attention that moves the
    /// measure and the axis of the moments, a unit vector of R^d.
    init(beta: Double, attention: SphereAttention, axis: [Double])

    /// The observables of `measure`, whose clusters are known.
    func measure(_ measure: Measure, census: CensusResult) -> Observables
}
