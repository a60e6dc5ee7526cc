import Foundation
import Synchronization
import TimeIntegration

/// Many independent systems of tokens that start uniformly on the sphere.
///
///     x_i(0) iid uniform on S^{d-1},   i = 1 … n;   x_i' as in ``TokenAttention``
///
/// The start of a system depends on the seed and on its number alone (``Random``, a replica of its
/// own for each system): it is the same at every temperature, and whatever number of systems or
/// threads there are.
public struct TokenEnsemble: Sendable, Equatable {
    /// d of R^d, at least 2; 2 is the circle.
    public let dimension: Int
    /// n, at least 2.
    public let tokens: Int
    /// Seed of each system.
    private let seeds: [UInt64]

    /// Systems of `tokens` tokens in R^d each.
    public init(dimension: Int, tokens: Int, systems: Int, seed: UInt64) {
        precondition(dimension >= 2 && tokens >= 2 && systems >= 1, "there is something to pair")
        self.dimension = dimension
        self.tokens = tokens
        // Those of the replicas of Random, all at once.
        var generator = Random(seed: seed)
        seeds = [seed] + (1..<max(1, systems)).map { _ in generator.next() }
    }

    /// Number of systems.
    public var systems: Int { seeds.count }

    /// Pairs of tokens in one system.
    public var pairs: Int { tokens * (tokens - 1) / 2 }

    var coordinates: TokenBatch.Coordinates {
        dimension == 2 ? .angles : .vectors(dimension: dimension)
    }

    /// Where the tokens of one system start: angles on the circle, else vectors token by token.
    func start(of system: Int) -> [Double] {
        var generator = Random(seed: seeds[system])
        if dimension == 2 {
            return (0..<tokens).map { _ in 2 * Double.pi * generator.nextUniform() }
        }
        return (0..<tokens).flatMap { (_: Int) -> [Double] in
            let point = (0..<dimension).map { _ in generator.nextNormal() }
            let length = point.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return point.map { $0 / length }
        }
    }

    /// The fraction of pairs with inner product above `product`, over time.
    ///
    /// - Parameters:
    ///   - times: ascending, none negative.
    ///   - product: in (0, 1).
    ///   - tolerance: local error of a step.
    ///   - joins: whether tokens that meet become one.
    ///   - threads: most threads to use; the result is the same bits for any number.
    /// - Returns: mean over the systems and its standard error for every time.
    /// - Throws: ``EvolutionError/stepTooSmall``.
    public func pairFractions(
        under attention: TokenAttention, at times: [Double], above product: Double,
        tolerance: Double, joins: Bool = true, threads: Int
    ) throws(EvolutionError) -> (mean: [Double], standardError: [Double]) {
        let blocks = (systems + Self.blockLength - 1) / Self.blockLength
        let next = Atomic<Int>(0)
        let none = PairCounts(times: times.count)
        let total = Mutex(Result<PairCounts, IntegrationError>.success(none))
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, blocks))) { _ in
            while true {
                let block = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard block < blocks else { return }
                let result = Result { () throws(IntegrationError) -> PairCounts in
                    try counts(ofBlock: block) { starts throws(IntegrationError) in
                        var batch = TokenBatch(
                            starts: starts, coordinates: coordinates, attention: attention,
                            tolerance: tolerance, joins: joins)
                        return try batch.countPairs(at: times, above: product)
                    }
                }
                total.withLock { total in
                    total = total.flatMap { sum in
                        result.map {
                            var sum = sum
                            sum.add($0)
                            return sum
                        }
                    }
                }
            }
        }
        switch total.withLock({ $0 }) {
        case .success(let counts): return statistics(counts)
        case .failure(.stepTooSmall): throw .stepTooSmall
        }
    }

    /// Systems that a thread takes at a time.
    private static let blockLength = 16

    /// The sum of the counts of the batches of a block.
    private func counts(
        ofBlock block: Int, of batch: ([[Double]]) throws(IntegrationError) -> PairCounts
    ) throws(IntegrationError) -> PairCounts {
        let end = min(systems, (block + 1) * Self.blockLength)
        var first = block * Self.blockLength
        var counts: PairCounts?
        while first < end {
            let next = min(first + TokenBatch.width, end)
            let more = try batch((first..<next).map(start))
            if counts == nil { counts = more } else { counts?.add(more) }
            first = next
        }
        return counts!
    }

    /// Mean over the systems and its standard error.
    private func statistics(_ counts: PairCounts) -> (mean: [Double], standardError: [Double]) {
        let (size, number) = (Double(pairs), Double(systems))
        let mean = counts.sums.map { Double($0) / (number * size) }
        let standardError = zip(counts.sums, counts.squares).map { sum, square in
            guard systems > 1 else { return 0.0 }
            let spread = Double(square) - Double(sum) * (Double(sum) / number)
            return (max(0, spread) / (number * (number - 1))).squareRoot() / size
        }
        return (mean, standardError)
    }
}
