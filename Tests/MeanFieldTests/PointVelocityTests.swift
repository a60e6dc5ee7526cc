#if arch(x86_64)
    import Foundation
    import Testing

    @testable import MeanField

    /// Velocities of weighted points against 80-bit sums over the same points.
    ///
    ///     |v - v_exact| ≤ 1e-10 ∫e|sin|dμ/∫e dμ      at every point, for β from 0 to 1e4 and below 0
    @Suite struct PointVelocityTests {
        static let temperatures: [Double] = [
            0, 0.1, 1, 9, 25, 100, 400, 1000, 1e4, -0.5, -9, -100, -1000, -1e4,
        ]

        /// A deterministic random sequence for the test data.
        static func random(_ n: Int, seed: UInt64) -> [Double] {
            var generator = Random(seed: seed)
            return (0..<n).map { _ in generator.nextUniform() }
        }

        static func mesh(_ angles: [Double], _ masses: [Double]) -> CircleMeasure {
            let total = masses.reduce(0, +)
            return CircleMeasure(
                content: .mesh(
                    CellMesh(
                        sharpness: 1, tolerance: 1e-12, angles: angles,
                        masses: masses.map { $0 / total })))
        }

        /// The largest |v - v_exact| · ∫e/∫e|sin| over the targets.
        static func worst(_ measure: CircleMeasure, at targets: [Double], β: Double) -> Double {
            let (angles, masses) = measure.points
            var field = CircleVelocity(of: measure, attention: IsotropicAttention(beta: β))
            let velocities = field.values(at: targets)
            var worst = 0.0
            for (x, v) in zip(targets, velocities) {
                let exact = ReferenceSums.softmax(x, angles: angles, masses: masses, β: β)
                let error = abs(v - exact.velocity)
                if error.isNaN { return .nan }
                if error > 0 { worst = max(worst, error / exact.size) }
            }
            return worst
        }

        static let far = (0..<60).map { -3.14 + 6.28 * Double($0) / 59 }

        @Test(arguments: temperatures) func randomAtoms(β: Double) {
            let angles = Self.random(20, seed: 1).map { 2 * .pi * $0 }
            let measure = Self.mesh(angles, Self.random(20, seed: 2))
            #expect(Self.worst(measure, at: angles + Self.far, β: β) < 1e-10)
        }

        @Test(arguments: temperatures) func manyRandomAtoms(β: Double) {
            // 2000 sources: more than twice the modes for every β here, so that modes are used.
            let angles = Self.random(2000, seed: 3).map { 2 * .pi * $0 }
            let measure = Self.mesh(angles, Self.random(2000, seed: 4))
            let targets = Array(angles.prefix(40)) + Self.far
            #expect(Self.worst(measure, at: targets, β: β) < 1e-10)
        }

        @Test(arguments: temperatures, [30, 2000]) func twoClustersTwoRadiansApart(
            β: Double, count: Int
        ) {
            let spread = Self.random(count, seed: 5)
            let angles = spread.enumerated().map { (i, u) in
                0.5 + (i % 2 == 0 ? 0 : 2) + 0.3 * (u - 0.5)
            }
            let measure = Self.mesh(angles, Self.random(count, seed: 6))
            let targets = Array(angles.prefix(40)) + Self.far
            #expect(Self.worst(measure, at: targets, β: β) < 1e-10)
        }

        @Test(arguments: temperatures, [1e-3, 1e-6, 1e-9, 1e-13]) func tightClusters(
            β: Double, width: Double
        ) {
            // Inside a cluster the force is of the size of its width: differences must be exact.
            for count in [8, 1900] {
                let spread = Self.random(count, seed: 7)
                let angles = spread.enumerated().map { (i, u) in
                    (i % 2 == 0 ? 3.1 : 1.1) + width * (u - 0.5)
                }
                let measure = Self.mesh(angles, Self.random(count, seed: 8))
                let targets = Array(angles.prefix(8)) + Self.far.prefix(8)
                #expect(Self.worst(measure, at: targets, β: β) < 1e-10, "\(count) atoms")
            }
        }

        @Test(arguments: temperatures) func wrapAroundAndAntipodes(β: Double) {
            let angles = [
                -Double.pi + 1e-9, .pi - 1e-9, 1e-9, -1e-9, .pi / 2, 2 * .pi + 1e-7, 6.283,
            ]
            let measure = Self.mesh(angles, [1, 2, 3, 4, 5, 1e-3, 1e-8])
            #expect(Self.worst(measure, at: angles + Self.far, β: β) < 1e-10)
            for count in [1, 2] {
                let pair = Self.mesh(
                    Array([0, Double.pi].prefix(count)), Array([1.0, 1.0].prefix(count)))
                let targets = [0, .pi, .pi / 2, 1e-12, .pi - 1e-12, -.pi]
                #expect(Self.worst(pair, at: targets, β: β) < 1e-10)
            }
        }

        @Test(arguments: [1, 25, 400, 1e4, -100], [1e-9, 1e-6, 1e-4, 1e-2, 0.2])
        func manyPointsInTwoClusters(β: Double, width: Double) {
            // So many that modes go through a grid and few of close targets are summed.
            let n = 4096
            let angles = (0..<n).map { i in
                let u = (Double(i % (n / 2)) + 0.5) / Double(n / 2) - 0.5
                return (i < n / 2 ? 0.5 : 2.5) + width * (2 * u + 2 * u * u * u)
            }
            let measure = Self.mesh(angles, (0..<n).map { 1 + 0.5 * sin(0.01 * Double($0)) })
            let (places, masses) = measure.points
            var field = CircleVelocity(of: measure, attention: IsotropicAttention(beta: β))
            let velocities = field.values(at: places)
            var worst = 0.0
            for i in stride(from: 3, to: n, by: 149) {
                let exact = ReferenceSums.softmax(places[i], angles: places, masses: masses, β: β)
                let error = abs(velocities[i] - exact.velocity) / exact.size
                worst = error.isNaN ? .infinity : max(worst, error)
            }
            #expect(worst < 1e-10)
        }

        @Test(arguments: [0, 9, 100, 1000, 1e4, -1e4], [0.02, 0.1, 0.5])
        func twoClustersOnAGrid(β: Double, width: Double) {
            // All the way down the valleys, to masses of 1e-299.
            let n = 2048
            let angles = (0..<n).map { 2 * .pi * Double($0) / Double(n) }
            let masses = angles.map { x -> Double in
                let (a, b) = (sin((x - 1) / 2), sin((x - 3) / 2))
                let scale = 2 / (width * width)
                let density = exp(-scale * a * a) + 0.7 * exp(-scale * b * b)
                return density < 1e-297 ? 0 : density
            }
            let measure = Self.mesh(angles, masses)
            let (places, shares) = measure.points
            var field = CircleVelocity(of: measure, attention: IsotropicAttention(beta: β))
            let velocities = field.values(at: places)
            var worst = 0.0
            for i in stride(from: 0, to: n, by: 47) {
                let exact = ReferenceSums.softmax(places[i], angles: places, masses: shares, β: β)
                let error = abs(velocities[i] - exact.velocity) / exact.size
                worst = error.isNaN ? .infinity : max(worst, error)
            }
            #expect(worst < 1e-10)
        }

        @Test(arguments: temperatures) func smoothDensity(β: Double) throws {
            // The grid of the measure is the exact statement here: 512 points of a resolved density.
            let start = StartingMeasure(
                .mixture([
                    .init(angle: 0.3, shape: .vonMises(concentration: 40), weight: 0.5),
                    .init(angle: 2.3, shape: .wrappedNormal(sigma: 0.15), weight: 0.5),
                ]))
            let n = 4096
            let angles = (0..<n).map { 2 * .pi * Double($0) / Double(n) }
            let measure = Self.mesh(angles, angles.map { start.density(at: $0) })
            let targets = Array(angles.enumerated().filter { $0.offset % 128 == 0 }.map(\.element))
            #expect(Self.worst(measure, at: targets + Self.far, β: β) < 1e-10)
        }

        @Test(arguments: [0.1, 1, 9, 100, 1000, 1e4], [2.0, 40, 140])
        func listedPointsOfADensity(β: Double, κ: Double) {
            // Of a von Mises density ∝ e^{κ cos θ}: v = -κ sin θ A(R)/R, R² = β² + κ² + 2βκ cos θ
            // (theory: vMF), at points where next to no mass is as well.
            let start = StartingMeasure(
                .mixture([.init(angle: 0, shape: .vonMises(concentration: κ), weight: 1)]))
            let attention = IsotropicAttention(beta: β)
            let measure = start.points(sharpness: β)
            let targets = (0..<40).map { -3.1 + 6.2 * Double($0) / 39 }
            var field = CircleVelocity(of: measure, attention: attention)
            for (θ, v) in zip(targets, field.values(at: targets)) {
                let (s, c) = (sin(θ / 2), cos(θ / 2))
                let r = ((β + κ) * (β + κ) * c * c + (β - κ) * (β - κ) * s * s).squareRoot()
                let ratio = KernelMultipliers(inverseTemperature: r, count: 8)
                let exact = -κ * sin(θ) * ratio.kernel[1] / ratio.kernel[0] / r
                // ∫e|sin|dμ/∫e dμ is at least |v|.
                #expect(abs(v - exact) <= 1e-10 * abs(exact), "\(θ)")
            }
        }

        @Test(arguments: temperatures) func anAtomDoesNotMoveItself(β: Double) {
            for x in [0, 1, 3.1, -2.7, 6.2, Double.pi] {
                var field = CircleVelocity(
                    of: Self.mesh([x], [1]), attention: IsotropicAttention(beta: β))
                #expect(field.values(at: [x]) == [0])
            }
        }

        @Test(arguments: temperatures) func twoAtomsKeepTheirTinyDrift(β: Double) {
            // θ' = -2 sin θ/(1 + e^{β(1 - cos θ)}) for the gap (theory: two clusters, equal masses).
            let gap = 2.0
            var field = CircleVelocity(
                of: Self.mesh([1, 1 + gap], [1, 1]), attention: IsotropicAttention(beta: β))
            let v = field.values(at: [1, 1 + gap])
            let exact = sin(gap) / (1 + exp(β * (1 - cos(gap))))
            #expect(abs(v[0] - exact) <= 1e-10 * exact)
            #expect(abs(v[1] + exact) <= 1e-10 * exact)
        }

        @Test func logPotentialHasRelativeAccuracy() {
            for β in Self.temperatures {
                let angles = Self.random(40, seed: 9).map { 1 + 0.4 * $0 }
                let masses = Self.random(40, seed: 10)
                let total = masses.reduce(0, +)
                let field = CircleVelocity(
                    of: Self.mesh(angles, masses), attention: IsotropicAttention(beta: β))
                for x in Self.far {
                    let exact = ReferenceSums.softmax(
                        x, angles: angles, masses: masses.map { $0 / total }, β: β)
                    let scaled = field.logPotential(at: x) - abs(β)
                    #expect(abs(scaled - exact.logWeight) <= 1e-15 * max(20, abs(β)))
                }
            }
        }
    }
#endif
