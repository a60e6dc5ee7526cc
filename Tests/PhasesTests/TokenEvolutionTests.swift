import Foundation
import Testing

@testable import MeanField
@testable import Phases

/// Tokens on S^{d-1} against closed forms and against the circle.
@Suite struct TokenEvolutionTests {
    private static func isotropic(
        _ d: Int, beta: Double, value: Double = 1, _ kind: Normalization = .softmax
    ) -> SphereAttention {
        SphereAttention(
            beta: beta, query: SquareMatrix(scale: 1, count: d),
            key: SquareMatrix(scale: 1, count: d), value: SquareMatrix(scale: value, count: d),
            normalization: kind)
    }

    private static func run(
        _ start: TokenMeasure, _ attention: SphereAttention, to end: Double,
        tolerance: Double = 1e-11
    ) throws -> TokenEvolution {
        var evolution = TokenEvolution(
            of: start, attention: attention, options: EvolutionOptions(timeTolerance: tolerance))
        while evolution.time < ModelTime(end) {
            try evolution.step(limit: ModelTime(end))
            try evolution.finishStep()
        }
        return evolution
    }

    /// Orthonormal tokens in R^n stay equiangular: the published inner products at given times.
    @Test(arguments: [
        (32, 1.0, 5.2702839075862, 0.999), (32, 4.0, 3.4317323158588, 0.5),
        (32, 4.0, 6.9535018488081, 0.999), (128, 4.0, 6.5695498927784, 0.999),
    ])
    func equiangularTokens(_ n: Int, _ beta: Double, _ time: Double, _ product: Double) throws {
        let basis = (0..<n).map { i in (0..<n).map { $0 == i ? 1.0 : 0 } }
        let start = TokenMeasure(
            unitVectors: basis, masses: [Double](repeating: 1 / Double(n), count: n))
        var evolution = try Self.run(start, Self.isotropic(n, beta: beta), to: time)
        let end = evolution.measure()
        #expect(end.count == n)
        for (i, j) in [(0, 1), (3, n - 1)] {
            let found = zip(end.point(i), end.point(j)).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(found - product) < 1e-9)
        }
        #expect(abs(end.point(5).reduce(0) { $0 + $1 * $1 } - 1) < 1e-14)
    }

    /// Two clusters merge at T_SA whatever the dimension: theory's table.
    @Test(arguments: [(4.0, 1.0, 7.92481948319793), (9.0, .pi / 2, 470.513608631008)])
    func twoTokens(_ beta: Double, _ gap: Double, _ time: Double) throws {
        let start = TokenMeasure(
            unitVectors: [[1, 0, 0, 0], [cos(gap), 0, sin(gap), 0]], masses: [0.5, 0.5])
        var evolution = try Self.run(start, Self.isotropic(4, beta: beta), to: time)
        let end = evolution.measure()
        let chord = zip(end.point(0), end.point(1)).reduce(0) {
            $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
        }.squareRoot()
        #expect(abs(2 * asin(chord / 2) / 1e-3 - 1) < 1e-6)
    }

    /// Joining tokens that have met changes nothing beyond the tolerance.
    @Test func joiningKeepsTheResult() throws {
        let start = SphereInitial.uniform.tokens(
            count: 60, dimension: 3, sampling: .random, seed: 8, replica: 0)
        func end(joins: Bool) throws -> TokenMeasure {
            var evolution = TokenEvolution(
                of: start, attention: Self.isotropic(3, beta: 4),
                options: EvolutionOptions(joinsTokens: joins))
            while evolution.time < ModelTime(30) {
                try evolution.step(limit: ModelTime(30))
                try evolution.finishStep()
            }
            return evolution.measure()
        }
        let (joined, apart) = (try end(joins: true), try end(joins: false))
        #expect(joined.count < 10 && apart.count == 60)
        for (a, b) in zip(joined.mean, apart.mean) { #expect(abs(a - b) < 1e-8) }
    }

    /// Far beyond the range of Double: β = 400, gap 3, against the circle's atoms.
    @Test func mergersBeyondDouble() throws {
        let attention = Self.isotropic(3, beta: 400)
        var evolution = TokenEvolution(
            of: TokenMeasure(
                unitVectors: [[1, 0, 0], [cos(3.0), sin(3.0), 0]], masses: [0.5, 0.5]),
            attention: attention, options: EvolutionOptions())
        for _ in 0..<3000 where evolution.measure().count > 1 {
            try evolution.step(limit: nil)
            try evolution.finishStep()
        }
        #expect(evolution.measure().count == 1)
        #expect(abs(evolution.time.log10 - 344.412) < 1e-3)
    }

    /// In the plane of a great circle the tokens are those of the circle.
    @Test(arguments: Normalization.allCases)
    func greatCircle(_ kind: Normalization) throws {
        let angles = [0.3, 1.1, 2.9, 4.0, 5.5]
        let masses = [0.1, 0.3, 0.2, 0.25, 0.15]
        // A plane of R³ that is no coordinate plane.
        let (u, w) = ([0.6, 0.0, 0.8], [0.0, 1.0, 0.0])
        let points = angles.map { θ in (0..<3).map { cos(θ) * u[$0] + sin(θ) * w[$0] } }
        var tokens = try Self.run(
            TokenMeasure(unitVectors: points, masses: masses),
            Self.isotropic(3, beta: 3, value: -0.7, kind), to: 1.5)
        var circle = try CircleEvolution(
            of: StartingMeasure(.atoms(angles: angles, masses: masses)),
            attention: IsotropicAttention(beta: 3, value: -0.7, normalization: kind),
            options: EvolutionOptions(timeTolerance: 1e-11))
        while circle.time < ModelTime(1.5) {
            try circle.step(limit: ModelTime(1.5))
            try circle.finishStep()
        }
        let end = tokens.measure()
        let expected = circle.measure().points.angles.sorted()
        let found = (0..<5).map { i in
            let x = end.point(i)
            let angle = atan2(x[1], x[0] * u[0] + x[2] * u[2])
            return angle < 0 ? angle + 2 * .pi : angle
        }.sorted()
        for (a, b) in zip(found, expected) {
            #expect(abs(remainder(a - b, 2 * .pi)) < 1e-8)
        }
    }

    /// The literature's step x → (x + h v)/|x + h v| is the same on the circle and in R^d.
    @Test func normalizedEulerSteps() throws {
        let angles = [0.2, 1.4, 3.0, 4.9]
        let masses = [0.3, 0.2, 0.4, 0.1]
        let options = EvolutionOptions(eulerStep: 0.1)
        var tokens = TokenEvolution(
            of: TokenMeasure(
                unitVectors: angles.map { [cos($0), sin($0), 0] }, masses: masses),
            attention: Self.isotropic(3, beta: 4), options: options)
        var circle = try CircleEvolution(
            of: StartingMeasure(.atoms(angles: angles, masses: masses)),
            attention: IsotropicAttention(beta: 4), options: options)
        var plain = angles
        for _ in 0..<20 {
            try tokens.step(limit: nil)
            try circle.step(limit: nil)
            let v = plain.map { θ -> Double in
                var (force, weight) = (0.0, 0.0)
                for (φ, m) in zip(plain, masses) {
                    let e = m * exp(4 * cos(φ - θ))
                    force += e * sin(φ - θ)
                    weight += e
                }
                return force / weight
            }
            plain = zip(plain, v).map { θ, v in
                atan2(sin(θ) + 0.1 * v * cos(θ), cos(θ) - 0.1 * v * sin(θ))
            }
        }
        let end = tokens.measure()
        let found = circle.measure().points.angles
        for i in 0..<4 {
            #expect(abs(remainder(found[i] - plain[i], 2 * .pi)) < 1e-12)
            #expect(abs(end.point(i)[0] - cos(plain[i])) < 1e-12)
            #expect(abs(end.point(i)[1] - sin(plain[i])) < 1e-12)
        }
    }

    /// β = 0 is Kuramoto's model: tokens at the quantiles of a Poisson kernel stay those of one, of radius
    /// r(t)² = 1/(1 + (r₀⁻² - 1)e^{-t}).
    @Test func kuramotoAndPoisson() throws {
        let (n, start) = (2000, 0.3)
        // The Möbius map of equispaced points.
        let angles = (0..<n).map { i -> Double in
            let φ = 2 * Double.pi * (Double(i) + 0.5) / Double(n)
            return 2 * atan((1 - start) / (1 + start) * tan((φ - .pi) / 2)) + .pi
        }
        var evolution = try CircleEvolution(
            of: StartingMeasure(
                .atoms(
                    angles: angles, masses: [Double](repeating: 1 / Double(n), count: n))),
            attention: IsotropicAttention(beta: 0),
            options: EvolutionOptions(joinsTokens: false, engine: .automatic))
        let radius = abs(evolution.measure().coefficients(upTo: 1).re[1])
        #expect(abs(radius - start) < 1e-9)
        while evolution.time < ModelTime(2) {
            try evolution.step(limit: ModelTime(2))
            try evolution.finishStep()
        }
        let end = evolution.measure().coefficients(upTo: 2)
        let exact = 1 / (1 + (1 / (start * start) - 1) * exp(-2.0)).squareRoot()
        #expect(abs(abs(end.re[1]) - exact) < 1e-8)
        #expect(abs(end.re[2] - exact * exact) < 1e-8)
    }

    /// Any Q, K, V against the sums as they are written, by forward Euler steps that get shorter.
    @Test func generalMatricesAgainstPlainSums() throws {
        let query = SquareMatrix(rows: [[1, 0.3, 0], [-0.2, 0.8, 0.1], [0, 0.4, 1.2]])
        let key = SquareMatrix(rows: [[0.9, 0, 0.2], [0.1, 1, 0], [0.3, -0.5, 0.7]])
        let value = SquareMatrix(rows: [[0.5, 1, 0], [-1, 0.5, 0.2], [0, 0, -0.3]])
        let attention = SphereAttention(beta: 2, query: query, key: key, value: value)
        let points = [[1.0, 0, 0], [0, 0.6, 0.8], [-0.48, 0.6, 0.64], [0, -1, 0]]
        let masses = [0.4, 0.3, 0.2, 0.1]
        let start = TokenMeasure(unitVectors: points, masses: masses)
        let found = attention.velocities(of: start)
        for i in 0..<4 {
            var (sum, total) = ([0.0, 0, 0], 0.0)
            for j in 0..<4 {
                let (q, k) = (query.applied(to: points[i]), key.applied(to: points[j]))
                let weight = masses[j] * exp(2 * zip(q, k).reduce(0) { $0 + $1.0 * $1.1 })
                let image = value.applied(to: points[j])
                for c in 0..<3 { sum[c] += weight * image[c] }
                total += weight
            }
            let along = zip(sum, points[i]).reduce(0) { $0 + $1.0 * $1.1 }
            for c in 0..<3 {
                let exact = (sum[c] - along * points[i][c]) / total
                #expect(abs(found[c * 4 + i] - exact) < 1e-14)
            }
        }
    }

    /// A rotation of all tokens rotates the result.
    @Test func rotationEquivariance() throws {
        let d = 5
        let start = SphereInitial.uniform.tokens(
            count: 40, dimension: d, sampling: .random, seed: 3, replica: 0)
        // A product of two reflections.
        var generator = Random(seed: 9)
        var turned = start
        for _ in 0..<2 {
            var axis = (0..<d).map { _ in generator.nextNormal() }
            let length = axis.reduce(0) { $0 + $1 * $1 }.squareRoot()
            axis = axis.map { $0 / length }
            turned = turned.reflected(by: axis)
        }
        generator = Random(seed: 9)
        let attention = Self.isotropic(d, beta: 3)
        var plain = try Self.run(start, attention, to: 2)
        var rotated = try Self.run(turned, attention, to: 2)
        var expected = plain.measure()
        for _ in 0..<2 {
            var axis = (0..<d).map { _ in generator.nextNormal() }
            let length = axis.reduce(0) { $0 + $1 * $1 }.squareRoot()
            axis = axis.map { $0 / length }
            expected = expected.reflected(by: axis)
        }
        let distance = zip(expected.positions, rotated.measure().positions)
            .reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(distance < 1e-9)
    }

    /// A simple leading eigenvalue: all tokens end at ± its eigenvector, at rest for ever.
    @Test func antipodalPoints() throws {
        let attention = SphereAttention(
            beta: 5, query: SquareMatrix(scale: 1, count: 3),
            key: SquareMatrix(scale: 1, count: 3), value: SquareMatrix(diagonal: [0.2, 1, 0.1]))
        let start = SphereInitial.uniform.tokens(
            count: 60, dimension: 3, sampling: .random, seed: 1, replica: 0)
        var evolution = TokenEvolution(
            of: start, attention: attention, options: EvolutionOptions())
        #expect(attention.collapse.dimension == 1)
        while !evolution.isAtStableRest() && evolution.time < ModelTime(300) {
            try evolution.step(limit: nil)
            try evolution.finishStep()
        }
        let end = evolution.measure()
        #expect(evolution.isAtStableRest())
        #expect(end.count == 2)
        #expect(evolution.residual(of: end) < 1e-12)
        #expect((0..<2).allSatisfy { abs(abs(end.point($0)[1]) - 1) < 1e-9 })
    }

    /// Going on from stored numbers takes the same bits.
    @Test func resumesBitForBit() throws {
        let attention = Self.isotropic(3, beta: 6)
        let start = SphereInitial.uniform.tokens(
            count: 50, dimension: 3, sampling: .stratified, seed: 2, replica: 0)
        let options = EvolutionOptions()
        var straight = TokenEvolution(of: start, attention: attention, options: options)
        var resumed = straight
        for step in 0..<60 {
            try straight.step(limit: nil)
            try straight.finishStep()
            if step % 7 == 3 {
                resumed = try #require(
                    TokenEvolution(
                        resuming: resumed.state, attention: attention, options: options))
            }
            try resumed.step(limit: nil)
            try resumed.finishStep()
        }
        #expect(straight.state == resumed.state)
    }
}

extension TokenMeasure {
    /// x - 2<axis,x> axis.
    fileprivate func reflected(by axis: [Double]) -> TokenMeasure {
        let points = (0..<count).map { i -> [Double] in
            let x = point(i)
            let along = zip(axis, x).reduce(0) { $0 + $1.0 * $1.1 }
            return zip(x, axis).map { $0 - 2 * along * $1 }
        }
        return TokenMeasure(unitVectors: points, masses: masses)
    }
}
