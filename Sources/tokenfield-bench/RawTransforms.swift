import CFFTW

/// The transforms that a plain right-hand side is made of, and nothing else: FFTW called from C.
///
/// `synthesisCount` transforms complex to real and one real to complex, of length n; out of place,
/// aligned, preallocated, one thread. The data are zeros, which take the same time as others.
final class RawTransforms {
    private let real: UnsafeMutablePointer<Double>
    private let complex: UnsafeMutablePointer<fftw_complex>
    private let synthesis: fftw_plan
    private let analysis: fftw_plan
    private let synthesisCount: Int

    init(length n: Int, synthesisCount: Int, flag: UInt32) {
        self.synthesisCount = synthesisCount
        real = fftw_alloc_real(n)
        complex = fftw_alloc_complex(n / 2 + 1)
        synthesis = fftw_plan_dft_c2r_1d(Int32(n), complex, real, flag | FFTW_DESTROY_INPUT)
        analysis = fftw_plan_dft_r2c_1d(Int32(n), real, complex, flag | FFTW_DESTROY_INPUT)
        // What MEASURE found would otherwise be used for every later plan, ESTIMATE or not.
        fftw_forget_wisdom()
        for i in 0..<n { real[i] = 0 }
        for i in 0...(n / 2) { complex[i] = (0, 0) }
    }

    deinit {
        fftw_destroy_plan(synthesis)
        fftw_destroy_plan(analysis)
        fftw_free(real)
        fftw_free(complex)
    }

    func execute() {
        for _ in 0..<synthesisCount { fftw_execute(synthesis) }
        fftw_execute(analysis)
    }
}
