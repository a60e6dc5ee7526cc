/// What every attention has, whatever the dimension of its tokens.
public protocol Attention: Sendable {
    /// Softmax, none or rescaled.
    var normalization: Normalization { get }
    /// D ≥ 0 in ∂_t μ + div(μ v) = D Δμ.
    var diffusion: Double { get }
    /// b = β‖KᵀQ‖: the width parameter of the kernel.
    var sharpness: Double { get }
    /// The largest speed a measure of mass 1 can give.
    var velocityScale: Double { get }
    /// Whether some token is drawn towards itself: <x, V x> > 0 for some x.
    var attracts: Bool { get }
    /// Whether the drift of atoms is known to relative accuracy: no point has a force on itself.
    var resolvesSmallDrifts: Bool { get }
    /// Whether KᵀQ and V are multiples of the identity: the velocity is a gradient, and all rotations
    /// and reflections carry solutions into solutions.
    var isIsotropic: Bool { get }
    /// The degree whose perturbations of the uniform density grow fastest; `nil` if none grows.
    ///
    /// Where the uniform density is no equilibrium, the degree near √(2b) that the kernel favours.
    var mostUnstableDegree: Int? { get }
    /// Whether attention neither gathers mass nor spreads it, however long it turns.
    var isNeutral: Bool { get }
    /// Which equation moves the measure: this attention or a limit of it.
    var limit: LimitEquation { get }
}

extension Attention {
    /// No: multiples of the identity gather or spread, or nothing moves.
    public var isNeutral: Bool { false }
    /// The attention itself.
    public var limit: LimitEquation { .none }
}
