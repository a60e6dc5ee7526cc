import Foundation
import Testing

@testable import MeanField

/// Orthonormal tokens: known times, and the token systems against them.
@Suite struct EquiangularTokensTests {
    static let known: [(n: Int, beta: Double, product: Double, time: Double)] = [
        (32, 1, 0.999, 5.2702839075862), (32, 4, 0.5, 3.4317323158588),
        (32, 4, 0.999, 6.9535018488081), (128, 4, 0.999, 6.5695498927784),
        (32, 6.9064586475765, 0.999, 30),
    ]

    @Test func timesAreTheKnownOnes() {
        for (n, beta, product, time) in Self.known {
            let tokens = EquiangularTokens(count: n, attention: TokenAttention(beta: beta))
            #expect(abs(tokens.time(to: product) - time) < 1e-12 * time)
        }
    }

    /// The smallest inner product of n orthonormal tokens in R^n after some time.
    static func product(
        _ n: Int, _ attention: TokenAttention, after time: Double, tolerance: Double
    ) throws -> Double {
        let start = (0..<n * n).map { $0 % (n + 1) == 0 ? 1.0 : 0.0 }
        var batch = TokenBatch(
            starts: [start], coordinates: .vectors(dimension: n), attention: attention,
            tolerance: tolerance)
        try TokenBatchTests.evolve(&batch, to: time)
        let x = batch.state(of: 0)
        var least = 1.0
        for i in 0..<n {
            for j in 0..<i {
                let inner = (0..<n).reduce(0) { $0 + x[i * n + $1] * x[j * n + $1] }
                least = min(least, inner)
            }
        }
        return least
    }

    @Test func tokensReachTheKnownProducts() throws {
        for (n, beta, product, time) in Self.known.prefix(3) {
            let least = try Self.product(
                n, TokenAttention(beta: beta), after: time, tolerance: 1e-12)
            #expect(abs(least - product) < 1e-9, "\(least) for beta = \(beta)")
        }
    }

    @Test(arguments: Normalization.allCases)
    func tokensTakeTheTimeOfTheIntegral(_ normalization: Normalization) throws {
        let attention = TokenAttention(beta: 2.5, normalization: normalization)
        let time = EquiangularTokens(count: 6, attention: attention).time(to: 0.9)
        let least = try Self.product(6, attention, after: time, tolerance: 1e-11)
        #expect(abs(least - 0.9) < 1e-9)
    }

    /// The published edge of the phase diagram: T(0.999) = 30 for 32 orthonormal tokens.
    @Test func theEdgeOfThePhaseDiagram() throws {
        func excess(_ beta: Double) throws -> Double {
            try Self.product(32, TokenAttention(beta: beta), after: 30, tolerance: 1e-10) - 0.999
        }
        var (a, b) = (6.90, 6.91)
        var (f, g) = (try excess(a), try excess(b))
        while abs(b - a) > 1e-8 {
            (a, b) = (b, b - g * (b - a) / (g - f))
            (f, g) = (g, try excess(b))
        }
        #expect(abs(b - 6.9064586475765) < 1e-6, "\(b)")
    }
}
