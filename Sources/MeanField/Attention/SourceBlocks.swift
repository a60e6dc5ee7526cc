import CVectorMath
import Foundation

/// Which of many sources count at a point, by blocks of consecutive ones.
///
///     Σ_j m_j e^{β'(cos(x - y_j)) - |β'|}
///
/// For each block of 32 sources the arc that holds them and their mass bound what it can contribute. A
/// block is left out where all of it stays below e^{-80} of the largest contribution. A block so narrow
/// that the kernel changes by less than e^{1/2} along it counts by twelve moments about its centre of
/// mass, which leave out less than 1e-12 of its contribution and keep the relative accuracy of its force
/// on its own sources. Sources that ascend make short arcs; others cost time, not accuracy.
struct SourceBlocks: Sendable {
    private static let size = 32
    /// Contributions below e^{-80} of the largest one do not count, not even beside the forces within a
    /// cluster as narrow as rounding.
    private static let depth = 80.0
    /// Largest β' times distance from the centre of mass in a block that counts by its moments.
    private static let narrow = 0.5

    private let inverseTemperature: Double
    private var count = 0
    private var origin = 0.0
    private var middles = [Double]()
    private var halves = [Double]()
    private var logMasses = [Double]()
    private var uppers = [Double]()
    /// Whether blocks count by moments, their centres of mass and moments, shape [12, blocks].
    private var isNarrow = [Bool]()
    private(set) var centres = [Double]()
    private(set) var moments = [Double]()
    /// Whether all sources lie in narrow blocks, on arcs of together at most 3/√β'.
    private(set) var isCondensed = false
    /// Sources in blocks that are not narrow.
    private(set) var wideCount = 0
    /// The arcs of the narrow blocks together.
    private(set) var narrowArc = 0.0
    /// Blocks that count where ``select(at:)`` was asked last, and sources that do but not by moments.
    private(set) var blockRanges = RangeList()
    private(set) var wideRanges = RangeList()
    /// The sources that count where ``select(at:)`` was asked last, at first all: indices, ascending.
    private(set) var ranges = RangeList()

    /// Ranges in memory that is kept.
    struct RangeList: Sendable {
        private var ranges = [Range<Int>]()
        private(set) var count = 0

        subscript(i: Int) -> Range<Int> { ranges[i] }

        mutating func makeRoom(for most: Int) {
            ranges = [Range<Int>](repeating: 0..<0, count: max(most, 1))
            count = 0
        }

        mutating func removeAll() { count = 0 }

        /// Appends a range, or continues the last one where it ends.
        mutating func append(_ range: Range<Int>) {
            if count > 0 && ranges[count - 1].upperBound == range.lowerBound {
                ranges[count - 1] = ranges[count - 1].lowerBound..<range.upperBound
            } else {
                ranges[count] = range
                count += 1
            }
        }
    }

    init(inverseTemperature: Double) {
        self.inverseTemperature = inverseTemperature
    }

    /// Takes new sources.
    mutating func update(angles: [Double], masses: [Double]) {
        count = angles.count
        let blocks = (count + Self.size - 1) / Self.size
        if middles.count != blocks {
            middles = [Double](repeating: 0, count: blocks)
            (halves, logMasses, uppers, centres) = (middles, middles, middles, middles)
            isNarrow = [Bool](repeating: false, count: blocks)
            moments = [Double](repeating: 0, count: Int(TF_MOMENTS) * blocks)
            ranges.makeRoom(for: blocks)
            blockRanges.makeRoom(for: blocks)
            wideRanges.makeRoom(for: blocks)
        }
        ranges.removeAll()
        ranges.append(0..<count)
        blockRanges.removeAll()
        blockRanges.append(0..<blocks)
        wideRanges.removeAll()
        origin = angles.first ?? 0
        (wideCount, narrowArc) = (0, 0)
        for b in 0..<blocks {
            let first = angles[b * Self.size]
            var (low, high, mass, moment) = (0.0, 0.0, 0.0, 0.0)
            var isOneTurn = true
            for j in sources(b) {
                let d = Self.reduced(angles[j] - first)
                isOneTurn = isOneTurn && d == angles[j] - first
                low = min(low, d)
                high = max(high, d)
                mass += masses[j]
                moment += masses[j] * d
            }
            let centre = moment / mass
            let reach = max(high - centre, centre - low) * max(abs(inverseTemperature), 1)
            let isNarrow = isOneTurn && mass > 0 && reach <= Self.narrow
            expand(b, about: first + centre, angles, masses, isNarrow: isNarrow)
            // Negative β' weighs the antipodes.
            let turn = inverseTemperature < 0 ? Double.pi : 0
            middles[b] = Self.reduced(first + (low + high) / 2 + turn - origin)
            halves[b] = (high - low) / 2 + 1e-15
            logMasses[b] = log(mass)
            if isNarrow {
                narrowArc += high - low
            } else {
                wideRanges.append(sources(b))
                wideCount += sources(b).count
            }
        }
        isCondensed =
            wideCount == 0 && narrowArc * max(abs(inverseTemperature), 1).squareRoot() <= 3
    }

    /// The sources of a block.
    func sources(_ block: Int) -> Range<Int> {
        (block * Self.size)..<min((block + 1) * Self.size, count)
    }

    /// Stores the moments of a block, or zeros where it is not narrow.
    private mutating func expand(
        _ block: Int, about centre: Double, _ angles: [Double], _ masses: [Double], isNarrow: Bool
    ) {
        self.isNarrow[block] = isNarrow
        centres[block] = isNarrow ? centre : 0
        var sums = (
            SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>()
        )
        let range = sources(block)
        withUnsafeMutableBytes(of: &sums) { bytes in
            let sums = bytes.assumingMemoryBound(to: Double.self)
            if isNarrow {
                angles.withUnsafeBufferPointer { y in
                    masses.withUnsafeBufferPointer { m in
                        tf_source_moments(
                            range.count, y.baseAddress! + range.lowerBound,
                            m.baseAddress! + range.lowerBound, centre, sums.baseAddress!)
                    }
                }
            }
            for k in 0..<sums.count { moments[k * middles.count + block] = sums[k] }
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
        ranges.removeAll()
        blockRanges.removeAll()
        wideRanges.removeAll()
        // A bound that is no number leaves nothing out.
        for b in 0..<middles.count where !(uppers[b] < lower - Self.depth) {
            blockRanges.append(b..<(b + 1))
            ranges.append(sources(b))
            if !isNarrow[b] { wideRanges.append(sources(b)) }
        }
        return lower
    }
}
