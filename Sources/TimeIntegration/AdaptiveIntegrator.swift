import Foundation

/// Why an integration cannot go on.
public enum IntegrationError: Error, Equatable {
    /// The step that the tolerance asks for is too small for the time to advance.
    case stepTooSmall
}

/// How a step is taken.
public enum SteppingMethod: Sendable, Equatable {
    /// ``DormandPrince853``.
    case explicit
    /// ``ExtrapolatedEuler``, for slow motion in stiff equations.
    case implicit
    /// ``ForwardEuler`` with a fixed step.
    case euler(step: Double)

    /// The stepper of an equation.
    func stepper(for equation: some DifferentialEquation) -> any Stepper {
        let n = equation.dimension
        return switch self {
        case .explicit: equation.explicitStepper ?? DormandPrince853(dimension: n)
        case .implicit: ExtrapolatedEuler(dimension: n)
        case .euler: ForwardEuler(dimension: n)
        }
    }
}

/// An initial value problem advanced step by step under error control.
///
/// A step is accepted, looked at through its interpolant (events, snapshots), and then made permanent
/// by the next call. Its state is `state`, `derivative` and `controller`: an integrator made from
/// equal values goes on with equal bits.
public struct AdaptiveIntegrator<Equation: DifferentialEquation>: Sendable {
    /// The equation.
    public var equation: Equation
    /// State at the start of the last step.
    public private(set) var previous: [Double]
    /// State at the end of the last step.
    public private(set) var state: [Double]
    /// The unknown of the last step at its end, not unfolded.
    private var result: [Double]
    /// f at `state`.
    public private(set) var derivative: [Double]
    /// Chooses the steps.
    public var controller: StepController
    /// Length of the last step.
    public private(set) var lastStep = 0.0

    private var stepper: any Stepper
    private let order: Int
    private let method: SteppingMethod
    private var previousDerivative: [Double]
    private var scale: [Double]
    private var hasInterpolant = false
    private var quintic: QuinticInterpolant?

    /// Starts at `state`.
    public init(
        equation: Equation, state: [Double], controller: StepController? = nil,
        method: SteppingMethod = .explicit
    ) {
        precondition(state.count == equation.dimension)
        self.equation = equation
        self.state = state
        self.method = method
        previous = state
        result = state
        derivative = [Double](repeating: 0, count: state.count)
        previousDerivative = derivative
        scale = derivative
        stepper = method.stepper(for: equation)
        order = type(of: stepper).order
        self.controller = controller ?? StepController(firstStep: 0)
        self.equation.derivative(of: state, into: &derivative, at: 0)
        if controller == nil { self.controller = StepController(firstStep: firstStep()) }
    }

    /// Takes one accepted step of at most `limit`.
    public mutating func step(limit: Double) throws {
        copy(state, into: &previous)
        copy(derivative, into: &previousDerivative)
        hasInterpolant = false
        equation.errorScale(of: previous, into: &scale)
        if case .euler(let step) = method { controller.nextStep = step }
        while true {
            let wanted = min(controller.nextStep, equation.longestStep)
            let dt = stepLength(wanted: wanted, limit: limit)
            if !(dt > 0) || !dt.isFinite { throw IntegrationError.stepTooSmall }
            let error = stepper.attempt(
                &equation, from: previous, derivative: previousDerivative, scale: scale,
                into: &result, at: 0, dt: dt)
            let before = controller
            if controller.accepts(error: error, dt: dt, order: order) {
                // A step cut short by the limit says nothing about the length of the next one.
                if dt < 0.9 * wanted {
                    controller.nextStep = max(before.nextStep, controller.nextStep)
                }
                copy(stepper.finalDerivative, into: &derivative)
                equation.unfold(&derivative, after: dt)
                copy(result, into: &state)
                equation.unfold(&state, after: dt)
                if equation.retracts {
                    equation.retract(&state)
                    equation.derivative(of: state, into: &derivative, at: 0)
                }
                lastStep = dt
                return
            }
            if controller.nextStep < 1e-13 * before.nextStep || controller.nextStep < 1e-300 {
                throw IntegrationError.stepTooSmall
            }
        }
    }

    /// Sets the last unknown to zero: a clock, on which the equation does not depend.
    public mutating func resetClock() {
        state[state.count - 1] = 0
    }

    /// Takes the last step again from its start, of at most `limit`.
    public mutating func repeatStep(limit: Double) throws {
        copy(previous, into: &state)
        copy(previousDerivative, into: &derivative)
        try step(limit: limit)
    }

    /// A limit that is near is reached in one step, or in two equal ones.
    private func stepLength(wanted: Double, limit: Double) -> Double {
        if wanted >= limit * (1 - 1e-12) { return limit }
        if case .euler = method { return wanted }
        return 2 * wanted > limit ? limit / 2 : wanted
    }

    /// The state at `fraction` of the last step.
    public mutating func interpolate(at fraction: Double, into value: inout [Double]) {
        if fraction <= 0 { return copy(previous, into: &value) }
        if fraction >= 1 { return copy(state, into: &value) }
        if !hasInterpolant {
            if !equation.decayRates.isEmpty {
                prepareQuintic()
            } else {
                stepper.prepareInterpolant(
                    &equation, from: previous, derivative: previousDerivative, to: result, at: 0,
                    dt: lastStep)
            }
            hasInterpolant = true
        }
        if !equation.decayRates.isEmpty {
            quintic!.value(at: fraction, from: previous, into: &value)
        } else {
            stepper.interpolate(at: fraction, from: previous, to: result, into: &value)
        }
    }

    /// The interpolant in the state of an equation with a step variable.
    private mutating func prepareQuintic() {
        let n = state.count
        func end(_ y: [Double], _ equation: inout Equation) -> QuinticInterpolant.End {
            var (slope, curvature) = (y, y)
            equation.plainDerivative(of: y, into: &slope)
            equation.curvature(of: y, slope: slope, into: &curvature)
            return .init(value: y, slope: slope, curvature: curvature)
        }
        var interpolant = quintic ?? QuinticInterpolant(dimension: n)
        let (start, finish) = (end(previous, &equation), end(state, &equation))
        interpolant.prepare(
            from: start, to: finish, dt: lastStep, rates: equation.decayRates)
        quintic = interpolant
    }

    /// A first step from the sizes of f and of its change along a small Euler step.
    ///
    /// The Euler step moves the state by a hundredth of itself, however fast that is, and a state near zero
    /// by a hundredth of the tolerance.
    /// Source: Hairer, Nørsett, Wanner, Solving Ordinary Differential Equations I, II.4.
    private mutating func firstStep() -> Double {
        equation.errorScale(of: state, into: &scale)
        let slope = largestRatio(derivative, scale)
        if slope == 0 { return 1 }
        let small = min(1, 0.01 * max(1, largestRatio(state, scale)) / slope)
        var probe = state
        for i in 0..<probe.count { probe[i] += small * derivative[i] }
        var change = derivative
        equation.derivative(of: probe, into: &change, at: 0)
        for i in 0..<change.count { change[i] = (change[i] - derivative[i]) / small }
        let curvature = max(slope, largestRatio(change, scale))
        return min(100 * small, pow(0.01 / curvature, 1 / Double(order + 1)))
    }
}
