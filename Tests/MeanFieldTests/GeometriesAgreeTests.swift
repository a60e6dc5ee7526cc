import Foundation
import Spectral
import Testing
import TimeIntegration

@testable import MeanField

/// The same motion by solvers that share nothing: in full on the circle, S² and S³, as a function of the
/// angle to an axis, and by tokens.
@Suite struct GeometriesAgreeTests {
    /// A model, and how many coefficients of which start move how long.
    struct Case: CustomTestStringConvertible, Sendable {
        var beta = 4.0
        var value = 1.0
        var normalization = Normalization.softmax
        var diffusion = 0.0
        var start = [0.3, 0.2]
        var end = 1.0

        var testDescription: String {
            "beta \(beta), value \(value), \(normalization), diffusion \(diffusion)"
        }

        static let all = [
            Case(), Case(beta: 5, value: -1, start: [0.5, 0.4], end: 2),
            Case(diffusion: 0.1, end: 2), Case(beta: 2, normalization: .rescaled, end: 2),
            Case(beta: 2, normalization: .none, end: 0.3), Case(beta: 0, end: 0.5),
        ]

        var isotropic: IsotropicAttention {
            IsotropicAttention(
                beta: beta, value: value, normalization: normalization, diffusion: diffusion)
        }

        /// m_0 … m_6 at the end by the zonal solver.
        func zonalMoments(dimension d: Int) throws -> [Double] {
            let attention = ZonalAttention(
                dimension: d, beta: beta, value: AxialMap(scale: value),
                normalization: normalization, diffusion: diffusion)
            var run = try ZonalEvolutionTests.evolution(attention, start)
            return try ZonalEvolutionTests.run(&run, to: end).moments(upTo: 6)
        }
    }

    /// Runs to `end`.
    static func advance(_ evolution: inout some MeasureEvolution, to end: Double) throws {
        while evolution.time < ModelTime(end) {
            try evolution.step(limit: ModelTime(end))
            try evolution.finishStep()
        }
    }

    /// ∫ P_l(<axis,x>) dμ of a density in full: the coefficients of P_l are those of a start 1 + P_l.
    static func moment<Space: HarmonicSpace>(
        _ l: Int, of density: HarmonicDensity<Space.Transport.Transform>, about axis: [Double],
        on space: Space.Type
    ) -> Double {
        var terms = [Double](repeating: 0, count: l)
        terms[l - 1] = 1
        var polynomial = Space.modes(
            of: SphereStart(.zonal(axis: axis, coefficients: terms)), in: density.layout)
        polynomial[0] -= 1
        return zip(polynomial, density.modes).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test(arguments: Case.all) func circleAndZonal(_ model: Case) throws {
        let expected = try model.zonalMoments(dimension: 2)
        let modes = model.start.enumerated().map {
            CircleInitial.Mode(degree: $0 + 1, cosine: $1, sine: 0)
        }
        var circle = try CircleEvolution(
            of: StartingMeasure(.modes(modes)), attention: model.isotropic,
            options: EvolutionOptions(timeTolerance: 1e-12, densityTolerance: 1e-10))
        try Self.advance(&circle, to: model.end)
        let found = circle.measure().coefficients(upTo: 6)
        for l in 1...6 {
            #expect(abs(found.re[l] - expected[l]) < 1e-12, "\(l)")
            #expect(abs(found.im[l]) < 1e-14)
        }
    }

    @Test(arguments: Case.all) func sphereAndZonal(_ model: Case) throws {
        try fullAndZonal(model, on: TwoSphere.self, axis: [0.48, -0.6, 0.64], resolution: 47)
    }

    @Test(arguments: Case.all) func hypersphereAndZonal(_ model: Case) throws {
        try fullAndZonal(
            model, on: ThreeSphere.self, axis: [0.5, -0.5, 0.1, 0.7], resolution: 19)
    }

    private func fullAndZonal<Space: HarmonicSpace>(
        _ model: Case, on space: Space.Type, axis: [Double], resolution: Int
    ) throws {
        let expected = try model.zonalMoments(dimension: axis.count)
        var run = try HarmonicEvolution<Space>(
            of: SphereStart(.zonal(axis: axis, coefficients: model.start)),
            attention: SphereAttention(model.isotropic, dimension: axis.count),
            options: EvolutionOptions(
                timeTolerance: 1e-11, densityTolerance: 1e-6, resolution: resolution))
        try Self.advance(&run, to: model.end)
        guard case .density(let density) = run.measure() else {
            Issue.record("the grid holds the density")
            return
        }
        for l in 1...6 {
            let found = Self.moment(l, of: density, about: axis, on: space)
            #expect(abs(found - expected[l]) < 1e-9, "\(l)")
        }
        // Nothing but the zonal harmonics: Σ c² = Σ N_l m_l².
        let square = density.modes.reduce(0) { $0 + $1 * $1 }
        var (sum, number) = (1.0, 1.0)
        for l in 1...6 {
            number *= harmonicGrowth(degree: l - 1, dimension: axis.count)
            sum += number * expected[l] * expected[l]
        }
        #expect(abs(square - sum) < 1e-3 * sum)
    }

    /// Matrices about the axis.
    @Test func matricesAboutTheAxis() throws {
        let value = AxialMap(along: 1, across: 0.4)
        try matricesAboutTheAxis(
            TwoSphere.self, axis: [0, 0, 1], product: AxialMap(along: 0.5, across: -1), value,
            resolution: 63)
        for product in [AxialMap(scale: 1), AxialMap(along: 0.5, across: -1)] {
            try matricesAboutTheAxis(
                ThreeSphere.self, axis: [0.5, -0.5, 0.1, 0.7], product: product, value,
                resolution: 24)
        }
    }

    private func matricesAboutTheAxis<Space: HarmonicSpace>(
        _ space: Space.Type, axis: [Double], product: AxialMap, _ value: AxialMap,
        resolution: Int
    ) throws {
        let d = axis.count
        var zonal = try ZonalEvolutionTests.evolution(
            ZonalAttention(dimension: d, beta: 2, product: product, value: value), [0.3, -0.2])
        let expected = try ZonalEvolutionTests.run(&zonal, to: 0.5).moments(upTo: 4)
        func matrix(_ map: AxialMap) -> SquareMatrix {
            SquareMatrix(
                rows: (0..<d).map { i in
                    (0..<d).map { j in
                        (map.along - map.across) * axis[i] * axis[j] + (i == j ? map.across : 0)
                    }
                })
        }
        var run = try HarmonicEvolution<Space>(
            of: SphereStart(.zonal(axis: axis, coefficients: [0.3, -0.2])),
            attention: SphereAttention(
                beta: 2, query: matrix(product), key: SquareMatrix(scale: 1, count: d),
                value: matrix(value)),
            options: EvolutionOptions(
                timeTolerance: 1e-11, densityTolerance: 1e-6, resolution: resolution))
        try Self.advance(&run, to: 0.5)
        guard case .density(let density) = run.measure() else {
            Issue.record("the grid holds the density")
            return
        }
        for l in 1...4 {
            let found = Self.moment(l, of: density, about: axis, on: space)
            #expect(abs(found - expected[l]) < 1e-10, "\(l)")
        }
    }

    /// From uniform, Q = K = I: ∂_t ρ = A_d(β)(d <x,Vx> - tr V), which for β → ∞ is the slope of the
    /// density det(e^{-tV})/|e^{-tV}x|^d of the alignment.
    @Test func uniformDensitiesOnS3BeginToAlign() {
        let (β, value) = (7.0, HypersphereDensityTests.value)
        var equation = HypersphereEquation(
            attention: HypersphereDensityTests.attention(β, value: value), degree: 7)
        var state = [Double](repeating: 0, count: equation.dimension)
        state[0] = 1
        var slope = state
        equation.plainDerivative(of: state, into: &slope)
        let series = HypersphericalSeries(degree: equation.layout.degree)
        let trace = (0..<4).reduce(0) { $0 + value[$1, $1] }
        for x in [[1.0, 0, 0, 0], [0.5, -0.5, 0.5, 0.5], [0, 0.6, 0, -0.8]] {
            let rate = zip(series.harmonics(at: x), slope).reduce(0) { $0 + $1.0 * $1.1 }
            let height = zip(x, value.applied(to: x)).reduce(0) { $0 + $1.0 * $1.1 }
            let exact = besselRatio(order: 1, β) * (4 * height - trace)
            #expect(abs(rate - exact) < 1e-13)
        }
    }

    /// Tokens at the points of a quadrature that is exact for the start move as the density does.
    @Test func tokensMoveAsDensities() throws {
        try tokensMoveAsDensity(
            TwoSphere.self, SphericalTransform(degree: 5, analysing: 25), resolution: 63,
            axis: [0.6, 0, 0.8],
            value: SquareMatrix(rows: [[1, 0.3, 0], [-0.2, 0.8, 0.1], [0, 0.4, -0.5]]))
        try tokensMoveAsDensity(
            ThreeSphere.self, HypersphericalTransform(degree: 5, analysing: 12), resolution: 24,
            axis: [0.6, 0, 0.8, 0], value: HypersphereDensityTests.value)
    }

    private func tokensMoveAsDensity<Space: HarmonicSpace>(
        _ space: Space.Type, _ quadrature: Space.Transport.Transform, resolution: Int,
        axis: [Double], value: SquareMatrix
    ) throws {
        let d = value.count
        let attention = SphereAttention(
            beta: 1.5, query: SquareMatrix(scale: 1, count: d),
            key: SquareMatrix(scale: 1, count: d), value: value)
        let options = EvolutionOptions(
            timeTolerance: 1e-10, densityTolerance: 1e-6, resolution: resolution)
        // Of degree 5, and with no symmetry.
        let start = SphereStart(
            .zonal(axis: axis, coefficients: [0.3, 0.2]),
            factors: [.init(amplitude: 0.3, maxDegree: 3, seed: 4)])
        var run = try HarmonicEvolution<Space>(of: start, attention: attention, options: options)
        try Self.advance(&run, to: 0.25)
        let measure = run.measure()
        guard case .density(let density) = measure else {
            Issue.record("the grid holds the density")
            return
        }
        var (points, masses) = ([[Double]](), [Double]())
        HarmonicDensity(modes: Space.modes(of: start, in: quadrature.layout), transform: quadrature)
            .forEachPoint { x, mass in
                points.append(x)
                masses.append(mass)
            }
        var tokens = TokenEvolution(
            of: TokenMeasure(unitVectors: points, masses: masses), attention: attention,
            options: options)
        try Self.advance(&tokens, to: 0.25)
        let moved = tokens.measure()
        for c in 0..<d {
            let basis = (0..<d).map { $0 == c ? 1.0 : 0 }
            let mean = Self.moment(1, of: density, about: basis, on: space)
            #expect(abs(mean - moved.mean[c]) < 1e-7, "\(c)")
        }
        let a = measure.secondMoment
        let b = SphericalMeasure<Space.Transport.Transform>.points(moved).secondMoment
        for (x, y) in zip(a.joined(), b.joined()) { #expect(abs(x - y) < 1e-7) }
        #expect(abs(a[0][1]) > 1e-3)
    }
}
