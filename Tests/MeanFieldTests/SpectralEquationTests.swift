import Foundation
import Testing
import TimeIntegration

@testable import MeanField

/// Exact values of the density equation, known by two independent methods.
@Suite struct SpectralEquationTests {
    /// The equation and its state for ρ = (1 + Σ a cos kθ + b sin kθ)/2π.
    static func start(
        _ attention: IsotropicAttention, _ modes: [(k: Int, a: Double, b: Double)],
        points: Int = 256, tolerance: Double = 1e-12
    ) -> AdaptiveIntegrator<SpectralEquation> {
        let equation = SpectralEquation(
            attention: attention, points: points, tolerance: tolerance)
        var y = [Double](repeating: 0, count: equation.dimension)
        for mode in modes {
            y[2 * mode.k - 2] = mode.a / 2
            y[2 * mode.k - 1] = -mode.b / 2
        }
        return AdaptiveIntegrator(equation: equation, state: y)
    }

    static func run(
        _ integrator: inout AdaptiveIntegrator<SpectralEquation>, to end: Double,
        each: ([Double]) -> Void = { _ in }
    ) throws {
        var t = 0.0
        while t < end {
            let limit = end - t
            try integrator.step(limit: limit)
            t = integrator.lastStep == limit ? end : t + integrator.lastStep
            each(integrator.state)
        }
    }

    /// (1/2β) Σ_k I_k(β) |c_k|².
    static func energy(_ y: [Double], β: Double) -> Double {
        let kernel = KernelMultipliers(inverseTemperature: β, count: y.count / 2).kernel
        var sum = kernel[0]
        for k in 1...(y.count / 2) {
            sum += 2 * kernel[k] * (y[2 * k - 2] * y[2 * k - 2] + y[2 * k - 1] * y[2 * k - 1])
        }
        return exp(β) * sum / (2 * β)
    }

    /// The velocity field of a state.
    static func velocity(_ integrator: AdaptiveIntegrator<SpectralEquation>, at θ: Double)
        -> Double
    {
        var equation = integrator.equation
        let measure = equation.measure(of: integrator.state, symmetry: .none)
        var field = CircleVelocity(of: measure, attention: equation.attention)
        return field.values(at: [θ])[0]
    }

    @Test func velocitiesAndEnergies() {
        let modes = [(k: 1, a: 0.2, b: 0.0), (k: 2, a: 0.0, b: 0.1)]
        let softmax = Self.start(IsotropicAttention(beta: 4), modes)
        #expect(abs(Self.velocity(softmax, at: 1) - -0.04205741132280792) < 1e-15)
        #expect(abs(Self.energy(softmax.state, β: 4) - 1.441152775260855) < 3e-15)
        let plain = Self.start(IsotropicAttention(beta: 4, normalization: .none), modes)
        #expect(abs(Self.velocity(plain, at: 1) - -0.5442440273158591) < 1e-14)
        let rescaled = Self.start(IsotropicAttention(beta: 4, normalization: .rescaled), modes)
        #expect(
            abs(Self.velocity(rescaled, at: 1) * exp(4) - -0.5442440273158591) < 1e-14)
        #expect(
            abs(
                Self.energy(
                    Self.start(IsotropicAttention(beta: 1), [(k: 1, a: 0.1, b: 0)]).state, β: 1)
                    - 0.6344458366359854) < 1e-15)
    }

    @Test func energyRates() {
        // dE/dt by the chain rule on the state's own derivative.
        for (normalization, rate) in [
            (Normalization.softmax, 0.00126062667246), (.none, 0.00159702406413),
        ] {
            let s = Self.start(
                IsotropicAttention(beta: 1, normalization: normalization), [(k: 1, a: 0.1, b: 0)])
            let kernel = KernelMultipliers(inverseTemperature: 1, count: 100).kernel
            var sum = 0.0
            for k in 1...80 {
                let i = 2 * k - 2
                sum +=
                    4 * kernel[k]
                    * (s.state[i] * s.derivative[i] + s.state[i + 1] * s.derivative[i + 1])
            }
            #expect(abs(exp(1) * sum / 2 - rate) < 1e-14)
        }
    }

    @Test func nonlinearDensitiesAtBetaOne() throws {
        for (normalization, c1, c2, energy) in [
            (Normalization.softmax, 0.1216914949016, 0.0095722194661, 0.6414147239582),
            (.none, 0.1539575734474, 0.0313710921246, 0.6465632970694),
        ] {
            var s = Self.start(
                IsotropicAttention(beta: 1, normalization: normalization), [(k: 1, a: 0.1, b: 0)])
            try Self.run(&s, to: 2)
            #expect(abs(s.state[0] - c1) < 1e-12)
            #expect(abs(s.state[2] - c2) < 1e-12)
            #expect(abs(Self.energy(s.state, β: 1) - energy) < 1e-12)
        }
    }

    @Test func repulsiveDensity() throws {
        let modes = [(k: 1, a: 0.5, b: 0.0), (k: 2, a: 0.0, b: 0.3)]
        for (β, end, re, im, accuracy) in [
            (5.0, 1.0, 0.2095560075524, -0.0010067464792, 1e-12),
            (25.0, 5.0, 0.205646129559, -0.000189598395, 2e-12),
            (100.0, 20.0, 0.204923787254, -0.000046089119, 2e-12),
        ] {
            var s = Self.start(IsotropicAttention(beta: β, value: -1), modes)
            try Self.run(&s, to: end)
            #expect(abs(s.state[0] - re) < accuracy, "β = \(β)")
            #expect(abs(s.state[1] - im) < accuracy, "β = \(β)")
        }
    }

    @Test func growthOfTheThirdMode() throws {
        var s = Self.start(
            IsotropicAttention(beta: 5), [(k: 3, a: 0.01, b: 0)], points: 512)
        for (from, to, c3) in [
            (0.0, 2.0, 0.0195830516531), (2, 4, 0.0765278146872), (4, 5, 0.1503424184863),
        ] {
            try Self.run(&s, to: to - from)
            #expect(abs(s.state[4] - c3) < 2e-12, "t = \(to)")
        }
    }

    @Test func skewDensity() throws {
        var s = Self.start(
            IsotropicAttention(beta: 4), [(k: 1, a: 0.2, b: 0), (k: 2, a: 0, b: 0.1)])
        try Self.run(&s, to: 2)
        #expect(abs(s.state[0] - 0.1533788977236) < 1e-12)
        #expect(abs(s.state[1] - 0.0015208061074) < 1e-12)
    }

    @Test func noise() throws {
        // |c_1| at t = 1 and 5.
        var s = Self.start(
            IsotropicAttention(beta: 4, diffusion: 0.1),
            [(k: 1, a: 0.1, b: 0), (k: 2, a: 0, b: 0.05)])
        try Self.run(&s, to: 1)
        #expect(abs(hypot(s.state[0], s.state[1]) - 0.056133695242) < 2e-12)
        try Self.run(&s, to: 4)
        #expect(abs(hypot(s.state[0], s.state[1]) - 0.089066522702) < 2e-12)
    }

    @Test func cosineKernelKeepsPoissonDensities() throws {
        // β = 0: r² = 1/(1 + (r₀^{-2} - 1)e^{-t}), c_k = r^k (Ott–Antonsen).
        for value in [1.0, -1] {
            let r0 = 0.4
            var s = Self.start(
                IsotropicAttention(beta: 0, value: value),
                (1...80).map { (k: $0, a: 2 * pow(r0, Double($0)), b: 0) }, points: 512)
            try Self.run(&s, to: 1)
            let r = (1 / (1 + (1 / (r0 * r0) - 1) * exp(-value))).squareRoot()
            for k in 1...10 {
                #expect(abs(s.state[2 * k - 2] - pow(r, Double(k))) < 1e-11, "c_\(k)")
            }
        }
    }

    @Test(arguments: [Normalization.softmax, .none, .rescaled])
    func rotationAndReflectionCommuteWithTheFlow(normalization: Normalization) throws {
        let attention = IsotropicAttention(beta: 3, normalization: normalization)
        let α = 0.8
        func modes(turn: Double, flip: Double) -> [(k: Int, a: Double, b: Double)] {
            [(1, 0.2, 0.3), (2, 0.1, -0.2), (3, -0.05, 0.02)].map { k, φ, a in
                let angle = Double(k) * turn + flip * φ
                return (k: k, a: a * cos(angle), b: a * sin(angle))
            }
        }
        let end = normalization == .none ? 0.2 : 1.0
        var plain = Self.start(attention, modes(turn: 0, flip: 1))
        var turned = Self.start(attention, modes(turn: α, flip: 1))
        var flipped = Self.start(attention, modes(turn: 0, flip: -1))
        for s in [0, 1, 2] {
            switch s {
            case 0: try Self.run(&plain, to: end)
            case 1: try Self.run(&turned, to: end)
            default: try Self.run(&flipped, to: end)
            }
        }
        for k in 1...20 {
            let (re, im) = (plain.state[2 * k - 2], plain.state[2 * k - 1])
            let (c, s) = (cos(Double(k) * α), sin(Double(k) * α))
            #expect(abs(turned.state[2 * k - 2] - (re * c + im * s)) < 1e-11)
            #expect(abs(turned.state[2 * k - 1] - (im * c - re * s)) < 1e-11)
            #expect(abs(flipped.state[2 * k - 2] - re) < 1e-11)
            #expect(abs(flipped.state[2 * k - 1] + im) < 1e-11)
        }
    }

    @Test(arguments: [2, 3, 5]) func foldsAreKeptExactly(fold: Int) throws {
        let start = StartingMeasure(
            .modes([.init(degree: fold, cosine: 0.1 * cos(1), sine: 0.1 * sin(1))]))
        var evolution = try CircleEvolution(
            of: start, attention: IsotropicAttention(beta: 9), options: EvolutionOptions())
        for _ in 0..<20 {
            try evolution.step(limit: nil)
            let (re, im) = evolution.measure().coefficients(upTo: 60)
            guard evolution.spectral != nil else { break }
            for k in 1...60 where k % fold != 0 { #expect(re[k] == 0 && im[k] == 0) }
            #expect(re[0] == 1)
            try evolution.finishStep()
        }
        #expect(evolution.steps > 3)
    }

    @Test(arguments: [Normalization.softmax, .none]) func energyGrowsUnderAttraction(
        normalization: Normalization
    ) throws {
        for β in [1.0, 4, 9] {
            var s = Self.start(
                IsotropicAttention(beta: β, normalization: normalization),
                [(k: 1, a: 0.2, b: 0.1), (k: 2, a: 0.1, b: 0.3)], points: 512, tolerance: 1e-10)
            var last = Self.energy(s.state, β: β)
            let end = normalization == .none ? 3 * exp(-β) : 3
            try Self.run(&s, to: end) { y in
                let now = Self.energy(y, β: β)
                #expect(now >= last * (1 - 1e-14))
                last = now
            }
        }
    }

    // MARK: Order of the steppers on this equation

    /// c after time 1 in `count` equal steps.
    static func fixed<S: Stepper>(_ new: (Int) -> S, count: Int) -> [Double] {
        let s = start(
            IsotropicAttention(beta: 4), [(k: 1, a: 0.4, b: 0.1), (k: 2, a: 0.1, b: 0.3)],
            points: 64)
        var equation = s.equation
        var (y, slope) = (s.state, s.derivative)
        var stepper = new(y.count)
        let scale = [Double](repeating: 1, count: y.count)
        var result = y
        for _ in 0..<count {
            _ = stepper.attempt(
                &equation, from: y, derivative: slope, scale: scale, into: &result, at: 0,
                dt: 1 / Double(count))
            y = result
            slope = stepper.finalDerivative
        }
        return y
    }

    static func distance(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test func measuredOrdersOfTheSteppers() {
        let exact = Self.fixed(DormandPrince853.init(dimension:), count: 200)
        let eight = [4, 6].map {
            Self.distance(Self.fixed(DormandPrince853.init(dimension:), count: $0), exact)
        }
        #expect(abs(log(eight[0] / eight[1]) / log(1.5) - Double(DormandPrince853.order)) < 0.2)
        let one = [400, 800].map {
            Self.distance(Self.fixed(ForwardEuler.init(dimension:), count: $0), exact)
        }
        #expect(abs(log2(one[0] / one[1]) - Double(ForwardEuler.order)) < 0.2)
    }
}
