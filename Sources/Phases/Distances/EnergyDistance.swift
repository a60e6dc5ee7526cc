import Foundation
import MeanField

/// The energy distance between two probability measures on a sphere, with the chord |x - y| of R^d.
///
///     E(μ, ν) = 2 𝔼|X - Y| - 𝔼|X - X'| - 𝔼|Y - Y'| ≥ 0,   X, X' ~ μ,   Y, Y' ~ ν independent
///
/// Zero only for equal measures; √E is a distance. Between N independent draws of a measure and the
/// measure itself its mean is 𝔼|Y - Y'|/N. On the circle |x - y| = 2 |sin((θ - φ)/2)|, and
///
///     E = (8/π) Σ_{k≥1} |c_k - d_k|²/(4k² - 1)
///
/// for Fourier coefficients c_k, d_k; it is not summed that way but through running sums of cos(θ/2) and
/// sin(θ/2), which is exact for atoms and densities alike: the error is the rounding of the three means,
/// about 1e-14. Cost: O((N + K) log(N + K)) on the circle; pairs of points, O(N M d), elsewhere.
///
/// Source: G. J. Székely, M. L. Rizzo, *Energy statistics*, J. Stat. Plann. Inference 143 (2013),
/// doi:10.1016/j.jspi.2013.03.018.
public enum EnergyDistance {
    /// E between two measures on the circle.
    public static func onCircle(_ a: CircleMeasure, _ b: CircleMeasure) -> Double {
        onCircle(ChordPotential(CircleProfile(of: a)), ChordPotential(CircleProfile(of: b)))
    }

    /// E between two measures on the circle, given by their mean chords.
    package static func onCircle(_ a: ChordPotential, _ b: ChordPotential) -> Double {
        max(0, 2 * ChordPotential.mean(a, b) - a.ownMean - b.ownMean)
    }

    /// E between two sets of weighted points in R^d.
    ///
    /// - Parameters:
    ///   - a: Coordinates of the first points, shape [d][N].
    ///   - p: Their masses, shape [N].
    ///   - b: Coordinates of the second points, shape [d][M].
    ///   - q: Their masses, shape [M].
    public static func ofPoints(
        _ a: [[Double]], masses p: [Double], _ b: [[Double]], masses q: [Double]
    ) -> Double {
        precondition(
            a.count == b.count && a.allSatisfy { $0.count == p.count }
                && b.allSatisfy { $0.count == q.count }, "points need as many masses, and R^d one d"
        )
        return max(0, 2 * mean(a, p, b, q) - mean(a, p, a, p) - mean(b, q, b, q))
    }

    /// 𝔼|X - Y| by pairs.
    private static func mean(
        _ a: [[Double]], _ p: [Double], _ b: [[Double]], _ q: [Double]
    ) -> Double {
        var squares = [Double](repeating: 0, count: q.count)
        var sum = 0.0
        for i in p.indices {
            for j in squares.indices { squares[j] = 0 }
            for axis in a.indices {
                let x = a[axis][i]
                let others = b[axis]
                for j in squares.indices {
                    let difference = x - others[j]
                    squares[j] += difference * difference
                }
            }
            var row = 0.0
            for j in squares.indices { row += q[j] * squares[j].squareRoot() }
            sum += p[i] * row
        }
        return sum
    }
}
