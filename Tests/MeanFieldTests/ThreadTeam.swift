import Foundation
import Ranks

/// Threads of one process in the place of processes.
final class ThreadTeam: @unchecked Sendable {
    private let size: Int
    private let condition = NSCondition()
    private var values: [[Double]]
    private var arrived = 0
    private var round = 0

    init(size: Int) {
        self.size = size
        values = [[Double]](repeating: [], count: size)
    }

    /// Runs `lead` as rank 0 on this thread, and `follow` as the other ranks.
    static func run<Result>(
        _ size: Int, lead: (any Communicator) throws -> Result,
        follow: @escaping @Sendable (any Communicator) -> Void
    ) rethrows -> Result {
        let team = ThreadTeam(size: size)
        let group = DispatchGroup()
        for rank in 1..<size {
            group.enter()
            Thread.detachNewThread {
                follow(Member(team: team, rank: rank))
                group.leave()
            }
        }
        defer { group.wait() }
        return try lead(Member(team: team, rank: 0))
    }

    /// Waits until all are here.
    private func meet() {
        condition.withLock {
            let now = round
            arrived += 1
            if arrived == size {
                (arrived, round) = (0, round + 1)
                condition.broadcast()
            }
            while round == now { condition.wait() }
        }
    }

    /// What every rank contributes.
    fileprivate func exchange(_ own: [Double], rank: Int) -> [[Double]] {
        condition.withLock { values[rank] = own }
        meet()
        let all = condition.withLock { values }
        meet()
        return all
    }

    private struct Member: Communicator {
        let team: ThreadTeam
        let rank: Int

        var size: Int { team.size }

        private func combine(_ values: inout [Double], _ operation: (Double, Double) -> Double) {
            let all = team.exchange(values, rank: rank)
            values = all.dropFirst().reduce(all[0]) { zip($0, $1).map(operation) }
        }

        func sum(_ values: inout [Double]) { combine(&values, +) }

        func largest(_ values: inout [Double]) { combine(&values, max) }

        func broadcast(_ values: inout [Double]) {
            values = team.exchange(values, rank: rank)[0]
        }

        func scatter(_ all: [Double], counts: [Int], into part: inout [Double]) {
            let start = counts[..<rank].reduce(0, +)
            part = Array(team.exchange(all, rank: rank)[0][start..<start + counts[rank]])
        }

        func gather(_ part: [Double], counts: [Int], into all: inout [Double]) {
            let parts = team.exchange(part, rank: rank)
            if rank == 0 { all = Array(parts.joined()) }
        }

        func send(_ message: String, to rank: Int) {
            preconditionFailure("tokens need no messages")
        }

        func receive() -> String? { nil }
    }
}
