#if arch(x86_64)
    import CAllocationCount
    import Foundation
    import Testing

    @testable import MeanField

    /// All pairs of tokens on the circle against 80-bit sums.
    @Suite struct TokenVelocityDirectTests {
        typealias Reference = TokenReference

        @Test(arguments: Reference.temperatures, Normalization.allCases)
        func spreadTokens(β: Double, normalization: Normalization) {
            if normalization == .none && abs(β) > 100 { return }
            let attention = IsotropicAttention(
                beta: β, value: -0.7, normalization: normalization)
            var engine = CircleDirectVelocity(attention: attention)
            for n in [1, 2, 3, 61, 301] {
                let (angles, masses) = (
                    Reference.angles(n, seed: 1), Reference.masses(n, seed: 2)
                )
                var velocity = angles
                engine.evaluate(positions: angles, masses: masses, into: &velocity)
                let (error, largest) = Reference.worst(velocity, attention, angles, masses)
                // 1e-16 where two or three tokens hardly see each other.
                let scale = attention.velocityScale
                #expect(error <= 1e-13 * largest + 1e-15 * scale, "\(n): \(error / largest)")
            }
        }

        @Test(arguments: [1.0, 100, 1e4], [1e-10, 1e-3, 1])
        func oneClusterOfAnyWidth(β: Double, width: Double) {
            let attention = IsotropicAttention(beta: β)
            var engine = CircleDirectVelocity(attention: attention)
            let angles = Reference.angles(200, clusters: 1, width: width, seed: 3)
            let masses = Reference.masses(200, seed: 4)
            var velocity = angles
            engine.evaluate(positions: angles, masses: masses, into: &velocity)
            // The reference has 64 bits of angles near 0.3.
            let x = Reference.plane(angles.map { $0 - angles[0] })
            var (error, largest) = (0.0, 0.0)
            for i in 0..<angles.count {
                let exact = Reference.circle(
                    i, x, masses: masses, product: [β, 0, 0, β], value: [1, 0, 0, 1],
                    normalization: .softmax)
                error = max(error, abs(velocity[i] - exact))
                largest = max(largest, abs(exact))
            }
            #expect(error <= 1e-13 * largest, "\(error / largest)")
        }

        @Test(arguments: [-1000.0, -1e4]) func repulsionThatUnderflows(β: Double) {
            // All in one cluster: W is far below the least number of type Double.
            let attention = IsotropicAttention(beta: β)
            var engine = CircleDirectVelocity(attention: attention)
            let angles = Reference.angles(40, clusters: 1, width: 0.3, seed: 5)
            let masses = Reference.masses(40, seed: 6)
            var velocity = angles
            engine.evaluate(positions: angles, masses: masses, into: &velocity)
            let (error, largest) = Reference.worst(velocity, attention, angles, masses)
            #expect(error <= 1e-12 * largest && largest > 0.01)
        }

        @Test(arguments: [0, 9, 1e4, -9.0]) func coincidentTokensMoveAlike(β: Double) {
            let attention = IsotropicAttention(beta: β)
            var engine = CircleDirectVelocity(attention: attention)
            let angles = [1, 1, 1, 2.5, 1, 2.5, 6.0]
            let masses = Reference.masses(7, seed: 7)
            var velocity = angles
            engine.evaluate(positions: angles, masses: masses, into: &velocity)
            #expect(velocity[0] == velocity[1] && velocity[0] == velocity[2])
            let (error, largest) = Reference.worst(velocity, attention, angles, masses)
            // At β = 1e4 they do not see each other.
            #expect(error <= 1e-13 * largest + 1e-15)
            // All in one place: nothing moves.
            engine.evaluate(
                positions: [Double](repeating: 2, count: 7), masses: masses, into: &velocity)
            #expect(velocity.allSatisfy { $0 == 0 })
        }

        @Test(arguments: [0.5, 100, -9]) func momentumIsConserved(β: Double) {
            let attention = IsotropicAttention(beta: β, normalization: .rescaled)
            var engine = CircleDirectVelocity(attention: attention)
            let angles = Reference.angles(999, seed: 8)
            let masses = Reference.masses(999, seed: 9)
            var velocity = angles
            engine.evaluate(positions: angles, masses: masses, into: &velocity)
            let momentum = zip(masses, velocity).reduce(0) { $0 + $1.0 * $1.1 }
            let size = zip(masses, velocity).reduce(0) { $0 + $1.0 * abs($1.1) }
            #expect(abs(momentum) <= 1e-14 * size && size > 1e-5)
        }

        @Test func rotationsCarryOver() {
            let attention = IsotropicAttention(beta: 100)
            var engine = CircleDirectVelocity(attention: attention)
            let angles = Reference.angles(300, seed: 10)
            let masses = Reference.masses(300, seed: 1)
            var (velocity, turned) = (angles, angles)
            engine.evaluate(positions: angles, masses: masses, into: &velocity)
            engine.evaluate(positions: angles.map { $0 + 0.77 }, masses: masses, into: &turned)
            let largest = velocity.map(abs).max()!
            for (a, b) in zip(velocity, turned) { #expect(abs(a - b) <= 1e-13 * largest) }
        }

        @Test(arguments: [9, 1e4, -9.0]) func threadsDoNotChangeBits(β: Double) {
            var engine = CircleDirectVelocity(attention: IsotropicAttention(beta: β))
            let angles = Reference.angles(2501, seed: 2)
            let masses = Reference.masses(2501, seed: 3)
            let (bits, velocity) = ThreadLimit.exclusively(1) {
                Reference.velocity(&engine, angles, masses)
            }
            #expect(bits)
            let (error, largest) = Reference.worst(
                velocity, engine.attention, angles, masses, step: 250)
            #expect(error <= 1e-13 * largest)
        }

        @Test func evaluationAllocatesNothing() {
            var engine = CircleDirectVelocity(attention: IsotropicAttention(beta: 9))
            let angles = Reference.angles(500, seed: 2)
            let masses = Reference.masses(500, seed: 3)
            var velocity = angles
            engine.evaluate(positions: angles, masses: masses, into: &velocity)
            let before = tf_allocation_count()
            engine.evaluate(positions: angles, masses: masses, into: &velocity)
            #expect(tf_allocation_count() == before)
        }
    }
#endif
