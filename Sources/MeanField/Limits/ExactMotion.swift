/// A measure on the circle that is known at every time: an exact solution of a limit equation.
///
/// There is nothing to integrate and no error to control. The steps of such a motion only say where it
/// is looked at, so that no event hides between two looks; their length is a function of the time, and
/// a run that is resumed takes the steps of a straight one.
public protocol ExactMotion: Sendable {
    /// Where the solution ends; `nil` if it goes on for ever.
    var horizon: Horizon? { get }

    /// The measure at time t ≥ 0, not beyond the horizon.
    func measure(at t: Double) -> CircleMeasure

    /// A time in which the measure changes by a few per cent of its own scale.
    func stepLength(from t: Double) -> Double

    /// The largest speed at time t over the velocity scale of the attention, at least where small.
    func relativeSpeed(at t: Double) -> Double
}

/// The last moment to which an exact solution exists, and why it ends there.
public struct Horizon: Sendable, Equatable {
    /// What happens there.
    public enum Cause: Sendable, Equatable {
        /// The narrowest heat kernel, of standard deviation `sigma` at the start, has become a point.
        case collapse(sigma: Double, angle: Double)
        /// The density is zero at `angle` and would be negative beyond.
        case zeroDensity(angle: Double)
    }
    /// When, in the papers' time.
    public var time: ModelTime
    /// Why.
    public var cause: Cause
}

/// An exact motion with the step that was looked at last.
struct ExactEvolution: Sendable {
    let motion: any ExactMotion
    private(set) var lastStep = 0.0

    init(_ motion: any ExactMotion) {
        self.motion = motion
    }

    /// Chooses a step from `time`, at most `limit`; a limit that is near is reached in one step or two.
    mutating func step(from time: ModelTime, limit: Double) {
        let wanted = motion.stepLength(from: time.approximation)
        lastStep =
            wanted >= limit * (1 - 1e-12) ? limit : 2 * wanted > limit ? limit / 2 : wanted
    }

    func measure(at time: ModelTime) -> CircleMeasure {
        motion.measure(at: time.approximation)
    }
}

extension CircleMeasure {
    /// `spectral`, `cells` or `atoms`: what stands for the measure.
    var kind: String { isSmooth ? "spectral" : isPoints ? "atoms" : "cells" }
}
