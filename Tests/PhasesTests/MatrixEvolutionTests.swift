import Foundation
import Testing

@testable import MeanField
@testable import Phases

/// Evolutions with matrices, from a density to their end.
@Suite struct MatrixEvolutionTests {
    static let one = PlaneMap(scale: 1)

    static func modes(_ list: [(Int, Double, Double)]) -> CircleInitial {
        .modes(list.map { CircleInitial.Mode(degree: $0.0, cosine: $0.1, sine: $0.2) })
    }

    static func attention(
        _ β: Double, query: PlaneMap = one, key: PlaneMap = one, value: PlaneMap = one,
        diffusion: Double = 0
    ) -> any CircleAttention {
        MatrixAttention.simplest(
            beta: β, query: query, key: key, value: value, diffusion: diffusion)
    }

    /// c_0 … c_8 at time t.
    static func coefficients(
        _ initial: CircleInitial, _ attention: any CircleAttention, at t: Double,
        upTo count: Int = 8
    ) throws -> (re: [Double], im: [Double]) {
        var evolution = try CircleEvolution(
            of: StartingMeasure(initial), attention: attention, options: EvolutionOptions())
        while evolution.time < ModelTime(t) {
            try evolution.step(limit: ModelTime(t))
            if evolution.time == ModelTime(t) { break }
            try evolution.finishStep()
        }
        return evolution.measure().coefficients(upTo: count)
    }

    /// ρ(θ) from c_0, c_1, ….
    static func density(_ c: (re: [Double], im: [Double]), at θ: Double) -> Double {
        var sum = 1.0
        for k in 1..<c.re.count {
            sum += 2 * (c.re[k] * cos(Double(k) * θ) - c.im[k] * sin(Double(k) * θ))
        }
        return sum / (2 * .pi)
    }

    // MARK: Collapse

    /// theory.md's density det(e^{-tV})/|e^{-tV}x|²/2π of V = diag(1, 1/2) at t = 2, θ = 0.3.
    @Test func alignmentDensityIsReachedAsOneOverBeta() throws {
        let limit = 0.2776869340757446
        let direct = exp(-3.0) / (exp(-4) * pow(cos(0.3), 2) + exp(-2) * pow(sin(0.3), 2))
        #expect(abs(direct / (2 * .pi) - limit) < 1e-15)
        var errors = [Double]()
        for β in [800.0, 1600, 3200] {
            let c = try Self.coefficients(
                .uniform, Self.attention(β, value: PlaneMap(1, 0, 0, 0.5)), at: 2, upTo: 100)
            errors.append(abs(Self.density(c, at: 0.3) - limit))
        }
        // Halved by every doubling of β, and more exactly so the larger β is.
        let orders = zip(errors, errors.dropFirst()).map { log2($0 / $1) }
        #expect(abs(orders[0] - 1) < 0.06 && abs(orders[1] - 1) < 0.03, "\(errors)")
        #expect(abs(orders[1] - 1) < 0.6 * abs(orders[0] - 1), "\(errors)")
        // β = 200 by the Lagrangian trapezoidal rule over 800 labels, scipy's DOP853.
        let c = try Self.coefficients(
            .uniform, Self.attention(200, value: PlaneMap(1, 0, 0, 0.5)), at: 2, upTo: 100)
        let ρ = Self.density(c, at: 0.3)
        #expect(abs(ρ - limit + 0.000537063677271854) < 1e-8)
    }

    struct End {
        var detector: PhaseDetector<CircleEvolution>
        var evolution: CircleEvolution
        var isStable: Bool
        var rotation: Double?
    }

    static func run(
        _ initial: CircleInitial, _ attention: any CircleAttention, most steps: Int = 4000
    ) throws -> End {
        var evolution = try CircleEvolution(
            of: StartingMeasure(initial), attention: attention, options: EvolutionOptions())
        var detector = PhaseDetector(&evolution, condensedFraction: 0.99, minimumMass: 1e-3)
        while evolution.steps < steps {
            try evolution.step(limit: nil)
            detector.observe(&evolution)
            try evolution.finishStep()
            let masses = evolution.measure().points.masses
            #expect(abs(masses.reduce(0, +) - 1) < 1e-8)
            let (stable, rotation) = (evolution.isAtStableRest(), evolution.rotation())
            if stable || rotation != nil {
                return End(
                    detector: detector, evolution: evolution, isStable: stable,
                    rotation: rotation)
            }
        }
        Issue.record("neither rest nor rotation after \(steps) steps")
        return End(
            detector: detector, evolution: evolution, isStable: false, rotation: nil)
    }

    @Test func diagonalValueCollapsesToTwoAntipodalClusters() throws {
        let attention = Self.attention(9, value: PlaneMap(1, 0, 0, 0.5))
        let end = try Self.run(.uniform, attention)
        #expect(end.isStable && end.rotation == nil)
        // Lagrangian trapezoidal rule over 800 labels crowded at the repelling axis, scipy's DOP853.
        #expect(abs(end.detector.collapseEnd!.approximation - 5.2773144) < 2e-7)
        let clusters = end.detector.current.clusters
        #expect(clusters.count == 2)
        #expect(abs(clusters[0].angle!) < 1e-9 && abs(clusters[1].angle! - .pi) < 1e-9)
        for cluster in clusters { #expect(abs(cluster.mass - 0.5) < 1e-9) }
        #expect(end.detector.clusteringEnd! > end.detector.collapseEnd!)
        #expect(end.detector.consensus == nil)
        // The same in another frame and without symmetry of the start.
        let turn = PlaneMap(rotation: 0.7)
        let turned = Self.attention(9, value: turn * PlaneMap(1, 0, 0, 0.5) * turn.transposed)
        let other = try Self.run(.uniform, turned)
        #expect(other.isStable)
        let (a, b) = (end.detector.collapseEnd!, other.detector.collapseEnd!)
        #expect(abs(a.approximation - b.approximation) < 1e-8)
        #expect(abs(other.detector.current.clusters[1].angle! - 0.7) < 1e-9)
        let uneven = try Self.run(Self.modes([(1, 0.2, 0.1), (2, 0.02, 0.1)]), attention)
        #expect(uneven.isStable && uneven.detector.current.clusters.count == 2)
    }

    // MARK: Rotation

    @Test func rotationsRotateForEver() throws {
        let turn = PlaneMap(0.8, -0.6, 0.6, 0.8)
        // Two antipodal clusters, by the symmetry of the start: each sees itself and the other,
        // Ω = 0.6 (1 - e^{-2β})/(1 + e^{-2β}).
        let end = try Self.run(Self.modes([(2, 0.2, 0.1)]), Self.attention(9, value: turn))
        #expect(abs(try #require(end.rotation) - 0.6 * tanh(9)) < 1e-9)
        #expect(end.detector.current.clusters.count == 2 && !end.isStable)
        // A pair that is drawn together turns as well, but not for ever: e^{-β(1 - cos)} is no rounding.
        let pair = CircleInitial.atoms(angles: [0, 1.5], masses: [0.5, 0.5])
        let near = try CircleEvolution(
            of: StartingMeasure(pair), attention: Self.attention(9, value: turn),
            options: EvolutionOptions())
        #expect(near.rotation() == nil)
        let far = try CircleEvolution(
            of: StartingMeasure(pair), attention: Self.attention(60, value: turn),
            options: EvolutionOptions())
        #expect(abs(try #require(far.rotation()) - 0.6) < 1e-12)
    }

    @Test func rotationIsSeenInTheStateNotInTheMatrix() throws {
        func rotation(_ angles: [Double], _ value: PlaneMap) throws -> Double? {
            let share = [Double](repeating: 1 / Double(angles.count), count: angles.count)
            return try CircleEvolution(
                of: StartingMeasure(.atoms(angles: angles, masses: share)),
                attention: Self.attention(9, value: value), options: EvolutionOptions()
            ).rotation()
        }
        // A complex pair that is no rotation: antipodal atoms turn for ever, unevenly.
        let spiral = PlaneMap(1, -2, 0.5, 1)
        #expect(try rotation([0.3, 0.3 + .pi], spiral) != nil)
        #expect(try rotation([0.3, 1], spiral) == nil)
        // On the way to an eigenvector: one velocity, but it ends there.
        #expect(try rotation([0.3], PlaneMap(1, 0, 0, 0.5)) == nil)
        #expect(try rotation([0.3], PlaneMap(1, 1, 0, 1)) == nil)
        // Multiples of the identity turn nothing.
        #expect(try rotation([0.3, 0.3 + .pi], Self.one) == nil)
    }

    @Test func noisyRotationIsATravellingWave() throws {
        let attention = Self.attention(
            2, value: PlaneMap(0.8, -0.6, 0.6, 0.8), diffusion: 0.1)
        let end = try Self.run(Self.modes([(1, 0.5, 0.2)]), attention)
        let rate = try #require(end.rotation)
        #expect(rate > 0.05 && rate < 0.6)
        #expect(end.detector.current.clusters.count == 1)
    }

    // MARK: Equivalence

    @Test func queryAndKeyTurnedTogetherChangeNothing() throws {
        let initial = Self.modes([(1, 0.2, 0.1), (2, 0.02, 0.1)])
        let turn = PlaneMap(rotation: 0.9)
        let plain = try Self.coefficients(initial, IsotropicAttention(beta: 5), at: 3)
        let turned = try Self.coefficients(
            initial, Self.attention(5, query: turn, key: turn), at: 3)
        for k in 0...8 {
            #expect(abs(plain.re[k] - turned.re[k]) < 1e-9)
            #expect(abs(plain.im[k] - turned.im[k]) < 1e-9)
        }
    }

    /// The general path on multiples of the identity, through all representations.
    @Test func theGeneralPathGivesTheIsotropicRun() throws {
        let initial = Self.modes([(1, 0.2, 0.1), (2, 0.02, 0.1)])
        let matrix = MatrixAttention(beta: 5, product: Self.one, value: Self.one)
        for t in [1.0, 8, 20] {
            let plain = try Self.coefficients(initial, IsotropicAttention(beta: 5), at: t)
            let general = try Self.coefficients(initial, matrix, at: t)
            for k in 0...8 {
                #expect(abs(plain.re[k] - general.re[k]) < 1e-7, "t = \(t)")
                #expect(abs(plain.im[k] - general.im[k]) < 1e-7, "t = \(t)")
            }
        }
    }

    @Test func anotherFrameTurnsTheSolution() throws {
        let (q, k, v) = (
            PlaneMap(1.1, 0.4, -0.2, 0.7), PlaneMap(0.9, 0, 0.3, 1), PlaneMap(1, 0.6, -0.2, 0.5)
        )
        let α = 0.8
        let turn = PlaneMap(rotation: α)
        func turned(_ m: PlaneMap) -> PlaneMap { turn * m * turn.transposed }
        for diffusion in [0, 0.05] {
            let a = try Self.coefficients(
                Self.modes([(1, 0.3, 0), (3, 0, 0.2)]),
                Self.attention(4, query: q, key: k, value: v, diffusion: diffusion), at: 2)
            // ρ(θ - α): a cos k(θ - α) + b sin k(θ - α).
            let b = try Self.coefficients(
                Self.modes([
                    (1, 0.3 * cos(α), 0.3 * sin(α)), (3, -0.2 * sin(3 * α), 0.2 * cos(3 * α)),
                ]),
                Self.attention(
                    4, query: turned(q), key: turned(k), value: turned(v), diffusion: diffusion),
                at: 2)
            for degree in 1...8 {
                let (c, s) = (cos(Double(degree) * α), sin(Double(degree) * α))
                #expect(abs(b.re[degree] - (a.re[degree] * c + a.im[degree] * s)) < 1e-8)
                #expect(abs(b.im[degree] - (a.im[degree] * c - a.re[degree] * s)) < 1e-8)
            }
        }
    }

    @Test func narrowDensitiesMoveAsAtoms() throws {
        let (angles, masses) = ([0.2, 1.4, 3.6], [0.5, 0.3, 0.2])
        let attention = Self.attention(
            4, query: PlaneMap(1, 0.3, 0, 0.8), value: PlaneMap(0.9, -0.4, 0.7, 0.6))
        let atoms = try Self.coefficients(
            .atoms(angles: angles, masses: masses), attention, at: 1.5)
        var distances = [Double]()
        for σ in [2e-2, 1e-2] {
            let narrow = try Self.coefficients(
                .mixture(
                    zip(angles, masses).map {
                        CircleInitial.Component(
                            angle: $0, shape: .wrappedNormal(sigma: σ), weight: $1)
                    }), attention, at: 1.5)
            distances.append(hypot(narrow.re[1] - atoms.re[1], narrow.im[1] - atoms.im[1]))
        }
        // What a width costs is of order σ².
        #expect(distances[0] < 20 * 4e-4)
        #expect(abs(log2(distances[0] / distances[1]) - 2) < 0.1, "\(distances)")
    }

    // MARK: Defective and zero matrices

    @Test func aDefectiveValueHasNoCollapse() throws {
        // A token alone: θ' = -sin²θ, cot θ = cot θ₀ + t.
        let attention = Self.attention(6, value: PlaneMap(1, 1, 0, 1))
        let alone = try Self.coefficients(.atoms(angles: [2], masses: [1]), attention, at: 3)
        let θ = atan2(1, cos(2.0) / sin(2.0) + 3)
        #expect(abs(alone.re[1] - cos(θ)) < 1e-9 && abs(alone.im[1] + sin(θ)) < 1e-9)
        var evolution = try CircleEvolution(
            of: StartingMeasure(Self.modes([(1, 0.2, 0.1)])), attention: attention,
            options: EvolutionOptions())
        let detector = PhaseDetector(&evolution, condensedFraction: 0.99, minimumMass: 1e-3)
        #expect(detector.collapseEnd == .zero && detector.phase == .clustering)
    }

    @Test func zeroMatrices() throws {
        let initial = Self.modes([(1, 0.2, 0.1), (2, 0.1, 0)])
        // V = 0: nothing moves.
        let still = try Self.coefficients(
            initial,
            MatrixAttention(
                beta: 3, product: PlaneMap(1, 0.5, 0, 1), value: PlaneMap(scale: 0)), at: 5)
        #expect(abs(still.re[1] - 0.1) < 1e-14 && abs(still.im[1] + 0.05) < 1e-14)
        // Q = 0: v = P_x V m with the mean m, whatever β and K.
        let value = PlaneMap(1, 0.4, -0.3, 0.6)
        let a = try Self.coefficients(
            initial, Self.attention(7, query: PlaneMap(scale: 0), value: value), at: 2)
        let b = try Self.coefficients(initial, Self.attention(0, value: value), at: 2)
        for k in 0...8 { #expect(abs(a.re[k] - b.re[k]) < 1e-12) }
        #expect(abs(a.re[1] - 0.1) > 0.01)
    }
}
