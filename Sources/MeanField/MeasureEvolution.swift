/// A measure moving by its own attention, seen step by step.
///
/// Use: `step`, look at `measure(at:)` within the step, `finishStep`.
public protocol MeasureEvolution: Sendable {
    /// What moves.
    associatedtype Measure: Sendable

    /// The attention that moves it.
    var model: any Attention { get }
    /// How finely it is computed.
    var options: EvolutionOptions { get }
    /// b = max(β‖KᵀQ‖, 1): the sharpness of the kernel that defines clusters.
    var sharpness: Double { get }
    /// Time at the end of the last step.
    var time: ModelTime { get }
    /// Number of accepted steps.
    var steps: Int { get }
    /// The changes of representation so far; the first one is the start.
    var changes: [RepresentationChange] { get }
    /// What stands for the measure now, and the number of its grid points, nodes or atoms.
    var representation: (kind: String, size: Int) { get }
    /// Where the motion ends; `nil` where it goes on for ever.
    var horizon: Horizon? { get }
    /// The state after ``finishStep()``.
    var state: EvolutionState { get }

    /// Takes one accepted step, not beyond `limit`.
    mutating func step(limit: ModelTime?) throws
    /// Makes the last step permanent and changes the representation where that is due.
    mutating func finishStep() throws
    /// The time at `fraction` of the last step.
    mutating func time(at fraction: Double) -> ModelTime
    /// The fraction of the last step that lies at `t`.
    mutating func fraction(of t: ModelTime) -> Double
    /// The measure at `fraction` of the last step (1: now).
    mutating func measure(at fraction: Double) -> Measure
    /// How far the state is from rest.
    ///
    /// `relativeSpeed`: the largest velocity over the velocity scale. `imbalance`: how far the forces on
    /// atoms cancel, of the size of rounding in an equilibrium; `nil` for crowds of tokens, whose forces
    /// are known relative to the largest only.
    mutating func drift() -> (relativeSpeed: Double, imbalance: Double?)
    /// The angular velocity if the state turns, now and for ever; `nil` if not.
    func rotation() -> Double?
    /// Whether the atoms have come to rest where every displacement of any of them decays.
    func isAtStableRest() -> Bool
    /// Whether a symmetry that is kept exactly holds clusters at these unit vectors apart.
    func symmetryHolds(_ positions: [[Double]]) -> Bool
    /// 1 - ∫ |Π x|² dμ, Π the orthogonal projection on E_max.
    func residual(of measure: Measure) -> Double
    /// ∫ log(dμ/dσ) dμ where the measure has a density; of what turns on a great circle, along that.
    func relativeEntropy(of measure: Measure) -> Double?
    /// Whether attention neither gathers mass nor spreads it where the collapse leads.
    var isNeutral: Bool { get }
}

extension MeasureEvolution {
    /// The measure now.
    public mutating func measure() -> Measure { measure(at: 1) }
    /// That of the attention.
    public var isNeutral: Bool { model.isNeutral }
}
