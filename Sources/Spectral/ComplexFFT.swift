import CFFTW

/// Discrete Fourier transforms of complex arrays of one length, by FFTW.
///
///     analysis   X_k = Σ_j x_j e^{-2πi jk/n},   k = 0 … n-1
///     synthesis  x_j = Σ_k X_k e^{+2πi jk/n}    (unnormalised)
///
/// Arrays are interleaved pairs (re, im) of 2n numbers; both transforms leave their operand as it is.
/// Plans as for ``RealFFT``. Cost O(n log n), no allocation.
public final class ComplexFFT: @unchecked Sendable {
    /// Length n of the complex arrays.
    public let length: Int
    private let analysisPlan: fftw_plan
    private let synthesisPlan: fftw_plan

    /// Plans transforms of `length`.
    public init(length: Int, planning: RealFFT.Planning = .estimate) {
        precondition(length >= 1, "the length of an FFT is positive")
        self.length = length
        var source = [Double](repeating: 0, count: 2 * length)
        var target = source
        let flags = FFTWPlanner.flags(planning) | FFTW_PRESERVE_INPUT
        (analysisPlan, synthesisPlan) = FFTWPlanner.exclusively {
            source.withUnsafeMutableBufferPointer { x in
                target.withUnsafeMutableBufferPointer { z in
                    let (x, z) = (FFTWPlanner.aligned(x), FFTWPlanner.aligned(z))
                    return (
                        fftw_plan_dft_1d(Int32(length), x, z, FFTW_FORWARD, flags),
                        fftw_plan_dft_1d(Int32(length), x, z, FFTW_BACKWARD, flags)
                    )
                }
            }
        }
    }

    deinit {
        FFTWPlanner.exclusively {
            fftw_destroy_plan(analysisPlan)
            fftw_destroy_plan(synthesisPlan)
        }
    }

    /// Writes the coefficients of `values` into `coefficients`.
    public func analyse(_ values: [Double], into coefficients: inout [Double]) {
        execute(analysisPlan, values, into: &coefficients)
    }

    /// Writes the values of the series `coefficients` into `values`.
    public func synthesise(_ coefficients: [Double], into values: inout [Double]) {
        execute(synthesisPlan, coefficients, into: &values)
    }

    private func execute(_ plan: fftw_plan, _ source: [Double], into target: inout [Double]) {
        precondition(source.count == 2 * length && target.count == 2 * length)
        source.withUnsafeBytes { x in
            target.withUnsafeMutableBytes { z in
                // FFTW declares its operand mutable; FFTW_PRESERVE_INPUT has it left alone.
                fftw_execute_dft(
                    plan,
                    UnsafeMutablePointer(
                        mutating: x.baseAddress!.assumingMemoryBound(to: fftw_complex.self)),
                    z.baseAddress!.assumingMemoryBound(to: fftw_complex.self))
            }
        }
    }
}
