import Foundation
import Spectral
import Testing
import TimeIntegration

@testable import MeanField

/// Zonal densities on S^{d-1} against known values and against each other.
@Suite struct ZonalEvolutionTests {
    /// The evolution of 1 + Σ a_l P_l about the last axis.
    static func evolution(
        _ attention: ZonalAttention, _ degrees: [Double], tolerance: Double = 1e-12,
        density: Double = 1e-10, resolution: Int? = nil
    ) throws -> ZonalEvolution {
        let d = attention.dimension
        let axis = (0..<d).map { $0 == d - 1 ? 1.0 : 0 }
        let start = ZonalStart(.zonal(axis: axis, coefficients: degrees), dimension: d)!
        return try ZonalEvolution(
            of: start, attention: attention,
            options: EvolutionOptions(
                timeTolerance: tolerance, densityTolerance: density, resolution: resolution))
    }

    /// The measure at `end`.
    static func run(_ evolution: inout ZonalEvolution, to end: Double) throws -> ZonalMeasure {
        while evolution.time < ModelTime(end) {
            try evolution.step(limit: ModelTime(end))
            try evolution.finishStep()
        }
        return evolution.measure()
    }

    /// (1/2β) ∬ e^{β<x,y>} dμ dμ.
    static func energy(_ measure: ZonalMeasure, β: Double) -> Double {
        var potential = measure.potential(sharpness: β)
        let (angles, masses) = measure.points
        return zip(angles, masses).reduce(0) { sum, ring in
            sum + ring.1 * exp(potential.logarithm(at: ring.0))
        } / (2 * β)
    }

    @Test func attractionOnS2() throws {
        var run = try Self.evolution(ZonalAttention(dimension: 3, beta: 4), [0.1, 0.05])
        let measure = try Self.run(&run, to: 1)
        let m = measure.moments(upTo: 2)
        #expect(abs(m[1] - 0.0484668720153) < 2e-13)
        #expect(abs(m[2] - 0.0196835451803) < 2e-13)
        #expect(abs(Self.energy(measure, β: 4) - 0.8580437493770) < 2e-13)
    }

    @Test func repulsionOnS2() throws {
        let attention = ZonalAttention(dimension: 3, beta: 6, value: AxialMap(scale: -1))
        var run = try Self.evolution(attention, [0.5, 0.4])
        let m = try Self.run(&run, to: 5).moments(upTo: 2)
        #expect(abs(m[1] - 0.0418539843332) < 2e-13)
        #expect(abs(m[2] - 0.0036010699436) < 2e-13)
    }

    @Test func noiseOnS2() throws {
        let attention = ZonalAttention(dimension: 3, beta: 4, diffusion: 0.1)
        var run = try Self.evolution(attention, [0.1, 0.05])
        #expect(abs(try Self.run(&run, to: 1).moments(upTo: 1)[1] - 0.0396927479744) < 2e-13)
        let m = try Self.run(&run, to: 5).moments(upTo: 2)
        #expect(abs(m[1] - 0.0796717575338) < 2e-13)
        #expect(abs(m[2] - 0.0160395432816) < 2e-13)
    }

    @Test func energyOfTheUniformDensity() throws {
        var run = try Self.evolution(ZonalAttention(dimension: 3, beta: 5), [])
        #expect(abs(Self.energy(run.measure(), β: 5) - 1.484064211555775) < 1e-14)
    }

    /// d, β, κ, θ, v of softmax, v without normalisation: 40-digit values of theory, section 5.
    static let vonMisesFisher: [(d: Int, β: Double, κ: Double, θ: Double, v: Double, w: Double)] = [
        (3, 5, 2, 1, -0.22446719056589383, -5.3913589116853996),
        (8, 6, 4, 0.7, -0.18662776707560824, -4.2140931251565554),
        (64, 30, 20, 1.2, -0.22135681317758925, -1278.0023222754308),
        (1024, 100, 300, 1.3, -0.25653350086329328, -30023.440768561209),
    ]

    @Test(arguments: vonMisesFisher.indices) func velocityOfVonMisesFisher(_ i: Int) throws {
        let (d, β, κ, θ, v, w) = Self.vonMisesFisher[i]
        let axis = (0..<d).map { $0 == 1 ? 1.0 : 0 }
        let start = ZonalStart(
            .mixture([.init(mean: axis, shape: .concentration(κ), weight: 1)]), dimension: d)!
        for (normalization, value) in [(Normalization.softmax, v), (.none, w)] {
            let attention = ZonalAttention(
                dimension: d, beta: β, normalization: normalization)
            var evolution = try ZonalEvolution(
                of: start, attention: attention, options: EvolutionOptions())
            // 10^19 is the largest coefficient at d = 1024.
            #expect(evolution.representation.kind == (d < 1000 ? "spectral" : "cells"))
            var field = ZonalPotential(of: evolution.measure(), attention: attention)
            #expect(abs(field.velocity(at: θ) / value - 1) < 1e-12, "\(d) \(normalization)")
            // The same from panels.
            let panels = ZonalMeasure(
                axis: axis, content: .mesh(start.mesh(sharpness: β, tolerance: 1e-12)))
            var other = ZonalPotential(of: panels, attention: attention)
            #expect(abs(other.velocity(at: θ) / value - 1) < 1e-11, "\(d) \(normalization)")
        }
    }

    /// Panels of the angle see parts of any width: what is missing from ⟨P_l⟩ = e^{-l(l+d-2)σ²/2}, and from
    /// ⟨cos⟩ = I_{d/2}(κ)/I_{d/2-1}(κ), at either pole.
    @Test(arguments: [3, 8, 64, 1024]) func narrowParts(_ d: Int) {
        let axis = (0..<d).map { $0 == 2 ? 1.0 : 0 }
        for (σ, bound) in [(0.05, 1e-6), (0.02, 1e-8), (1e-3, 1e-8), (1e-6, 1e-8)] {
            for shape in [SphereInitial.Component.Shape.sigma(σ), .concentration(1 / (σ * σ))] {
                let start = ZonalStart(
                    .mixture([
                        .init(mean: axis, shape: shape, weight: 0.75),
                        .init(mean: axis.map { -$0 }, shape: shape, weight: 0.25),
                    ]), dimension: d)!
                let mesh = start.mesh(sharpness: 4, tolerance: 1e-11)
                #expect(mesh.masses.count < 2000)
                for (isOpposite, weight) in [(false, 0.75), (true, 0.25)] {
                    var (mass, missing) = (0.0, [0.0, 0, 0, 0])
                    for (angle, m) in zip(mesh.angles, mesh.masses) {
                        guard (angle > .pi / 2) == isOpposite else { continue }
                        let φ = isOpposite ? .pi - angle : angle
                        let p = zonalPolynomials(upTo: 3, dimension: d, at: cos(φ))
                        mass += m
                        // 1 - cos to full relative accuracy.
                        missing[1] += m * 2 * sin(φ / 2) * sin(φ / 2)
                        for l in 2...3 { missing[l] += m * (1 - p[l]) }
                    }
                    #expect(abs(mass - weight) < 1e-11)
                    for l in shape == .sigma(σ) ? [1, 2, 3] : [1] {
                        let decay = Double(l * (l + d - 2)) * σ * σ / 2
                        let exact =
                            shape == .sigma(σ)
                            ? -expm1(-decay)
                            : 1 - besselRatio(order: Double(d) / 2 - 1, 1 / (σ * σ))
                        let gap = abs(missing[l] / mass - exact)
                        #expect(gap < bound * exact + 1e-14, "\(shape) \(l): \(gap / exact)")
                    }
                }
            }
        }
    }

    /// A heat kernel whose coefficients have no digits left moves as cells from the start, with a resolution or
    /// without.
    @Test(arguments: [nil, 64]) func narrowHeatKernelsStartAsCells(resolution: Int?) throws {
        let axis = (0..<64).map { $0 == 2 ? 1.0 : 0 }
        let start = ZonalStart(
            .mixture([.init(mean: axis, shape: .sigma(0.02), weight: 1)]), dimension: 64)!
        var run = try ZonalEvolution(
            of: start, attention: ZonalAttention(dimension: 64, beta: 4),
            options: EvolutionOptions(resolution: resolution))
        #expect(run.representation.kind == "cells")
        let before = run.measure().moments(upTo: 1)[1]
        #expect(abs(before - exp(-63 * 0.0002)) < 1e-9)
        for _ in 0..<3 {
            try run.step(limit: nil)
            try run.finishStep()
        }
        // Attention contracts.
        #expect(run.measure().moments(upTo: 1)[1] > before)
    }

    /// Growth rates of theory, section 3, by 40-digit values of I_ν.
    static let rates: [(d: Int, β: Double, l: Int, rate: Double)] = [
        (3, 5, 3, 0.672348687290954), (4, 5, 2, 0.679244055853679),
        (8, 6, 1, 0.64374678843746248), (8, 6, 2, 0.70477169238106672),
        (64, 30, 1, 0.83298311751818775), (64, 30, 2, 0.65619169380476504),
        (128, 50, 1, 0.87569607463955686), (128, 50, 2, 0.60113244507259857),
    ]

    @Test(arguments: rates.indices) func growthInRuns(_ i: Int) throws {
        let (d, β, l, rate) = Self.rates[i]
        let attention = ZonalAttention(dimension: d, beta: β)
        #expect(abs(attention.linearTheory!.growthRate(degree: l) / rate - 1) < 1e-14)
        let degrees = (1...l).map { $0 == l ? 1e-6 : 0.0 }
        var run = try Self.evolution(attention, degrees)
        let start = run.measure().moments(upTo: l)[l]
        let end = try Self.run(&run, to: 2).moments(upTo: l)[l]
        // The amplitude of the density at the pole is 1e-6: its square is what linear theory leaves out.
        #expect(abs(log(end / start) / 2 - rate) < 3e-6)
    }

    /// d, β, D_c of softmax, D_c without normalisation.
    static let criticalNoise: [(d: Int, β: Double, softmax: Double, none: Double)] = [
        (3, 4, 0.187667787600421, 1.28035959604591),
        (8, 6, 0.091963826919637498, 0.61616868214076667),
        (64, 30, 0.013221954246320441, 8.2327348402018828),
        (128, 50, 0.0068952446822012351, 64.694394380195086),
    ]

    @Test(arguments: criticalNoise.indices) func criticalNoiseInRuns(_ i: Int) throws {
        let (d, β, softmax, none) = Self.criticalNoise[i]
        for (normalization, critical) in [(Normalization.softmax, softmax), (.none, none)] {
            let plain = ZonalAttention(dimension: d, beta: β, normalization: normalization)
            #expect(abs(plain.linearTheory!.criticalDiffusion! / critical - 1) < 1e-13)
            // Just below it m_1 grows, just above it decays, at the rate (d-1)(D_c - D).
            for share in [0.99, 1.01] {
                let noisy = ZonalAttention(
                    dimension: d, beta: β, normalization: normalization,
                    diffusion: share * critical)
                let time = 1 / (Double(d - 1) * critical)
                var run = try Self.evolution(noisy, [1e-6])
                let start = run.measure().moments(upTo: 1)[1]
                let end = try Self.run(&run, to: time).moments(upTo: 1)[1]
                #expect(abs(log(end / start) - (1 - share)) < 1e-5)
            }
        }
    }

    /// Panels take over and go on as the coefficients do.
    @Test(arguments: [3, 8, 64]) func panelsAgreeWithCoefficients(_ d: Int) throws {
        let attention = ZonalAttention(dimension: d, beta: 4)
        var fine = try Self.evolution(attention, [0.3, 0.05])
        let expected = try Self.run(&fine, to: 3).moments(upTo: 8)
        #expect(fine.representation.kind == "spectral")
        let axis = (0..<d).map { $0 == 0 ? 1.0 : 0 }
        let start = ZonalStart(.zonal(axis: axis, coefficients: [0.3, 0.05]), dimension: d)!
        var panels = ZonalEvolution(
            resuming: EvolutionState(
                steps: 0, time: .zero, equation: "rings", parameter: 0,
                unknowns: start.mesh(sharpness: 4, tolerance: 1e-12).angles,
                controller: [0.01, 1e-4],
                masses: start.mesh(sharpness: 4, tolerance: 1e-12).masses,
                spans: start.mesh(sharpness: 4, tolerance: 1e-12).spans.map {
                    $0.isPanel ? -$0.count : $0.count
                }, isPinned: [], changes: []), of: start, attention: attention,
            options: EvolutionOptions(timeTolerance: 1e-11, densityTolerance: 1e-10))!
        let found = try Self.run(&panels, to: 3).moments(upTo: 8)
        for l in 1...8 { #expect(abs(found[l] - expected[l]) < 1e-10, "\(l)") }
    }

    /// From uniform, Q = K = I, β → ∞: det(e^{-tV})/|e^{-tV}x|^d (theory, section 4), and the image of
    /// every point under the normalised linear flow.
    @Test(arguments: [3, 8, 64]) func alignmentIsTheLinearFlow(_ d: Int) throws {
        let (a, b, t) = (1.0, 0.5, 0.5)
        let attention = ZonalAttention(
            dimension: d, beta: 10, value: AxialMap(along: a, across: b), limit: .alignment)
        var run = try Self.evolution(attention, [], tolerance: 1e-13)
        let measure = try Self.run(&run, to: t)
        guard case .smooth(let c, let basis) = measure.content else {
            Issue.record("the density is smooth")
            return
        }
        for u in [0.0, 0.1, 0.2] {
            let length = exp(-2 * t * a) * u * u + exp(-2 * t * b) * (1 - u * u)
            let determinant = exp(-t * (a + Double(d - 1) * b))
            let exact = determinant / pow(length, Double(d) / 2)
            let sum = GegenbauerBasis.sum(c, at: u, factor: 1, dimension: d).value
            #expect(abs((1 + sum) / exact - 1) < 1e-10, "\(u)")
        }
        let moments = measure.moments(upTo: 4)
        for l in 1...4 {
            var mean = 0.0
            for (u, root) in zip(basis.nodes, basis.roots) {
                let (x, y) = (exp(2 * t * a) * u * u, exp(2 * t * b) * (1 - u * u))
                let height = (x / (x + y)).squareRoot() * (u < 0 ? -1 : 1)
                mean += root * root * zonalPolynomials(upTo: l, dimension: d, at: height)[l]
            }
            #expect(abs(moments[l] - mean) < 1e-12, "\(l)")
        }
    }

    /// The field of the uniform density: A_d(β|KᵀQx|) P_x V KᵀQ x/|KᵀQ x| (theory, section 4).
    @Test(arguments: [3, 8, 64]) func fieldOfTheUniformDensity(_ d: Int) throws {
        let (product, value) = (
            AxialMap(along: -0.7, across: 1.2), AxialMap(along: 1, across: -0.4)
        )
        let attention = ZonalAttention(dimension: d, beta: 5, product: product, value: value)
        let start = ZonalStart(.uniform, dimension: d)!
        let panels = ZonalMeasure(
            axis: start.axis, content: .mesh(start.mesh(sharpness: 6, tolerance: 1e-12)))
        var run = try Self.evolution(attention, [])
        for measure in [run.measure(), panels] {
            var field = ZonalPotential(of: measure, attention: attention)
            for θ in [0.1, 0.9, 1.6, 2.8] {
                let (x, y) = (product.along * cos(θ), product.across * sin(θ))
                let length = (x * x + y * y).squareRoot()
                let along = value.across * y * cos(θ) - value.along * x * sin(θ)
                let exact = scaledBesselRatio(dimension: d, 5 * length) * along / length
                #expect(abs(field.velocity(at: θ) - exact) < 1e-12, "\(θ)")
            }
        }
    }

    /// Noise-free runs of coefficients and of panels with any Q, K, V agree.
    @Test func matricesByCoefficientsAndByPanels() throws {
        let attention = ZonalAttention(
            dimension: 4, beta: 3, product: AxialMap(along: 0.5, across: -1),
            value: AxialMap(along: 0.3, across: 0.9))
        var smooth = try Self.evolution(attention, [0.3, -0.2])
        let expected = try Self.run(&smooth, to: 1).moments(upTo: 6)
        let start = ZonalStart(
            .zonal(axis: [0, 0, 1, 0], coefficients: [0.3, -0.2]), dimension: 4)!
        let mesh = start.mesh(sharpness: 3, tolerance: 1e-12)
        let state = EvolutionState(
            steps: 0, time: .zero, equation: "rings", parameter: 0, unknowns: mesh.angles,
            controller: [0.01, 1e-4], masses: mesh.masses,
            spans: mesh.spans.map { $0.isPanel ? -$0.count : $0.count }, isPinned: [],
            changes: [])
        var panels = ZonalEvolution(
            resuming: state, of: start, attention: attention,
            options: EvolutionOptions(timeTolerance: 1e-11, densityTolerance: 1e-10))!
        let found = try Self.run(&panels, to: 1).moments(upTo: 6)
        for l in 1...6 { #expect(abs(found[l] - expected[l]) < 1e-10, "\(l)") }
    }

    /// Tokens at the nodes of a product quadrature of S² move as the density does.
    @Test(arguments: [
        (AxialMap(scale: 1), AxialMap(scale: 1)),
        (AxialMap(along: 0.5, across: 1), AxialMap(along: 1, across: -0.5)),
    ]) func tokensOfAQuadrature(_ product: AxialMap, _ value: AxialMap) throws {
        let attention = ZonalAttention(dimension: 3, beta: 3, product: product, value: value)
        var density = try Self.evolution(attention, [0.3, 0.2])
        let expected = try Self.run(&density, to: 1).moments(upTo: 2)
        let basis = GegenbauerBasis(dimension: 3, modes: 3, count: 18)
        let azimuths = 18
        var (points, masses) = ([[Double]](), [Double]())
        for (u, root) in zip(basis.nodes, basis.roots) {
            let s = (1 - u * u).squareRoot()
            for k in 0..<azimuths {
                let φ = 2 * Double.pi * Double(k) / Double(azimuths)
                points.append([s * cos(φ), s * sin(φ), u])
                masses.append(
                    root * root * (1 + 0.3 * u + 0.2 * (1.5 * u * u - 0.5)) / Double(azimuths))
            }
        }
        func matrix(_ map: AxialMap) -> SquareMatrix {
            SquareMatrix(diagonal: [map.across, map.across, map.along])
        }
        var tokens = TokenEvolution(
            of: TokenMeasure(unitVectors: points, masses: masses),
            attention: SphereAttention(
                beta: 3, query: matrix(product), key: SquareMatrix(scale: 1, count: 3),
                value: matrix(value)), options: EvolutionOptions())
        while tokens.time < ModelTime(1) {
            try tokens.step(limit: ModelTime(1))
            try tokens.finishStep()
        }
        let measure = tokens.measure()
        var found = [0.0, 0.0]
        for i in 0..<measure.count {
            let u = measure.point(i)[2]
            found[0] += measure.masses[i] * u
            found[1] += measure.masses[i] * (1.5 * u * u - 0.5)
        }
        #expect(abs(found[0] - expected[1]) < 1e-9)
        #expect(abs(found[1] - expected[2]) < 1e-9)
    }

    /// Random tokens of S⁷ move as the density does, up to their fluctuations.
    @Test func randomTokensOnS7() throws {
        let attention = ZonalAttention(dimension: 8, beta: 4)
        var density = try Self.evolution(attention, [1.0])
        let expected = try Self.run(&density, to: 1.5).moments(upTo: 1)[1]
        let axis = (0..<8).map { $0 == 7 ? 1.0 : 0 }
        let start = SphereInitial.zonal(axis: axis, coefficients: [1.0])
        let count = 2000
        let options = EvolutionOptions(timeTolerance: 1e-6)
        let sphere = SphereAttention(
            beta: 4, query: SquareMatrix(scale: 1, count: 8), key: SquareMatrix(scale: 1, count: 8),
            value: SquareMatrix(scale: 1, count: 8))
        var tokens = TokenEvolution(
            of: start.tokens(
                count: count, dimension: 8, sampling: .stratified, seed: 1, replica: 0),
            attention: sphere, options: options)
        while tokens.time < ModelTime(1.5) {
            try tokens.step(limit: ModelTime(1.5))
            try tokens.finishStep()
        }
        let mean = tokens.measure().mean
        // Stratified in the angle: what fluctuates is the direction, of size √(7/8N).
        #expect(abs(mean[7] - expected) < 3 * (7 / 8 / Double(count)).squareRoot() * expected)
        #expect(expected > 0.2)
    }

    /// An even density stays even to the last bit, on to its ring.
    @Test func evenDensitiesStayEven() throws {
        var run = try Self.evolution(
            ZonalAttention(dimension: 3, beta: 6), [0, -0.3], tolerance: 1e-9, density: 1e-8)
        #expect(run.isEven)
        let early = try Self.run(&run, to: 1)
        #expect(run.representation.kind == "spectral" && early.moments(upTo: 3)[3] == 0)
        while run.representation.kind != "atoms" && run.time < ModelTime(100) {
            try run.step(limit: nil)
            try run.finishStep()
        }
        let (angles, masses) = run.measure().points
        #expect(angles.allSatisfy { $0 == .pi / 2 })
        #expect(abs(masses.reduce(0, +) - 1) < 1e-14)
        #expect(run.drift().relativeSpeed == 0)
    }

    /// Sizes that leave the range of `Double` on the way: nodes, weights, masses of d = 1024.
    @Test func basisOfHighDimensions() {
        for d in [3, 4, 64, 1024] {
            let basis = GegenbauerBasis(dimension: d, modes: 200, count: 300)
            var worst = 0.0
            for l in [0, 1, 77, 199] {
                for m in [0, 1, 78, 199] {
                    let sum = (0..<300).reduce(0) {
                        $0 + basis.values[$1 * 200 + l] * basis.values[$1 * 200 + m]
                    }
                    worst = max(worst, abs(sum - (l == m ? 1 : 0)))
                }
            }
            #expect(worst < 1e-13, "\(d)")
            // ∫ u² dσ = 1/d.
            let square = zip(basis.nodes, basis.roots).reduce(0) {
                $0 + $1.0 * $1.0 * $1.1 * $1.1
            }
            #expect(abs(square * Double(d) - 1) < 1e-13)
            let polar = PolarMeasure(dimension: d)
            #expect(abs(polar.mass(below: .pi / 2) - 0.5) < 1e-14)
        }
        // A cap of S³: (2θ - sin 2θ)/2π.
        #expect(
            abs(PolarMeasure(dimension: 4).mass(below: 0.3) - (0.6 - sin(0.6)) / (2 * .pi)) < 1e-15)
    }

    /// Mass of caps and entropy of coefficients and of panels.
    @Test(arguments: [3, 8]) func massesAndEntropies(_ d: Int) throws {
        let start = ZonalStart(
            .mixture([
                .init(
                    mean: (0..<d).map { $0 == 0 ? 1.0 : 0 }, shape: .concentration(6), weight: 0.7),
                .init(
                    mean: (0..<d).map { $0 == 0 ? -1.0 : 0 }, shape: .sigma(0.3), weight: 0.3),
            ]), dimension: d)!
        let panels = ZonalMeasure(
            axis: start.axis, content: .mesh(start.mesh(sharpness: 6, tolerance: 1e-13)))
        var run = try ZonalEvolution(
            of: start, attention: ZonalAttention(dimension: d, beta: 2),
            options: EvolutionOptions())
        let smooth = run.measure()
        #expect(smooth.isSmooth)
        for θ in [0.2, 1.0, 1.7, 3.0] {
            let (a, b) = (smooth.mass(from: 0, to: θ), panels.mass(from: 0, to: θ))
            #expect(abs(a - b) < 1e-11, "\(θ)")
        }
        #expect(abs(smooth.relativeEntropy! - panels.relativeEntropy!) < 1e-8)
        let cells = smooth.density(onCells: 100)!
        #expect(abs(cells.reduce(0, +) * .pi / 100 - 1) < 1e-14 && cells.allSatisfy { $0 >= 0 })
    }
}
