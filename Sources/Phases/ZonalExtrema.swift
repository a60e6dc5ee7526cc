import Foundation
import MeanField

/// The local maxima of W*μ of a zonal measure over the angle θ ∈ [0, π] to its axis, and the minima
/// between them.
///
/// Extrema are sign changes of the pull (d log W/dθ)/b on a grid finer than the kernel, refined inside
/// brackets; pairs that hide between grid points are looked for where the pull comes close to zero. A pole
/// is a maximum where the pull per angle points to it.
struct ZonalExtrema {
    /// One extremum.
    struct Extremum {
        var angle: Double
        /// log W there.
        var value: Double
    }

    /// Local maxima, ascending in angle.
    private(set) var maxima = [Extremum]()
    /// `minima[i]` lies between maxima i and i + 1.
    private(set) var minima = [Extremum]()
    /// The least log W, at the grid, the poles and the minima.
    private var lowest = Double.infinity
    private var potential: ZonalPotential

    /// A point of the grid with the pull there.
    private struct Sample {
        var angle: Double
        var pull: Double
        var rises: Bool { pull > 0 }
    }

    init(of measure: ZonalMeasure, sharpness b: Double) {
        potential = measure.potential(sharpness: b)
        // Odd: no point on the equator, where rounding would decide of even measures.
        let count = 2 * Int((.pi * 5 * b.squareRoot()).rounded(.up)) + 33
        var samples = [Sample(angle: 0, pull: potential.poleSlope(isOpposite: false))]
        for i in 1..<count { samples.append(sample(at: .pi * Double(i) / Double(count))) }
        samples.append(Sample(angle: .pi, pull: potential.poleSlope(isOpposite: true)))
        var crossings = [(angle: Double, isMaximum: Bool)]()
        if !samples[0].rises { crossings.append((0, true)) }
        for i in 1..<samples.count {
            // A pair of roots beside a point where the pull comes close to zero and turns.
            if i > 1, i + 2 < samples.count,
                let dip = dip(samples[i - 1], samples[i], samples[i + 1])
            {
                crossings.append((root(samples[i - 1], dip), !dip.rises))
                crossings.append((root(dip, samples[i + 1]), dip.rises))
            }
            let (a, b) = (samples[i - 1], samples[i])
            if a.rises != b.rises { crossings.append((root(a, b), a.rises)) }
        }
        if samples.last!.rises { crossings.append((.pi, true)) }
        crossings.sort { $0.angle < $1.angle }
        for crossing in crossings {
            let extremum = extremum(at: crossing.angle)
            if crossing.isMaximum {
                if maxima.count == minima.count { maxima.append(extremum) }
            } else if minima.count < maxima.count {
                minima.append(extremum)
            }
        }
        if minima.count == maxima.count && !minima.isEmpty { minima.removeLast() }
        for angle in [0, .pi / 2, .pi] + crossings.map(\.angle) {
            lowest = min(lowest, extremum(at: angle).value)
        }
    }

    private mutating func sample(at angle: Double) -> Sample {
        Sample(angle: angle, pull: potential.velocity(at: angle))
    }

    private mutating func extremum(at angle: Double) -> Extremum {
        Extremum(angle: angle, value: potential.logarithm(at: angle))
    }

    /// Where the pull has the other sign than at three neighbours, of which the middle one is the least.
    private mutating func dip(_ a: Sample, _ b: Sample, _ c: Sample) -> Sample? {
        guard a.rises == b.rises, b.rises == c.rises, abs(b.pull) <= abs(a.pull),
            abs(b.pull) <= abs(c.pull), abs(b.pull) < 0.1 * max(abs(a.pull), abs(c.pull))
        else { return nil }
        let sign: Double = b.rises ? 1 : -1
        // Golden section for the least sign · pull.
        let ratio = (5.0.squareRoot() - 1) / 2
        var (low, high) = (a.angle, c.angle)
        var left = sample(at: high - ratio * (high - low))
        var right = sample(at: low + ratio * (high - low))
        for _ in 0..<40 {
            for probe in [left, right] where probe.rises != b.rises { return probe }
            if sign * left.pull < sign * right.pull {
                (high, right) = (right.angle, left)
                left = sample(at: high - ratio * (high - low))
            } else {
                (low, left) = (left.angle, right)
                right = sample(at: low + ratio * (high - low))
            }
        }
        return nil
    }

    /// The root of the pull between two points where it has different signs: regula falsi, with the weight
    /// of an end that stays halved (Illinois).
    private mutating func root(_ start: Sample, _ end: Sample) -> Double {
        var (a, b) = (start, end)
        var last: Sample?
        for _ in 0..<100 {
            // At the poles the pull stands per angle: only its sign counts.
            let isEnd = a.angle == 0 || b.angle == .pi
            let share = isEnd ? 0.5 : a.pull / (a.pull - b.pull)
            let middle = a.angle + share * (b.angle - a.angle)
            guard middle > a.angle, middle < b.angle else { break }
            let found = sample(at: middle)
            let isRepeated = last?.rises == found.rises
            let change = abs(middle - (last?.angle ?? -1))
            last = found
            if found.pull == 0 || change <= 4e-16 * max(1, middle) { break }
            if found.rises == a.rises {
                a = found
                if isRepeated { b.pull /= 2 }
            } else {
                b = found
                if isRepeated { a.pull /= 2 }
            }
        }
        return last?.angle ?? (a.angle + b.angle) / 2
    }

    /// Removes maxima that rise above the higher of their minima by no more than `share` of W.
    ///
    /// A removed maximum joins the neighbour across that minimum, unless both basins hold one of the
    /// angles `apart`. Where W is flat, all of it within `share`, no maximum is left.
    mutating func removeFlat(share: Double, keeping apart: [Double] = []) {
        // W_max - W_saddle ≤ share · W_max in logarithms.
        let least = -log1p(-share)
        let top = maxima.reduce(-.infinity) { max($0, $1.value) }
        if top - lowest <= least {
            (maxima, minima) = ([], [])
        }
        while maxima.count > 1 {
            var weakest = (index: 0, rise: Double.infinity, saddle: 0)
            for i in maxima.indices {
                for saddle in [i - 1, i] where minima.indices.contains(saddle) {
                    let isHigher = [i - 1, i].allSatisfy {
                        !minima.indices.contains($0) || minima[$0].value <= minima[saddle].value
                    }
                    let rise = maxima[i].value - minima[saddle].value
                    guard isHigher, rise <= least, rise < weakest.rise else { continue }
                    let neighbour = saddle == i ? i + 1 : i - 1
                    let isKept = [i, neighbour].allSatisfy { index in
                        apart.contains { basin(index).contains($0) }
                    }
                    if !isKept { weakest = (i, rise, saddle) }
                }
            }
            if weakest.rise > least { return }
            maxima.remove(at: weakest.index)
            minima.remove(at: weakest.saddle)
        }
    }

    /// The angles of the basin of maximum i.
    func basin(_ i: Int) -> ClosedRange<Double> {
        (i == 0 ? 0 : minima[i - 1].angle)...(i == minima.count ? .pi : minima[i].angle)
    }
}
