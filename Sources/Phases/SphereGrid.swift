import Foundation
import MeanField
import Spectral

/// A grid on S², with about four nodes a wave.
public struct SphereGrid: CensusGrid {
    public let graph: NodeGraph<SphericalTransform>
    /// Harmonics of the degrees of the kernel.
    let series: HarmonicSeries
    private let kernel: [Double]
    private let sharpness: Double

    /// The highest degree of a kernel; more are for ``TokenCensus`` alone.
    private static let mostDegrees = 300

    public init?(sharpness b: Double) {
        sharpness = b
        let multipliers = FunkHeckeMultipliers(dimension: 3, inverseTemperature: b)
        guard multipliers.bandLimit <= Self.mostDegrees else { return nil }
        series = HarmonicSeries(degree: multipliers.bandLimit)
        kernel = multipliers.kernel
        let degree = series.layout.degree
        let transform = SphericalTransform(
            degree: degree, rings: 2 * degree + 8, longitudes: 4 * degree + 16)
        let (rings, n) = (transform.rings, transform.longitudes)
        var neighbours = [Int]()
        for ring in 0..<rings {
            for j in 0..<n {
                for (up, aside) in [
                    (-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1),
                ] {
                    // Beyond a pole lies the same ring, half a turn away.
                    let isBeyond = ring + up < 0 || ring + up >= rings
                    let other = isBeyond ? ring : ring + up
                    let k = (j + aside + (isBeyond ? n / 2 : 0) + n) % n
                    neighbours.append(other * n + k)
                }
            }
        }
        graph = NodeGraph(of: transform, neighbours: neighbours)
    }

    public func potential(
        of modes: [Double], in layout: HarmonicLayout
    ) -> (values: [Double], field: HarmonicPotential) {
        let short = series.layout.scaled(layout.moved(modes, to: series.layout), byDegree: kernel)
        return (
            graph.transform.values(of: short, in: series.layout),
            HarmonicPotential(series: series, modes: short, sharpness: sharpness)
        )
    }

    public func node(_ x: [Double]) -> Int {
        let (rings, n) = (graph.transform.rings, graph.transform.longitudes)
        // Gauss nodes are at θ ≈ π(i + 3/4)/(rings + 1/2).
        let θ = atan2((x[0] * x[0] + x[1] * x[1]).squareRoot(), x[2])
        let ring = Int((θ / .pi * (Double(rings) + 0.5) - 0.75).rounded())
        let turn = atan2(x[1], x[0]) / (2 * .pi) * Double(n)
        let j = (Int(turn.rounded()) + n) % n
        return min(max(ring, 0), rings - 1) * n + j
    }
}

/// W*μ on S² as a harmonic series.
public struct HarmonicPotential: AscentPotential {
    let series: HarmonicSeries
    let modes: [Double]
    let sharpness: Double

    public mutating func evaluate(at z: [Double], pull: inout [Double]) -> Double {
        let value = max(
            series.evaluate(modes, at: z, gradient: &pull), .leastNormalMagnitude)
        for c in 0..<3 { pull[c] /= sharpness * value }
        return log(value)
    }
}
