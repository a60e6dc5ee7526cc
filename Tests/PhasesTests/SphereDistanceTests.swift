import Foundation
import MeanField
import Testing

@testable import Phases

/// Energy distances on spheres against closed forms, and each way to a number against the others.
@Suite struct SphereDistanceTests {
    /// N random unit vectors of R^d with unequal masses.
    static func tokens(_ count: Int, dimension d: Int, seed: UInt64) -> TokenMeasure {
        var generator = Random(seed: seed)
        let points = (0..<count).map { _ in unit((0..<d).map { _ in generator.nextNormal() }) }
        let masses = (0..<count).map { _ in 0.5 + generator.nextUniform() }
        let total = masses.reduce(0, +)
        return TokenMeasure(unitVectors: points, masses: masses.map { $0 / total })
    }

    static func unit(_ x: [Double]) -> [Double] {
        let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return x.map { $0 / length }
    }

    /// The images of tokens under the rotation by an angle in the plane of two axes.
    static func turned(
        _ tokens: TokenMeasure, _ a: Int, _ b: Int, by angle: Double
    ) -> TokenMeasure {
        TokenMeasure(
            unitVectors: (0..<tokens.count).map { i in
                var x = tokens.point(i)
                (x[a], x[b]) = (
                    cos(angle) * x[a] - sin(angle) * x[b], sin(angle) * x[a] + cos(angle) * x[b]
                )
                return x
            }, masses: tokens.masses)
    }

    /// The start of a density on S², S³, or a zonal one in any dimension.
    static func sphere(_ law: SphereInitial) throws -> any ComparedMeasure {
        let attention = SphereAttention(
            beta: 1, query: .init(scale: 1, count: 3), key: .init(scale: 1, count: 3),
            value: .init(scale: 1, count: 3))
        var evolution = try SphereEvolution(
            of: SphereStart(law), attention: attention, options: EvolutionOptions())
        return evolution.measure().compared(degrees: 8)
    }

    static func hypersphere(_ law: SphereInitial) throws -> any ComparedMeasure {
        let attention = SphereAttention(
            beta: 1, query: .init(scale: 1, count: 4), key: .init(scale: 1, count: 4),
            value: .init(scale: 1, count: 4))
        var evolution = try HypersphereEvolution(
            of: SphereStart(law), attention: attention, options: EvolutionOptions())
        return evolution.measure().compared(degrees: 8)
    }

    static func zonal(_ law: SphereInitial, dimension d: Int) throws -> any ComparedMeasure {
        try ZonalCensusTests.measure(law, dimension: d, beta: 1).compared(degrees: 8)
    }

    private func energy(_ tokens: TokenMeasure, _ measure: any ComparedMeasure) -> Double {
        EnergyDistance.onSphere(tokens, measure, degrees: 8).energy
    }

    // MARK: Chords

    /// g_l of S² and of the circle, Σ g_l = C_d, and |x - y| itself.
    @Test func chordsInZonalPolynomials() {
        let sphere = ChordExpansion(dimension: 3, upTo: 40)
        #expect(sphere.mean == 4.0 / 3)
        for l in 1...40 {
            let exact = 4 / (Double(2 * l - 1) * Double(2 * l + 3))
            #expect(abs(sphere.weights[l] / exact - 1) < 1e-14)
            let circle = 8 / Double.pi / Double(4 * l * l - 1)
            #expect(
                abs(ChordExpansion(dimension: 2, upTo: 40).weights[l] / circle - 1) < 1e-14)
        }
        // 64/15π on S³; towards √2 in many dimensions.
        #expect(abs(ChordExpansion(dimension: 4, upTo: 1).mean - 64 / (15 * .pi)) < 1e-15)
        for d in [5, 16, 65, 1024] {
            let expansion = ChordExpansion(dimension: d, upTo: 3000)
            let rest = expansion.mean - expansion.weights.reduce(0, +)
            #expect(rest > 0 && rest < 1e-2, "\(d) \(rest)")
            let t = 0.3
            let p = zonalPolynomials(upTo: 3000, dimension: d, at: t)
            let sum = p.indices.reduce(expansion.mean) { $0 - expansion.weights[$1] * p[$1] }
            #expect(abs(sum - (2 - 2 * t).squareRoot()) < 1e-7, "\(d)")
        }
    }

    /// E√(1 - ks) for s uniform on [-1, 1], d = 4: a closed form; k = 1 for d = 3: 2√2/π.
    @Test func ringsInClosedForm() {
        let uniform = RingChord(dimension: 4)
        let flat = RingChord(dimension: 3)
        for (α, θ) in [(0.3, 0.3), (0.3, 0.31), (0.3, 1.5), (1, 3.1), (1e-7, 2), (3, 3.1)] {
            let (near, far) = (sin((α - θ) / 2), sin((α + θ) / 2))
            let (low, high) = (2 * abs(near), 2 * abs(far))
            let (a, b) = (2 - 2 * cos(α) * cos(θ), 2 * sin(α) * sin(θ))
            // ∫√(A - Bs) ds/2 = ((A+B)^{3/2} - (A-B)^{3/2})/(3B).
            let exact = b > 1e-4 ? (pow(high, 3) - pow(low, 3)) / (3 * b) : a.squareRoot()
            #expect(abs(uniform.mean(near, far) / exact - 1) < 1e-12, "\(α) \(θ)")
        }
        let θ = 0.7
        // Two points of one circle of radius sin θ: mean chord 4/π.
        #expect(abs(flat.mean(0, sin(θ)) / (4 / .pi * sin(θ)) - 1) < 1e-12)
        #expect(flat.mean(0, 0) == 0)
        // A pole sees a ring at one distance.
        for d in [3, 4, 7, 64, 1024] {
            let half = sin(1.1 / 2)
            #expect(abs(RingChord(dimension: d).mean(half, half) - 2 * half) < 1e-13, "\(d)")
        }
    }

    /// Every ring sees the uniform measure, as rings, at the mean chord C_d.
    @Test(arguments: [3, 5, 9, 64]) func ringsOfTheUniformMeasure(_ d: Int) {
        let chord = RingChord(dimension: d)
        let nodes = 4000
        for α in [0.4, 1.3, 2.9] {
            var (sum, total) = (0.0, 0.0)
            for i in 0..<nodes {
                let θ = Double.pi * (Double(i) + 0.5) / Double(nodes)
                let weight = pow(sin(θ), Double(d - 2))
                total += weight
                sum += weight * chord.mean(sin((α - θ) / 2), sin((α + θ) / 2))
            }
            let exact = ChordExpansion(dimension: d, upTo: 1).mean
            #expect(abs(sum / total - exact) < 1e-6, "\(d) \(sum / total) \(exact)")
        }
    }

    // MARK: Points

    /// 2|x - y| for two atoms, and the orthonormal directions of S², √2 apart.
    @Test func atoms() {
        for d in [2, 3, 4, 17] {
            let (x, y) = (
                Self.tokens(1, dimension: d, seed: 1), Self.tokens(1, dimension: d, seed: 2)
            )
            let chord = zip(x.positions, y.positions).reduce(0) {
                $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
            }.squareRoot()
            #expect(abs(EnergyDistance.ofPoints(x, y) - 2 * chord) < 4e-15)
        }
        let axes = (0..<3).map { i in (0..<3).map { $0 == i ? 1.0 : 0 } }
        let frame = TokenMeasure(unitVectors: axes, masses: [1.0 / 3, 1.0 / 3, 1.0 / 3])
        let one = TokenMeasure(unitVectors: [axes[0]], masses: [1])
        let root = 2.0.squareRoot()
        let found = EnergyDistance.ofPoints(one, frame)
        #expect(abs(found - (2 * 2 * root / 3 - 2 * root / 3)) < 1e-15)
        #expect(EnergyDistance.ofPoints(frame, frame) < 1e-15)
    }

    /// More points than a block, numbers that fill no vector, against plain sums.
    @Test(arguments: [3, 5]) func pairs(_ d: Int) {
        let (a, b) = (
            Self.tokens(1029, dimension: d, seed: 3), Self.tokens(37, dimension: d, seed: 4)
        )
        func mean(_ a: TokenMeasure, _ b: TokenMeasure) -> Double {
            var sum = 0.0
            for i in 0..<a.count {
                let x = a.point(i)
                for j in 0..<b.count {
                    let y = b.point(j)
                    let square = zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                    sum += a.masses[i] * b.masses[j] * square.squareRoot()
                }
            }
            return sum
        }
        #expect(abs(ChordSums.mean(a, b) - mean(a, b)) < 1e-13)
        #expect(abs(ChordSums.ownMean(a) - mean(a, a)) < 1e-13)
        #expect(abs(ChordSums.mean(b, b) - ChordSums.ownMean(b)) < 1e-15)
    }

    // MARK: Densities

    /// N tokens and the uniform density: 𝔼|X - Y| = C_d for every token, so E = C_d - 𝔼|X - X'|.
    @Test(arguments: [3, 4, 7]) func uniformDensity(_ d: Int) throws {
        let tokens = Self.tokens(200, dimension: d, seed: 5)
        let mean = ChordExpansion(dimension: d, upTo: 1).mean
        let exact = mean - ChordSums.ownMean(tokens)
        var ways = [try Self.zonal(.uniform, dimension: d)]
        if d == 3 { ways.append(try Self.sphere(.uniform)) }
        if d == 4 { ways.append(try Self.hypersphere(.uniform)) }
        for way in ways { #expect(abs(energy(tokens, way) - exact) < 1e-13) }
        // One token: C_d.
        let one = Self.tokens(1, dimension: d, seed: 6)
        for way in ways { #expect(abs(energy(one, way) - mean) < 1e-13) }
    }

    /// A density about an axis, as zonal and as harmonics: the same number, also for tokens that are not
    /// zonal; and by its nodes as points.
    @Test func waysAgree() throws {
        let axis = Self.unit([0.6, -0.3, 0.7])
        let law = SphereInitial.mixture([
            .init(mean: axis, shape: .concentration(6), weight: 0.7),
            .init(mean: axis.map { -$0 }, shape: .sigma(0.5), weight: 0.3),
        ])
        let tokens = Self.tokens(300, dimension: 3, seed: 7)
        let (a, b) = (try Self.sphere(law), try Self.zonal(law, dimension: 3))
        #expect(abs(energy(tokens, a) - energy(tokens, b)) < 1e-12)
        let lawInFour = SphereInitial.mixture([
            .init(mean: Self.unit([1, 2, -1, 0.5]), shape: .concentration(4), weight: 1)
        ])
        let four = Self.tokens(300, dimension: 4, seed: 8)
        let (c, e) = (try Self.hypersphere(lawInFour), try Self.zonal(lawInFour, dimension: 4))
        #expect(abs(energy(four, c) - energy(four, e)) < 1e-12)
    }

    /// Narrow bumps as rings beside their moments, whose integrals the rings give exactly.
    @Test(arguments: [3, 6]) func ringsAndMoments(_ d: Int) throws {
        let e = ZonalCensusTests.axis(d)
        let measure = try ZonalCensusTests.measure(
            .mixture([
                .init(mean: e, shape: .concentration(1e6), weight: 0.6),
                .init(mean: e.map { -$0 }, shape: .concentration(1e6), weight: 0.4),
            ]), dimension: d, beta: 1)
        #expect(!measure.isSmooth)
        let rings = measure.compared(degrees: 8)
        let top = 6000
        let g = ChordExpansion(dimension: d, upTo: top)
        let m = measure.moments(upTo: top)
        let own = m.indices.reduce(g.mean) { $0 - g.weights[$1] * m[$1] * m[$1] }
        #expect(abs(rings.ownMeanChord - own) < 5e-6, "\(rings.ownMeanChord) \(own)")
        let tokens = Self.tokens(20, dimension: d, seed: 9)
        let mean = (0..<tokens.count).reduce(0.0) { sum, i in
            let p = zonalPolynomials(upTo: top, dimension: d, at: tokens.point(i)[0])
            return sum
                + tokens.masses[i] * m.indices.reduce(g.mean) { $0 - g.weights[$1] * m[$1] * p[$1] }
        }
        #expect(abs(rings.meanChord(to: tokens, degrees: 8).mean - mean) < 1e-8)
    }

    /// Tokens turned with the density change nothing.
    @Test func rotations() throws {
        let mean = Self.unit([0.2, 0.5, -0.4])
        let tokens = Self.tokens(150, dimension: 3, seed: 10)
        let angle = 1.234
        let turnedMean = Self.turned(
            TokenMeasure(unitVectors: [mean], masses: [1]), 0, 2, by: angle
        ).point(0)
        func law(_ mean: [Double]) -> SphereInitial {
            .mixture([
                .init(mean: mean, shape: .concentration(3), weight: 0.5),
                .init(mean: mean.map { -$0 }, shape: .concentration(9), weight: 0.5),
            ])
        }
        let here = EnergyDistance.onSphere(tokens, try Self.sphere(law(mean)), degrees: 8)
        let there = EnergyDistance.onSphere(
            Self.turned(tokens, 0, 2, by: angle), try Self.sphere(law(turnedMean)), degrees: 8)
        #expect(abs(here.energy - there.energy) < 1e-13)
        for (a, b) in zip(here.modeErrors, there.modeErrors) { #expect(abs(a - b) < 1e-13) }
    }

    /// The measure itself on the other side: nothing, up to rounding.
    @Test func equalMeasures() throws {
        for d in [3, 4] {
            let tokens = Self.tokens(400, dimension: d, seed: 11)
            let points: any ComparedMeasure =
                d == 3
                ? SphereMeasure.points(tokens).compared(degrees: 8)
                : HypersphereMeasure.points(tokens).compared(degrees: 8)
            let found = EnergyDistance.onSphere(tokens, points, degrees: 8)
            #expect(found.energy < 1e-14)
            #expect(found.modeErrors.allSatisfy { $0 < 1e-14 })
        }
    }

    /// Independent tokens: E has the mean 𝔼|Y - Y'|/N, modes the mean square 1/N and 1/(N_l N).
    @Test func meansOfRandomTokens() throws {
        let (count, replicas) = (500, 60)
        let (sphere, zonal) = (try Self.sphere(.uniform), try Self.zonal(.uniform, dimension: 3))
        var (energy, square, moment) = (0.0, 0.0, 0.0)
        for replica in 0..<replicas {
            let tokens = SphereInitial.uniform.tokens(
                count: count, dimension: 3, sampling: .random, seed: 12, replica: replica)
            let found = EnergyDistance.onSphere(tokens, sphere, degrees: 8)
            energy += found.energy / Double(replicas)
            square += found.modeErrors[2] * found.modeErrors[2] / Double(replicas)
            let error = EnergyDistance.onSphere(tokens, zonal, degrees: 8).modeErrors[2]
            moment += error * error / Double(replicas)
        }
        #expect(abs(energy / (4.0 / 3 / Double(count)) - 1) < 0.25)
        #expect(abs(square * Double(count) - 1) < 0.25)
        #expect(abs(moment * Double(7 * count) - 1) < 0.6)
    }
}
