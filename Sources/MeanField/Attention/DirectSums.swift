import CVectorMath
import Foundation

/// Scaled sums of the kernel e^{β' cos - |β'|} over weighted points, however small they are.
///
///     W(x) = Σ_j m_j e_j,   g(x) = Σ_j m_j e_j sin d_j,   e_j = e^{β'(cos d_j) - |β'|},   d_j = y_j - x
///
/// Errors are a few ulp of the sums of absolute values. Cost: O(sources near x), found by
/// ``SourceBlocks``.
struct DirectSums: Sendable {
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

    private var factors: (sine: Double, cosine: Double) {
        inverseTemperature >= 0 ? (inverseTemperature, 0) : (0, -inverseTemperature)
    }

    /// W e^{shift} and g e^{shift} at x; `shift` is 0 unless W might underflow.
    mutating func sums(at x: Double) -> (potential: Double, gradient: Double, shift: Double) {
        prepare()
        let (a, b) = factors
        let largest = blocks.select(at: x)
        let (sums, shift): (SIMD2<Double>, Double) =
            accumulate(blocks.ranges, largest: largest, at: x) {
                tf_kernel_sums($0, $1, $2, x, a, b, $3, $4)
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
        return accumulate(ranges, largest: largest, at: x) {
            tf_kernel_moments($0, $1, $2, x, a, b, $3, $4)
        }
    }

    /// The `sums` of the sources `ranges`, and the shift of their exponents.
    ///
    /// `largest` is a lower bound of the logarithm of the largest contribution.
    @inline(__always)
    private func accumulate<Sums: SIMD<Double>>(
        _ ranges: [Range<Int>], largest: Double, at x: Double,
        _ sums: (
            Int, UnsafePointer<Double>, UnsafePointer<Double>, Double, UnsafeMutablePointer<Double>
        ) -> Void
    ) -> (sums: Sums, shift: Double) {
        let (a, b) = factors
        return angles.withUnsafeBufferPointer { y in
            masses.withUnsafeBufferPointer { m in
                guard let y = y.baseAddress, let m = m.baseAddress else { return (Sums(), 0) }
                var shift = 0.0
                // e^{-2|β'|} leaves the range of Double.
                if largest < -300 && a + b >= 150 {
                    var exponent = -Double.infinity
                    for range in ranges {
                        let start = range.lowerBound
                        exponent = max(
                            exponent,
                            tf_kernel_exponent(range.count, y + start, m + start, x, a, b))
                    }
                    if exponent.isFinite { shift = -exponent }
                }
                var total = Sums()
                for range in ranges {
                    var part = Sums()
                    withUnsafeMutableBytes(of: &part) {
                        sums(
                            range.count, y + range.lowerBound, m + range.lowerBound, shift,
                            $0.baseAddress!.assumingMemoryBound(to: Double.self))
                    }
                    total += part
                }
                return (total, shift)
            }
        }
    }
}
