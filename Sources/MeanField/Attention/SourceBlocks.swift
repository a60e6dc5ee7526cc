import CVectorMath
import Foundation

/// Which of many sources count at a point, by blocks of consecutive ones.
///
///     Σ_j m_j e^{β'(cos(x - y_j)) - |β'|}
///
/// For each block of 32 sources the arc that holds them and their mass bound what it can contribute. A
/// block is left out where all of it stays below e^{-80} of the largest contribution. Sources that
/// ascend make short arcs; others cost time, not accuracy.
struct SourceBlocks: Sendable {
    private static let size = 32
    /// Contributions below e^{-80} of the largest one do not count, not even beside the forces within a
    /// cluster as narrow as rounding.
    private static let depth = 80.0

    private let inverseTemperature: Double
    private var count = 0
    private var origin = 0.0
    private var middles = [Double]()
    private var halves = [Double]()
    private var logMasses = [Double]()
    private var uppers = [Double]()
    /// The sources that count where ``select(at:)`` was asked last, at first all: indices, ascending.
    private(set) var ranges = [Range<Int>]()

    init(inverseTemperature: Double) {
        self.inverseTemperature = inverseTemperature
    }

    /// Takes new sources.
    mutating func update(angles: [Double], masses: [Double]) {
        count = angles.count
        let blocks = (count + Self.size - 1) / Self.size
        if middles.count != blocks {
            middles = [Double](repeating: 0, count: blocks)
            (halves, logMasses, uppers) = (middles, middles, middles)
            ranges.reserveCapacity(blocks)
        }
        ranges.removeAll(keepingCapacity: true)
        ranges.append(0..<count)
        origin = angles.first ?? 0
        for b in 0..<blocks {
            let first = angles[b * Self.size]
            var (low, high, mass) = (0.0, 0.0, 0.0)
            for j in (b * Self.size)..<min((b + 1) * Self.size, count) {
                let d = Self.reduced(angles[j] - first)
                low = min(low, d)
                high = max(high, d)
                mass += masses[j]
            }
            // Negative β' weighs the antipodes.
            let turn = inverseTemperature < 0 ? Double.pi : 0
            middles[b] = Self.reduced(first + (low + high) / 2 + turn - origin)
            halves[b] = (high - low) / 2 + 1e-15
            logMasses[b] = log(mass)
        }
    }

    /// d modulo 2π, in [-π, π].
    @inline(__always)
    private static func reduced(_ d: Double) -> Double {
        if abs(d) <= .pi { return d }
        return remainder(d, 2 * .pi)
    }

    /// Whether all sources count everywhere.
    var isSingle: Bool { middles.count <= 1 }

    /// Finds what counts at x: ``ranges``, and a lower bound of the largest contribution's logarithm.
    mutating func select(at x: Double) -> Double {
        if isSingle { return -.infinity }
        let lower = tf_block_bounds(
            middles.count, middles, halves, logMasses, Self.reduced(x - origin),
            abs(inverseTemperature), &uppers)
        ranges.removeAll(keepingCapacity: true)
        var b = 0
        while b < middles.count {
            // A bound that is no number leaves nothing out.
            if uppers[b] < lower - Self.depth {
                b += 1
                continue
            }
            let start = b
            while b < middles.count && !(uppers[b] < lower - Self.depth) { b += 1 }
            ranges.append((start * Self.size)..<min(b * Self.size, count))
        }
        return lower
    }
}
