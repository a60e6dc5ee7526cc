import Foundation
import Spectral
import Testing
import TimeIntegration

@testable import MeanField

/// Densities on S³ against exact values and other ways to the same numbers.
@Suite struct HypersphereDensityTests {
    static let one = SquareMatrix(scale: 1, count: 4)
    static let value = SquareMatrix(rows: [
        [1, 0.3, 0, -0.2], [-0.2, 0.8, 0.1, 0], [0, 0.4, -0.5, 0.6], [0.1, 0, 0, 0.7],
    ])

    static func attention(
        _ beta: Double, value: SquareMatrix = one, product: SquareMatrix = one,
        normalization: Normalization = .softmax, diffusion: Double = 0
    ) -> SphereAttention {
        SphereAttention(
            beta: beta, query: product, key: one, value: value,
            normalization: normalization, diffusion: diffusion)
    }

    static func density(_ start: SphereStart, degree: Int) -> HypersphereDensity {
        let transform = HypersphericalTransform(degree: degree + 1, analysing: 2 * degree)
        return HypersphereDensity(modes: start.modes(in: transform.layout), transform: transform)
    }

    static let twoBumps = SphereStart(
        .mixture([
            .init(mean: [0.6, 0, 0.8, 0], shape: .concentration(3), weight: 0.4),
            .init(mean: [0, -0.6, 0, 0.8], shape: .sigma(0.6), weight: 0.6),
        ]))

    /// λ_2 at β = 5 from extended precision.
    @Test func growthRateIsThatOfTheTheory() {
        let kernel = FunkHeckeMultipliers(dimension: 4, inverseTemperature: 5).kernel
        #expect(abs(8 * kernel[2] / (5 * kernel[0]) - 0.679244055853679) < 1e-14)
    }

    /// λ_l = l(l+2)(γ a_l/(β a_0) - D) for every harmonic, zonal or not, and nothing for the others.
    @Test(arguments: [Normalization.softmax, .none, .rescaled])
    func everyHarmonicGrowsAtItsRate(normalization: Normalization) {
        let attention = Self.attention(5, normalization: normalization, diffusion: 0.02)
        var equation = HypersphereEquation(attention: attention, degree: 7)
        let kernel = FunkHeckeMultipliers(dimension: 4, inverseTemperature: 5).kernel
        let scale =
            switch normalization {
            case .softmax: 1 / kernel[0]
            case .none: exp(5.0)
            case .rescaled: 1.0
            }
        let layout = equation.layout
        var slope = [Double](repeating: 0, count: layout.count)
        var worst = 0.0
        for order in layout.orders {
            for i in (2 * order.start)..<(2 * (order.start + order.count)) where i > 0 {
                let l = equation.degrees[i]
                guard l <= 7, !(order.isZero && i % 2 == 1) else { continue }
                var state = slope.map { _ in 0.0 }
                (state[0], state[i]) = (1, 1e-9)
                equation.plainDerivative(of: state, into: &slope)
                slope[i] -= 1e-9 * Double(l * (l + 2)) * (scale * kernel[l] / 5 - 0.02)
                worst = slope.reduce(worst) { max($0, abs($1) * 1e9) }
            }
        }
        #expect(worst < 1e-6 * max(1, abs(scale)))
    }

    /// v = γκ A_4(R)/R P_x e, A_4 = I_2/I_1, R = √(β² + κ² + 2βκ<e,x>); unnormalised times a_0(R)/a_0(κ).
    @Test func velocityOfVonMisesFisherDensities() {
        let e = [0.5, 0.5, -0.5, 0.5]
        let start = SphereStart(.mixture([.init(mean: e, shape: .concentration(2), weight: 1)]))
        let density = Self.density(start, degree: 40)
        for x in [[0.1, 0.3, 0.5, 0.65.squareRoot()], [0, 0, 1, 0], [-1, 0, 0, 0]] {
            let t = zip(e, x).reduce(0) { $0 + $1.0 * $1.1 }
            let r = (29 + 20 * t).squareRoot()
            let ratio = besselRatio(order: 1, r)
            func size(_ κ: Double) -> Double {
                FunkHeckeMultipliers(dimension: 4, inverseTemperature: κ).kernel[0] * exp(κ)
            }
            for (normalization, factor) in [
                (Normalization.softmax, 1.0), (.none, size(r) / size(2)),
                (.rescaled, exp(-5) * size(r) / size(2)),
            ] {
                let attention = Self.attention(5, normalization: normalization)
                let v = HypersphereVelocity(of: density, attention: attention)
                    .velocity(at: x).vector
                for c in 0..<4 {
                    let exact = factor * 2 * ratio / r * (e[c] - t * x[c])
                    #expect(abs(v[c] - exact) < 1e-12 * max(1, factor))
                }
            }
        }
    }

    /// Velocities of a density are those of its quadrature nodes, for any V and KᵀQ.
    @Test(arguments: [Normalization.softmax, .none, .rescaled])
    func velocitiesAreThoseOfWeightedPoints(normalization: Normalization) {
        let density = Self.density(Self.twoBumps, degree: 23)
        var (points, masses) = ([[Double]](), [Double]())
        density.forEachPoint { x, mass in
            points.append(x)
            masses.append(mass)
        }
        let nodes = TokenMeasure(unitVectors: points, masses: masses)
        let x = [0.1, 0.3, 0.5, 0.65.squareRoot()]
        for product in [Self.one, SquareMatrix(scale: -0.6, count: 4), Self.value.transposed] {
            let attention = Self.attention(
                3, value: Self.value, product: product, normalization: normalization)
            let (v, potential) = HypersphereVelocity(of: density, attention: attention)
                .velocity(at: x)
            // The sums themselves: nodes number too many for their own velocities.
            var (sum, force) = (0.0, [0.0, 0, 0, 0])
            for i in 0..<nodes.count {
                let y = nodes.point(i)
                let t = zip(product.applied(to: x), y).reduce(0) { $0 + $1.0 * $1.1 }
                let weight = masses[i] * exp(3 * t)
                sum += weight
                for c in 0..<4 { force[c] += weight * y[c] }
            }
            let scale =
                switch normalization {
                case .softmax: 1 / sum
                case .none: 1.0
                case .rescaled: exp(-3 * product.norm)
                }
            let turned = Self.value.applied(to: force)
            let radial = zip(turned, x).reduce(0) { $0 + $1.0 * $1.1 }
            for c in 0..<4 {
                let exact = scale * (turned[c] - radial * x[c])
                #expect(abs(v[c] - exact) < 1e-11 * max(1, abs(exact)))
            }
            #expect(abs(potential - log(sum)) < 1e-11)
        }
    }

    /// d/dt ∫ Y dμ = ∫ <grad Y, v> dμ over the nodes: the weak form against differences along the flow.
    @Test func ratesAreThoseOfMovingNodes() {
        let attention = Self.attention(2, value: Self.value)
        var equation = HypersphereEquation(attention: attention, degree: 23)
        let modes = Self.twoBumps.modes(in: equation.layout)
        var slope = modes
        equation.plainDerivative(of: modes, into: &slope)
        let density = HypersphereDensity(modes: modes, transform: equation.transform)
        let velocity = HypersphereVelocity(of: density, attention: attention)
        let series = HypersphericalSeries(degree: 2)
        // A coarser rule that is exact for what counts: degree 2 and the density up to degree 23.
        let rule = HypersphericalTransform(degree: 24, analysing: 4)
        let coarse = HypersphereDensity(
            modes: equation.layout.moved(modes, to: rule.layout), transform: rule)
        var sums = [Double](repeating: 0, count: series.layout.count)
        let h = 1e-3
        coarse.forEachPoint { x, mass in
            let v = velocity.velocity(at: x).vector
            for side in [-1.0, 1] {
                let y = zip(x, v).map { $0 + side * h * $1 }
                let length = y.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let harmonics = series.harmonics(at: y.map { $0 / length })
                for i in sums.indices { sums[i] += side * mass * harmonics[i] / (2 * h) }
            }
        }
        let low = equation.layout.moved(slope, to: series.layout)
        let size = low.reduce(0) { max($0, abs($1)) }
        #expect(size > 0.1)
        for i in sums.indices { #expect(abs(sums[i] - low[i]) < 1e-5) }
    }

    /// Zonal densities move as nodes in the angle θ from the axis do, θ' = (γ/β) ∂_θ log W,
    /// W = Σ a_l (l+1) m_l sin((l+1)θ)/sin θ: another way to the moments m_l.
    @Test(arguments: [1.0, -1]) func zonalMotionIsThatOfNodesInTheAngle(γ: Double) throws {
        let (β, top) = (5.0, 30)
        let kernel = FunkHeckeMultipliers(dimension: 4, inverseTemperature: β).kernel
        func polynomial(_ l: Int, _ θ: Double) -> Double {
            sin(Double(l + 1) * θ) / (Double(l + 1) * sin(θ))
        }
        let rule = gaussLegendreRule(48)
        var angles = rule.nodes.map { .pi / 2 * (1 + $0) }
        let masses = zip(angles, rule.weights).map { θ, weight in
            (1 + 0.4 * polynomial(1, θ) + 0.3 * polynomial(2, θ)) * weight * sin(θ) * sin(θ)
        }
        func moment(_ l: Int, _ angles: [Double]) -> Double {
            zip(angles, masses).reduce(0) { $0 + $1.1 * polynomial(l, $1.0) }
        }
        func velocity(_ angles: [Double]) -> [Double] {
            let factors = (0...top).map { kernel[$0] * Double($0 + 1) * moment($0, angles) }
            return angles.map { θ in
                var (w, slope) = (0.0, 0.0)
                for l in 0...top {
                    let k = Double(l + 1)
                    w += factors[l] * sin(k * θ)
                    slope += factors[l] * k * cos(k * θ)
                }
                return γ / β * (slope / w - cos(θ) / sin(θ))
            }
        }
        func moved(_ v: [Double], _ h: Double) -> [Double] { zip(angles, v).map { $0 + h * $1 } }
        let (steps, end) = (200, 1.0)
        for _ in 0..<steps {
            let h = end / Double(steps)
            let a = velocity(angles)
            let b = velocity(moved(a, h / 2))
            let c = velocity(moved(b, h / 2))
            let d = velocity(moved(c, h))
            for i in angles.indices { angles[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]) }
        }
        let attention = Self.attention(β, value: SquareMatrix(scale: γ, count: 4))
        let axis = [0.5, 0.5, -0.5, 0.5]
        let equation = HypersphereEquation(attention: attention, degree: 23, tolerance: 1e-11)
        let start = SphereStart(.zonal(axis: axis, coefficients: [0.4, 0.3]))
        var integrator = AdaptiveIntegrator(
            equation: equation, state: start.modes(in: equation.layout))
        var time = 0.0
        while time < end {
            try integrator.step(limit: end - time)
            time += integrator.lastStep
        }
        let harmonics = HypersphericalSeries(degree: equation.layout.degree).harmonics(at: axis)
        for l in 1...6 {
            var sum = 0.0
            for i in harmonics.indices where equation.degrees[i] == l {
                sum += harmonics[i] * integrator.state[i]
            }
            #expect(abs(sum / Double((l + 1) * (l + 1)) - moment(l, angles)) < 1e-9)
        }
    }

    /// Rotating the start and V in R⁴ rotates the motion.
    @Test func rotationsCarryMotionsIntoMotions() {
        let (c, s) = (cos(0.7), sin(0.7))
        let rotation =
            SquareMatrix(rows: [[c, 0, s, 0], [0, c, 0, -s], [-s, 0, c, 0], [0, s, 0, c]])
            * SquareMatrix(rows: [[c, -s, 0, 0], [s, c, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
        func rates(_ value: SquareMatrix, _ turn: SquareMatrix) -> [Double] {
            var equation = HypersphereEquation(
                attention: Self.attention(2, value: value), degree: 31)
            let start = SphereStart(
                .mixture([
                    .init(
                        mean: turn.applied(to: [0.6, 0, 0.8, 0]), shape: .concentration(3),
                        weight: 0.4),
                    .init(
                        mean: turn.applied(to: [0, -0.6, 0, 0.8]), shape: .sigma(0.6),
                        weight: 0.6),
                ]))
            let modes = start.modes(in: equation.layout)
            var slope = modes
            equation.derivative(of: modes, into: &slope, at: 0)
            let series = HypersphericalSeries(degree: equation.layout.degree)
            return [[0, 0, 1, 0], [0.36, 0.48, 0, 0.8], [-1.0, 0, 0, 0], [0.5, 0.5, 0.5, 0.5]]
                .map {
                    zip(series.harmonics(at: turn.applied(to: $0)), slope)
                        .reduce(0) { $0 + $1.0 * $1.1 }
                }
        }
        let before = rates(Self.value, Self.one)
        let after = rates(rotation * Self.value * rotation.transposed, rotation)
        for (a, b) in zip(before, after) {
            #expect(abs(a) > 0.01)
            #expect(abs(a - b) < 1e-9)
        }
    }

    /// Mass stays, and the energy grows at the rate of the work done on the measure.
    @Test func energyGrowsByTheWorkOfAttention() throws {
        for value in [Self.one, Self.value] {
            let attention = Self.attention(3, value: value)
            var equation = HypersphereEquation(
                attention: attention, degree: 20, tolerance: 1e-12)
            let kernel = FunkHeckeMultipliers(dimension: 4, inverseTemperature: 3).kernel
            let degrees = equation.degrees
            func energy(_ modes: [Double]) -> Double {
                modes.indices.reduce(0) { $0 + kernel[degrees[$1]] * modes[$1] * modes[$1] } / 6
            }
            let start = SphereStart(
                .zonal(axis: [0.6, 0, 0.8, 0], coefficients: [0.3, 0.2]),
                factors: [.init(amplitude: 0.2, maxDegree: 3, seed: 4)])
            let first = start.modes(in: equation.layout)
            var fields = HypersphereFields(sharpness: 3)
            var integrator = AdaptiveIntegrator(equation: equation, state: first)
            let h = 1e-3
            try integrator.step(limit: h)
            #expect(integrator.lastStep == h)
            let middle = integrator.state
            try integrator.step(limit: h)
            #expect(integrator.lastStep == h)
            fields.update(from: middle, in: equation.layout)
            let rate = equation.work(of: middle, on: fields)
            #expect(abs(rate) > 1e-4)
            #expect(abs((energy(integrator.state) - energy(first)) / (2 * h) - rate) < 1e-8)
            #expect(integrator.state[0] == 1)
        }
    }

    @Test func oneThreadAndTwoGiveTheSameBits() {
        var equation = HypersphereEquation(attention: Self.attention(5), degree: 20)
        let modes = Self.twoBumps.modes(in: equation.layout)
        var (one, two) = (modes, modes)
        let threads = Workers.limit
        defer { Workers.limit = threads }
        Workers.limit = 1
        equation.plainDerivative(of: modes, into: &one)
        Workers.limit = 2
        equation.plainDerivative(of: modes, into: &two)
        #expect(one == two)
    }

    /// Points have the coefficients of the density they stand for up to degree 8.
    @Test func pointsHaveTheLowCoefficients() {
        let sharp = SphereStart(
            .mixture([
                .init(mean: [0.6, 0, 0.8, 0], shape: .concentration(20), weight: 0.4),
                .init(mean: [0, -0.6, 0, 0.8], shape: .sigma(0.3), weight: 0.6),
            ]))
        let density = Self.density(sharp, degree: 31)
        let points = density.points(tolerance: 1e-8)
        #expect(points.measure.count <= 6912)
        // A coarser run takes fewer, so that its distance shows what points cost.
        #expect(density.points(tolerance: 32e-8).measure.count <= 864)
        #expect(points.error(sharpness: 3) < 1e-4)
        let series = HypersphericalSeries(degree: 8)
        var sums = density.layout.moved(density.modes, to: series.layout)
        for i in 0..<points.measure.count {
            let harmonics = series.harmonics(at: points.measure.point(i))
            for k in sums.indices { sums[k] -= points.measure.masses[i] * harmonics[k] }
        }
        #expect(sums.allSatisfy { abs($0) < 1e-9 })
    }

    /// Without noise points take over from a density that gets too sharp; what that changes is small.
    @Test func pointsTakeOver() throws {
        let start = SphereStart(
            .mixture([.init(mean: [0, 0, 1, 0], shape: .concentration(4), weight: 1)]))
        let options = EvolutionOptions(densityTolerance: 1e-8, resolution: 15)
        var evolution = try HypersphereEvolution(
            of: start, attention: Self.attention(4), options: options)
        for _ in 0..<40 where evolution.representation.kind == "spectral" {
            try evolution.step(limit: nil)
            try evolution.finishStep()
        }
        #expect(evolution.representation.kind == "points")
        #expect(evolution.changes.map(\.kind) == ["spectral", "points"])
        #expect(evolution.changes[1].error < 1e-3)
        let state = evolution.state
        let resumed = try #require(
            HypersphereEvolution(
                resuming: state, attention: Self.attention(4), options: options))
        #expect(resumed.state.unknowns == state.unknowns)
        #expect(resumed.time == evolution.time)
    }

    /// Points that collapse onto a great circle of S³ go on along it, as they would as tokens.
    @Test func pointsGoOnAlongAGreatCircle() throws {
        let attention = Self.attention(4, value: SquareMatrix(diagonal: [1, -1, 1, -1]))
        var random = Random(seed: 3)
        let points = (0..<6).map { i in
            let angle = [0, 0.4, 1.7, 2.3, 4.0, 5.5][i]
            return [cos(angle), 0.2 * random.nextNormal(), sin(angle), 0.2 * random.nextNormal()]
        }
        let units = points.map { x in
            let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return x.map { $0 / length }
        }
        let start = TokenMeasure(
            unitVectors: units, masses: [0.3, 0.2, 0.15, 0.15, 0.1, 0.1])
        let options = EvolutionOptions()
        var run = try HypersphereEvolution(
            of: SphereStart(.points(start)), attention: attention, options: options)
        var tokens = TokenEvolution(of: start, attention: attention, options: options)
        try GeometriesAgreeTests.advance(&run, to: 12)
        try GeometriesAgreeTests.advance(&tokens, to: 12)
        #expect(run.changes.last?.reason == "collapsed onto a great circle")
        guard case .circle(let circle) = run.measure() else {
            Issue.record("the circle carries the measure")
            return
        }
        // The same moments of degree 2, up to what the thickness was when it was left out.
        let moved = SphericalMeasure<HypersphericalTransform>.points(tokens.measure())
        let along = SphericalMeasure<HypersphericalTransform>.points(circle.tokens)
        for (x, y) in zip(moved.secondMoment.joined(), along.secondMoment.joined()) {
            #expect(abs(x - y) < 1e-7)
        }
        let state = run.state
        let resumed = HypersphereEvolution(
            resuming: state, attention: attention, options: options)
        #expect(resumed?.state == state)
    }
}
