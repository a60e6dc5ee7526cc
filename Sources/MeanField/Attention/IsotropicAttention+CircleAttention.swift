import Foundation

extension IsotropicAttention: CircleAttention {
    /// max(|β'|, 1).
    public var meshSharpness: Double { max(sharpness, 1) }
    /// v.
    public var meanValue: Double { value }
    /// v > 0.
    public var attracts: Bool { value > 0 }
    /// Always.
    public var resolvesSmallDrifts: Bool { true }
    /// Always.
    public var isRotationEquivariant: Bool { true }
    /// The growth rates about the uniform density.
    public var linearTheory: LinearTheory? { LinearTheory(attention: self) }
    /// The degree of the largest growth rate.
    public var mostUnstableDegree: Int? { LinearTheory(attention: self).mostUnstableDegree }
    /// E_max is the whole plane.
    public var collapse: CollapseSpectrum {
        CollapseSpectrum(of: PlaneMap(scale: value))
    }

    /// A convolution: one multiplier for each degree.
    public func modes(fold: Int, modes: Int, limit: Int) -> AttentionModes {
        let multipliers = KernelMultipliers(
            inverseTemperature: inverseTemperature, fold: fold, count: limit)
        return AttentionModes(multipliers: multipliers, gain: unnormalizedGain, modes: modes)
    }

    /// The potential of the kernel e^{β' cos} and its gradient.
    public func pointSums() -> any AttentionSums {
        PointPotential(inverseTemperature: inverseTemperature)
    }

    /// f = sin(φ - θ), exponent β' cos(φ - θ) - |β'|.
    public func pair(from source: Double, to target: Double) -> PairTerm {
        let half = (source - target) / 2
        let (s, c) = (sin(half), cos(half))
        let β = inverseTemperature
        return PairTerm(
            exponent: β >= 0 ? -2 * β * s * s : 2 * β * c * c, force: s == 0 ? 0 : 2 * s * c)
    }

    /// All of it: attention commutes with rotations and reflections.
    public func keptSymmetry(of start: StartingMeasure) -> DihedralSymmetry { start.symmetry }

    /// The same attention.
    public func turned(by angle: Double) -> IsotropicAttention { self }

    /// β' = β.
    public func hasPlainKernel(beta: Double) -> Bool { inverseTemperature == beta }

    /// Itself in the pairing limit.
    public var pairing: IsotropicAttention? { limit == .pairing ? self : nil }

    /// Heat has no drift but ∓1/β' for diffusion; pairing moves the closest pair.
    public func motion(
        of measure: CircleMeasure, at angles: [Double], sums: any AttentionSums
    ) -> (velocity: [Double], diffusion: Double) {
        switch limit {
        case .none, .alignment:
            var field = CircleVelocity(of: measure, attention: self, sums: sums)
            return (field.values(at: angles), diffusion)
        case .heat: return ([Double](repeating: 0, count: angles.count), -heatGrowth)
        case .pairing: return (measure.pairingVelocities(self), 0)
        }
    }

    /// By Fourier modes: Σ_k a_k |c_k|².
    public func interaction(of measure: CircleMeasure) -> AttentionInteraction {
        let β = inverseTemperature
        var potential = measure.potential(inverseTemperature: β)
        return .logarithm(abs(β) + log(potential.energySums().plain))
    }
}

extension PointPotential: AttentionSums {
    /// log W, where e^{-|β'|} is taken out.
    public func logPotential(at x: Double) -> Double { logarithm(at: x).value }
}
