import CVectorMath

/// Points on S², sorted by the cells of a grid in which they lie.
///
/// The order depends on the points alone. Cost: O(points + cells), where no more cells are told
/// apart than there are points or 16384. Nothing is allocated while the number of points stays.
public struct SphericalPlaces: Sendable {
    /// The points by cell, rows of cells from the north pole on.
    private(set) var sorted = [tf_sphere_place]()
    private var located = [tf_sphere_place]()
    private var numbers = [UInt32]()
    private var buckets = tf_sphere_buckets()

    /// No points yet.
    public init() {}

    /// Number of points.
    public var count: Int { sorted.count }

    /// Points of a piece that is located and counted on its own, and most pieces.
    private static let (piecePoints, mostPieces) = (16_384, 8)

    /// Finds the cells of the unit vectors `positions`, shape [3][N], in a grid of `lines` for 2π.
    mutating func locate(_ positions: [Double], lines: Int) {
        precondition(positions.count % 3 == 0, "points on the sphere have three components")
        let n = positions.count / 3
        let pieces = max(1, min(Self.mostPieces, n / Self.piecePoints))
        prepare(points: n, lines: lines, pieces: pieces)
        let (buckets, size) = (buckets, numbers.count / pieces)
        positions.withUnsafeBufferPointer { positions in
            located.withUnsafeMutableBufferPointer { located in
                sorted.withUnsafeMutableBufferPointer { sorted in
                    numbers.withUnsafeMutableBufferPointer { numbers in
                        guard n > 0 else { return }
                        nonisolated(unsafe) let xyz = positions.baseAddress!
                        nonisolated(unsafe) let places = located.baseAddress!
                        nonisolated(unsafe) let target = sorted.baseAddress!
                        nonisolated(unsafe) let numbers = numbers.baseAddress!
                        numbers.update(repeating: 0, count: pieces * size)
                        Workers.share(pieces, operations: 40 * Double(n)) { piece in
                            var buckets = buckets
                            tf_sphere_locate(
                                &buckets, n, xyz, n * piece / pieces, n * (piece + 1) / pieces,
                                places, numbers + piece * size)
                        }
                        Self.accumulate(numbers, pieces: pieces, size: size)
                        Workers.share(pieces, operations: 40 * Double(n)) { piece in
                            var buckets = buckets
                            let start = n * piece / pieces
                            tf_sphere_sort(
                                &buckets, n * (piece + 1) / pieces - start, places + start,
                                numbers + piece * size, target)
                        }
                    }
                }
            }
        }
    }

    private mutating func prepare(points n: Int, lines: Int, pieces: Int) {
        var shift = 0
        while (lines >> shift) * lines / 2 > max(16_384, n) { shift += 1 }
        let width = (lines - 1) >> shift + 1
        buckets = tf_sphere_buckets(count: lines, width: width, shift: shift)
        let size = pieces * width * lines / 2
        if numbers.count != size { numbers = [UInt32](repeating: 0, count: size) }
        if sorted.count != n {
            sorted = [tf_sphere_place](repeating: tf_sphere_place(), count: n)
            located = sorted
        }
    }

    /// Turns numbers of points into where they begin, buckets first, pieces within.
    private static func accumulate(
        _ numbers: UnsafeMutablePointer<UInt32>, pieces: Int, size: Int
    ) {
        var next: UInt32 = 0
        for bucket in 0..<size {
            for piece in 0..<pieces {
                let number = numbers[piece * size + bucket]
                numbers[piece * size + bucket] = next
                next += number
            }
        }
    }
}
