import CVectorMath
import Foundation

/// Attention sums at many close targets from exact ones at a few of them.
///
///     q(x) = g(x)/W(x) and log W(x)
///
/// vary on scales that do not depend on the number of targets. On a run of ascending targets they are
/// interpolated between twelve of them (six on a very short run), near Chebyshev points, and compared
/// with exact sums at some targets far from these. What is seen there, four times, counts as the
/// error. Where it exceeds
/// 4e-11 |q|, a lower bound of the accuracy that is promised (``PointPotential``), or 1e-11 in log W,
/// the run is halved; single targets that need more get their own sums.
/// Cost: O(sources) for each of the few targets, O(1) for the others.
struct TargetRuns: Sendable {
    /// Sums at one target: W = potential · e^{-shift}, g in the same scale.
    typealias Sums = (potential: Double, gradient: Double, shift: Double)

    /// What knows the sums at any target.
    protocol Exact {
        mutating func sums(at x: Double) -> Sums
    }

    /// Nodes of a run, and of one so short that the kernel hardly changes along it.
    private static let (nodes, fewNodes) = (12, 6)
    /// Scale of a short run in units of 1/β.
    private static let shortArc = 0.05
    /// Fewer targets than this are cheaper one by one.
    private static let shortest = 40
    /// Runs are split to this length, beyond which twelve nodes rarely do.
    private static let longestArc = 0.5

    private let steepness: Double
    private var picked = [Int](repeating: 0, count: nodes)
    private var positions = [Double](repeating: 0, count: nodes)
    private var quotients = [Double](repeating: 0, count: nodes)
    private var logarithms = [Double](repeating: 0, count: nodes)
    private var values = [Double]()
    private var logs = [Double]()

    /// Runs for a kernel whose exponent has slopes up to `steepness`.
    init(steepness: Double) {
        self.steepness = steepness
    }

    /// Fills the sums at the targets that are not `done` from `exact` ones.
    mutating func fill(
        except done: [Bool], of targets: [Double], gradient: inout [Double],
        potential: inout [Double], shift: inout [Double], exact: inout some Exact
    ) {
        var start = 0
        while start < targets.count {
            if done[start] {
                start += 1
                continue
            }
            var end = start + 1
            while end < targets.count && !done[end] && targets[end] >= targets[end - 1] {
                end += 1
            }
            fill(
                start..<end, of: targets, gradient: &gradient, potential: &potential,
                shift: &shift, exact: &exact)
            start = end
        }
    }

    /// Fills the sums at the targets `range`, which ascend, from `exact` ones.
    private mutating func fill(
        _ range: Range<Int>, of targets: [Double], gradient: inout [Double],
        potential: inout [Double], shift: inout [Double], exact: inout some Exact
    ) {
        if values.count < targets.count {
            values = [Double](repeating: 0, count: targets.count)
            logs = values
        }
        let arc = targets[range.upperBound - 1] - targets[range.lowerBound]
        if range.count >= Self.shortest {
            if arc <= Self.longestArc,
                interpolate(
                    range, of: targets, gradient: &gradient, potential: &potential, shift: &shift,
                    exact: &exact)
            {
                return
            }
            let middle = range.lowerBound + range.count / 2
            for part in [range.lowerBound..<middle, middle..<range.upperBound] {
                fill(
                    part, of: targets, gradient: &gradient, potential: &potential, shift: &shift,
                    exact: &exact)
            }
            return
        }
        for i in range { (potential[i], gradient[i], shift[i]) = exact.sums(at: targets[i]) }
    }

    /// Fills the sums by interpolation; `false` where that is not accurate.
    private mutating func interpolate(
        _ range: Range<Int>, of targets: [Double], gradient: inout [Double],
        potential: inout [Double], shift: inout [Double], exact: inout some Exact
    ) -> Bool {
        let (first, last) = (targets[range.lowerBound], targets[range.upperBound - 1])
        guard last > first else { return false }
        let (middle, scale) = (targets[range.lowerBound + range.count / 2], 2 / (last - first))
        let isShort = (last - first) * max(steepness, 1) < Self.shortArc
        let count = isShort ? Self.fewNodes : Self.nodes
        guard pick(count, in: range, of: targets) else { return false }
        for k in 0..<count {
            // Far ones follow each other, for the stability of Newton's form: 5 is prime to both counts.
            let node = targets[picked[5 * k % count]]
            positions[k] = (node - middle) * scale
            let sums = exact.sums(at: node)
            quotients[k] = sums.gradient / sums.potential
            logarithms[k] = log(sums.potential) - sums.shift
        }
        var largest = 0.0
        for q in quotients[..<count] {
            guard q.isFinite else { return false }
            largest = max(largest, abs(q))
        }
        divideDifferences(count)
        targets.withUnsafeBufferPointer { x in
            values.withUnsafeMutableBufferPointer { p in
                logs.withUnsafeMutableBufferPointer { q in
                    let start = range.lowerBound
                    tf_newton(
                        range.count, x.baseAddress! + start, middle, scale, count, positions,
                        quotients, logarithms, p.baseAddress! + start, q.baseAddress! + start)
                }
            }
        }
        var error = 0x1p-48 * largest
        for k in stride(from: 1, to: count - 1, by: 3) {
            let i = (picked[k] + picked[k + 1]) / 2
            let sums = exact.sums(at: targets[i])
            error = max(error, 4 * abs(values[i] - sums.gradient / sums.potential))
            let logarithm = log(sums.potential) - sums.shift
            guard abs(logs[i] - logarithm) <= 1e-11 else { return false }
        }
        let least = error / 4e-11
        var lost = 0
        for i in range where !(abs(values[i]) >= least) { lost += 1 }
        guard 4 * lost <= range.count else { return false }
        for i in range {
            if abs(values[i]) >= least {
                (potential[i], gradient[i], shift[i]) = (1, values[i], -logs[i])
            } else {
                (potential[i], gradient[i], shift[i]) = exact.sums(at: targets[i])
            }
        }
        return true
    }

    /// Picks the targets next to the Chebyshev points of the run; `false` if they are too few.
    private mutating func pick(_ count: Int, in range: Range<Int>, of targets: [Double]) -> Bool {
        let (first, last) = (targets[range.lowerBound], targets[range.upperBound - 1])
        for k in 0..<count {
            let angle = Double.pi * (Double(k) + 0.5) / Double(count)
            let wanted = (first + last) / 2 - (last - first) / 2 * cos(angle)
            var (low, high) = (range.lowerBound, range.upperBound - 1)
            while low < high {
                let middle = (low + high) / 2
                if targets[middle] < wanted { low = middle + 1 } else { high = middle }
            }
            // A target between two nodes is needed for the checks.
            if k > 0 && (low < picked[k - 1] + 2 || targets[low] <= targets[picked[k - 1]]) {
                return false
            }
            picked[k] = low
        }
        return true
    }

    /// Replaces the values at the nodes by the coefficients of Newton's form.
    private mutating func divideDifferences(_ count: Int) {
        for level in 1..<count {
            for k in stride(from: count - 1, through: level, by: -1) {
                let width = positions[k] - positions[k - level]
                quotients[k] = (quotients[k] - quotients[k - 1]) / width
                logarithms[k] = (logarithms[k] - logarithms[k - 1]) / width
            }
        }
    }
}
