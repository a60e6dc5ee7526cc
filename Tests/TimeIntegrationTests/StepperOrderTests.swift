import Foundation
import Testing

@testable import TimeIntegration

/// Declared orders against measured ones on x' = -r² y, y' = r² x, r = 1.
@Suite struct StepperOrderTests {
    /// Largest errors after time 2 at the ends of `count` equal steps, and inside the last one.
    static func errors<S: Stepper>(_ new: S, count: Int) -> (end: Double, inside: Double) {
        var equation = Oscillator(tolerance: 1)
        var stepper = new
        var (y, slope, result) = ([1.0, 0.0], [0.0, 0.0], [0.0, 0.0])
        let dt = 2 / Double(count)
        equation.derivative(of: y, into: &slope, at: 0)
        for i in 0..<count {
            _ = stepper.attempt(
                &equation, from: y, derivative: slope, scale: [1, 1], into: &result, at: 0, dt: dt)
            if i < count - 1 {
                y = result
                slope = stepper.finalDerivative
            }
        }
        stepper.prepareInterpolant(&equation, from: y, derivative: slope, to: result, at: 0, dt: dt)
        func error(_ value: [Double], _ t: Double) -> Double {
            max(abs(value[0] - cos(t)), abs(value[1] - sin(t)))
        }
        var (inside, value) = (0.0, y)
        for i in 1..<8 {
            let fraction = Double(i) / 8
            stepper.interpolate(at: fraction, from: y, to: result, into: &value)
            inside = max(inside, error(value, 2 - dt * (1 - fraction)))
        }
        return (error(result, 2), inside)
    }

    @Test func eulerIsOfOrderOne() {
        let errors = [200, 400].map { Self.errors(ForwardEuler(dimension: 2), count: $0).end }
        #expect(abs(log2(errors[0] / errors[1]) - Double(ForwardEuler.order)) < 0.2)
    }

    @Test func dormandPrinceIsOfOrderEightWithAnInterpolantOfOrderSeven() {
        let errors = [4, 8].map { Self.errors(DormandPrince853(dimension: 2), count: $0) }
        let order = log2(errors[0].end / errors[1].end)
        #expect(abs(order - Double(DormandPrince853.order)) < 0.2)
        // Inside one step an interpolant of order 7 is off by dt^8.
        let local = [1, 2].map { Self.inside(count: $0) }
        #expect(abs(log2(local[0] / local[1]) - 8) < 0.5)
    }

    /// The largest interpolation error in the first of `count` steps to time 1.
    static func inside(count: Int) -> Double {
        var equation = Oscillator(tolerance: 1)
        var stepper = DormandPrince853(dimension: 2)
        let (y, dt) = ([1.0, 0.0], 1 / Double(count))
        var (slope, result) = ([0.0, 0.0], [0.0, 0.0])
        equation.derivative(of: y, into: &slope, at: 0)
        _ = stepper.attempt(
            &equation, from: y, derivative: slope, scale: [1, 1], into: &result, at: 0, dt: dt)
        stepper.prepareInterpolant(&equation, from: y, derivative: slope, to: result, at: 0, dt: dt)
        var (value, worst) = (y, 0.0)
        for i in 1..<32 {
            let t = dt * Double(i) / 32
            stepper.interpolate(at: Double(i) / 32, from: y, to: result, into: &value)
            worst = max(worst, abs(value[0] - cos(t)), abs(value[1] - sin(t)))
        }
        return worst
    }

    /// Σ of the weights: the combination of rows of ones.
    private static func sum(_ combination: LinearCombination) -> Double {
        var result = [0.0]
        combination.add([Double](repeating: 1, count: 16), factor: 1, to: &result)
        return result[0]
    }

    @Test func rowsOfTheTableauAreConsistent() {
        // Σ_j a_ij = c_i, and the weights of a step sum to 1.
        for i in 0..<16 {
            let sum = Self.sum(DormandPrince853Tableau.weights[i])
            let node = i == 12 ? 1 : DormandPrince853Tableau.nodes[i]
            #expect(abs(sum - node) < 4e-14, "row \(i)")
        }
        #expect(abs(Self.sum(DormandPrince853Tableau.error5)) < 1e-14)
        #expect(abs(Self.sum(DormandPrince853Tableau.embedded3) - 1) < 1e-15)
    }
}
