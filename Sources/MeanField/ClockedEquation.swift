import Foundation
import TimeIntegration

/// An equation of atoms whose last unknown may be the time t, in units of 2^u.
///
///     dt/dσ = 2^u/(1 + s),   s = 2^u b |v|
///
/// Drifts grow by a factor e while a gap shrinks by about 1/b: in t, steps could be but a fraction of the
/// time that is left. The variable of integration is σ: time where motion dies out (s ≪ 1), length of
/// path where it runs away, so that a step may take several factors of e, to t = 10^344 and beyond. As
/// functions of σ, paths that run away are analytic up to s = -1, a factor e^{iπ} away. (derived)
protocol ClockedEquation: DifferentialEquation {
    /// Whether t is the last unknown; otherwise it is the variable of integration.
    var hasClock: Bool { get }
    /// u: the unit of time is 2^u.
    var timeUnit: Int { get }
    /// Time since the start of the evolution in that unit.
    var elapsed: Double { get set }
    /// Error allowed in t.
    var clockTolerance: Double { get }
}

extension AdaptiveIntegrator where Equation: ClockedEquation {
    /// Takes one step from `time` of at most `longest` units of time; returns the time it took.
    mutating func stepOnClock(from time: ModelTime, longest: Double) throws -> Double {
        guard equation.hasClock else {
            try step(limit: longest)
            return lastStep
        }
        resetClock()
        equation.elapsed = ModelTime.difference(time, .zero, inUnitsOfTwoTo: equation.timeUnit)
        try step(limit: .infinity)
        let taken = elapsedOnClock(at: 1)
        // Drifts that are nothing but rounding have no clock.
        guard taken >= 0 && taken.isFinite else { throw IntegrationError.stepTooSmall }
        if taken <= longest { return taken }
        // Again, as far as the clock says, and by Newton's method until it says so.
        let allowance = max(equation.clockTolerance, 1e-15 * longest)
        var part = fractionOnClock(at: longest) * lastStep
        for _ in 0..<4 {
            try repeatStep(limit: part)
            if lastStep < part { break }
            let rest = longest - elapsedOnClock(at: 1)
            if abs(rest) <= allowance { return longest }
            part += rest / derivative.last!
        }
        return min(longest, elapsedOnClock(at: 1))
    }

    /// What the clock says at `fraction` of the last step.
    mutating func elapsedOnClock(at fraction: Double) -> Double { state(at: fraction).last! }

    /// The fraction of the last step at which the clock says `elapsed`.
    mutating func fractionOnClock(at elapsed: Double) -> Double {
        if elapsed >= elapsedOnClock(at: 1) { return 1 }
        var (low, high) = (0.0, 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if elapsedOnClock(at: middle) <= elapsed { low = middle } else { high = middle }
        }
        return low
    }

    /// The controller of the steps that follow in units of 2^`unit`.
    ///
    /// After a jump of the time scale (a pair has met, the rest drifts exponentially slower) the old step
    /// says nothing: the integrator finds a first step anew.
    func controller(inUnit unit: Int, from controller: StepController?) -> StepController? {
        let change = equation.timeUnit - unit
        guard abs(change) < 20, var next = controller else { return nil }
        if equation.hasClock {
            // The same stretch of time: dσ = dt (1 + s)/2^u, s in proportion to 2^u.
            let s = 1 / derivative.last! - 1
            next.nextStep *= (scalbn(1, change) + s) / (1 + s)
        }
        return next
    }

    /// Whether `limit` is so short in the unit of time that dense output could not find it on the clock.
    func outlasts(_ limit: ModelTime) -> Bool {
        equation.hasClock && equation.timeUnit > limit.exponent + 20
    }

    /// Whether s has left the neighbourhood of one, which asks for `unit`.
    ///
    /// While motion runs away s may grow: path length suits that. It must not where motion dies out, in
    /// time but not on its path. There the clock gains on its average over the step.
    func needsUnit(_ unit: Int) -> Bool {
        let old = equation.timeUnit
        if abs(unit - old) <= 8 { return false }
        let isSlowing = derivative.last! * lastStep > state.last!
        return unit > old || isSlowing || old - unit > 500
    }
}

extension AdaptiveIntegrator {
    /// The state at `fraction` of the last step, as a new array.
    mutating func state(at fraction: Double) -> [Double] {
        if fraction >= 1 { return state }
        var value = state
        interpolate(at: fraction, into: &value)
        return value
    }
}
