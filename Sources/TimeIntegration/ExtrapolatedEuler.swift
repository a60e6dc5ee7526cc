/// The linearly implicit Euler method, extrapolated to order 6: for slow motion in stiff equations.
///
///     (1 - h J)(y_{i+1} - y_i) = h f(y_i),   h = dt/j, j steps;   T_{j,1},  j = 1 … 6
///     T_{j,k+1} = T_{j,k} + (T_{j,k} - T_{j-1,k})/(j/(j-k) - 1)
///
/// with J = f'(y₀) of an equation that does not depend on time. The result is T_{6,6}, its error
/// estimate T_{6,6} - T_{6,5}. Damping at infinity: steps are bounded by accuracy alone, so that they
/// grow without limit where the solution moves slowly. Dense output is the quintic through y, y', y''
/// at both ends (y'' = J f). 22 evaluations, six factorisations of n × n matrices.
/// Source: P. Deuflhard, SIAM Review 27 (1985) 505, doi:10.1137/1027140; Hairer & Wanner, Solving
/// Ordinary Differential Equations II, IV.9.
public struct ExtrapolatedEuler: Stepper {
    public static let order = 6

    public private(set) var finalDerivative: [Double]
    private var decomposition: LUDecomposition
    private var jacobian: [Double]
    private var table: [[Double]]
    private var increment: [Double]
    private var curvature: [Double]
    private var interpolant: QuinticInterpolant

    public init(dimension: Int) {
        let zero = [Double](repeating: 0, count: dimension)
        finalDerivative = zero
        decomposition = LUDecomposition(dimension: dimension)
        jacobian = [Double](repeating: 0, count: dimension * dimension)
        table = [[Double]](repeating: zero, count: Self.order)
        increment = zero
        curvature = zero
        interpolant = QuinticInterpolant(dimension: dimension)
    }

    public mutating func attempt<Equation: DifferentialEquation>(
        _ equation: inout Equation, from y: [Double], derivative: [Double], scale: [Double],
        into result: inout [Double], at t: Double, dt: Double
    ) -> Double {
        let n = y.count
        equation.jacobian(of: y, into: &jacobian)
        curvature = QuinticInterpolant.curvature(jacobian: jacobian, slope: derivative)
        for j in 1...Self.order {
            let h = dt / Double(j)
            guard decomposition.factor(identityMinus: h, times: jacobian) else { return .infinity }
            copy(y, into: &result)
            for i in 0..<j {
                if i == 0 {
                    copy(derivative, into: &increment)
                } else {
                    equation.derivative(of: result, into: &increment, at: t)
                }
                for m in 0..<n { increment[m] *= h }
                decomposition.solve(&increment)
                for m in 0..<n { result[m] += increment[m] }
            }
            // table[k] holds T_{j-1,k+1} from the row before; `result` walks along the new row.
            for k in 0..<(j - 1) {
                let factor = 1 / (Double(j) / Double(j - k - 1) - 1)
                for m in 0..<n {
                    let old = table[k][m]
                    table[k][m] = result[m]
                    result[m] += (result[m] - old) * factor
                }
            }
            copy(result, into: &table[j - 1])
        }
        // The last but one column of the last row is what T_{6,6} was extrapolated from.
        let lower = table[Self.order - 2]
        for m in 0..<n { increment[m] = result[m] - lower[m] }
        let error = largestRatio(increment, scale)
        equation.derivative(of: result, into: &finalDerivative, at: t + dt)
        return error.isFinite ? error : .infinity
    }

    public mutating func prepareInterpolant<Equation: DifferentialEquation>(
        _ equation: inout Equation, from y: [Double], derivative: [Double], to result: [Double],
        at t: Double, dt: Double
    ) {
        equation.jacobian(of: result, into: &jacobian)
        interpolant.prepare(
            from: .init(value: y, slope: derivative, curvature: curvature),
            to: .init(
                value: result, slope: finalDerivative,
                curvature: QuinticInterpolant.curvature(
                    jacobian: jacobian, slope: finalDerivative)), dt: dt)
    }

    public func interpolate(
        at fraction: Double, from y: [Double], to result: [Double], into value: inout [Double]
    ) {
        if fraction <= 0 { return copy(y, into: &value) }
        if fraction >= 1 { return copy(result, into: &value) }
        interpolant.value(at: fraction, from: y, into: &value)
    }
}
