import CFFTW
import CVectorMath
import Foundation

/// Discrete Fourier transforms of real arrays of one length, by FFTW.
///
///     analysis   X_k = Σ_j x_j e^{-2πi jk/n},   k = 0 … n/2
///     synthesis  x_j = Σ_k X_k e^{+2πi jk/n}    (the Hermitian completion of X; unnormalised)
///
/// Complex arrays are interleaved pairs (re, im) of n + 2 numbers. Plans are made with
/// FFTW_ESTIMATE, so that the same length gives the same bits in every run on one machine, and for
/// 16-byte aligned arrays, which Swift's are. Cost O(n log n), no allocation. Up to length 4096 FFTW's
/// complex transform of length n/2 with a sweep of our own is faster than its real ones.
/// Source: M. Frigo, S. G. Johnson, Proc. IEEE 93 (2005) 216, doi:10.1109/JPROC.2004.840301.
public final class RealFFT: @unchecked Sendable {
    /// Which effort FFTW spends on a plan.
    public enum Planning: Sendable {
        /// Reproducible from run to run.
        case estimate
        /// Faster transforms; other bits from run to run.
        case measure
    }

    /// Length n of the real arrays, even.
    public let length: Int
    private let analysisPlan: fftw_plan
    private let synthesisPlan: fftw_plan
    /// Of transforms by complex ones of length n/2; else empty.
    private let twiddles: [Double]

    private static let longestByHalves = 4096

    /// Cost of a transform of length n in butterflies of a complex one; measured with FFTW 3.3.10.
    public static func cost(length n: Int) -> Double {
        (n <= longestByHalves ? 0.5 : 0.75) * Double(n) * log2(Double(n))
    }

    /// Plans transforms of even `length`.
    public init(length: Int, planning: Planning = .estimate) {
        precondition(length >= 2 && length % 2 == 0, "the length of a real FFT is even")
        self.length = length
        var real = [Double](repeating: 0, count: length)
        var complex = [Double](repeating: 0, count: length + 2)
        let flags = FFTWPlanner.flags(planning) | FFTW_DESTROY_INPUT
        let half = Int32(length / 2)
        let isByHalves = length <= Self.longestByHalves
        (analysisPlan, synthesisPlan) = FFTWPlanner.exclusively {
            real.withUnsafeMutableBufferPointer { x in
                complex.withUnsafeMutableBufferPointer { z in
                    let (pairs, z) = (FFTWPlanner.aligned(x), FFTWPlanner.aligned(z))
                    if isByHalves {
                        return (
                            fftw_plan_dft_1d(half, pairs, z, FFTW_FORWARD, flags),
                            fftw_plan_dft_1d(half, z, pairs, FFTW_BACKWARD, flags)
                        )
                    }
                    return (
                        fftw_plan_dft_r2c_1d(Int32(length), x.baseAddress!, z, flags),
                        fftw_plan_dft_c2r_1d(Int32(length), z, x.baseAddress!, flags)
                    )
                }
            }
        }
        twiddles =
            isByHalves
            ? Array(unsafeUninitializedCapacity: tf_real_twiddle_count(length / 2)) {
                tf_real_twiddles(length / 2, $0.baseAddress!)
                $1 = $0.count
            } : []
    }

    deinit {
        FFTWPlanner.exclusively {
            fftw_destroy_plan(analysisPlan)
            fftw_destroy_plan(synthesisPlan)
        }
    }

    /// Writes the coefficients of `real` into `complex`; `real` is overwritten.
    @inline(__always)
    public func analyse(_ real: inout [Double], into complex: inout [Double]) {
        precondition(real.count == length && complex.count == length + 2)
        real.withUnsafeMutableBufferPointer { x in
            complex.withUnsafeMutableBufferPointer { z in
                analyse(x.baseAddress!, into: z.baseAddress!)
            }
        }
    }

    /// The same for numbers in memory, aligned to 16 bytes: n real ones, n + 2 complex ones.
    @inline(__always)
    func analyse(_ real: UnsafeMutablePointer<Double>, into complex: UnsafeMutablePointer<Double>) {
        complex.withMemoryRebound(to: fftw_complex.self, capacity: length / 2 + 1) { z in
            if twiddles.isEmpty { return fftw_execute_dft_r2c(analysisPlan, real, z) }
            real.withMemoryRebound(to: fftw_complex.self, capacity: length / 2) {
                fftw_execute_dft(analysisPlan, $0, z)
            }
            tf_real_analysis(length / 2, twiddles, complex)
        }
    }

    /// Writes the values of the series `complex`, zero beyond the degree `top`, into `real`.
    ///
    /// `complex` is overwritten.
    @inline(__always)
    public func synthesise(
        _ complex: inout [Double], upTo top: Int = .max, into real: inout [Double]
    ) {
        precondition(real.count == length && complex.count == length + 2 && top >= 0)
        real.withUnsafeMutableBufferPointer { x in
            complex.withUnsafeMutableBufferPointer { z in
                synthesise(z.baseAddress!, upTo: top, into: x.baseAddress!)
            }
        }
    }

    /// The same for numbers in memory, aligned to 16 bytes: n + 2 complex ones, n real ones.
    @inline(__always)
    func synthesise(
        _ complex: UnsafeMutablePointer<Double>, upTo top: Int = .max,
        into real: UnsafeMutablePointer<Double>
    ) {
        complex.withMemoryRebound(to: fftw_complex.self, capacity: length / 2 + 1) { z in
            if twiddles.isEmpty { return fftw_execute_dft_c2r(synthesisPlan, z, real) }
            tf_real_synthesis(length / 2, top, twiddles, complex)
            real.withMemoryRebound(to: fftw_complex.self, capacity: length / 2) {
                fftw_execute_dft(synthesisPlan, z, $0)
            }
        }
    }

    /// The version of FFTW that is linked.
    public static var libraryVersion: String { String(cString: tf_fftw_version()) }
}
