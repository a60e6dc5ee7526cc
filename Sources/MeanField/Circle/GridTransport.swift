import CVectorMath
import Foundation
import Spectral

/// The transport of a density by its attention velocity, on a grid that resolves the product.
///
///     dc_j/dt = -i j q (ρ v)^_j,   j = 1 … J
///
/// with ρ v formed at n ≥ 3J + 1 points (2/3 rule: S. A. Orszag, J. Atmos. Sci. 28 (1971) 1074).
/// Right for every velocity, smooth or not. Cost: four real transforms of length n, three unless
/// softmax.
struct GridTransport: Sendable {
    private var velocity: VelocityGrid
    private var density: [Double]
    /// -jq/n.
    private let degrees: [Double]

    init(velocity: VelocityGrid, modes: Int, fold: Int, planning: RealFFT.Planning) {
        self.velocity = velocity
        density = [Double](repeating: 0, count: velocity.points)
        let scale = -Double(fold) / Double(velocity.points)
        degrees = (1...modes).map { Double($0) * scale }
    }

    /// Number of operations, in units of one butterfly of a complex transform.
    static func cost(points: Int, isQuotient: Bool) -> Double {
        let transforms = isQuotient ? 4.0 : 3.0
        return transforms * RealFFT.cost(length: points) + (transforms + 2) * Double(points)
    }

    /// Writes dc_j/dt for the coefficients c_j in `y`.
    mutating func divergence(of y: [Double], into dy: inout [Double]) {
        evaluateDensity(of: y)
        velocity.multiply(&density, y)
        velocity.fft.analyse(&density, into: &velocity.spectrum)
        velocity.spectrum.withUnsafeBufferPointer { [degrees] in
            tf_turn_pairs(degrees.count, degrees, $0.baseAddress! + 2, &dy)
        }
    }

    /// The least value of 2πρ on the grid.
    mutating func minimum(of y: [Double]) -> Double {
        evaluateDensity(of: y)
        return density.min() ?? 0
    }

    private mutating func evaluateDensity(of y: [Double]) {
        let count = y.count
        velocity.spectrum[0] = 1
        velocity.spectrum[1] = 0
        velocity.spectrum.withUnsafeMutableBufferPointer { spectrum in
            for i in 0..<count { spectrum[i + 2] = y[i] }
            for i in (count + 2)..<spectrum.count { spectrum[i] = 0 }
        }
        velocity.fft.synthesise(&velocity.spectrum, into: &density)
    }
}
