import Foundation
import Spectral

/// log W*μ and its first two derivatives on an equispaced grid of the circle.
///
/// The grid is fine beside the scale 1/√b of the kernel: spacing at most 1/(8√b).
package struct PotentialGrid: Sendable {
    /// Number of points.
    package let count: Int
    /// W at the points, in the scale of the multipliers; meaningless below the error of the modes.
    private(set) var potential: [Double]
    /// log W.
    package internal(set) var value: [Double]
    /// d log W/dθ.
    package internal(set) var first: [Double]
    /// d² log W/dθ².
    package internal(set) var second: [Double]

    private let fft: RealFFT
    private var spectrum: [Double]

    /// A grid for the kernel e^{b cos}.
    package init(sharpness b: Double) {
        let least = max(64, 16 * Double.pi * b.squareRoot())
        var n = 64
        while Double(n) < least { n *= 2 }
        count = n
        fft = RealFFT(length: n)
        spectrum = [Double](repeating: 0, count: n + 2)
        let zero = [Double](repeating: 0, count: n)
        (potential, value, first, second) = (zero, zero, zero, zero)
    }

    /// The angle of point i.
    package func angle(_ i: Int) -> Double { 2 * .pi * Double(i) / Double(count) }

    mutating func synthesise(
        re: [Double], im: [Double], multipliers: KernelMultipliers, β: Double, top: Int
    ) {
        let limit = min(top, count / 2 - 1)
        for derivative in 0...2 {
            for i in 0..<spectrum.count { spectrum[i] = 0 }
            if derivative == 0 { spectrum[0] = multipliers.kernel[0] * re[0] }
            for k in 1...limit {
                let a = multipliers.kernel[k]
                switch derivative {
                case 0:
                    spectrum[2 * k] = a * re[k]
                    spectrum[2 * k + 1] = a * im[k]
                case 1:
                    spectrum[2 * k] = -Double(k) * a * im[k]
                    spectrum[2 * k + 1] = Double(k) * a * re[k]
                default:
                    spectrum[2 * k] = -Double(k * k) * a * re[k]
                    spectrum[2 * k + 1] = -Double(k * k) * a * im[k]
                }
            }
            switch derivative {
            case 0: fft.synthesise(&spectrum, into: &potential)
            case 1: fft.synthesise(&spectrum, into: &first)
            default: fft.synthesise(&spectrum, into: &second)
            }
        }
        for i in 0..<count {
            let slope = first[i] / potential[i]
            value[i] = log(potential[i])
            second[i] = second[i] / potential[i] - slope * slope
            first[i] = slope
        }
    }
}
