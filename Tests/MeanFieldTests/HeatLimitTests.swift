import Foundation
import Testing

@testable import MeanField

/// The heat limit is solved exactly, ends where its solution ends, and is the limit it claims to be.
@Suite struct HeatLimitTests {
    typealias Part = (angle: Double, sigma: Double, weight: Double)

    static func attention(_ β: Double, value: Double, limit: LimitEquation = .heat)
        -> IsotropicAttention
    {
        IsotropicAttention(beta: β, value: value, limit: limit)
    }

    /// (1 + 0.5 cos θ + 0.3 sin 2θ)/2π.
    static let modes: CircleInitial = .modes([
        .init(degree: 1, cosine: 0.5, sine: 0), .init(degree: 2, cosine: 0, sine: 0.3),
    ])

    static func kernels(_ parts: [Part]) -> CircleInitial {
        .mixture(
            parts.map {
                .init(angle: $0.angle, shape: .wrappedNormal(sigma: $0.sigma), weight: $0.weight)
            })
    }

    /// c_k of wrapped normals of variance σ² + `spread`.
    static func coefficient(
        _ k: Int, of parts: [Part], spread: Double
    ) -> SIMD2<Double> {
        parts.reduce(.zero) { sum, part in
            let variance = part.sigma * part.sigma + spread
            let size = part.weight * exp(-0.5 * Double(k * k) * variance)
            return sum + size * SIMD2(cos(Double(k) * part.angle), -sin(Double(k) * part.angle))
        }
    }

    /// The evolution at time t, reached by its own steps.
    static func run(
        _ initial: CircleInitial, _ attention: IsotropicAttention, to t: Double,
        options: EvolutionOptions = .init()
    ) throws -> CircleEvolution {
        var evolution = try CircleEvolution(
            of: StartingMeasure(initial), attention: attention, options: options)
        while evolution.time < ModelTime(t) {
            try evolution.step(limit: ModelTime(t))
            try evolution.finishStep()
        }
        return evolution
    }

    static func difference(_ measure: CircleMeasure, _ k: Int, _ c: SIMD2<Double>) -> Double {
        let (re, im) = measure.coefficients(upTo: k)
        return hypot(re[k] - c.x, im[k] - c.y)
    }

    @Test(arguments: [0.1, 3, 20, 700]) func forwardModesDecayExactly(t: Double) throws {
        let (β, v) = (20.0, -1.5)
        var evolution = try Self.run(Self.modes, Self.attention(β, value: v), to: t)
        let measure = evolution.measure()
        let s = t * 1.5 / β
        #expect(Self.difference(measure, 1, [0.25 * exp(-s), 0]) < 1e-14 * exp(-s))
        #expect(Self.difference(measure, 2, [0, -0.15 * exp(-4 * s)]) < 1e-14)
        #expect(Self.difference(measure, 3, .zero) == 0)
        #expect(evolution.representation.kind == "spectral" && evolution.horizon == nil)
        #expect(evolution.time == ModelTime(t))
    }

    @Test func denseOutputIsTheSolution() throws {
        var evolution = try CircleEvolution(
            of: StartingMeasure(Self.modes), attention: Self.attention(5, value: -1),
            options: .init())
        try evolution.step(limit: nil)
        let t = evolution.time.approximation
        for fraction in [0, 0.3, 1.0] {
            let c = SIMD2(0.25 * exp(-fraction * t / 5), 0)
            #expect(Self.difference(evolution.measure(at: fraction), 1, c) < 1e-15)
        }
        #expect(t > 0 && evolution.fraction(of: ModelTime(0.25 * t)) == 0.25)
    }

    @Test(arguments: [0.0, 0.02, 0.2]) func forwardHeatOfKernelsAddsVariance(s: Double) throws {
        let parts: [Part] = [(angle: 0.3, sigma: 0.001, weight: 0.25), (2.0, 0.4, 0.75)]
        let evolution = try Self.run(
            Self.kernels(parts), Self.attention(30, value: -2), to: 15 * s)
        var copy = evolution
        let measure = copy.measure()
        for k in [1, 2, 5, 17] {
            let c = Self.coefficient(k, of: parts, spread: 2 * s)
            #expect(Self.difference(measure, k, c) < (s == 0 ? 1e-12 : 2e-15), "\(k)")
        }
    }

    @Test func forwardHeatSpreadsAtoms() throws {
        let atoms: CircleInitial = .atoms(angles: [0.5, 3], masses: [0.4, 0.6])
        var evolution = try Self.run(atoms, Self.attention(10, value: -1), to: 0.5)
        let c = Self.coefficient(3, of: [(0.5, 0, 0.4), (3, 0, 0.6)], spread: 0.1)
        #expect(Self.difference(evolution.measure(), 3, c) < 1e-15)
        #expect(evolution.changes.map(\.kind) == ["atoms", "cells", "spectral"])
    }

    @Test func forwardHeatTakesAnyDensity() throws {
        let initial: CircleInitial = .mixture([
            .init(angle: 0.2, shape: .vonMises(concentration: 40), weight: 0.5),
            .init(angle: -2, shape: .wrappedNormal(sigma: 0.1), weight: 0.5),
        ])
        let (re, im) = initial.coefficients(upTo: 9)
        var evolution = try Self.run(initial, Self.attention(10, value: -1), to: 0.3)
        for k in 1...9 {
            let decay = exp(-Double(k * k) * 0.03)
            #expect(
                Self.difference(evolution.measure(), k, [re[k] * decay, im[k] * decay]) < 1e-15)
        }
    }

    // MARK: Backward heat

    static let mixture: [Part] = [
        (angle: -2.0, sigma: 0.3, weight: 0.3), (0.4, 0.2, 0.5), (1.5, 0.25, 0.2),
    ]

    @Test(arguments: [0.2, 0.9, 0.9999, 0.999999999]) func backwardKernelsLoseVariance(
        share: Double
    )
        throws
    {
        let s = 0.02 * share
        var evolution = try Self.run(
            Self.kernels(Self.mixture), Self.attention(8, value: 2), to: 4 * s)
        let measure = evolution.measure()
        for k in [1, 3, 10, 40] {
            let c = Self.coefficient(k, of: Self.mixture, spread: -2 * s)
            #expect(Self.difference(measure, k, c) < (measure.isSmooth ? 3e-15 : 1e-13), "\(k)")
        }
        // Mass on the left of the narrowest kernel's centre, from normal distributions.
        let normal = { (x: Double) -> Double in 0.5 * erfc(-x / 2.0.squareRoot()) }
        var mass = 0.0
        for part in Self.mixture {
            let σ = (part.sigma * part.sigma - 2 * s).squareRoot()
            let (left, right) = ((-1 - part.angle) / σ, (0.4 - part.angle) / σ)
            mass += part.weight * (normal(right) - normal(left))
        }
        // Angles are rounded to 2^-52: so much of the narrowest kernel may lie on the other side.
        let rounding = 1e-15 / (0.04 - 2 * s).squareRoot()
        #expect(abs(measure.mass(from: -1, to: 0.4) - mass) < max(1e-12, rounding))
    }

    @Test func backwardHeatEndsAtTheFirstCollapse() throws {
        var evolution = try CircleEvolution(
            of: StartingMeasure(Self.kernels(Self.mixture)), attention: Self.attention(8, value: 2),
            options: .init())
        let horizon = try #require(evolution.horizon)
        // s = min σ²/2, t = s β/v, to the last bit.
        #expect(horizon.time == ModelTime(0.2 * 0.2 / 2 / (2.0 / 8)))
        #expect(horizon.cause == .collapse(sigma: 0.2, angle: 0.4))
        while evolution.time < horizon.time {
            try evolution.step(limit: nil)
            try evolution.finishStep()
            #expect(evolution.steps < 1000)
        }
        #expect(evolution.time == horizon.time)
        // The narrowest kernel is a point of its whole mass, the others have σ² less 0.04.
        let measure = evolution.measure()
        let (angles, masses) = measure.points
        #expect(zip(angles, masses).contains { abs($0 - 0.4) < 1e-15 && $1 == 0.5 })
        #expect(abs(measure.mass(from: 0.4 - 1e-9, to: 0.4 + 1e-9) - 0.5) < 1e-7)
        #expect(abs(masses.reduce(0, +) - 1) < 1e-14)
        for k in [1, 7, 20] {
            let c = Self.coefficient(k, of: Self.mixture, spread: -0.04)
            #expect(Self.difference(measure, k, c) < 1e-13)
        }
        #expect(evolution.changes.map(\.kind) == ["spectral", "cells"])
    }

    @Test func equalKernelsCollapseToAtomsTogether() throws {
        let initial: CircleInitial = .tokens(angles: [0.1, 1, 2.5], sigma: 0.05)
        let t = 0.05 * 0.05 / 2 / (1.0 / 16)
        var evolution = try Self.run(initial, Self.attention(16, value: 1), to: t)
        #expect(evolution.measure().isPoints)
        #expect(evolution.measure().points.angles == [0.1, 1, 2.5])
        #expect(evolution.representation.kind == "atoms")
    }

    @Test func wideKernelsOnTheCircleStayExact() throws {
        // σ > π: three turns of the wrapped normal count; c_1 is e^{-8}.
        let parts: [Part] = [(angle: 1.0, sigma: 4.0, weight: 1.0)]
        var evolution = try Self.run(Self.kernels(parts), Self.attention(1, value: 1), to: 7.9)
        let c = Self.coefficient(1, of: parts, spread: -15.8)
        #expect(Self.difference(evolution.measure(), 1, c) < 1e-14)
    }

    @Test(arguments: [(1, 0.1), (3, 0.2), (8, 0.7)]) func oneModeReachesZeroDensity(
        k: Int, a: Double
    )
        throws
    {
        let evolution = try CircleEvolution(
            of: StartingMeasure(.modes([.init(degree: k, cosine: 0, sine: a)])),
            attention: Self.attention(6, value: 3), options: .init())
        let horizon = try #require(evolution.horizon)
        // a e^{k² s} = 1.
        let t = -log(a) / Double(k * k) / 0.5
        #expect(abs(horizon.time.approximation - t) < 4e-15 * t)
        guard case .zeroDensity(let angle) = horizon.cause else {
            Issue.record("\(horizon)")
            return
        }
        #expect(abs(1 + sin(Double(k) * angle)) < 1e-14)
    }

    @Test func severalModesReachZeroDensity() throws {
        let evolution = try CircleEvolution(
            of: StartingMeasure(Self.modes), attention: Self.attention(1, value: 1),
            options: .init())
        let s = try #require(evolution.horizon).time.approximation
        func least(_ s: Double) -> Double {
            (0..<200_000).map { j in
                let θ = 2 * Double.pi * Double(j) / 200_000
                return 1 + 0.5 * exp(s) * cos(θ) + 0.3 * exp(4 * s) * sin(2 * θ)
            }.min()!
        }
        #expect(abs(least(s)) < 1e-9)
        #expect(least(s * 0.999) > 1e-4)
    }

    @Test func backwardHeatRefusesWhatItCannotRepresent() {
        let attention = Self.attention(8, value: 1)
        let vonMises: CircleInitial = .mixture([
            .init(angle: 0, shape: .vonMises(concentration: 8), weight: 1)
        ])
        let factor = StartingMeasure.Factor(amplitude: 0.1, maxDegree: 3, seed: 1)
        for start in [
            StartingMeasure(vonMises), StartingMeasure(.atoms(angles: [0], masses: [1])),
            StartingMeasure(Self.kernels(Self.mixture), factors: [factor]),
        ] {
            #expect(throws: EvolutionError.notRepresentable) {
                _ = try CircleEvolution(of: start, attention: attention, options: .init())
            }
        }
        // A perturbed trigonometric polynomial is one.
        #expect(throws: Never.self) {
            _ = try CircleEvolution(
                of: StartingMeasure(Self.modes, factors: [factor]), attention: attention,
                options: .init())
        }
    }

    @Test func aStoredEvolutionGoesOnAsIfNothingHadHappened() throws {
        let start = StartingMeasure(Self.kernels(Self.mixture))
        let attention = Self.attention(8, value: 2)
        var straight = try CircleEvolution(of: start, attention: attention, options: .init())
        var resumed: CircleEvolution?
        for step in 0..<40 {
            if step == 17 {
                resumed = CircleEvolution(
                    resuming: straight.state, of: start, attention: attention, options: .init())
            }
            try straight.step(limit: nil)
            try straight.finishStep()
            try resumed?.step(limit: nil)
            try resumed?.finishStep()
        }
        #expect(resumed?.state == straight.state)
        #expect(resumed!.measure().points.masses == straight.measure().points.masses)
    }

    // MARK: Against finite β

    /// The slope of log error against log β, by least squares.
    static func rate(_ rows: [(β: Double, error: Double)]) -> Double {
        let n = Double(rows.count)
        let (x, y) = (rows.map { log($0.β) }, rows.map { log($0.error) })
        let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
        let above = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
        return above / x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
    }

    static func printTable(_ title: String, _ rows: [(β: Double, error: Double)]) {
        print(title)
        for row in rows {
            print(
                String(
                    format: "  beta %5.0f  error %.6e  error*beta %.6f", row.β, row.error,
                    row.β * row.error))
        }
        print(String(format: "  error ~ beta^%.4f", rate(rows)))
    }

    @Test func repulsionTendsToForwardHeat() throws {
        var rows = [(β: Double, error: Double)]()
        let known = [
            25.0: SIMD2(0.205646129559, -0.000189598395),
            100: SIMD2(0.204923787254, -0.000046089119),
        ]
        for β in [25.0, 50, 100, 200, 400] {
            var options = EvolutionOptions(timeTolerance: 1e-12)
            options.densityTolerance = 1e-12
            var full = try Self.run(
                Self.modes, Self.attention(β, value: -1, limit: .none), to: 0.2 * β,
                options: options)
            var limit = try Self.run(Self.modes, Self.attention(β, value: -1), to: 0.2 * β)
            let (re, im) = limit.measure().coefficients(upTo: 1)
            #expect(abs(re[1] - 0.204682688269) < 1e-12 && im[1] == 0)
            if let c = known[β] { #expect(Self.difference(full.measure(), 1, c) < 2e-11) }
            rows.append((β, Self.difference(full.measure(), 1, [re[1], im[1]])))
        }
        Self.printTable("Forward heat: |c_1(0.2 beta) - limit|, V = -I", rows)
        #expect(abs(Self.rate(rows) + 1) < 0.02)
    }

    @Test func attractionTendsToBackwardHeat() throws {
        // σ² from 0.16 to 0.12: kernels wide against 1/√β. Attention amplifies every error by up to
        // e^{0.7358 t}: 360 at the largest β.
        let parts: [Part] = [(angle: 0.0, sigma: 0.4, weight: 0.6), (2.2, 0.5, 0.4)]
        var rows = [(β: Double, error: Double)]()
        for β in [50.0, 100, 200, 400] {
            var options = EvolutionOptions(timeTolerance: 1e-12)
            options.densityTolerance = 1e-12
            var full = try Self.run(
                Self.kernels(parts), Self.attention(β, value: 1, limit: .none), to: 0.02 * β,
                options: options)
            var limit = try Self.run(
                Self.kernels(parts), Self.attention(β, value: 1), to: 0.02 * β)
            let (re, im) = limit.measure().coefficients(upTo: 2)
            rows.append((β, Self.difference(full.measure(), 2, [re[2], im[2]])))
        }
        Self.printTable("Backward heat: |c_2(0.02 beta) - limit|, V = I", rows)
        #expect(abs(Self.rate(Array(rows.suffix(2))) + 1) < 0.03)
    }
}
