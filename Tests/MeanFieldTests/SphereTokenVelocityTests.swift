#if arch(x86_64)
    import CAllocationCount
    import Foundation
    import Testing

    @testable import MeanField

    /// Tokens on S² by spherical harmonics, against 80-bit sums and against all pairs.
    @Suite struct SphereTokenVelocityTests {
        typealias Reference = TokenReference
        static let temperatures: [Double] = [0, 0.1, 1, 5, 20, 100, 1000, -5, -100]

        /// The largest error at every `step`-th token, and the largest velocity there.
        static func worst(
            _ velocity: [Double], _ attention: SphereAttention, _ positions: [Double],
            _ masses: [Double], step: Int
        ) -> (error: Double, largest: Double) {
            let n = masses.count
            let x = (0..<3).map { c in (0..<n).map { Float80(positions[c * n + $0]) } }
            let product = attention.product.entries.map { attention.beta * $0 }
            var (error, largest) = (0.0, 0.0)
            for i in stride(from: 0, to: n, by: step) {
                let exact = Reference.velocity(
                    i, x, masses: masses, product: product, value: attention.value.entries,
                    normalization: attention.normalization)
                for c in 0..<3 {
                    let difference = abs(velocity[c * n + i] - Double(exact[c]))
                    // NaN must not be lost.
                    if !(difference <= error) { error = difference }
                    largest = max(largest, abs(Double(exact[c])))
                }
            }
            return (error, largest)
        }

        /// |dv| ≤ 1e-12 max |v|, checked at some tokens; how many got sums of their own.
        static func check(
            _ attention: SphereAttention, _ positions: [Double], _ masses: [Double],
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> Int {
            var engine = try #require(SphereTokenVelocity(of: attention, engine: .fast))
            var velocity = positions
            engine.evaluate(positions: positions, masses: masses, into: &velocity)
            let (error, largest) = worst(
                velocity, attention, positions, masses, step: masses.count / 40 + 1)
            #expect(
                error <= 1e-12 * largest, "\(error / largest)", sourceLocation: sourceLocation)
            #expect(engine.usesModes, sourceLocation: sourceLocation)
            return engine.unsettled
        }

        static func attention(
            _ β: Double, value: Double = 0.6, _ normalization: Normalization = .softmax
        ) -> SphereAttention {
            SphereAttention(
                IsotropicAttention(beta: β, value: value, normalization: normalization),
                dimension: 3)
        }

        /// Tokens round poles and other points, one at each pole.
        static func clusters(_ n: Int, width: Double, seed: UInt64) -> [Double] {
            let centres: [[Double]] = [
                [0, 0, 1], [0.6, 0, 0.8], [0, 0, -1], [-0.48, 0.6, 0.64],
            ]
            let noise = Reference.vectors(n, dimension: 3, seed: seed)
            var x = noise
            for i in 0..<n {
                var square = 0.0
                for c in 0..<3 {
                    x[c * n + i] = centres[i % 4][c] + (i < 4 ? 0 : width * noise[c * n + i])
                    square += x[c * n + i] * x[c * n + i]
                }
                for c in 0..<3 { x[c * n + i] /= square.squareRoot() }
            }
            return x
        }

        @Test(arguments: temperatures, Normalization.allCases)
        func spreadTokens(β: Double, normalization: Normalization) throws {
            if normalization == .none && abs(β) > 100 { return }
            let unsettled = try Self.check(
                Self.attention(β, normalization), Reference.vectors(3000, dimension: 3, seed: 1),
                Reference.masses(3000, seed: 2))
            #expect(unsettled == 0)
        }

        @Test(arguments: temperatures, [0.03, 0.3])
        func clustersAtThePoles(β: Double, width: Double) throws {
            for value in [1, -0.7] {
                _ = try Self.check(
                    Self.attention(β, value: value), Self.clusters(1500, width: width, seed: 3),
                    Reference.masses(1500, seed: 4))
            }
        }

        @Test(arguments: [0, 1, 20, 300, -20], Normalization.allCases)
        func anyValueMatrix(β: Double, normalization: Normalization) throws {
            if normalization == .none && β > 100 { return }
            let value = SquareMatrix(
                count: 3, entries: Reference.random(9, seed: 5).map { 2 * $0 - 1 })
            let attention = SphereAttention(
                beta: abs(β), query: SquareMatrix(scale: β < 0 ? -1 : 1, count: 3),
                key: SquareMatrix(scale: 1, count: 3), value: value, normalization: normalization)
            for positions in [
                Reference.vectors(2000, dimension: 3, seed: 6),
                Self.clusters(2000, width: 0.2, seed: 7),
            ] {
                _ = try Self.check(attention, positions, Reference.masses(2000, seed: 8))
            }
        }

        @Test(arguments: [1, 30.0]) func rotatedKeys(β: Double) throws {
            // A rotation times -2, and V = 1 or not.
            let rotation = SquareMatrix(rows: [
                [2.0 / 3, -1.0 / 3, 2.0 / 3], [2.0 / 3, 2.0 / 3, -1.0 / 3],
                [-1.0 / 3, 2.0 / 3, 2.0 / 3],
            ])
            for value in [SquareMatrix(scale: 1, count: 3), SquareMatrix(diagonal: [1, 0.5, -2])] {
                let attention = SphereAttention(
                    beta: β, query: SquareMatrix(scale: -2, count: 3), key: rotation, value: value)
                _ = try Self.check(
                    attention, Reference.vectors(2000, dimension: 3, seed: 9),
                    Reference.masses(2000, seed: 10))
            }
        }

        @Test func obstacles() {
            typealias Velocity = SphereTokenVelocity
            let one = SquareMatrix(scale: 1, count: 3)
            let stretched = SphereAttention(
                beta: 1, query: SquareMatrix(diagonal: [1, 1, 1.1]), key: one, value: one)
            #expect(Velocity.obstacle(for: stretched) == .product)
            #expect(Velocity(of: stretched) == nil)
            #expect(ParticleEngine.fast.velocity(of: stretched) is SphereDirectVelocity)
            #expect(Velocity.obstacle(for: Self.attention(1e4)) == nil)
            #expect(Velocity.obstacle(for: Self.attention(2e4)) == .sharpness)
            let four = SphereAttention(IsotropicAttention(beta: 1), dimension: 4)
            #expect(Velocity.obstacle(for: four) == .dimension)
        }

        @Test func tokensFarFromTheMassGetTheirOwnSums() throws {
            // A narrow cluster, and ten tokens of little mass on the way to the other side.
            var positions = Self.clusters(1600, width: 0.1, seed: 11)
            let n = 1600
            for i in 0..<n {
                let (x, y) = (0.2 * positions[i], 0.2 * positions[n + i])
                (positions[i], positions[n + i]) = (x, y)
                positions[2 * n + i] = (1 - x * x - y * y).squareRoot()
            }
            var masses = Reference.masses(n, seed: 12)
            for i in 0..<10 {
                let angle = 0.3 + 0.28 * Double(i)
                (positions[41 * i], positions[n + 41 * i]) = (0, sin(angle))
                positions[2 * n + 41 * i] = cos(angle)
                masses[41 * i] = 1e-20
            }
            let unsettled = try Self.check(Self.attention(30), positions, masses)
            #expect(unsettled >= 4 && unsettled < 20)
        }

        @Test(arguments: [0, 5, 100.0]) func uniformTokensStayCheap(β: Double) throws {
            // The vertices of a cuboctahedron: forces cancel to rounding.
            let a = 0.5.squareRoot()
            var list = [[Double]]()
            for s in [-a, a] {
                for t in [-a, a] { list += [[s, t, 0], [s, 0, t], [0, s, t]] }
            }
            let positions = (0..<3).flatMap { c in list.map { $0[c] } }
            var engine = try #require(
                SphereTokenVelocity(of: Self.attention(β, value: 1), engine: .fast))
            var velocity = positions
            engine.evaluate(
                positions: positions, masses: [Double](repeating: 1.0 / 12, count: 12),
                into: &velocity)
            #expect(engine.usesModes && engine.unsettled == 0)
            #expect(velocity.allSatisfy { abs($0) <= 4e-16 })
        }

        @Test(arguments: [1, 2, 9]) func fewTokens(n: Int) throws {
            for β in [0, 9.0, -9] {
                let positions = Reference.vectors(n, dimension: 3, seed: 13)
                var engine = try #require(
                    SphereTokenVelocity(of: Self.attention(β), engine: .fast))
                var velocity = positions
                engine.evaluate(
                    positions: positions, masses: Reference.masses(n, seed: 14), into: &velocity)
                let (error, largest) = Self.worst(
                    velocity, Self.attention(β), positions, Reference.masses(n, seed: 14), step: 1)
                #expect(error <= 1e-12 * largest + 4e-16)
            }
        }

        @Test func costsChooseTheEngine() throws {
            func usesModes(_ n: Int, _ β: Double) throws -> Bool {
                var engine = try #require(SphereTokenVelocity(of: Self.attention(β)))
                var velocity = [Double](repeating: 0, count: 3 * n)
                engine.evaluate(
                    positions: Reference.vectors(n, dimension: 3, seed: 15),
                    masses: Reference.masses(n, seed: 16), into: &velocity)
                return engine.usesModes
            }
            #expect(try !usesModes(60, 5) && usesModes(2000, 5))
            #expect(try !usesModes(300, 1000) && usesModes(8000, 100))
        }

        @Test(arguments: [5, 300.0]) func threadsDoNotChangeBits(β: Double) throws {
            let n = 70_001
            var engine = try #require(SphereTokenVelocity(of: Self.attention(β), engine: .fast))
            let positions = Reference.vectors(n, dimension: 3, seed: 17)
            let masses = Reference.masses(n, seed: 18)
            let (bits, velocity) = ThreadLimit.exclusively(1) {
                Reference.velocity(&engine, positions, masses)
            }
            #expect(bits && velocity.allSatisfy(\.isFinite))
            // Others are not moved by the order in which tokens stand.
            let turned = (0..<3).flatMap { c in (0..<n).map { positions[c * n + n - 1 - $0] } }
            var other = turned
            engine.evaluate(positions: turned, masses: masses.reversed(), into: &other)
            let largest = velocity.map(abs).max()!
            for i in stride(from: 0, to: n, by: 997) {
                for c in 0..<3 {
                    #expect(
                        abs(velocity[c * n + i] - other[c * n + n - 1 - i]) <= 1e-12 * largest)
                }
            }
        }

        @Test(arguments: [false, true]) func evaluationAllocatesNothing(hasRotation: Bool) throws {
            let key = SquareMatrix(rows: [[0, 1, 0], [0, 0, 1], [1, 0, 0]])
            let one = SquareMatrix(scale: 1, count: 3)
            let attention = SphereAttention(
                beta: 9, query: one, key: hasRotation ? key : one, value: one)
            var engine = try #require(SphereTokenVelocity(of: attention, engine: .fast))
            let positions = Reference.vectors(5000, dimension: 3, seed: 19)
            let masses = Reference.masses(5000, seed: 20)
            var velocity = positions
            engine.evaluate(positions: positions, masses: masses, into: &velocity)
            let before = tf_allocation_count()
            engine.evaluate(positions: positions, masses: masses, into: &velocity)
            #expect(tf_allocation_count() == before)
        }
    }
#endif
