import Ranks
import Spectral
import TimeIntegration

/// What every process does with its share of the tokens, all of them at the same time.
///
/// Arguments count on rank 0 only, where they are of all tokens.
final class TokenCrew {
    private var equation: ShareEquation
    private var exchange: TokenExchange
    private var stepper: DormandPrince853
    /// Where the last attempted step began and ended, and how fast.
    private var (start, startSlope): ([Double], [Double])
    private var (end, scale): ([Double], [Double])

    init(
        _ velocity: any SharedTokenVelocity, _ share: PointShare, masses: [Double],
        tolerance: Double, among communicator: any Communicator
    ) {
        let components = velocity.dimension == 2 ? 1 : velocity.dimension
        exchange = TokenExchange(share, components: components, among: communicator)
        equation = ShareEquation(
            velocity, exchange, masses: masses, tolerance: tolerance, among: communicator)
        stepper = DormandPrince853(dimension: equation.dimension)
        let zero = [Double](repeating: 0, count: equation.dimension)
        (start, startSlope, end, scale) = (zero, zero, zero, zero)
        equation.errorScale(of: zero, into: &scale)
    }

    /// Writes the velocities at `positions`.
    func evaluate(at positions: [Double], into velocities: inout [Double]) {
        var (own, slope) = (start, start)
        exchange.scatter(positions, into: &own)
        equation.derivative(of: own, into: &slope, at: 0)
        exchange.gather(slope, into: &velocities)
    }

    /// Attempts a step as ``Stepper`` says, from `y` or from where the last attempt ended.
    func attempt(
        from y: [Double], derivative: [Double], isContinued: Bool, dt: Double,
        into result: inout [Double], _ slope: inout [Double]
    ) -> Double {
        if isContinued {
            swap(&start, &end)
            startSlope = stepper.finalDerivative
        } else {
            exchange.scatter(y, into: &start)
            exchange.scatter(derivative, into: &startSlope)
        }
        let error = stepper.attempt(
            &equation, from: start, derivative: startSlope, scale: scale, into: &end, at: 0, dt: dt)
        exchange.gather(end, into: &result)
        exchange.gather(stepper.finalDerivative, into: &slope)
        return error
    }

    /// Completes the interpolant of the last attempted step.
    func prepareInterpolant(dt: Double) {
        stepper.prepareInterpolant(
            &equation, from: start, derivative: startSlope, to: end, at: 0, dt: dt)
    }

    /// Writes the state at `fraction` of the last attempted step.
    func interpolate(at fraction: Double, into value: inout [Double]) {
        var own = start
        stepper.interpolate(at: fraction, from: start, to: end, into: &own)
        exchange.gather(own, into: &value)
    }
}
