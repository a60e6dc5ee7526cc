#if arch(x86_64)
    import CAllocationCount
    import Foundation
    import Testing

    @testable import MeanField

    /// Tokens on the circle by Fourier modes, against 80-bit sums and against all pairs.
    @Suite struct TokenVelocityFastTests {
        typealias Reference = TokenReference

        /// |dv| ≤ 1e-12 max |v|, checked at some tokens; those far from most of the mass among them.
        static func check(
            _ attention: IsotropicAttention, _ angles: [Double], _ masses: [Double],
            sourceLocation: SourceLocation = #_sourceLocation
        ) -> Int {
            var engine = CircleTokenVelocity(of: attention, engine: .fast)
            var velocity = angles
            engine.evaluate(positions: angles, masses: masses, into: &velocity)
            let (error, largest) = Reference.worst(
                velocity, attention, angles, masses, step: angles.count / 30 + 1)
            #expect(
                error <= 1e-12 * largest, "\(error / largest)", sourceLocation: sourceLocation)
            #expect(engine.usesModes, sourceLocation: sourceLocation)
            return engine.unsettled
        }

        @Test(arguments: Reference.temperatures, [false, true])
        func spreadTokens(β: Double, ascending: Bool) {
            let angles = Reference.angles(4000, ascending: ascending, seed: 1)
            let unsettled = Self.check(
                IsotropicAttention(beta: β, value: -0.7), angles, Reference.masses(4000, seed: 2))
            #expect(unsettled == 0)
        }

        @Test(arguments: [1, 9, 100, 1e3, 1e4, -9.0], [Normalization.none, .rescaled])
        func withoutDenominator(β: Double, normalization: Normalization) {
            if normalization == .none && β > 100 { return }
            let attention = IsotropicAttention(beta: β, normalization: normalization)
            _ = Self.check(
                attention, Reference.angles(4000, seed: 3), Reference.masses(4000, seed: 4))
        }

        @Test(arguments: [1, 9, 100, 1e3, 1e4], [1e-3, 0.03, 0.3, 1])
        func clusters(β: Double, width: Double) {
            for count in [2, 5] {
                let angles = Reference.angles(1500, clusters: count, width: width, seed: 5)
                _ = Self.check(
                    IsotropicAttention(beta: β), angles, Reference.masses(1500, seed: 6))
            }
        }

        @Test func tokensFarFromTheMassGetTheirOwnSums() {
            // Ten tokens of little mass in a gap between two clusters.
            var angles = Reference.angles(2000, clusters: 2, width: 0.2, seed: 7)
            var masses = Reference.masses(2000, seed: 8)
            for i in 0..<10 {
                angles[200 * i] = 1.5 + 0.05 * Double(i)
                masses[200 * i] = 1e-20
            }
            let unsettled = Self.check(IsotropicAttention(beta: 1000), angles, masses)
            #expect(unsettled >= 10 && unsettled < 400)
        }

        @Test(arguments: ParticleEngine.allCases, [9.0, 1000]) func narrowClustersKeepTheirDrifts(
            engine: ParticleEngine, β: Double
        ) {
            // 2 rad apart, 1e-7 wide: angle addition and modes lose the forces within them.
            let n = 1200
            let u = Reference.random(n, seed: 20)
            let angles = (0..<n).map { ($0 % 3 == 0 ? 1 : 3) + 1e-7 * u[$0] }
            let masses = Reference.masses(n, seed: 21)
            var tokens = engine.velocity(of: IsotropicAttention(beta: β))
            var velocity = angles
            tokens.evaluate(positions: angles, masses: masses, into: &velocity)
            for i in stride(from: 0, to: n, by: 50) {
                let exact = ReferenceSums.softmax(
                    angles[i], angles: angles, masses: masses, β: β)
                #expect(abs(velocity[i] - exact.velocity) <= 1e-11 * exact.size)
            }
        }

        @Test(arguments: [5, 100, 1e4], [Normalization.softmax, .rescaled])
        func equilibriaStayCheap(β: Double, normalization: Normalization) {
            let n = 5000
            let angles = (0..<n).map { 2 * .pi * Double($0) / Double(n) }
            var engine = CircleTokenVelocity(
                of: IsotropicAttention(beta: β, value: -1, normalization: normalization))
            var velocity = angles
            engine.evaluate(
                positions: angles, masses: [Double](repeating: 1 / Double(n), count: n),
                into: &velocity)
            #expect(engine.usesModes && engine.unsettled == 0)
            #expect(velocity.allSatisfy { abs($0) <= 4e-16 })
        }

        @Test(arguments: [1, 3, 9]) func fewTokens(n: Int) {
            for β in [0, 9.0, -9] {
                _ = Self.check(
                    IsotropicAttention(beta: β), Reference.angles(n, seed: 9),
                    Reference.masses(n, seed: 9))
            }
        }

        @Test(arguments: [0, 9, 1e4]) func enginesAgree(β: Double) {
            let attention = IsotropicAttention(beta: β)
            let (angles, masses) = (
                Reference.angles(3001, seed: 11), Reference.masses(3001, seed: 12)
            )
            var (fast, direct) = (angles, angles)
            var engine = ParticleEngine.fast.velocity(of: attention)
            engine.evaluate(positions: angles, masses: masses, into: &fast)
            engine = ParticleEngine.direct.velocity(of: attention)
            engine.evaluate(positions: angles, masses: masses, into: &direct)
            let largest = direct.map(abs).max()!
            for (a, b) in zip(fast, direct) { #expect(abs(a - b) <= 1e-12 * largest) }
            #expect(zip(fast, direct).contains { $0 != $1 })
        }

        @Test(arguments: MatrixReference.cases, [0.5, 20, 300])
        func matrices(_ matrices: MatrixReference.Case, β: Double) {
            let (angles, masses) = (
                Reference.angles(1200, seed: 13), Reference.masses(1200, seed: 14)
            )
            let x = Reference.plane(angles)
            for normalization in [Normalization.softmax, .rescaled] {
                let attention = matrices.attention(β, normalization)
                let (m, v) = (attention.product, attention.value)
                let product = [m.xx, m.xy, m.yx, m.yy].map { β * $0 }
                for engine in [ParticleEngine.fast, .direct] {
                    var velocity = angles
                    var tokens = engine.velocity(of: attention)
                    tokens.evaluate(positions: angles, masses: masses, into: &velocity)
                    var (error, largest) = (0.0, 0.0)
                    for i in stride(from: 0, to: angles.count, by: 61) {
                        let exact = Reference.circle(
                            i, x, masses: masses, product: product,
                            value: [v.xx, v.xy, v.yx, v.yy], normalization: normalization)
                        error = max(error, abs(velocity[i] - exact))
                        largest = max(largest, abs(exact))
                    }
                    #expect(error <= 1e-12 * largest, "\(engine) \(error / largest)")
                }
            }
        }

        @Test func costsChooseTheEngine() {
            func usesModes(_ n: Int, _ β: Double) -> Bool {
                var engine = CircleTokenVelocity(of: IsotropicAttention(beta: β))
                var velocity = [Double](repeating: 0, count: n)
                engine.evaluate(
                    positions: Reference.angles(n, seed: 15), masses: Reference.masses(n, seed: 1),
                    into: &velocity)
                return engine.usesModes
            }
            #expect(!usesModes(60, 5) && usesModes(1000, 5))
            #expect(!usesModes(200, 1e4) && usesModes(3000, 1e4))
        }

        @Test(arguments: [5, 1e4]) func threadsDoNotChangeBits(β: Double) {
            let n = 70_001
            var engine = CircleTokenVelocity(of: IsotropicAttention(beta: β), engine: .fast)
            let angles = Reference.angles(n, seed: 2)
            let masses = Reference.masses(n, seed: 3)
            let (bits, velocity) = ThreadLimit.exclusively(1) {
                Reference.velocity(&engine, angles, masses)
            }
            #expect(bits && velocity.allSatisfy(\.isFinite))
        }

        @Test func anglesOfManyTurns() {
            // Whole turns in 80 bits; angles near 1e4 have their own rounding, which both sides see.
            let angles = Reference.angles(2000, seed: 16).enumerated().map {
                $1 + 2 * .pi * Double($0 % 7 - 3) * 500
            }
            _ = Self.check(
                IsotropicAttention(beta: 100), angles, Reference.masses(2000, seed: 17))
        }

        @Test func evaluationAllocatesNothing() {
            var engine = CircleTokenVelocity(of: IsotropicAttention(beta: 9), engine: .fast)
            let angles = Reference.angles(5000, seed: 2)
            let masses = Reference.masses(5000, seed: 3)
            var velocity = angles
            engine.evaluate(positions: angles, masses: masses, into: &velocity)
            let before = tf_allocation_count()
            engine.evaluate(positions: angles, masses: masses, into: &velocity)
            #expect(tf_allocation_count() == before)
        }
    }
#endif
