/// The explicit Runge–Kutta method of order 8 by Dormand and Prince, with error estimate and an
/// interpolant of order 7.
///
///     y₁ = y₀ + dt Σ b_i k_i,   k_i = f(t + c_i dt, y₀ + dt Σ_j a_ij k_j)
///
/// Twelve evaluations a step (the last one opens the next step); three more only where the
/// interpolant is asked for. Stable for dt·λ in about [-6, 0] and dt·λ in ±6i.
/// Source: Hairer, Nørsett, Wanner, Solving Ordinary Differential Equations I, II.5–II.6.
public struct DormandPrince853: Stepper {
    public static let order = 8

    private var stages: [[Double]]
    private var argument: [Double]
    private var interpolant: [[Double]]

    public init(dimension: Int) {
        let zero = [Double](repeating: 0, count: dimension)
        stages = [[Double]](repeating: zero, count: 16)
        argument = zero
        interpolant = [[Double]](repeating: zero, count: 7)
    }

    public mutating func attempt<Equation: DifferentialEquation>(
        _ equation: inout Equation, from y: [Double], derivative: [Double], scale: [Double],
        into result: inout [Double], at t: Double, dt: Double
    ) -> Double {
        let n = y.count
        precondition(derivative.count == n && scale.count == n && result.count == n)
        copy(derivative, into: &stages[0])
        for i in 1..<12 {
            combine(
                y, stages, weights: DormandPrince853Tableau.weights[i], factor: dt, into: &argument)
            equation.derivative(
                of: argument, into: &stages[i], at: t + DormandPrince853Tableau.nodes[i] * dt)
        }
        let step = DormandPrince853Tableau.weights[12]
        combine(y, stages, weights: step, factor: dt, into: &result)
        equation.derivative(of: result, into: &stages[12], at: t + dt)

        for i in 0..<n { argument[i] = 0 }
        accumulate(
            stages, weights: DormandPrince853Tableau.error5, factor: dt, into: &argument)
        equation.unfold(&argument, after: dt)
        let fifth = largestRatio(argument, scale)
        for i in 0..<n { argument[i] = result[i] - y[i] }
        accumulate(
            stages, weights: DormandPrince853Tableau.embedded3, factor: -dt, into: &argument)
        equation.unfold(&argument, after: dt)
        let third = largestRatio(argument, scale)
        if !(fifth.isFinite && third.isFinite) { return .infinity }
        let denominator = fifth * fifth + 0.01 * third * third
        return denominator == 0 ? 0 : fifth * fifth / denominator.squareRoot()
    }

    public var finalDerivative: [Double] { stages[12] }

    public mutating func prepareInterpolant<Equation: DifferentialEquation>(
        _ equation: inout Equation, from y: [Double], derivative: [Double], to result: [Double],
        at t: Double, dt: Double
    ) {
        let n = y.count
        for i in 13..<16 {
            combine(
                y, stages, weights: DormandPrince853Tableau.weights[i], factor: dt, into: &argument)
            equation.derivative(
                of: argument, into: &stages[i], at: t + DormandPrince853Tableau.nodes[i] * dt)
        }
        let (first, last) = (stages[0], stages[12])
        for i in 0..<n {
            let change = result[i] - y[i]
            interpolant[0][i] = change
            interpolant[1][i] = dt * first[i] - change
            interpolant[2][i] = 2 * change - dt * (last[i] + first[i])
        }
        for row in 0..<4 {
            for i in 0..<n { interpolant[3 + row][i] = 0 }
            accumulate(
                stages, weights: DormandPrince853Tableau.interpolation[row], factor: dt,
                into: &interpolant[3 + row])
        }
    }

    public func interpolate(
        at fraction: Double, from y: [Double], to result: [Double], into value: inout [Double]
    ) {
        if fraction <= 0 { return copy(y, into: &value) }
        if fraction >= 1 { return copy(result, into: &value) }
        let n = y.count
        for i in 0..<n { value[i] = 0 }
        for term in stride(from: 6, through: 0, by: -1) {
            let row = interpolant[term]
            let factor = term % 2 == 0 ? fraction : 1 - fraction
            for i in 0..<n { value[i] = (value[i] + row[i]) * factor }
        }
        for i in 0..<n { value[i] += y[i] }
    }
}

/// Copies without giving up the storage of the destination.
func copy(_ source: [Double], into destination: inout [Double]) {
    precondition(source.count == destination.count)
    for i in 0..<source.count { destination[i] = source[i] }
}

/// max_i |a_i| / scale_i; NaN-safe: a NaN makes the result infinite.
func largestRatio(_ a: [Double], _ scale: [Double]) -> Double {
    precondition(a.count == scale.count)
    var largest = 0.0
    for i in 0..<a.count {
        let ratio = abs(a[i]) / scale[i]
        if !(ratio <= largest) { largest = ratio.isNaN ? .infinity : ratio }
    }
    return largest
}
