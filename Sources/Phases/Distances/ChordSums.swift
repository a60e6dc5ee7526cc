import CVectorMath
import MeanField

/// Mean distances of weighted points by pairs.
///
///     𝔼|X - Y| = Σ_i Σ_j p_i q_j |x_i - y_j|
///
/// with the chord of R^d. Differences are taken before squares, so that near points keep their distance;
/// the error is the rounding of the sum, about 1e-15. Cost: N M d; half of it for 𝔼|X - X'|.
enum ChordSums {
    /// Points of a block.
    private static let block = 1024

    /// 𝔼|X - Y| for X ~ `a` and Y ~ `b`, independent.
    static func mean(_ a: TokenMeasure, _ b: TokenMeasure) -> Double {
        precondition(a.dimension == b.dimension)
        return withPoints(a) { p in
            withPoints(b) { q in
                blocks(a.count).reduce(0) { sum, rows in
                    sum
                        + tf_chords(
                            a.dimension, &p, rows.lowerBound, rows.upperBound, &q, 0, b.count)
                }
            }
        }
    }

    /// 𝔼|X - X'| for independent X, X' ~ `a`.
    static func ownMean(_ a: TokenMeasure) -> Double {
        withPoints(a) { p in
            var q = p
            return blocks(a.count).reduce(0) { sum, rows in
                let (i, j) = (rows.lowerBound, rows.upperBound)
                return sum + tf_chords(a.dimension, &p, i, j, &q, i, j)
                    + 2 * tf_chords(a.dimension, &p, i, j, &q, j, a.count)
            }
        }
    }

    private static func blocks(_ count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: block).map { $0..<min($0 + block, count) }
    }

    private static func withPoints(
        _ measure: TokenMeasure, _ body: (inout tf_points) -> Double
    ) -> Double {
        measure.positions.withUnsafeBufferPointer { positions in
            measure.masses.withUnsafeBufferPointer { masses in
                var points = tf_points(
                    n: measure.count, positions: positions.baseAddress,
                    masses: masses.baseAddress)
                return body(&points)
            }
        }
    }
}
