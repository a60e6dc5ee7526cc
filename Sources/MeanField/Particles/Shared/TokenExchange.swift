import Ranks
import Spectral

/// Carries coordinates of tokens between rank 0, which has all, and the processes that share them.
///
/// All tokens have the shape [c][N], the tokens of a process [c][n]: c = 1 on the circle, else d.
struct TokenExchange: Sendable {
    let share: PointShare
    let components: Int
    private let communicator: any Communicator
    /// Numbers of coordinates on each process.
    private let counts: [Int]
    /// All coordinates in the order of the processes, on rank 0.
    private var packed = [Double]()
    /// Where n numbers that follow each other in both orders begin, in [c][N] and in `packed`.
    private var runs = [(all: Int, packed: Int, n: Int)]()

    init(_ share: PointShare, components: Int, among communicator: any Communicator) {
        self.share = share
        self.components = components
        self.communicator = communicator
        let tokens = share.counts
        counts = tokens.map { components * $0 }
        guard communicator.rank == 0, components > 1 else { return }
        packed = [Double](repeating: 0, count: components * share.pointCount)
        var (first, next) = (0, 0)
        for n in tokens {
            for c in 0..<components {
                runs.append((c * share.pointCount + first, next, n))
                next += n
            }
            first += n
        }
    }

    /// Hands out the coordinates of rank 0.
    mutating func scatter(_ all: [Double], into part: inout [Double]) {
        guard components > 1 else {
            return communicator.scatter(all, counts: counts, into: &part)
        }
        for run in runs {
            for i in 0..<run.n { packed[run.packed + i] = all[run.all + i] }
        }
        communicator.scatter(packed, counts: counts, into: &part)
    }

    /// Collects the coordinates on rank 0.
    mutating func gather(_ part: [Double], into all: inout [Double]) {
        guard components > 1 else {
            return communicator.gather(part, counts: counts, into: &all)
        }
        communicator.gather(part, counts: counts, into: &packed)
        for run in runs {
            for i in 0..<run.n { all[run.all + i] = packed[run.packed + i] }
        }
    }
}
