import CPairLimit
import Foundation
import MeanField
import Spectral

extension Suite {
    /// All pairs of tokens beside a plain loop in C over all ordered pairs.
    mutating func directTokens() {
        let n = isQuick ? 500 : 10_000
        Report.printTitle(
            "Direct sums of \(n) tokens, beta = 5, beside a loop in C over all pairs", "",
            "threads", "ours", "C", "/C", "allocations")
        for space in ["S1", "S2"] {
            for (name, kind) in [("usa", Normalization.rescaled), ("sa", .softmax)] {
                let attention = IsotropicAttention(beta: 5, normalization: kind)
                let side =
                    space == "S1"
                    ? TokenSide(circle: attention, engine: .direct, tokens: n, ascending: false)
                    : TokenSide(sphere: attention, engine: .direct, tokens: n)
                let limit = PairLimit(
                    isSphere: space == "S2", isSoftmax: kind == .softmax, tokens: n)
                for threads in [1, 2] {
                    let times = compare(
                        "tokens",
                        [
                            Candidate("direct-\(space)-\(name)-t\(threads)") {
                                side.evaluate(threads: threads)
                            },
                            Candidate("c-limit-\(space)-\(name)-t\(threads)") {
                                limit.evaluate(threads: threads)
                            },
                        ], n, rounds: isQuick ? 3 : 9)
                    Report.printRow(
                        "\(space) \(name)", "\(threads)", Report.time(times[0]),
                        Report.time(times[1]), Report.ratio(times[0], times[1]),
                        "\(side.allocations)")
                }
            }
        }
    }

    /// Tokens on the circle by Fourier modes.
    mutating func fastTokens() {
        Report.printTitle(
            "Tokens on the circle by Fourier modes, softmax", "beta", "tokens", "order",
            "1 thread", "2 threads", "per token", "allocations")
        for beta in isQuick ? [5] : [5, 10_000] {
            for n in isQuick ? [1000] : [10_000, 100_000, 1_000_000, 10_000_000] {
                for ascending in [true, false] {
                    let side = TokenSide(
                        circle: IsotropicAttention(beta: Double(beta)), engine: .fast, tokens: n,
                        ascending: ascending)
                    let order = ascending ? "ascending" : "random"
                    let times = compare(
                        "tokens",
                        [1, 2].map { threads in
                            Candidate("fast-S1-sa-beta\(beta)-\(order)-t\(threads)") {
                                side.evaluate(threads: threads)
                            }
                        }, n, rounds: isQuick || n > 100_000 ? 3 : nil)
                    Report.printRow(
                        "\(beta)", "\(n)", order, Report.time(times[0]), Report.time(times[1]),
                        String(format: "%.1f ns", times[1] / Double(n) * 1e9),
                        "\(side.allocations)")
                }
            }
        }
    }

    /// Tokens on the sphere by spherical harmonics, beside all pairs where these do not take too long.
    mutating func sphericalTokens() {
        Report.printTitle(
            "Tokens on S² by spherical harmonics, softmax", "beta", "tokens", "1 thread",
            "2 threads", "per token", "pairs", "allocations")
        for beta in isQuick ? [5] : [5, 20, 100, 1000] {
            for n in isQuick ? [1000] : [1000, 10_000, 100_000, 1_000_000] {
                let attention = IsotropicAttention(beta: Double(beta))
                let side = TokenSide(sphere: attention, engine: .fast, tokens: n)
                var candidates = [1, 2].map { threads in
                    Candidate("fast-S2-sa-beta\(beta)-t\(threads)") {
                        side.evaluate(threads: threads)
                    }
                }
                if n <= 10_000 {
                    let pairs = TokenSide(sphere: attention, engine: .direct, tokens: n)
                    candidates.append(
                        Candidate("direct-S2-sa-beta\(beta)-t2") { pairs.evaluate(threads: 2) })
                }
                let times = compare(
                    "tokens", candidates, n, rounds: isQuick || n > 100_000 ? 3 : nil)
                Report.printRow(
                    "\(beta)", "\(n)", Report.time(times[0]), Report.time(times[1]),
                    String(format: "%.1f ns", times[1] / Double(n) * 1e9),
                    times.count > 2 ? Report.time(times[2]) : "", "\(side.allocations)")
            }
        }
    }
}

/// The plain loop in C, on pieces of the tokens.
final class PairLimit {
    private let isSphere: Bool
    private let isSoftmax: Bool
    private let count: Int
    private let positions: [Double]
    private var velocity: [Double]

    init(isSphere: Bool, isSoftmax: Bool, tokens n: Int) {
        self.isSphere = isSphere
        self.isSoftmax = isSoftmax
        count = n
        let turns = (0..<n).map { 2.4 * Double($0) }
        let heights = (0..<n).map { isSphere ? 2 * (Double($0) + 0.5) / Double(n) - 1 : 0 }
        let radii = heights.map { (1 - $0 * $0).squareRoot() }
        positions =
            zip(radii, turns).map { $0 * cos($1) } + zip(radii, turns).map { $0 * sin($1) }
            + heights
        velocity = [Double](repeating: 0, count: 3 * n)
    }

    func evaluate(threads: Int) {
        Workers.limit = threads
        let (n, isSphere, positions) = (count, isSphere, positions)
        let softmax: Int32 = isSoftmax ? 1 : 0
        velocity.withUnsafeMutableBufferPointer { velocity in
            nonisolated(unsafe) let v = velocity.baseAddress!
            Workers.share(16, operations: 20 * Double(n) * Double(n)) { piece in
                let (from, to) = (n * piece / 16, n * (piece + 1) / 16)
                positions.withUnsafeBufferPointer { p in
                    if isSphere {
                        tf_limit_sphere(n, from, to, 5, p.baseAddress!, softmax, v)
                    } else {
                        tf_limit_circle(
                            n, from, to, 5, p.baseAddress!, p.baseAddress! + n, softmax, v)
                    }
                }
            }
        }
    }
}
