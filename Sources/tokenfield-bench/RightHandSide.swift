import CAllocationCount
import Foundation
import MeanField
import TimeIntegration

/// A right-hand side with a state and somewhere to put the result.
final class RightHandSide<Equation: DifferentialEquation> {
    private(set) var equation: Equation
    private let state: [Double]
    private var result: [Double]
    private var stepper: DormandPrince853
    private var derivative: [Double]
    private var scale: [Double]

    init(_ equation: Equation, state: [Double]) {
        self.equation = equation
        self.state = state
        result = state
        derivative = state
        scale = state
        stepper = DormandPrince853(dimension: state.count)
        self.equation.derivative(of: state, into: &derivative, at: 0)
        self.equation.errorScale(of: state, into: &scale)
    }

    func evaluate() {
        equation.derivative(of: state, into: &result, at: 0)
    }

    /// One attempted step: twelve right-hand sides, their combinations and the error.
    func step() {
        _ = stepper.attempt(
            &equation, from: state, derivative: derivative, scale: scale, into: &result, at: 0,
            dt: 1e-3)
    }

    /// Blocks of memory that a call of `body` asks for, after a first one.
    static func allocations(_ body: () -> Void) -> Int {
        body()
        let before = tf_allocation_count()
        body()
        return tf_allocation_count() - before
    }
}

extension RightHandSide<SpectralEquation> {
    /// The circle equation with a smooth density without symmetry, down to a floor of rounding.
    convenience init(
        beta: Double, normalization: Normalization, points: Int
    ) {
        let equation = SpectralEquation(
            attention: IsotropicAttention(beta: beta, normalization: normalization),
            points: points)
        var state = [Double](repeating: 0, count: equation.dimension)
        for j in 1...equation.modes {
            let size = 0.4 * exp(-0.5 * Double(j)) + 1e-18
            state[2 * j - 2] = size * cos(0.7 * Double(j))
            state[2 * j - 1] = -size * sin(0.7 * Double(j))
        }
        self.init(equation, state: state)
    }
}

extension RightHandSide<PointEquation> {
    /// Points of equal mass in two clusters 2 rad apart, each about `width` wide.
    convenience init(beta: Double, clustersOfWidth width: Double, points: Int) {
        let half = points / 2
        let angles = (0..<(2 * half)).map { i -> Double in
            let u = (Double(i % half) + 0.5) / Double(half) - 0.5
            return (i < half ? 0.5 : 2.5) + width * (u + 2 * u * u * u)
        }
        let equation = PointEquation(
            attention: IsotropicAttention(beta: beta), symmetry: .none,
            masses: [Double](repeating: 0.5 / Double(half), count: 2 * half),
            isPinned: [Bool](repeating: false, count: 2 * half), tolerance: 1e-9)
        self.init(equation, state: angles)
    }

    /// Points of equal mass that fill the circle unevenly.
    convenience init(beta: Double, normalization: Normalization, points: Int) {
        let angles = (0..<points).map { i in
            let x = 2 * Double.pi * Double(i) / Double(points)
            return x + 0.5 * sin(x) + 0.2 * cos(2 * x)
        }
        let equation = PointEquation(
            attention: IsotropicAttention(beta: beta, normalization: normalization),
            symmetry: .none, masses: [Double](repeating: 1 / Double(points), count: points),
            isPinned: [Bool](repeating: false, count: points), tolerance: 1e-9)
        self.init(equation, state: angles)
    }
}
