import Foundation
import Spectral
import Testing

@testable import MeanField
@testable import TimeIntegration

/// Point masses and mixtures in azimuth as densities with noise.
@Suite struct RoughStartTests {
    static let azimuths: [SphereInitial.AzimuthComponent] = [
        .init(angle: 0.3, sigma: 0.2, weight: 0.6), .init(angle: 2.5, sigma: 0.4, weight: 0.4),
    ]

    /// Two points of unequal mass, off the axes.
    static let points = SphereInitial.points(
        TokenMeasure(unitVectors: [[0.6, 0, 0.8], [0, 1, 0]], masses: [0.6, 0.4]))

    static let atoms = CircleInitial.atoms(angles: [0.3, 2.1], masses: [0.6, 0.4])

    /// The evolution of `start` as it is at time t.
    private func evolve<Evolution: MeasureEvolution>(
        _ evolution: Evolution, to t: Double
    ) throws -> Evolution {
        var evolution = evolution
        while evolution.time.approximation < t {
            try evolution.step(limit: ModelTime(t))
            try evolution.finishStep()
        }
        return evolution
    }

    private func sphere(
        _ law: SphereInitial, _ attention: SphereAttention, tolerance: Double = 1e-8,
        resolution: Int? = nil, at t: Double
    ) throws -> SphereEvolution {
        try evolve(
            SphereEvolution(
                of: SphereStart(law), attention: attention,
                options: EvolutionOptions(densityTolerance: tolerance, resolution: resolution)),
            to: t)
    }

    /// The coefficients up to `degree` of the density that an evolution has come to.
    private func modes(_ evolution: SphereEvolution, upTo degree: Int) throws -> [Double] {
        var evolution = evolution
        guard case .density(let density) = evolution.measure() else {
            Issue.record("no density")
            return []
        }
        return density.layout.moved(density.modes, to: HarmonicLayout(degree: degree))
    }

    private func circle(
        _ initial: CircleInitial, _ attention: IsotropicAttention, resolution: Int? = nil,
        at t: Double
    ) throws -> CircleEvolution {
        try evolve(
            CircleEvolution(
                of: StartingMeasure(initial), attention: attention,
                options: EvolutionOptions(resolution: resolution)), to: t)
    }

    private func modes(_ evolution: CircleEvolution, upTo count: Int) -> [Double] {
        var evolution = evolution
        let (re, im) = evolution.measure().coefficients(upTo: count)
        return re + im
    }

    private func difference(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    /// Sums over Gauss nodes of the elevation and equispaced azimuths.
    @Test(arguments: SphereInitial.Elevation.allCases)
    func coefficientsOfAzimuthsAreTheirIntegrals(elevation: SphereInitial.Elevation) {
        let start = SphereStart(.azimuth(Self.azimuths, elevation))
        let layout = HarmonicLayout(degree: 20)
        let series = HarmonicSeries(degree: 20)
        let rule = gaussLegendreRule(60)
        var sums = [Double](repeating: 0, count: layout.count)
        for j in 0..<128 {
            let φ = 2 * .pi * Double(j) / 128
            let azimuth = Self.azimuths.reduce(0) { sum, part in
                let images = (-2...2).reduce(0) {
                    let distance = φ - part.angle + 2 * .pi * Double($1)
                    return $0 + exp(-pow(distance / part.sigma, 2) / 2)
                }
                return sum + part.weight * images / (part.sigma * (2 * Double.pi).squareRoot())
            }
            for (node, weight) in zip(rule.nodes, rule.weights) {
                let e = node * .pi / 2
                let share = elevation == .uniformArea ? cos(e) / 2 : 1 / .pi
                series.add(
                    azimuth * 2 * .pi / 128 * share * weight * .pi / 2,
                    at: [cos(e) * cos(φ), cos(e) * sin(φ), sin(e)], to: &sums)
            }
        }
        #expect(difference(start.modes(in: layout), sums) < 1e-13)
        // Degrees above do not change them.
        let fine = HarmonicLayout(degree: 61)
        #expect(difference(fine.moved(start.modes(in: fine), to: layout), sums) < 1e-13)
    }

    /// e^{-Dl(l+1)t} and e^{-Dk²t} times the coefficients of the points, within the first steps too.
    @Test func noiseAloneMakesHeatKernels() throws {
        let attention = SphereDensityTests.attention(
            4, value: SquareMatrix(scale: 0, count: 3), diffusion: 0.1)
        let layout = HarmonicLayout(degree: 12)
        let exact = SphereStart(Self.points).modes(in: layout)
        for t in [0, 1e-4, 0.3] {
            let now = try modes(sphere(Self.points, attention, at: t), upTo: 12)
            for (i, l) in layout.degrees.enumerated() {
                #expect(abs(now[i] - exact[i] * exp(-0.1 * Double(l * (l + 1)) * t)) < 1e-12)
            }
        }
        let still = IsotropicAttention(beta: 4, value: 0, diffusion: 0.1)
        let (re, im) = Self.atoms.coefficients(upTo: 12)
        let now = try modes(circle(Self.atoms, still, at: 0.3), upTo: 12)
        for k in 0...12 {
            let decay = exp(-0.1 * Double(k * k) * 0.3)
            #expect(abs(now[k] - re[k] * decay) < 1e-12)
            #expect(abs(now[k + 13] - im[k] * decay) < 1e-12)
        }
    }

    /// Twice the degrees change nothing, and coarser grids afterwards do not either.
    @Test func whatIsLeftOutDoesNotComeBack() throws {
        for law in [Self.points, .azimuth(Self.azimuths, .uniformAngle)] {
            let attention = SphereDensityTests.attention(1, diffusion: 0.1)
            let own = try sphere(law, attention, at: 0.5)
            let start = try #require(own.changes.first)
            #expect(start.size == 128 * 128 && start.error < 1e-8)
            #expect(own.changes.last?.reason == "smoothed by noise")
            #expect(own.representation.size < start.size)
            let finer = try sphere(law, attention, resolution: 255, at: 0.5)
            #expect(difference(try modes(own, upTo: 15), try modes(finer, upTo: 15)) < 1e-8)
        }
        let attention = IsotropicAttention(beta: 4, diffusion: 0.1)
        let own = try circle(Self.atoms, attention, at: 0.5)
        #expect(own.changes.first?.size == 1024)
        #expect(own.representation.size < 1024)
        let finer = try circle(Self.atoms, attention, resolution: 2048, at: 0.5)
        #expect(difference(modes(own, upTo: 15), modes(finer, upTo: 15)) < 1e-8)
    }

    /// The value at σ = 0 of what has been seen at σ, σ/√2, σ/2: a polynomial in σ².
    private func extrapolated(_ values: [[Double]]) -> [Double] {
        let pairs = (0..<2).map { k in zip(values[k], values[k + 1]).map { 2 * $1 - $0 } }
        return zip(pairs[0], pairs[1]).map { (4 * $1 - $0) / 3 }
    }

    /// Heat kernels of width σ about the points differ by a σ² + b σ⁴ + O(σ⁶).
    @Test(arguments: [Normalization.softmax, .rescaled])
    func theyAreTheLimitOfNarrowDensities(_ normalization: Normalization) throws {
        let attention = IsotropicAttention(
            beta: 4, normalization: normalization, diffusion: 0.05)
        let limit = modes(try circle(Self.atoms, attention, at: 1), upTo: 6)
        let narrow = try [0.02, 0.01 * 2.0.squareRoot(), 0.01].map { σ in
            let parts = [(0.3, 0.6), (2.1, 0.4)].map {
                CircleInitial.Component(
                    angle: $0.0, shape: .wrappedNormal(sigma: σ), weight: $0.1)
            }
            return modes(try circle(.mixture(parts), attention, at: 1), upTo: 6)
        }
        #expect(difference(limit, narrow[2]) > 1e-5)
        #expect(difference(limit, extrapolated(narrow)) < 1e-8)
        let onSphere = SphereDensityTests.attention(
            4, normalization: normalization, diffusion: 0.1)
        let points = try modes(sphere(Self.points, onSphere, at: 0.5), upTo: 6)
        let caps = try [0.08, 0.04 * 2.0.squareRoot(), 0.04].map { σ in
            let parts = [([0.6, 0, 0.8], 0.6), ([0, 1, 0], 0.4)].map {
                SphereInitial.Component(mean: $0.0, shape: .sigma(σ), weight: $0.1)
            }
            return try modes(sphere(.mixture(parts), onSphere, at: 0.5), upTo: 6)
        }
        #expect(difference(points, caps[2]) > 1e-3)
        #expect(difference(points, extrapolated(caps)) < 1e-5)
    }

    /// The entropy of a density that its degrees do not resolve is not given.
    @Test func entropyComesWithResolution() throws {
        let attention = SphereDensityTests.attention(4, diffusion: 0.1)
        var start = try sphere(Self.points, attention, at: 0)
        #expect(start.relativeEntropy(of: start.measure()) == nil)
        var later = try sphere(Self.points, attention, at: 0.2)
        #expect(later.relativeEntropy(of: later.measure())! > 0)
        var circle = try circle(Self.atoms, IsotropicAttention(beta: 4, diffusion: 0.1), at: 0)
        #expect(circle.measure().relativeEntropy == nil)
    }

    /// A series that is cut off is shown without its ripples, one that is not as it is.
    @Test func shownDensitiesArePositive() throws {
        var start = try circle(Self.atoms, IsotropicAttention(beta: 4, diffusion: 0.1), at: 0)
        let measure = start.measure()
        #expect(measure.points.masses.min()! < -1e-4)
        for n in [256, 1024] {
            let shown = try #require(measure.density(onGridOf: n))
            let step = 2 * Double.pi / Double(n)
            #expect(abs(shown.reduce(0) { $0 + step * $1 } - 1) < 1e-12)
            // Nothing but the two peaks.
            for (i, ρ) in shown.enumerated() {
                let θ = step * Double(i)
                if min(abs(θ - 0.3), abs(θ - 2.1)) > 0.1 { #expect(ρ < 1e-4) }
            }
        }
        #expect(CutSeries.factors(tail: 1e-4, degree: 20) == nil)
        let factors = try #require(CutSeries.factors(tail: 2, degree: 20))
        #expect(factors[0] == 1 && abs(2 * factors[20] - 1e-6) < 1e-18)
    }

    @Test func weakNoiseIsRefused() {
        for diffusion in [1e-3, 1e-9] {
            #expect(throws: EvolutionError.resolutionExhausted(points: 1022)) {
                try sphere(
                    Self.points, SphereDensityTests.attention(4, diffusion: diffusion), at: 0)
            }
        }
        #expect(throws: EvolutionError.self) {
            try circle(Self.atoms, IsotropicAttention(beta: 4, diffusion: 1e-9), at: 0)
        }
    }

    /// Dense output follows what decays by e^{-100} within a step.
    @Test func denseOutputKnowsWhatDecays() throws {
        let attention = IsotropicAttention(beta: 0, value: 0, diffusion: 1)
        let equation = IntegratingFactorEquation(
            base: SpectralEquation(attention: attention, points: 64), tailTolerance: 1)
        let start = [Double](repeating: 1, count: equation.dimension)
        var integrator = AdaptiveIntegrator(equation: equation, state: start)
        try integrator.step(limit: 100.0 / 400)
        for fraction in [0.01, 0.3, 0.9] {
            let t = fraction * integrator.lastStep
            for (i, x) in integrator.state(at: fraction).enumerated() {
                let k = Double(i / 2 + 1)
                #expect(abs(x - exp(-k * k * t)) < 2e-4)
            }
        }
    }
}
