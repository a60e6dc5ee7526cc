/// Processes that compute together, of ranks 0 ..< size, as one of them sees the others.
///
/// All ranks make the same calls in the same order, but for messages. Every rank gets the same bits, and
/// gets them again in the next run with as many ranks.
public protocol Communicator: Sendable {
    /// Which of the processes this is.
    var rank: Int { get }
    /// How many there are, at least 1.
    var size: Int { get }

    /// Replaces the values by their sums over all ranks.
    func sum(_ values: inout [Double])
    /// Replaces the values by the largest over all ranks.
    func largest(_ values: inout [Double])
    /// Replaces the values by those of rank 0; as many on every rank.
    func broadcast(_ values: inout [Double])
    /// Gives each rank r the next `counts[r]` of the values that rank 0 has.
    func scatter(_ all: [Double], counts: [Int], into part: inout [Double])
    /// Undoes ``scatter(_:counts:into:)``; the other ranks keep their `all`.
    func gather(_ part: [Double], counts: [Int], into all: inout [Double])

    /// Sends a short message to another rank.
    func send(_ message: String, to rank: Int)
    /// The next message that has come to this rank; `nil` if there is none at the moment.
    func receive() -> String?
}

extension Communicator {
    /// What `work` comes to on this rank, if it succeeds on all.
    ///
    /// - Throws: What `work` throws here, or ``FailedElsewhere``.
    public func agree<Result>(_ work: () throws -> Result) throws -> Result {
        let result = Swift.Result { try work() }
        var failures = [0.0]
        if case .failure = result { failures[0] = 1 }
        largest(&failures)
        let value = try result.get()
        if failures[0] > 0 { throw FailedElsewhere() }
        return value
    }
}

/// Work that succeeded on this rank, but not on all.
public struct FailedElsewhere: Error {}
