import Foundation
import MeanField

/// The Wasserstein distance of order 1 between two probability measures on the circle.
///
///     W₁(μ, ν) = min_c ∫_0^{2π} |F(θ) - G(θ) - c| dθ,   F(θ) = μ[0, θ),   G(θ) = ν[0, θ)
///
/// in radians: the mean length of arc by which mass has to be moved, at most π. The best c is the median
/// of D = F - G over the angle; it is found among the values of D at the ends of its monotone stretches
/// (``CumulativeDifference``), then between two of them by bisection, and W₁ is stationary there, so that
/// it is exact to the rounding of F and G, about 1e-14. Masses are taken as they are; each sums to 1.
/// Cost: O((N + K) log(N + K)) for N atoms and K stretches of density.
///
/// Source: J. Rabin, J. Delon, Y. Gousseau, *Transportation distances on the circle*,
/// J. Math. Imaging Vision 41 (2011), doi:10.1007/s10851-011-0284-0.
public enum WassersteinDistance {
    /// W₁ between two measures on the circle.
    public static func onCircle(_ a: CircleMeasure, _ b: CircleMeasure) -> Double {
        onCircle(CircleProfile(of: a), CircleProfile(of: b))
    }

    /// W₁ between two measures on the circle, given as their profiles.
    package static func onCircle(_ a: CircleProfile, _ b: CircleProfile) -> Double {
        let difference = CumulativeDifference(a, b)
        let c = median(of: difference)
        return difference.stretches.reduce(0) { sum, stretch in
            let whole = stretch.integral - c * stretch.length
            if (stretch.left - c) * (stretch.right - c) >= 0 { return sum + abs(whole) }
            let θ = difference.crossing(of: c, in: stretch)
            let part = difference.integral(in: stretch, upTo: θ) - c * (θ - stretch.start)
            return sum + abs(part) + abs(whole - part)
        }
    }

    /// A c with D > c on one half of the circle and D < c on the other.
    private static func median(of difference: CumulativeDifference) -> Double {
        let stretches = difference.stretches
        let values = stretches.flatMap { [$0.left, $0.right] }.sorted()
        // The first value with no more than half of the circle above it.
        var (low, high) = (0, values.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if length(above: values[middle], difference, stretches[...]) <= .pi {
                high = middle
            } else {
                low = middle + 1
            }
        }
        if low == 0 { return values[0] }
        var (a, b) = (values[low - 1], values[low])
        if length(above: b, difference, stretches[...]) == .pi { return b }
        // Between two neighbouring values only the stretches that span both change their share.
        let (lowest, highest) = (a, b)
        let spanning = stretches.filter {
            min($0.left, $0.right) <= lowest && max($0.left, $0.right) >= highest
        }
        var above = 0.0
        for stretch in stretches where min(stretch.left, stretch.right) >= highest {
            above += stretch.length
        }
        for _ in 0..<60 where b - a > 1e-15 {
            let c = (a + b) / 2
            if above + length(above: c, difference, spanning[...]) <= .pi { b = c } else { a = c }
        }
        return b
    }

    /// The length of where D > c.
    private static func length(
        above c: Double, _ difference: CumulativeDifference,
        _ stretches: ArraySlice<CumulativeDifference.Stretch>
    ) -> Double {
        var sum = 0.0
        for stretch in stretches {
            if min(stretch.left, stretch.right) >= c && stretch.left + stretch.right > 2 * c {
                sum += stretch.length
            } else if max(stretch.left, stretch.right) > c {
                let θ = difference.crossing(of: c, in: stretch)
                let before = θ - stretch.start
                sum += stretch.left > c ? before : stretch.length - before
            }
        }
        return sum
    }
}
