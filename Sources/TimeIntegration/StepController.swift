import Foundation

/// Chooses the next step from the error of the last one (proportional–integral control).
///
///     dt' = dt · 0.9 · err^{-0.7/p} · errPrevious^{0.4/p}
///
/// with p the order of the method, limited to factors in [1/5, 5]. The two exponents are Gustafsson's
/// (Hairer & Wanner, Solving Ordinary Differential Equations II, IV.2); 0.9 and 5 are empirical.
/// Its whole state is two numbers, so that a resumed run takes the steps of a straight one.
public struct StepController: Sendable, Equatable {
    /// Length of the next step.
    public var nextStep: Double
    /// Error of the last accepted step, at least 1e-4.
    public var previousError: Double

    /// A controller whose first step is `firstStep`.
    public init(firstStep: Double) {
        nextStep = firstStep
        previousError = 1e-4
    }

    /// Takes note of an attempt of length `dt`; `true` if the step is accepted.
    public mutating func accepts(error: Double, dt: Double, order: Int) -> Bool {
        let p = Double(order)
        if error <= 1 {
            let bounded = max(error, 1e-10)
            let factor = 0.9 * pow(bounded, -0.7 / p) * pow(previousError, 0.4 / p)
            nextStep = dt * min(5, max(0.2, factor))
            previousError = max(error, 1e-4)
            return true
        }
        let factor = error.isFinite ? 0.9 * pow(error, -1 / p) : 0.1
        nextStep = dt * min(0.9, max(0.1, factor))
        return false
    }
}
