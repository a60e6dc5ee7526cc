import Dispatch
import Foundation
import Synchronization

/// The threads that share the pieces of a sum.
///
/// Pieces are fixed by the data, not by the number of threads, and write to places of their own: results
/// are the same bits for any ``limit``. Threads wake only for work that pays, above about 0.3 ms.
public enum Workers {
    private static let most = Atomic<Int>(ProcessInfo.processInfo.activeProcessorCount)

    /// Most threads that work at a time, at least 1; the number of processors unless it is set.
    public static var limit: Int {
        get { most.load(ordering: .relaxed) }
        set { most.store(max(1, newValue), ordering: .relaxed) }
    }

    /// Multiplications and additions of about 0.3 ms.
    private static let worthwhile = 2e6

    /// Runs `body` for the pieces 0 ..< `count`, in any order and side by side.
    ///
    /// `operations` are all of their multiplications and additions, as vectors make them: exact sums of
    /// fewer than ``worthwhile`` stay on this thread.
    package static func share(
        _ count: Int, operations: Double, _ body: @Sendable (Int) -> Void
    ) {
        let threads = min(limit, count)
        if threads < 2 || operations < worthwhile {
            for piece in 0..<count { body(piece) }
            return
        }
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
                if piece >= count { return }
                body(piece)
            }
        }
    }
}
