import Foundation

/// The forward Euler step of the literature's reference codes, with linear dense output.
///
///     y₁ = y₀ + dt f(t, y₀),   y₀ + atan(dt f(t, y₀)) for angles of normalised vectors
///
/// It has no error estimate: every step is accepted. Collapse times come out 2–8 % wrong at
/// dt = 0.1; it is offered for comparison only.
public struct ForwardEuler: Stepper {
    public static let order = 1

    public private(set) var finalDerivative: [Double]

    public init(dimension: Int) {
        finalDerivative = [Double](repeating: 0, count: dimension)
    }

    public mutating func attempt<Equation: DifferentialEquation>(
        _ equation: inout Equation, from y: [Double], derivative: [Double], scale: [Double],
        into result: inout [Double], at t: Double, dt: Double
    ) -> Double {
        if equation.isAngular {
            for i in 0..<y.count { result[i] = y[i] + atan(dt * derivative[i]) }
        } else {
            for i in 0..<y.count { result[i] = y[i] + dt * derivative[i] }
        }
        equation.derivative(of: result, into: &finalDerivative, at: t + dt)
        return 0
    }

    public mutating func prepareInterpolant<Equation: DifferentialEquation>(
        _ equation: inout Equation, from y: [Double], derivative: [Double], to result: [Double],
        at t: Double, dt: Double
    ) {}

    public func interpolate(
        at fraction: Double, from y: [Double], to result: [Double], into value: inout [Double]
    ) {
        for i in 0..<y.count { value[i] = y[i] + fraction * (result[i] - y[i]) }
    }
}
