import Foundation
import MeanField

/// The local maxima and minima of W*μ on the circle.
///
/// Works with L = log W: extrema are the roots of L', found on a grid finer than the kernel and refined
/// by Newton's method inside brackets. Pairs of extrema that hide between two grid points are found
/// from L'' and L''' there, so that the disappearance of a maximum (a saddle-node, or a pitchfork of
/// equal clusters) is seen when it happens, not when the pair is one grid spacing apart.
struct PotentialExtrema {
    /// One extremum.
    struct Extremum {
        var angle: Double
        /// log W there.
        var value: Double
    }

    /// Local maxima, ascending in angle.
    private(set) var maxima = [Extremum]()
    /// `minima[i]` lies between maxima i and i + 1; the last one between the last and the first.
    private(set) var minima = [Extremum]()

    private let potential: PointPotential
    private let sharpness: Double

    init(of measure: CircleMeasure, sharpness b: Double, grid: inout PotentialGrid) {
        sharpness = b
        var potential = measure.potential(inverseTemperature: b)
        potential.logarithms(onGrid: &grid)
        self.potential = potential
        var roots = [Root]()
        for i in 0..<grid.count {
            let j = (i + 1) % grid.count
            let left = Sample(
                angle: grid.angle(i), value: grid.value[i], first: grid.first[i],
                second: grid.second[i])
            let right = Sample(
                angle: grid.angle(i + 1), value: grid.value[j], first: grid.first[j],
                second: grid.second[j])
            findRoots(between: left, and: right, into: &roots)
        }
        assemble(roots)
    }

    /// L and its derivatives at an angle.
    private struct Sample {
        var angle: Double
        var value: Double
        var first: Double
        var second: Double
        var rises: Bool { first > 0 }
    }

    private typealias Root = (extremum: Extremum, isMaximum: Bool)

    /// Appends the extrema in one grid interval, usually none or one: sign changes of L' between its own
    /// extrema.
    private func findRoots(between a: Sample, and b: Sample, into roots: inout [Root]) {
        var left = a
        for right in inflections(between: a, and: b) {
            if left.rises != right.rises { roots.append(refine(left, right)) }
            left = right
        }
        if left.rises != b.rises { roots.append(refine(left, b)) }
    }

    /// The extrema of L' between a and b, roots of L'', if they may bring additional roots of L'.
    private func inflections(between a: Sample, and b: Sample) -> [Sample] {
        if (a.second > 0) != (b.second > 0) {
            // One: L' may dip through zero and come back.
            guard a.rises == b.rises, a.rises == (a.second < 0) else { return [] }
            return [
                root(in: a, b, of: \.second, slope: \.third, from: (a.angle + b.angle) / 2)
            ]
        }
        // Two, with an extremum of L'' between. On the scale of the grid, where L' is a cubic with
        // |L''''| of about 2b², they need |L'| and |L''| well below √b and b.
        guard max(abs(a.second), abs(b.second)) < 0.25 * sharpness,
            min(abs(a.first), abs(b.first)) < 0.1 * sharpness.squareRoot()
        else { return [] }
        let sign = a.second < 0 ? 1.0 : -1.0
        let (p, q) = (potential.logarithm(at: a.angle), potential.logarithm(at: b.angle))
        guard sign * p.third > 0 && sign * q.third < 0 else { return [] }
        let crest = bisect(a, b) { sign * $0.third > 0 }
        guard sign * crest.second > 0 else { return [] }
        return [(a, crest), (crest, b)].map { left, right in
            root(
                in: left, right, of: \.second, slope: \.third,
                from: (left.angle + right.angle) / 2)
        }
    }

    private func sample(at angle: Double) -> Sample {
        let l = potential.logarithm(at: angle)
        return Sample(angle: angle, value: l.value, first: l.first, second: l.second)
    }

    private func bisect(_ a: Sample, _ b: Sample, while isLeft: (LogPotential) -> Bool) -> Sample {
        var (low, high) = (a.angle, b.angle)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if middle <= low || middle >= high { break }
            if isLeft(potential.logarithm(at: middle)) { low = middle } else { high = middle }
        }
        return sample(at: (low + high) / 2)
    }

    /// The root of a derivative of L that changes sign between a and b: Newton inside the bracket.
    private func root(
        in a: Sample, _ b: Sample, of f: KeyPath<LogPotential, Double>,
        slope: KeyPath<LogPotential, Double>, from guess: Double
    ) -> Sample {
        // As the caller saw it: at a symmetric grid point rounding decides, and differently each time.
        let startsPositive = f == \.first ? a.first > 0 : a.second > 0
        var (low, high) = (a.angle, b.angle)
        var (x, previous) = (guess, 0.0)
        for _ in 0..<100 {
            let l = potential.logarithm(at: x)
            if (l[keyPath: f] > 0) == startsPositive { low = x } else { high = x }
            let rounding = 4e-16 * max(1, abs(x))
            let next = x - l[keyPath: f] / l[keyPath: slope]
            if abs(next - x) <= rounding { break }
            guard next > low && next < high else {
                (x, previous) = ((low + high) / 2, 0)
                if high - low <= rounding { break }
                continue
            }
            // Ratios of steps square while Newton's method converges as it should; where two roots
            // are about to meet it is slower, and nothing is taken for granted.
            let change = abs(next - x)
            let ratio = change / previous
            (x, previous) = (next, change)
            if change * min(1, ratio * ratio) <= rounding { break }
        }
        return sample(at: x)
    }

    /// The root of L' between a and b, where it changes sign.
    private func refine(_ a: Sample, _ b: Sample) -> Root {
        let found = root(
            in: a, b, of: \.first, slope: \.second, from: Self.rootOfCubic(through: a, b))
        // The last sample gives one more step for nothing.
        let polish = found.first / found.second
        let angle = abs(polish) < 1e-9 ? found.angle - polish : found.angle
        return (Extremum(angle: angle, value: found.value), a.rises)
    }

    /// The root of the cubic with the values L' and slopes L'' of a and b.
    private static func rootOfCubic(through a: Sample, _ b: Sample) -> Double {
        let h = b.angle - a.angle
        // f(s) = p + s (q + s (r + s u)), s ∈ [0, 1].
        let (p, q, rise) = (a.first, h * a.second, b.first - a.first)
        let u = q + h * b.second - 2 * rise
        let r = rise - q - u
        // From the middle: an end may be another root, with a sign that rounding decides.
        var (low, high, s) = (0.0, 1.0, 0.5)
        for _ in 0..<20 {
            let value = p + s * (q + s * (r + s * u))
            if (value > 0) == a.rises { low = s } else { high = s }
            let next = s - value / (q + s * (2 * r + 3 * s * u))
            s = next > low && next < high ? next : (low + high) / 2
        }
        return min(max(a.angle + s * h, a.angle), b.angle)
    }

    private mutating func assemble(_ roots: [Root]) {
        guard let first = roots.firstIndex(where: \.isMaximum) else { return }
        let turned =
            Array(roots[first...])
            + roots[..<first].map { root in
                var next = root
                next.extremum.angle += 2 * .pi
                return next
            }
        for root in turned {
            let extremum = root.extremum
            // Rounding can only spoil the alternation where W is flat.
            if root.isMaximum {
                if maxima.count == minima.count { maxima.append(extremum) }
            } else if minima.count < maxima.count {
                minima.append(extremum)
            }
        }
        if minima.count < maxima.count { maxima.removeLast() }
    }

    /// Removes maxima that rise above the higher of their two minima by no more than `share` of W.
    ///
    /// A removed maximum joins the neighbour across that minimum, unless both basins hold one of the
    /// angles `apart`. Where W is flat, all of it within `share`, no maximum is left.
    mutating func removeFlat(share: Double, keeping apart: [Double] = []) {
        // W_max - W_saddle ≤ share · W_max in logarithms.
        let least = -log1p(-share)
        let top = maxima.reduce(-.infinity) { max($0, $1.value) }
        let bottom = minima.reduce(.infinity) { min($0, $1.value) }
        if top - bottom <= least {
            maxima = []
            minima = []
        }
        while maxima.count > 1 {
            var weakest = (index: 0, rise: Double.infinity, saddle: 0)
            for i in maxima.indices {
                let left = (i + minima.count - 1) % minima.count
                let saddle = minima[left].value > minima[i].value ? left : i
                let rise = maxima[i].value - minima[saddle].value
                guard rise <= least, rise < weakest.rise else { continue }
                let neighbour = saddle == i ? (i + 1) % maxima.count : left
                if basin(i, holdsAnyOf: apart) && basin(neighbour, holdsAnyOf: apart) { continue }
                weakest = (i, rise, saddle)
            }
            if weakest.rise > least { return }
            maxima.remove(at: weakest.index)
            minima.remove(at: weakest.saddle)
            if weakest.index == 0 && weakest.saddle == minima.count {
                // The minimum that stays lies before all maxima: one turn on it closes the circle.
                var first = minima.removeFirst()
                first.angle += 2 * .pi
                minima.append(first)
            }
        }
    }

    /// Whether the basin of maximum i, of several, holds one of the angles.
    private func basin(_ i: Int, holdsAnyOf angles: [Double]) -> Bool {
        let lower = minima[(i + minima.count - 1) % minima.count].angle
        func turns(_ x: Double) -> Double { x - 2 * .pi * (x / (2 * .pi)).rounded(.down) }
        let width = turns(minima[i].angle - lower)
        return angles.contains { turns($0 - lower) <= width }
    }
}
