import Foundation
import Ranks

/// The processes that share the points of a sweep, as rank 0 leads them.
///
/// Rank 0 has the files: it says which points are missing, of which every rank takes every how many-th, and
/// takes the rows as they are finished. Used by the main thread only.
public final class SweepTeam {
    private let communicator: any Communicator
    /// Whether the others still wait to hear which points are missing.
    private var isAwaited = true
    /// The ranks that have not come to their end.
    private var working = 0
    private var isStopped = false

    /// The first word of the last message of a rank; lines of a table begin with a number.
    private static let end = "end"

    /// The team of these processes; on rank 0.
    public init(_ communicator: any Communicator) { self.communicator = communicator }

    /// Tells the others which points are missing; returns those of rank 0.
    func handOut(_ missing: [Int]) -> [Int] {
        isAwaited = false
        working = communicator.size - 1
        var count = [Double(missing.count)]
        communicator.broadcast(&count)
        var points = missing.map(Double.init)
        communicator.broadcast(&points)
        return Self.part(of: missing, communicator)
    }

    /// The lines of the rows that have come since.
    ///
    /// - Throws: ``Failure`` of another process.
    func lines() throws -> [String] {
        var lines = [String]()
        while let message = communicator.receive() {
            guard message.hasPrefix(Self.end) else {
                lines.append(message)
                continue
            }
            working -= 1
            if message != Self.end { throw Failure(message: String(message.dropFirst(4))) }
        }
        return lines
    }

    /// Whether all others have come to their end.
    var isDone: Bool { working == 0 }

    /// Tells the others to give up.
    func stop() {
        if isStopped { return }
        isStopped = true
        for rank in 1..<communicator.size { communicator.send(Self.end, to: rank) }
    }

    /// Lets the others go, whatever has happened.
    public func close() {
        if isAwaited { _ = handOut([]) }
        if !isDone { stop() }
        while !isDone {
            _ = try? lines()
            usleep(1000)
        }
    }

    /// What the processes of other ranks do: computes points that rank 0 hands out, and sends it the rows.
    public static func help(
        _ plan: SweepPlan, among communicator: any Communicator, threads: Int,
        isInterrupted: () -> Bool
    ) {
        var count = [0.0]
        communicator.broadcast(&count)
        var missing = [Double](repeating: 0, count: Int(count[0]))
        communicator.broadcast(&missing)
        let points = part(of: missing.map { Int($0) }, communicator)
        let table = SweepTable(plan)
        let board = JobBoard<SweepRow>(count: points.count)
        var (sent, isStopped) = (0, false)
        do {
            try board.run(threads: threads) {
                isStopped = isStopped || communicator.receive() != nil
                return isStopped || isInterrupted()
            } onWait: {
                let rows = board.outputs
                for row in rows[sent...] { communicator.send(table.line(row.output), to: 0) }
                sent = rows.count
            } work: { number in
                try SweepJob.row(points[number], of: plan, table.columns) { board.isStopped }
            }
            communicator.send(end, to: 0)
        } catch {
            communicator.send("\(end) \(error)", to: 0)
        }
    }

    private static func part(of missing: [Int], _ communicator: any Communicator) -> [Int] {
        stride(from: communicator.rank, to: missing.count, by: communicator.size)
            .map { missing[$0] }
    }

    /// Why another process could not compute its points.
    public struct Failure: Error {
        /// What is wrong.
        public let message: String
    }
}
