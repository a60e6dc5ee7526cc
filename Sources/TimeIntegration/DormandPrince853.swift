import CVectorMath

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

    public private(set) var finalDerivative: [Double]

    /// k_0 … k_15, shape [16][dimension].
    private var stages: [Double]
    private var slope: [Double]
    private var argument: [Double]
    private var interpolant: [[Double]]

    public init(dimension: Int) {
        let zero = [Double](repeating: 0, count: dimension)
        stages = [Double](repeating: 0, count: 16 * dimension)
        (finalDerivative, slope, argument) = (zero, zero, zero)
        interpolant = [[Double]](repeating: zero, count: 7)
    }

    public mutating func attempt<Equation: DifferentialEquation>(
        _ equation: inout Equation, from y: [Double], derivative: [Double], scale: [Double],
        into result: inout [Double], at t: Double, dt: Double
    ) -> Double {
        let n = y.count
        precondition(derivative.count == n && scale.count == n && result.count == n)
        keep(derivative, asStage: 0)
        for i in 1..<12 { evaluateStage(i, &equation, from: y, at: t, dt: dt) }
        DormandPrince853Tableau.weights[12].apply(
            to: stages, base: y, factor: dt, into: &result)
        equation.derivative(of: result, into: &finalDerivative, at: t + dt)
        keep(finalDerivative, asStage: 12)

        for i in 0..<n { argument[i] = 0 }
        DormandPrince853Tableau.error5.add(stages, factor: dt, to: &argument)
        equation.unfold(&argument, after: dt)
        let ownFifth = largestRatio(argument, scale)
        for i in 0..<n { argument[i] = result[i] - y[i] }
        DormandPrince853Tableau.embedded3.add(stages, factor: -dt, to: &argument)
        equation.unfold(&argument, after: dt)
        let (fifth, third) = equation.largest(ownFifth, largestRatio(argument, scale))
        if !(fifth.isFinite && third.isFinite) { return .infinity }
        let denominator = fifth * fifth + 0.01 * third * third
        return denominator == 0 ? 0 : fifth * fifth / denominator.squareRoot()
    }

    /// k_i from the stages before it.
    private mutating func evaluateStage<Equation: DifferentialEquation>(
        _ i: Int, _ equation: inout Equation, from y: [Double], at t: Double, dt: Double
    ) {
        DormandPrince853Tableau.weights[i].apply(
            to: stages, base: y, factor: dt, into: &argument)
        equation.derivative(
            of: argument, into: &slope, at: t + DormandPrince853Tableau.nodes[i] * dt)
        keep(slope, asStage: i)
    }

    private mutating func keep(_ derivative: [Double], asStage i: Int) {
        let n = derivative.count
        stages.withUnsafeMutableBufferPointer { stages in
            derivative.withUnsafeBufferPointer {
                (stages.baseAddress! + i * n).update(from: $0.baseAddress!, count: n)
            }
        }
    }

    public mutating func prepareInterpolant<Equation: DifferentialEquation>(
        _ equation: inout Equation, from y: [Double], derivative: [Double], to result: [Double],
        at t: Double, dt: Double
    ) {
        let n = y.count
        for i in 13..<16 { evaluateStage(i, &equation, from: y, at: t, dt: dt) }
        for i in 0..<n {
            let change = result[i] - y[i]
            interpolant[0][i] = change
            interpolant[1][i] = dt * stages[i] - change
            interpolant[2][i] = 2 * change - dt * (finalDerivative[i] + stages[i])
        }
        for row in 0..<4 {
            for i in 0..<n { interpolant[3 + row][i] = 0 }
            DormandPrince853Tableau.interpolation[row].add(
                stages, factor: dt, to: &interpolant[3 + row])
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

/// max_i |a_i| / scale_i; a NaN makes the result infinite.
func largestRatio(_ a: [Double], _ scale: [Double]) -> Double {
    precondition(a.count == scale.count)
    return tf_largest_ratio(a, scale, a.count)
}
