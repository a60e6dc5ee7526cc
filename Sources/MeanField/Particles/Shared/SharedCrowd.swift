import Spectral
import TimeIntegration

/// Tokens of a run that several processes share, as rank 0 has them; used by one thread at a time.
final class SharedCrowd: @unchecked Sendable {
    let share: PointShare
    let masses: [Double]
    let tolerance: Double
    private let leader: TokenLeader
    /// Where the last attempted step ended, and how fast.
    private var (end, endSlope) = ([Double](), [Double]())

    init(leader: TokenLeader, share: PointShare, masses: [Double], tolerance: Double) {
        (self.leader, self.share) = (leader, share)
        (self.masses, self.tolerance) = (masses, tolerance)
    }

    /// The velocity of the tokens.
    var velocity: any TokenVelocity { SharedVelocity(crowd: self, dimension: leader.dimension) }

    /// Steps in which the tokens stay where they are.
    var stepper: any Stepper {
        let components = leader.dimension == 2 ? 1 : leader.dimension
        return SharedStepper(self, dimension: components * masses.count)
    }

    /// Writes the velocities at `positions`.
    func evaluate(at positions: [Double], into velocity: inout [Double]) {
        leader.spread(self)
        leader.order(.evaluate, of: self).evaluate(at: positions, into: &velocity)
    }

    /// Attempts a step as ``Stepper`` says.
    func attempt(
        from y: [Double], derivative: [Double], dt: Double, into result: inout [Double],
        _ slope: inout [Double]
    ) -> Double {
        leader.spread(self)
        let isContinued = y == end && derivative == endSlope
        let crew = leader.order(.attempt(isContinued: isContinued, dt: dt), of: self)
        let error = crew.attempt(
            from: y, derivative: derivative, isContinued: isContinued, dt: dt, into: &result,
            &slope)
        Self.keep(result, in: &end)
        Self.keep(slope, in: &endSlope)
        return error
    }

    /// Completes the interpolant of the last attempted step.
    func prepareInterpolant(dt: Double) {
        leader.order(.prepareInterpolant(dt: dt), of: self).prepareInterpolant(dt: dt)
    }

    /// Writes the state inside the last attempted step.
    func interpolate(at fraction: Double, into value: inout [Double]) {
        leader.order(.interpolate(fraction: fraction), of: self)
            .interpolate(at: fraction, into: &value)
    }

    /// The processes have other tokens meanwhile.
    func forget() { (end, endSlope) = ([], []) }

    /// Copies without sharing storage.
    private static func keep(_ values: [Double], in copy: inout [Double]) {
        if copy.count != values.count {
            copy = [Double](repeating: 0, count: values.count)
        }
        for i in 0..<values.count { copy[i] = values[i] }
    }
}

/// The velocity of tokens that several processes share.
struct SharedVelocity: TokenVelocity {
    let crowd: SharedCrowd
    let dimension: Int

    func evaluate(positions: [Double], masses: [Double], into velocity: inout [Double]) {
        crowd.evaluate(at: positions, into: &velocity)
    }
}

/// ``DormandPrince853`` of tokens that several processes share.
///
/// Each process has the stages of its tokens; rank 0 collects where they end.
struct SharedStepper: Stepper {
    static let order = DormandPrince853.order

    private(set) var finalDerivative: [Double]
    private let crowd: SharedCrowd

    init(_ crowd: SharedCrowd, dimension: Int) {
        self.crowd = crowd
        finalDerivative = [Double](repeating: 0, count: dimension)
    }

    mutating func attempt<Equation: DifferentialEquation>(
        _ equation: inout Equation, from y: [Double], derivative: [Double], scale: [Double],
        into result: inout [Double], at t: Double, dt: Double
    ) -> Double {
        crowd.attempt(from: y, derivative: derivative, dt: dt, into: &result, &finalDerivative)
    }

    func prepareInterpolant<Equation: DifferentialEquation>(
        _ equation: inout Equation, from y: [Double], derivative: [Double], to result: [Double],
        at t: Double, dt: Double
    ) {
        crowd.prepareInterpolant(dt: dt)
    }

    func interpolate(
        at fraction: Double, from y: [Double], to result: [Double], into value: inout [Double]
    ) {
        crowd.interpolate(at: fraction, into: &value)
    }
}
