import Foundation
import Spectral
import Testing

/// Transforms against the sums that define them.
@Suite struct RealFFTTests {
    static let lengths = [2, 4, 6, 10, 16, 30, 64, 254, 1000]

    /// Numbers without structure in [-1, 1].
    static func sample(_ n: Int) -> [Double] {
        (0..<n).map { sin(12.9898 * Double($0 + 1) * Double($0 + 1)) }
    }

    @Test(arguments: lengths) func analysisIsTheDirectSum(n: Int) {
        let x = Self.sample(n)
        var (work, spectrum) = (x, [Double](repeating: .nan, count: n + 2))
        RealFFT(length: n).analyse(&work, into: &spectrum)
        for k in 0...(n / 2) {
            var (re, im) = (0.0, 0.0)
            for j in 0..<n {
                let angle = 2 * .pi * Double(j * k % n) / Double(n)
                re += x[j] * cos(angle)
                im -= x[j] * sin(angle)
            }
            #expect(abs(spectrum[2 * k] - re) < 1e-15 * Double(n))
            #expect(abs(spectrum[2 * k + 1] - im) < 1e-15 * Double(n))
        }
    }

    @Test(arguments: lengths) func synthesisIsTheHermitianSeries(n: Int) {
        var spectrum = Self.sample(n + 2)
        spectrum[1] = 0
        spectrum[n + 1] = 0
        let given = spectrum
        var values = [Double](repeating: .nan, count: n)
        RealFFT(length: n).synthesise(&spectrum, into: &values)
        for j in 0..<n {
            var sum = given[0] + given[n] * (j % 2 == 0 ? 1 : -1)
            for k in 1..<max(n / 2, 1) where k < n / 2 {
                let angle = 2 * .pi * Double(j * k % n) / Double(n)
                sum += 2 * (given[2 * k] * cos(angle) - given[2 * k + 1] * sin(angle))
            }
            #expect(abs(values[j] - sum) < 1e-15 * Double(n))
        }
    }

    @Test(arguments: lengths) func synthesisUndoesAnalysis(n: Int) {
        let x = Self.sample(n)
        let fft = RealFFT(length: n)
        var (work, spectrum) = (x, [Double](repeating: 0, count: n + 2))
        fft.analyse(&work, into: &spectrum)
        fft.synthesise(&spectrum, into: &work)
        for j in 0..<n { #expect(abs(work[j] / Double(n) - x[j]) < 4e-15) }
    }

    /// Series that end at a degree, and what stands in the imaginary parts of X_0 and X_{n/2}.
    @Test(arguments: lengths) func degreesBeyondTheLastAreZero(n: Int) {
        for top in [0, 1, n / 8, n / 4, n / 2] {
            var spectrum = (0..<(n + 2)).map { $0 < 2 * top + 2 ? sin(Double($0 * $0)) : 0 }
            spectrum[1] = 0
            spectrum[n + 1] = 0
            var (whole, few) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
            var odd = spectrum
            odd[1] = 3
            if top == n / 2 { odd[n + 1] = -2 }
            RealFFT(length: n).synthesise(&spectrum, into: &whole)
            RealFFT(length: n).synthesise(&odd, upTo: top, into: &few)
            for j in 0..<n { #expect(abs(whole[j] - few[j]) < 1e-15 * Double(top + 1)) }
        }
    }

    @Test func equalPlansGiveEqualBits() {
        var (a, b) = (Self.sample(1000), Self.sample(1000))
        var (p, q) = ([Double](repeating: 0, count: 1002), [Double](repeating: 0, count: 1002))
        RealFFT(length: 1000).analyse(&a, into: &p)
        RealFFT(length: 1000).analyse(&b, into: &q)
        #expect(p == q)
    }
}
