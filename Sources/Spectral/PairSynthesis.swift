import CVectorMath
import Foundation

/// Two real Fourier series on the same grid by one complex transform.
///
///     s f_j + i g_j = Σ_k (s a_k + i b_k) e^{2πi jk/n}      (Hermitian completions of a and b)
///
/// For the powers of two up to 512 this is faster than two real transforms (measured, FFTW 3.3.10,
/// estimated plans). s is the power of two that makes the two series equally large: each keeps its
/// errors relative to itself. Cost O(n log n), no allocation.
public struct PairSynthesis: Sendable {
    /// What the pair costs beside one real transform of this length, about.
    public static let cost = 1.25

    /// Number of grid points n.
    public let points: Int
    private let fft: ComplexFFT
    private var packed: [Double]
    private var values: [Double]
    /// 1/s of the last series.
    private var scale = 1.0

    /// `nil` where two real transforms are as good.
    public init?(points: Int, planning: RealFFT.Planning) {
        guard Self.isFaster(points: points) else { return nil }
        self.points = points
        fft = ComplexFFT(length: points, planning: planning)
        packed = [Double](repeating: 0, count: 2 * points)
        values = packed
    }

    /// Whether one complex transform beats two real ones.
    public static func isFaster(points: Int) -> Bool {
        points >= 32 && points <= 512 && points & (points - 1) == 0
    }

    /// Takes the coefficients of the two series, interleaved.
    ///
    /// Those of a from 0 to `first`, zero beyond, and of b from 0 to `second` ≥ `first`. g ≥ 0, so that
    /// b_0 is the largest of its coefficients.
    public mutating func synthesise(
        _ a: [Double], upTo first: Int, _ b: [Double], upTo second: Int
    ) {
        precondition(
            first <= second && 2 * second < points && a.count >= 2 * second + 2
                && b.count >= 2 * second + 2)
        let (x, y) = (tf_largest(a, 2 * first + 2), abs(b[0]))
        let isNumber = x > 0 && y > 0 && x.isFinite && y.isFinite
        let shift = isNumber ? min(max(Int(y.exponent - x.exponent), -1000), 1000) : 0
        scale = scalbn(1, -shift)
        tf_pack_series(points, second, scalbn(1, shift), a, b, &packed)
        fft.synthesise(packed, into: &values)
    }

    /// Writes f_j g_j/(g_j² + least).
    public func quotient(least: Double, into v: inout [Double]) {
        precondition(v.count == points)
        tf_pair_quotient(points, values, scale, least, &v)
    }

    /// Multiplies v_j by f_j g_j/(g_j² + least).
    public func multiplyByQuotient(least: Double, _ v: inout [Double]) {
        precondition(v.count == points)
        tf_multiply_pair_quotient(points, values, scale, least, &v)
    }

    /// Writes f_j g_j.
    public func product(into v: inout [Double]) {
        precondition(v.count == points)
        tf_pair_product(points, values, scale, &v)
    }
}
