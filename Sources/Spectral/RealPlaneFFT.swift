import CFFTW

/// Discrete Fourier transforms of real n × n arrays, by FFTW.
///
///     analysis   X_kl = Σ_ij x_ij e^{-2πi(ik + jl)/n},   k = 0 … n - 1,   l = 0 … n/2
///     synthesis  x_ij = Σ_kl X_kl e^{+2πi(ik + jl)/n}    (the Hermitian completion of X; unnormalised)
///
/// Complex arrays are rows of n/2 + 1 interleaved pairs. Plans as in ``RealFFT``.
final class RealPlaneFFT: @unchecked Sendable {
    /// n, even.
    let length: Int
    private let analysisPlan: fftw_plan
    private let synthesisPlan: fftw_plan

    /// Plans transforms of even `length`.
    init(length: Int) {
        precondition(length >= 2 && length % 2 == 0, "the length of a real FFT is even")
        self.length = length
        var real = [Double](repeating: 0, count: length * length)
        var complex = [Double](repeating: 0, count: length * (length + 2))
        let (n, flags) = (Int32(length), FFTWPlanner.flags(.estimate))
        (analysisPlan, synthesisPlan) = FFTWPlanner.exclusively {
            real.withUnsafeMutableBufferPointer { x in
                complex.withUnsafeMutableBufferPointer { z in
                    let (x, z) = (x.baseAddress!, FFTWPlanner.aligned(z))
                    return (
                        fftw_plan_dft_r2c_2d(n, n, x, z, flags | FFTW_PRESERVE_INPUT),
                        fftw_plan_dft_c2r_2d(n, n, z, x, flags | FFTW_DESTROY_INPUT)
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

    /// Numbers of a complex array.
    var spectrumCount: Int { length * (length + 2) }

    /// Writes the coefficients of `real` into `complex`; arrays are aligned to 16 bytes.
    func analyse(_ real: UnsafePointer<Double>, into complex: UnsafeMutablePointer<Double>) {
        complex.withMemoryRebound(to: fftw_complex.self, capacity: spectrumCount / 2) {
            // The plan preserves its input.
            fftw_execute_dft_r2c(analysisPlan, UnsafeMutablePointer(mutating: real), $0)
        }
    }

    /// Writes the values of the series `complex` into `real`; `complex` is overwritten.
    func synthesise(
        _ complex: UnsafeMutablePointer<Double>, into real: UnsafeMutablePointer<Double>
    ) {
        complex.withMemoryRebound(to: fftw_complex.self, capacity: spectrumCount / 2) {
            fftw_execute_dft_c2r(synthesisPlan, $0, real)
        }
    }
}
