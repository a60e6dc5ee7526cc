import Foundation

/// Attention on the circle: what turns a measure into a velocity field there.
///
///     v(θ) = factor · F(θ)/W(θ)          (softmax)
///     v(θ) = factor · F(θ) e^{-shift}    (none, rescaled)
///     W(θ) = ∫ e^{β<Qx,Ky> - b} dμ(y),   F(θ) = ∫ f(x, y) e^{β<Qx,Ky> - b} dμ(y),   x = e^{iθ}
///
/// with b the largest exponent that any two points can have, β times the spectral norm of KᵀQ, and f the
/// tangential component of what y contributes. ``IsotropicAttention`` is the case of multiples of the
/// identity, ``MatrixAttention`` the general one. Source: arXiv:2312.10794, (SA) and (USA).
public protocol CircleAttention: Attention {
    /// The sharpness for which a mesh has to be fine enough; at least ``sharpness`` and 1.
    var meshSharpness: Double { get }
    /// The factor between F in the scale e^{-b} and the velocity.
    var unnormalizedGain: Double { get }
    /// Number of Fourier modes of the kernel that count in double precision.
    var kernelModes: Int { get }
    /// Whether the velocity of a smooth density has few enough Fourier modes for a grid.
    var hasSpectralForm: Bool { get }
    /// Half the trace of V: v for a multiple of the identity.
    var meanValue: Double { get }
    /// Whether rotations carry solutions into solutions.
    var isRotationEquivariant: Bool { get }
    /// The mean angular velocity at which every token turns for ever, whatever the measure; `nil` if
    /// that is not known.
    var meanRotation: Double? { get }
    /// The linear theory of the uniform density; `nil` but for multiples of the identity.
    var linearTheory: LinearTheory? { get }
    /// Where the fast collapse leads.
    var collapse: CollapseSpectrum { get }

    /// W and F by Fourier modes: from the coefficients of degrees up to `modes`·`fold` of a density of
    /// symmetry `fold` to those of W and F up to `limit`·`fold`.
    func modes(fold: Int, modes: Int, limit: Int) -> AttentionModes
    /// W and F of weighted points, with relative accuracy everywhere; no points yet.
    func pointSums() -> any AttentionSums
    /// What one point contributes to W and F at another.
    func pair(from source: Double, to target: Double) -> PairTerm
    /// The part of the symmetry of an initial measure that the evolution keeps.
    func keptSymmetry(of start: StartingMeasure) -> DihedralSymmetry
    /// The same attention in a frame turned by `angle`: θ = φ + angle.
    func turned(by angle: Double) -> Self
    /// Whether the kernel is e^{β<x,y>} with this β.
    func hasPlainKernel(beta: Double) -> Bool
    /// The exact solution of the limit equation from a start; `nil` if it has none.
    func exactMotion(from start: StartingMeasure, options: EvolutionOptions) throws
        -> (any ExactMotion)?
    /// The attention whose pairing limit moves the atoms; `nil` if it is none.
    var pairing: IsotropicAttention? { get }
    /// The drift at the points of a measure and the diffusion that move it.
    func motion(of measure: CircleMeasure, at angles: [Double], sums: any AttentionSums) -> (
        velocity: [Double], diffusion: Double
    )
    /// The double integral of the kernel over a measure.
    func interaction(of measure: CircleMeasure) -> AttentionInteraction
}

/// The double integral of the attention kernel over a measure.
public enum AttentionInteraction: Sendable, Equatable {
    /// log ∬ e^{β<Qx,Ky>} dμ dμ.
    case logarithm(Double)
    /// β = 0: ½ ∬ <Qx,Ky> dμ dμ, what is left of (1/2β)(∬ e^{β<Qx,Ky>} - 1).
    case limit(Double)
}

/// What a point at φ contributes at θ: f e^{exponent} to F, e^{exponent} to W, per unit of mass.
public struct PairTerm: Sendable, Equatable {
    /// β<Qx,Ky> - b ≤ 0.
    public var exponent: Double
    /// f, tangential at the target; exactly zero where a point has no force on itself.
    public var force: Double
}

/// W and F of weighted points on the circle.
public protocol AttentionSums: Sendable {
    /// Takes the points with the given angles and masses as sources.
    mutating func setSources(angles: [Double], masses: [Double])
    /// Takes Fourier coefficients c_k of the same measure that are known already, k = 0 … K.
    mutating func setModes(re: [Double], im: [Double])
    /// W = potential · e^{-shift} and F = force · e^{-shift} at the targets; all arrays have their shape.
    ///
    /// Neither F/W nor log W = log(potential) - shift ever over- or underflows.
    mutating func evaluate(
        at targets: [Double], gradient force: inout [Double], potential: inout [Double],
        shift: inout [Double])
    /// log W at one point, where e^{-b} is taken out.
    func logPotential(at x: Double) -> Double
}

extension CircleAttention {
    /// Always: the kernel is smooth.
    public var hasSpectralForm: Bool { true }
    /// Not known: it depends on the measure.
    public var meanRotation: Double? { nil }
    /// Where there is a linear theory.
    public var isIsotropic: Bool { linearTheory != nil }
    /// None.
    public func exactMotion(from start: StartingMeasure, options: EvolutionOptions) throws
        -> (any ExactMotion)?
    { nil }
    /// None.
    public var pairing: IsotropicAttention? { nil }
    /// The velocity of attention and D.
    public func motion(
        of measure: CircleMeasure, at angles: [Double], sums: any AttentionSums
    ) -> (velocity: [Double], diffusion: Double) {
        var field = CircleVelocity(of: measure, attention: self, sums: sums)
        return (field.values(at: angles), diffusion)
    }

    /// The velocity for F = `force` and W = `potential`, both times e^{shift}.
    @inline(__always)
    func velocity(force: Double, potential: Double, shift: Double) -> Double {
        if normalization == .softmax { return unnormalizedGain * force / potential }
        return (shift == 0 ? unnormalizedGain : unnormalizedGain * exp(-shift)) * force
    }
}
