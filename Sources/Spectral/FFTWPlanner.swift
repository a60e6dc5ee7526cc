import CFFTW
import Foundation

/// What all users of FFTW's planner share: it is not thread-safe, and plans are made for aligned arrays.
enum FFTWPlanner {
    private static let lock = NSLock()

    /// Runs `body` alone among all users of the planner.
    static func exclusively<Result>(_ body: () -> Result) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return body()
    }

    /// The complex array that a Swift array of pairs is, checked to be aligned for vector instructions.
    static func aligned(
        _ pairs: UnsafeMutableBufferPointer<Double>
    ) -> UnsafeMutablePointer<fftw_complex> {
        precondition(
            fftw_alignment_of(pairs.baseAddress!) == 0, "FFTW wants arrays aligned to 16 bytes")
        return UnsafeMutableRawPointer(pairs.baseAddress!).assumingMemoryBound(
            to: fftw_complex.self)
    }

    /// FFTW's flags for a way of planning.
    static func flags(_ planning: RealFFT.Planning) -> UInt32 {
        planning == .estimate ? FFTW_ESTIMATE : FFTW_MEASURE
    }
}
