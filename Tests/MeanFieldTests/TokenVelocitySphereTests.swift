#if arch(x86_64)
    import CAllocationCount
    import Foundation
    import Testing

    @testable import MeanField

    /// All pairs of tokens on spheres against 80-bit sums.
    @Suite struct TokenVelocitySphereTests {
        typealias Reference = TokenReference

        /// The largest error at some tokens, and the largest velocity.
        static func worst(
            _ velocity: [Double], _ engine: SphereDirectVelocity, _ positions: [Double],
            _ masses: [Double]
        ) -> (error: Double, largest: Double) {
            let (n, d) = (masses.count, engine.dimension)
            let x = (0..<d).map { c in (0..<n).map { Float80(positions[c * n + $0]) } }
            var (error, largest) = (0.0, 0.0)
            for i in stride(from: 0, to: n, by: n / 12 + 1) {
                let exact = Reference.velocity(
                    i, x, masses: masses, product: engine.product, value: engine.value,
                    normalization: engine.normalization)
                for c in 0..<d {
                    let difference = abs(velocity[c * n + i] - Double(exact[c]))
                    if !(difference <= error) { error = difference }
                    largest = max(largest, abs(Double(exact[c])))
                }
            }
            return (error, largest)
        }

        @Test(arguments: Reference.temperatures, Normalization.allCases)
        func multiplesOfTheIdentity(β: Double, normalization: Normalization) {
            if normalization == .none && abs(β) > 100 { return }
            for (d, n) in [(3, 1), (3, 2), (3, 331), (2, 45), (5, 90), (16, 70)] {
                let attention = IsotropicAttention(
                    beta: β, value: 0.6, normalization: normalization)
                var engine = SphereDirectVelocity(dimension: d, attention: attention)
                let positions = Reference.vectors(n, dimension: d, seed: 1)
                let masses = Reference.masses(n, seed: 2)
                var velocity = positions
                engine.evaluate(positions: positions, masses: masses, into: &velocity)
                let (error, largest) = Self.worst(velocity, engine, positions, masses)
                // Positions are unit vectors to rounding only, which the exponent sees β-fold.
                let bound = (1e-13 + 4e-16 * abs(β)) * largest + 1e-15 * attention.velocityScale
                #expect(error <= bound, "\(d) \(n): \(error / largest)")
            }
        }

        @Test(arguments: [0, 1, 30, 1e3], Normalization.allCases)
        func anyMatrices(β: Double, normalization: Normalization) {
            for (d, n) in [(3, 300), (4, 61), (7, 40)] {
                if normalization == .none && β > 100 { continue }
                let product = Reference.random(d * d, seed: 3).map { β * (2 * $0 - 1) }
                let value = Reference.random(d * d, seed: 4).map { 2 * $0 - 1 }
                var engine = SphereDirectVelocity(
                    dimension: d, product: product, value: value, normalization: normalization)
                let positions = Reference.vectors(n, dimension: d, seed: 5)
                let masses = Reference.masses(n, seed: 6)
                var velocity = positions
                engine.evaluate(positions: positions, masses: masses, into: &velocity)
                let (error, largest) = Self.worst(velocity, engine, positions, masses)
                #expect(error <= (1e-13 + 2e-15 * β) * largest, "\(d): \(error / largest)")
                for i in 0..<n {
                    let radial = (0..<d).reduce(0.0) {
                        $0 + positions[$1 * n + i] * velocity[$1 * n + i]
                    }
                    #expect(abs(radial) <= 1e-15 * Double(d) * engine.largestSpeed)
                }
            }
        }

        @Test func aMatrixThatIsAMultipleInDisguise() {
            // The same attention by rows: V has an entry too small to count.
            let (d, n, β) = (3, 120, 9.0)
            let identity: [Double] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
            var disguised = identity
            disguised[1] = 1e-30
            let positions = Reference.vectors(n, dimension: d, seed: 7)
            let masses = Reference.masses(n, seed: 8)
            for normalization in Normalization.allCases {
                var results = [[Double]]()
                for value in [identity, disguised] {
                    var engine = SphereDirectVelocity(
                        dimension: d, product: identity.map { β * $0 }, value: value,
                        normalization: normalization)
                    var velocity = positions
                    engine.evaluate(positions: positions, masses: masses, into: &velocity)
                    results.append(velocity)
                }
                let largest = results[0].map(abs).max()!
                for (a, b) in zip(results[0], results[1]) {
                    #expect(abs(a - b) <= 1e-13 * largest)
                }
            }
        }

        @Test(arguments: [-2000.0, 2000]) func exponentsOfAnySize(β: Double) {
            // One narrow cluster: repelled tokens have weights below the range of Double.
            let n = 50
            var positions = Reference.vectors(n, dimension: 3, seed: 9)
            for i in 0..<n {
                let (x, y) = (0.1 * positions[i], 0.1 * positions[n + i])
                (positions[i], positions[n + i]) = (x, y)
                positions[2 * n + i] = (1 - x * x - y * y).squareRoot()
            }
            var engine = SphereDirectVelocity(
                dimension: 3, attention: IsotropicAttention(beta: β))
            var velocity = positions
            let masses = Reference.masses(n, seed: 10)
            engine.evaluate(positions: positions, masses: masses, into: &velocity)
            let (error, largest) = Self.worst(velocity, engine, positions, masses)
            #expect(error <= 1e-11 * largest && largest > 1e-3)
        }

        @Test func momentumOfPairs() {
            let n = 333
            var engine = SphereDirectVelocity(
                dimension: 3, attention: IsotropicAttention(beta: 2, normalization: .rescaled))
            let positions = Reference.vectors(n, dimension: 3, seed: 11)
            let masses = Reference.masses(n, seed: 12)
            var velocity = positions
            engine.evaluate(positions: positions, masses: masses, into: &velocity)
            // Rotations: Σ m_i x_i × v_i = 0 under symmetric weights.
            for (a, b) in [(0, 1), (1, 2), (2, 0)] {
                let moment = (0..<n).reduce(0.0) {
                    $0 + masses[$1]
                        * (positions[a * n + $1] * velocity[b * n + $1]
                            - positions[b * n + $1] * velocity[a * n + $1])
                }
                #expect(abs(moment) <= 1e-15)
            }
        }

        @Test(arguments: [false, true]) func threadsDoNotChangeBits(hasMatrices: Bool) {
            let n = 1777
            let value: [Double] = [1, 0, 0, 0, hasMatrices ? 2 : 1, 0, 0, 0, 1]
            var engine = SphereDirectVelocity(
                dimension: 3, product: [5, 0, 0, 0, 5, 0, 0, 0, 5], value: value,
                normalization: .softmax)
            let positions = Reference.vectors(n, dimension: 3, seed: 13)
            let masses = Reference.masses(n, seed: 14)
            let (bits, velocity) = ThreadLimit.exclusively(1) {
                Reference.velocity(&engine, positions, masses)
            }
            #expect(bits && velocity.allSatisfy(\.isFinite))
            let before = tf_allocation_count()
            var again = velocity
            engine.evaluate(positions: positions, masses: masses, into: &again)
            #expect(tf_allocation_count() - before < 10)
        }

        @Test func largestSingularValue() {
            #expect(SquareMatrix(count: 2, entries: [0, 0, 0, 0]).norm == 0)
            #expect(abs(SquareMatrix(count: 2, entries: [3, 0, 4, 0]).norm - 5) < 1e-15)
            let matrix = Reference.random(49, seed: 15).map { 1e200 * ($0 - 0.4) }
            let exact = 1e200 * Double(Reference.norm(matrix.map { $0 / 1e200 }, 7))
            #expect(abs(SquareMatrix(count: 7, entries: matrix).norm - exact) < 1e-14 * exact)
        }
    }

    extension SphereDirectVelocity {
        /// A bound of the speed of mass 1.
        fileprivate var largestSpeed: Double {
            let scale = SquareMatrix(count: dimension, entries: value).norm
            return normalization == .none
                ? scale * exp(SquareMatrix(count: dimension, entries: product).norm) : scale
        }
    }
#endif
