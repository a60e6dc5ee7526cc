/// A system of ordinary differential equations dy/dt = f(t, y).
///
/// Right-hand sides own their work space: after the first call `derivative` allocates nothing.
public protocol DifferentialEquation: Sendable {
    /// Number of unknowns.
    var dimension: Int { get }

    /// Writes f(t, y) into `dy`; both have `dimension` elements.
    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double)

    /// The size against which the local error of each unknown is measured, shape [dimension].
    ///
    /// A step is accepted when max_i |error_i| / scale_i ≤ 1.
    func errorScale(of y: [Double], into scale: inout [Double])

    /// The longest step for which the method is stable; infinite unless the equation says otherwise.
    var longestStep: Double { get }

    /// Turns the unknown of a step, or a difference of such, into the state `τ` after its start.
    ///
    /// Equations may integrate another variable within each step, equal to the state at its start; the
    /// time passed to `derivative` counts from there. Without such a variable this does nothing.
    func unfold(_ y: inout [Double], after τ: Double)

    /// L_j ≤ 0 of the unknowns w_j = e^{-L_jτ} y_j of a step, which `unfold` turns into y_j; empty: no such.
    ///
    /// They may grow by factors that no polynomial follows: dense output is a quintic in the state.
    var decayRates: [Double] { get }

    /// Whether the unknowns are angles of unit vectors, which forward Euler moves along their tangent and
    /// normalises: by atan(dt f) instead of dt f.
    var isAngular: Bool { get }

    /// Whether the state is brought back to a manifold after each step, by `retract`.
    var retracts: Bool { get }

    /// Brings a state that is off the manifold by the error of a step back to it.
    func retract(_ y: inout [Double])

    /// Writes f of the state y itself into `dy`, without the variable of a step.
    mutating func plainDerivative(of y: [Double], into dy: inout [Double])

    /// Writes y'' = (∂f/∂y) y' of the state y with the given slope y' into `curvature`.
    ///
    /// Only equations with rates of decay are asked for it.
    mutating func curvature(
        of y: [Double], slope: [Double], into curvature: inout [Double])

    /// Writes ∂f/∂y of the state into `matrix`, shape [dimension, dimension] by rows.
    ///
    /// Only implicit methods ask for it; equations that are never stepped implicitly have none.
    mutating func jacobian(of y: [Double], into matrix: inout [Double])

    /// The larger of each of two numbers here and wherever else there are unknowns of the system.
    func largest(_ a: Double, _ b: Double) -> (Double, Double)

    /// A stepper that is the equation's own, for ``SteppingMethod/explicit``; `nil`: the usual one.
    var explicitStepper: (any Stepper)? { get }
}

extension DifferentialEquation {
    /// No limit.
    public var longestStep: Double { .infinity }
    /// The unknown of a step is the state.
    public func unfold(_ y: inout [Double], after τ: Double) {}
    /// None.
    public var decayRates: [Double] { [] }
    /// The unknowns are what they are.
    public var isAngular: Bool { false }
    /// The state may be anywhere.
    public var retracts: Bool { false }
    /// Nothing to do.
    public func retract(_ y: inout [Double]) {}
    /// The derivative.
    public mutating func plainDerivative(of y: [Double], into dy: inout [Double]) {
        derivative(of: y, into: &dy, at: 0)
    }
    /// By a central difference of f along the slope.
    public mutating func curvature(
        of y: [Double], slope: [Double], into curvature: inout [Double]
    ) {
        let size = slope.reduce(0) { max($0, abs($1)) }
        guard size > 0 else {
            for i in curvature.indices { curvature[i] = 0 }
            return
        }
        let h = 1e-5 / size
        var probe = y
        for i in 0..<y.count { probe[i] = y[i] - h * slope[i] }
        var below = probe
        plainDerivative(of: probe, into: &below)
        for i in 0..<y.count { probe[i] = y[i] + h * slope[i] }
        plainDerivative(of: probe, into: &curvature)
        for i in 0..<y.count { curvature[i] = (curvature[i] - below[i]) / (2 * h) }
    }
    /// All unknowns are here.
    public func largest(_ a: Double, _ b: Double) -> (Double, Double) { (a, b) }
    /// The usual one.
    public var explicitStepper: (any Stepper)? { nil }
    /// Refuses: the equation has no Jacobian.
    public mutating func jacobian(of y: [Double], into matrix: inout [Double]) {
        preconditionFailure("an equation without a Jacobian is stepped explicitly")
    }
}

/// A one-step method with an error estimate and dense output.
public protocol Stepper: Sendable {
    /// Order of consistency of the step that is continued.
    static var order: Int { get }

    /// Attempts one step of length `dt` from `y` at `t`; returns max_i |error_i|/scale_i.
    ///
    /// `derivative` is f(t, y) on entry and stays it; the result goes into `result`.
    mutating func attempt<Equation: DifferentialEquation>(
        _ equation: inout Equation, from y: [Double], derivative: [Double], scale: [Double],
        into result: inout [Double], at t: Double, dt: Double
    ) -> Double

    /// f at the end of the last attempted step, so that the next one need not compute it.
    var finalDerivative: [Double] { get }

    /// Completes the interpolant of the last attempted step (which must have been accepted).
    mutating func prepareInterpolant<Equation: DifferentialEquation>(
        _ equation: inout Equation, from y: [Double], derivative: [Double], to result: [Double],
        at t: Double, dt: Double)

    /// The interpolant at t + fraction·dt, 0 ≤ fraction ≤ 1; exact at both ends.
    func interpolate(
        at fraction: Double, from y: [Double], to result: [Double], into: inout [Double])
}
