import Ranks

/// Which of N points are here: all, or the share of a process of several.
///
/// The points stand in P pieces of about N/P, of which each process has some that follow each other. The
/// pieces are the same for any number of processes, and but for the last they are made of whole vectors of
/// eight points, so that these are the same as well.
public struct PointShare: Sendable {
    /// N.
    public let pointCount: Int
    /// P.
    public let pieceCount: Int
    /// The pieces that are here.
    public let pieces: Range<Int>
    /// The other processes; `nil` if all points are here.
    public let communicator: (any Communicator)?

    /// All points.
    init(of pointCount: Int, pieces: Int) {
        (self.pointCount, pieceCount) = (pointCount, pieces)
        self.pieces = 0..<pieces
        communicator = nil
    }

    /// The share of this process; there are at least as many pieces as processes.
    public init(of pointCount: Int, pieces: Int, among communicator: any Communicator) {
        precondition(communicator.size <= pieces && pieces <= pointCount)
        (self.pointCount, pieceCount) = (pointCount, pieces)
        let (rank, size) = (communicator.rank, communicator.size)
        self.pieces = pieces * rank / size..<pieces * (rank + 1) / size
        self.communicator = communicator
    }

    /// The points of a piece, counted from the first that is here.
    func places(ofPiece piece: Int) -> (start: Int, end: Int) {
        let first = start(ofPiece: pieces.lowerBound)
        return (start(ofPiece: piece) - first, start(ofPiece: piece + 1) - first)
    }

    private func start(ofPiece piece: Int) -> Int {
        piece == pieceCount ? pointCount : pointCount * piece / pieceCount & ~7
    }

    /// The number of points on each of the processes.
    public var counts: [Int] {
        guard let size = communicator?.size else { return [pointCount] }
        return (0..<size).map { rank in
            start(ofPiece: pieceCount * (rank + 1) / size)
                - start(ofPiece: pieceCount * rank / size)
        }
    }

    /// The number of points that are here.
    public var count: Int {
        start(ofPiece: pieces.upperBound) - start(ofPiece: pieces.lowerBound)
    }
}
