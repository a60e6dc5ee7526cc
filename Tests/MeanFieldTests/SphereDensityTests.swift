import CAllocationCount
import Foundation
import Spectral
import Testing
import TimeIntegration

@testable import MeanField

/// Densities on S² against exact values and other ways to the same numbers.
@Suite struct SphereDensityTests {
    static let one = SquareMatrix(scale: 1, count: 3)

    static func attention(
        _ beta: Double, value: SquareMatrix = one, query: SquareMatrix = one,
        normalization: Normalization = .softmax, diffusion: Double = 0
    ) -> SphereAttention {
        SphereAttention(
            beta: beta, query: query, key: one, value: value, normalization: normalization,
            diffusion: diffusion)
    }

    /// m_1 and m_2 at time t from 1 + p P_1 + q P_2.
    private func moments(
        _ attention: SphereAttention, _ p: Double, _ q: Double, at t: Double, degree: Int
    ) throws -> [Double] {
        let equation = SphereSpectralEquation(
            attention: attention, degree: degree, tolerance: 1e-11)
        let start = SphereStart(.zonal(axis: [0, 0, 1], coefficients: [p, q]))
        let state = try advance(equation, start.modes(in: equation.layout), by: t)
        return [1, 2].map {
            state[2 * equation.layout.pair($0, 0)] / Double(2 * $0 + 1).squareRoot()
        }
    }

    private func advance(
        _ equation: SphereSpectralEquation, _ start: [Double], by t: Double
    ) throws -> [Double] {
        var integrator = AdaptiveIntegrator(equation: equation, state: start)
        var time = 0.0
        while time < t {
            try integrator.step(limit: t - time)
            time += integrator.lastStep
        }
        return integrator.state
    }

    /// Values computed by two independent methods (zonal solver, extended precision).
    @Test func nonlinearMotionIsThatOfTheTable() throws {
        let attractive = try moments(Self.attention(4), 0.1, 0.05, at: 1, degree: 31)
        #expect(abs(attractive[0] - 0.0484668720153) < 1e-12)
        #expect(abs(attractive[1] - 0.0196835451803) < 1e-12)
        let repulsive = try moments(
            Self.attention(6, value: SquareMatrix(scale: -1, count: 3)), 0.5, 0.4, at: 5, degree: 47
        )
        #expect(abs(repulsive[0] - 0.0418539843332) < 1e-11)
        #expect(abs(repulsive[1] - 0.0036010699436) < 1e-11)
        let noisy = try moments(
            Self.attention(4, diffusion: 0.1), 0.1, 0.05, at: 5, degree: 47)
        #expect(abs(noisy[0] - 0.0796717575338) < 1e-10)
        #expect(abs(noisy[1] - 0.0160395432816) < 1e-10)
    }

    /// c_l0 = √(2l+1) e^{-l(l+1)σ²/2} of the heat kernel, and A_l of von Mises-Fisher, at all degrees.
    @Test func narrowStartsKeepAllTheirDegrees() {
        let layout = HarmonicLayout(degree: 511)
        let σ = 0.01
        for shape in [SphereInitial.Component.Shape.sigma(σ), .concentration(1 / (σ * σ))] {
            let modes = SphereStart(
                .mixture([.init(mean: [0, 0, 1], shape: shape, weight: 1)])
            ).modes(in: layout)
            for l in [1, 200, 301, 400, 511] {
                let value = modes[2 * layout.pair(l, 0)] / Double(2 * l + 1).squareRoot()
                let heat = exp(-Double(l * (l + 1)) * σ * σ / 2)
                // Von Mises-Fisher has other tails: A_l = e^{-l(l+1)σ²/2}(1 + O(l²σ⁴ + l⁴σ⁶)).
                let width = Double(l) * σ * σ
                let wider = width * width * (1 + width * Double(l))
                let rounding = 1e-15 * Double(l + 2)
                let tolerance = shape == .sigma(σ) ? rounding : wider
                #expect(abs(value / heat - 1) < tolerance, "\(shape) \(l) \(value) \(heat)")
            }
        }
        // As narrow as can be given: all harmonics in phase.
        let point = SphereStart(
            .mixture([.init(mean: [0, 0, 1], shape: .concentration(1e20), weight: 1)])
        ).modes(in: layout)
        #expect(abs(point[2 * layout.pair(511, 0)] / Double(1023).squareRoot() - 1) < 1e-12)
    }

    /// λ_l = l(l+1)(γ a_l/(β a_0) - D) for every harmonic, zonal or not.
    @Test(arguments: [Normalization.softmax, .none, .rescaled])
    func everyHarmonicGrowsAtItsRate(normalization: Normalization) {
        let attention = Self.attention(5, normalization: normalization, diffusion: 0.02)
        var equation = SphereSpectralEquation(attention: attention, degree: 15)
        let layout = equation.layout
        let kernel = FunkHeckeMultipliers(dimension: 3, inverseTemperature: 5).kernel
        let scale =
            switch normalization {
            case .softmax: 1 / kernel[0]
            case .none: exp(5.0)
            case .rescaled: 1.0
            }
        var slope = [Double](repeating: 0, count: layout.count)
        for l in 1...9 {
            for m in 0...l {
                for part in 0...(m > 0 ? 1 : 0) {
                    var state = slope.map { _ in 0.0 }
                    state[0] = 1
                    let i = 2 * layout.pair(l, m) + part
                    state[i] = 1e-9
                    equation.plainDerivative(of: state, into: &slope)
                    let rate = Double(l * (l + 1)) * (scale * kernel[l] / 5 - 0.02)
                    #expect(abs(slope[i] * 1e9 - rate) < 1e-6 * max(1, abs(scale)))
                }
            }
        }
    }

    @Test func growthRatesAreThoseOfTheTheory() {
        // λ_1 at β = 1 is 2(coth 1 - 1); λ_3 at β = 5 from extended precision.
        for (beta, l, rate) in [(1.0, 1, 0.626070570998663), (5, 3, 0.672348687290954)] {
            let kernel = FunkHeckeMultipliers(dimension: 3, inverseTemperature: beta).kernel
            #expect(abs(Double(l * (l + 1)) * kernel[l] / (beta * kernel[0]) - rate) < 1e-14)
        }
    }

    /// v = γκ A_3(R)/R P_x e, R = √(β² + κ² + 2βκ cos θ); unnormalised times a_0(R)/a_0(κ).
    @Test func velocityOfVonMisesFisherDensities() throws {
        let start = SphereStart(
            .mixture([.init(mean: [0, 0, 1], shape: .concentration(2), weight: 1)]))
        let x = [sin(1.0), 0, cos(1.0)]
        for (normalization, exact) in [
            (Normalization.softmax, -0.2244671905658938), (.none, -5.3913589116854),
        ] {
            for value in [Self.one, SquareMatrix(diagonal: [1, 1, 1 + 1e-15])] {
                let attention = Self.attention(
                    5, value: value, normalization: normalization)
                let equation = SphereSpectralEquation(attention: attention, degree: 63)
                let density = SphereDensity(
                    modes: start.modes(in: equation.layout), transform: equation.transform)
                let v = SphereDensityVelocity(of: density, attention: attention)
                    .velocity(at: x).vector
                // Away from e is along (cos 1, 0, -sin 1).
                let away = v[0] * cos(1.0) - v[2] * sin(1.0)
                #expect(abs(away - exact) < 1e-12 * abs(exact) + 1e-13)
                #expect(abs(v[1]) < 1e-13)
            }
        }
    }

    /// Rotating the start and Q, K, V rotates the motion: all fields come through the general kernel too.
    @Test func rotationsCarryMotionsIntoMotions() throws {
        let (c, s) = (cos(0.7), sin(0.7))
        let rotation =
            SquareMatrix(rows: [[c, 0, s], [0, 1, 0], [-s, 0, c]])
            * SquareMatrix(rows: [[c, -s, 0], [s, c, 0], [0, 0, 1]])
        func turned(_ matrix: SquareMatrix) -> SquareMatrix {
            rotation * matrix * rotation.transposed
        }
        let value = SquareMatrix(rows: [[1, 0.3, 0], [-0.2, 0.8, 0.1], [0, 0.4, -0.5]])
        let query = SquareMatrix(rows: [[1, 0.2, 0], [0, 0.7, -0.3], [0.1, 0, 1.2]])
        func rates(
            _ value: SquareMatrix, _ query: SquareMatrix, _ mean: [Double]
        ) -> (SphereDensity, [Double]) {
            let attention = Self.attention(2, value: value, query: query)
            var equation = SphereSpectralEquation(attention: attention, degree: 40)
            let start = SphereStart(
                .mixture([.init(mean: mean, shape: .concentration(3), weight: 1)]))
            let modes = start.modes(in: equation.layout)
            var slope = modes
            equation.derivative(of: modes, into: &slope, at: 0)
            let size = slope.reduce(0) { max($0, abs($1)) }
            // As a field: the rate of change of the density at points.
            let unit = slope.map { $0 / size }
            return (SphereDensity(modes: unit, transform: equation.transform), [size])
        }
        let mean = [0.6, 0, 0.8]
        let (first, a) = rates(value, query, mean)
        let (second, b) = rates(turned(value), turned(query), rotation.applied(to: mean))
        let series = HarmonicSeries(degree: 41)
        var unused = [0.0, 0, 0]
        for x in [[0, 0, 1.0], [0.36, 0.48, 0.8], [-1, 0, 0]] {
            let before = a[0] * series.evaluate(first.modes, at: x, gradient: &unused)
            let after =
                b[0]
                * series.evaluate(second.modes, at: rotation.applied(to: x), gradient: &unused)
            #expect(abs(before - after) < 1e-10)
        }
    }

    /// Velocities of a density are those of its quadrature nodes, for any Q, K, V.
    @Test(arguments: [Normalization.softmax, .none, .rescaled])
    func velocitiesAreThoseOfWeightedPoints(normalization: Normalization) {
        let start = SphereStart(
            .mixture([
                .init(mean: [0.6, 0, 0.8], shape: .concentration(6), weight: 0.4),
                .init(mean: [0, -1, 0], shape: .sigma(0.5), weight: 0.6),
            ]))
        let matrices = [
            (Self.one, Self.one),
            (SquareMatrix(rows: [[1, 0.3, 0], [-0.2, 0.8, 0.1], [0, 0.4, -0.5]]), Self.one),
            (
                SquareMatrix(diagonal: [1, 0.5, -1]),
                SquareMatrix(rows: [[1, 0.2, 0], [0, 0.7, -0.3], [0.1, 0, 1.2]])
            ),
        ]
        for (value, query) in matrices {
            let attention = Self.attention(
                3, value: value, query: query, normalization: normalization)
            let equation = SphereSpectralEquation(attention: attention, degree: 47)
            let density = SphereDensity(
                modes: start.modes(in: equation.layout), transform: equation.transform)
            let field = SphereDensityVelocity(of: density, attention: attention)
            for x in [[0, 0, 1.0], [0, 0, -1], [0.36, 0.48, 0.8], [-1, 0, 0]] {
                let (v, potential) = field.velocity(at: x)
                let (w, other) = attention.velocity(at: x, of: density.points)
                let size = w.reduce(1e-3) { max($0, abs($1)) }
                for c in 0..<3 { #expect(abs(v[c] - w[c]) < 1e-10 * size) }
                #expect(abs(potential - other) < 1e-10)
            }
        }
    }

    @Test func oneThreadAndTwoGiveTheSameBits() {
        let attention = Self.attention(5)
        var equation = SphereSpectralEquation(attention: attention, degree: 127)
        let start = SphereStart(
            .mixture([.init(mean: [0.6, 0, 0.8], shape: .concentration(6), weight: 1)]))
        let modes = start.modes(in: equation.layout)
        var (one, two) = (modes, modes)
        let threads = Workers.limit
        defer { Workers.limit = threads }
        Workers.limit = 1
        equation.derivative(of: modes, into: &one, at: 0)
        Workers.limit = 2
        equation.derivative(of: modes, into: &two, at: 0)
        #expect(one == two)
    }

    /// Mass stays, and without noise the energy grows at the rate of the work done on the measure.
    @Test func energyGrowsByTheWorkOfAttention() throws {
        for value in [Self.one, SquareMatrix(diagonal: [1, 0.5, -1])] {
            let attention = Self.attention(3, value: value)
            let equation = SphereSpectralEquation(
                attention: attention, degree: 31, tolerance: 1e-12)
            let start = SphereStart(
                .harmonics([
                    .init(degree: 2, order: 1, cosine: 0.1, sine: 0.05),
                    .init(degree: 1, order: 0, cosine: 0.2, sine: 0),
                ])
            ).modes(in: equation.layout)
            let kernel = FunkHeckeMultipliers(dimension: 3, inverseTemperature: 3).kernel
            func energy(_ modes: [Double]) -> Double {
                let scaled = equation.layout.scaled(modes, byDegree: kernel)
                return zip(modes, scaled).reduce(0) { $0 + $1.0 * $1.1 } / 6
            }
            let h = 1e-3
            let middle = try advance(equation, start, by: h)
            let later = try advance(equation, middle, by: h)
            let power = SpherePower(beta: 3, attention: attention)
            let rate = power(equation.layout.moved(middle, to: power.layout))
            #expect(abs((energy(later) - energy(start)) / (2 * h) - rate) < 1e-8)
            #expect(later[0] == 1)
        }
    }
}
