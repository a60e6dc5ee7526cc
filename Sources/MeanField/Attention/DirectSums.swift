import CVectorMath
import Foundation

/// Scaled sums of the kernel e^{β' cos - |β'|} over weighted points, however small they are.
///
///     W(x) = Σ_j m_j e_j,   g(x) = Σ_j m_j e_j sin d_j,   e_j = e^{β'(cos d_j) - |β'|},   d_j = y_j - x
///
/// Errors are a few ulp of the sums of absolute values, and 1e-12 of what narrow blocks of sources
/// contribute. Cost: O(sources near x), or their blocks where these are narrow (``SourceBlocks``).
struct DirectSums: TargetRuns.Exact, Sendable {
    /// Smaller masses do not count: a scaled contribution over its mass has to be a number.
    static let leastMass = 1e-300

    /// β' of either sign.
    let inverseTemperature: Double
    private(set) var angles = [Double]()
    private(set) var masses = [Double]()
    private var blocks: SourceBlocks
    private var blocksAreCurrent = true

    init(inverseTemperature: Double) {
        self.inverseTemperature = inverseTemperature
        blocks = SourceBlocks(inverseTemperature: inverseTemperature)
    }

    /// Takes the points with the given angles and masses.
    mutating func setSources(angles: [Double], masses: [Double]) {
        precondition(angles.count == masses.count)
        // Element by element: shared storage would make the owner copy it at its next change.
        if self.angles.count != angles.count {
            self.angles = [Double](repeating: 0, count: angles.count)
        }
        for j in 0..<angles.count { self.angles[j] = angles[j] }
        if self.masses.count != masses.count {
            self.masses = [Double](repeating: 0, count: masses.count)
        }
        for j in 0..<masses.count {
            self.masses[j] = masses[j] < Self.leastMass ? 0 : masses[j]
        }
        blocksAreCurrent = false
    }

    /// Finds the blocks of new sources.
    mutating func prepare() {
        if blocksAreCurrent { return }
        blocks.update(angles: angles, masses: masses)
        blocksAreCurrent = true
    }

    /// Whether all sources lie in few narrow clusters; after ``prepare()``.
    var isCondensed: Bool { blocks.isCondensed }

    /// Sources that do not count by moments; after ``prepare()``.
    var wideCount: Int { blocks.wideCount }
    /// The arcs of those that do, together; after ``prepare()``.
    var narrowArc: Double { blocks.narrowArc }

    private var factors: (sine: Double, cosine: Double) {
        inverseTemperature >= 0 ? (inverseTemperature, 0) : (0, -inverseTemperature)
    }

    /// W e^{shift} and g e^{shift} at x; `shift` is 0 unless W might underflow.
    mutating func sums(at x: Double) -> TargetRuns.Sums {
        prepare()
        let (a, b) = factors
        // Not as an argument: the call would hold a copy of this value, and the blocks be copied.
        let largest = blocks.select(at: x)
        let shift = shift(largest: largest, blocks.ranges, at: x)
        var sums = SIMD2<Double>()
        for i in 0..<blocks.wideRanges.count {
            add(blocks.wideRanges[i], to: &sums) { tf_kernel_sums($0, $1, $2, x, a, b, shift, $3) }
        }
        let (β, centres, moments) = (inverseTemperature, blocks.centres, blocks.moments)
        for i in 0..<blocks.blockRanges.count {
            let range = blocks.blockRanges[i]
            withUnsafeMutableBytes(of: &sums) {
                tf_block_sums(
                    range.lowerBound, range.upperBound, centres.count, centres, moments, x, β,
                    shift, $0.baseAddress!.assumingMemoryBound(to: Double.self))
            }
        }
        return (sums[0], sums[1], shift)
    }

    /// Times e^{shift}: Σ m e, Σ m e sin d, Σ m e cos d, Σ m e sin² d, Σ m e sin d cos d, Σ m e sin³ d.
    ///
    /// Faster after ``prepare()``.
    func moments(at x: Double) -> (sums: SIMD8<Double>, shift: Double) {
        if !blocksAreCurrent {
            var prepared = self
            prepared.prepare()
            return prepared.moments(at: x)
        }
        let (a, b) = factors
        var (ranges, largest) = (blocks.ranges, -Double.infinity)
        if !blocks.isSingle {
            var blocks = blocks
            largest = blocks.select(at: x)
            ranges = blocks.ranges
        }
        let shift = shift(largest: largest, ranges, at: x)
        var sums = SIMD8<Double>()
        for i in 0..<ranges.count {
            add(ranges[i], to: &sums) { tf_kernel_moments($0, $1, $2, x, a, b, shift, $3) }
        }
        return (sums, shift)
    }

    /// The shift of the exponents at x, where `largest` bounds the logarithm of the largest
    /// contribution from below: 0 unless e^{-2|β'|} leaves the range of Double.
    private func shift(largest: Double, _ ranges: SourceBlocks.RangeList, at x: Double) -> Double {
        let (a, b) = factors
        guard largest < -300, a + b >= 150 else { return 0 }
        var exponent = -Double.infinity
        angles.withUnsafeBufferPointer { y in
            masses.withUnsafeBufferPointer { m in
                for i in 0..<ranges.count {
                    let (start, count) = (ranges[i].lowerBound, ranges[i].count)
                    guard count > 0 else { continue }
                    exponent = max(
                        exponent,
                        tf_kernel_exponent(
                            count, y.baseAddress! + start, m.baseAddress! + start, x, a, b))
                }
            }
        }
        return exponent.isFinite ? -exponent : 0
    }

    /// Adds what `kernel` makes of the sources `range`.
    @inline(__always)
    private func add<Sums: SIMD<Double>>(
        _ range: Range<Int>, to total: inout Sums,
        kernel: (Int, UnsafePointer<Double>, UnsafePointer<Double>, UnsafeMutablePointer<Double>)
            -> Void
    ) {
        if range.isEmpty { return }
        var part = Sums()
        angles.withUnsafeBufferPointer { y in
            masses.withUnsafeBufferPointer { m in
                withUnsafeMutableBytes(of: &part) {
                    kernel(
                        range.count, y.baseAddress! + range.lowerBound,
                        m.baseAddress! + range.lowerBound,
                        $0.baseAddress!.assumingMemoryBound(to: Double.self))
                }
            }
        }
        total += part
    }
}
