import Foundation
import Testing

@testable import TimeIntegration

/// y' = λ y + forcing of a few equations with known solutions.
struct Exponential: DifferentialEquation {
    var rates: [Double]
    var tolerance: Double
    var dimension: Int { rates.count }

    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        for i in rates.indices { dy[i] = rates[i] * y[i] }
    }

    func errorScale(of y: [Double], into scale: inout [Double]) {
        for i in scale.indices { scale[i] = tolerance }
    }
}

/// A planar oscillator of frequency growing with its amplitude: x' = -r² y, y' = r² x.
struct Oscillator: DifferentialEquation {
    var tolerance: Double
    var dimension: Int { 2 }

    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        let square = y[0] * y[0] + y[1] * y[1]
        dy[0] = -square * y[1]
        dy[1] = square * y[0]
    }

    func errorScale(of y: [Double], into scale: inout [Double]) {
        for i in scale.indices { scale[i] = tolerance }
    }
}

/// y' = y²: infinite at t = 1/y₀.
struct BlowUp: DifferentialEquation {
    var dimension: Int { 1 }

    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        dy[0] = y[0] * y[0]
    }

    func errorScale(of y: [Double], into scale: inout [Double]) { scale[0] = 1e-9 * abs(y[0]) }
}

@Suite struct AdaptiveIntegratorTests {
    /// Steps to `end` exactly, as an evolution does; returns the number of steps.
    static func run<E: DifferentialEquation>(
        _ integrator: inout AdaptiveIntegrator<E>, to end: Double
    ) throws -> Int {
        var (t, steps) = (0.0, 0)
        while t < end {
            let limit = end - t
            try integrator.step(limit: limit)
            t = integrator.lastStep == limit ? end : t + integrator.lastStep
            steps += 1
            if steps > 100_000 { break }
        }
        return steps
    }

    static func oscillatorError(tolerance: Double, to end: Double) throws -> Double {
        var integrator = AdaptiveIntegrator(
            equation: Oscillator(tolerance: tolerance), state: [1.2, 0])
        _ = try run(&integrator, to: end)
        let angle = 1.44 * end
        return max(
            abs(integrator.state[0] - 1.2 * cos(angle)),
            abs(integrator.state[1] - 1.2 * sin(angle)))
    }

    @Test func errorFollowsTheTolerance() throws {
        // Error per tolerance between 1e-3 and 1e3 over seven decades, and falling all the way.
        var previous = Double.infinity
        for exponent in 4...11 {
            let tolerance = pow(10, Double(-exponent))
            let error = try Self.oscillatorError(tolerance: tolerance, to: 20)
            #expect(error < 1e3 * tolerance && error > 1e-3 * tolerance)
            #expect(error < previous)
            previous = error
        }
    }

    @Test(arguments: [0.1, 1, 3.7, 1e-5]) func lastStepEndsAtTheLimit(end: Double) throws {
        var integrator = AdaptiveIntegrator(
            equation: Exponential(rates: [-1, 0.5], tolerance: 1e-12), state: [1, 1])
        _ = try Self.run(&integrator, to: end)
        #expect(abs(integrator.state[0] - exp(-end)) < 1e-11)
        #expect(abs(integrator.state[1] - exp(0.5 * end)) < 1e-10)
    }

    @Test func fixedStepsEndAtTheLimit() throws {
        // Ten steps of 0.1 and one of 0.05, each y → (1 - dt) y.
        var integrator = AdaptiveIntegrator(
            equation: Exponential(rates: [-1], tolerance: 1), state: [1], method: .euler(step: 0.1))
        let steps = try Self.run(&integrator, to: 1.05)
        #expect(steps == 11)
        #expect(abs(integrator.state[0] - pow(0.9, 10) * 0.95) < 1e-15)
    }

    @Test func stateAndControllerContinueBitForBit() throws {
        var straight = AdaptiveIntegrator(
            equation: Oscillator(tolerance: 1e-10), state: [1.2, 0.1])
        for _ in 0..<20 { try straight.step(limit: .infinity) }
        var resumed = AdaptiveIntegrator(
            equation: Oscillator(tolerance: 1e-10), state: straight.state,
            controller: straight.controller)
        for _ in 0..<20 {
            try straight.step(limit: .infinity)
            try resumed.step(limit: .infinity)
            #expect(straight.lastStep == resumed.lastStep)
        }
        #expect(straight.state == resumed.state)
        #expect(straight.controller == resumed.controller)
    }

    @Test func aShortLastStepDoesNotShortenTheNextOnes() throws {
        var integrator = AdaptiveIntegrator(
            equation: Oscillator(tolerance: 1e-10), state: [1.2, 0])
        for _ in 0..<20 { try integrator.step(limit: .infinity) }
        let wanted = integrator.controller.nextStep
        try integrator.step(limit: 1e-6 * wanted)
        #expect(integrator.controller.nextStep >= wanted)
    }

    /// Rates as e^β brings them: the first step fits the unit of time.
    @Test(arguments: [-1e-20, -1, -1e20, -1e44]) func anyUnitOfTime(rate: Double) throws {
        var integrator = AdaptiveIntegrator(
            equation: Exponential(rates: [rate], tolerance: 1e-10), state: [1])
        let steps = try Self.run(&integrator, to: -1 / rate)
        #expect(abs(integrator.state[0] - exp(-1)) < 1e-9 && steps < 200)
    }

    @Test func blowUpEndsInAnError() {
        var integrator = AdaptiveIntegrator(equation: BlowUp(), state: [1])
        var (t, steps) = (0.0, 0)
        #expect(throws: IntegrationError.stepTooSmall) {
            while steps < 100_000 {
                try integrator.step(limit: .infinity)
                t += integrator.lastStep
                steps += 1
            }
        }
        #expect(abs(t - 1) < 1e-8)
    }

    @Test func notANumberEndsInAnError() {
        var integrator = AdaptiveIntegrator(
            equation: Exponential(rates: [.nan], tolerance: 1), state: [1])
        #expect(throws: IntegrationError.stepTooSmall) { try integrator.step(limit: 1) }
    }

    @Test func aStateAtRestTakesGrowingSteps() throws {
        var integrator = AdaptiveIntegrator(
            equation: Exponential(rates: [-1], tolerance: 1e-9), state: [0])
        for _ in 0..<50 { try integrator.step(limit: .infinity) }
        #expect(integrator.state == [0])
        #expect(integrator.lastStep > 1e20)
    }

    @Test func interpolantIsExactAtBothEnds() throws {
        var integrator = AdaptiveIntegrator(
            equation: Oscillator(tolerance: 1e-8), state: [1.2, 0])
        for _ in 0..<5 { try integrator.step(limit: .infinity) }
        var value = [0.0, 0.0]
        integrator.interpolate(at: 0, into: &value)
        #expect(value == integrator.previous)
        integrator.interpolate(at: 1, into: &value)
        #expect(value == integrator.state)
    }

    @Test func negativeOrEmptyLimitsAreRefused() {
        var integrator = AdaptiveIntegrator(
            equation: Oscillator(tolerance: 1e-8), state: [1.2, 0])
        #expect(throws: IntegrationError.stepTooSmall) { try integrator.step(limit: 0) }
        #expect(throws: IntegrationError.stepTooSmall) { try integrator.step(limit: -1) }
        #expect(integrator.state == [1.2, 0])
    }
}
