import Foundation
import Spectral

/// The heat equation for a density with finitely many Fourier modes: each has its own multiplier.
///
///     ∂_t ρ = -g Δρ,   c_k(t) = c_k(0) e^{g k² t},   k = 1 … K,   g = v/β'
///
/// For g < 0 this is forward heat: `c` may be the modes of any density that reach above rounding. For
/// g > 0, backward heat, the modes must be all there are; the least value of the density falls all the
/// time (maximum principle), and the solution ends where it reaches zero. Cost O(n log n) for each
/// measure, n the points of its grid. Source: arXiv:2509.25040, section 4.
struct HeatModes: ExactMotion {
    /// g.
    let growth: Double
    /// Re c_k(0), k = 0 … K.
    private let re: [Double]
    /// Im c_k(0).
    private let im: [Double]
    /// |v|.
    private let speedScale: Double
    /// Degrees of the kernel that the grid of a measure must integrate.
    private let kernelModes: Int
    private(set) var horizon: Horizon?

    /// Most degrees that a density may start with.
    static let mostModes = 32768

    /// The solution that starts with the coefficients (re, im), c_0 = 1.
    init(re: [Double], im: [Double], attention: IsotropicAttention) {
        growth = attention.heatGrowth
        // Rounding of the coefficients is no part of the density.
        let largest = zip(re, im).dropFirst().reduce(0) { max($0, hypot($1.0, $1.1)) }
        let top = re.indices.last { hypot(re[$0], im[$0]) > Self.negligible * largest } ?? 0
        self.re = Array(re[0...top])
        self.im = Array(im[0...top])
        speedScale = attention.velocityScale
        kernelModes = attention.kernelModes
        horizon = growth > 0 && top > 0 ? firstZero() : nil
    }

    /// c_k at s = t |g|.
    private func coefficients(at s: Double) -> (re: [Double], im: [Double]) {
        let sign: Double = growth > 0 ? 1 : -1
        let factors = re.indices.map { k in exp(sign * Double(k) * Double(k) * s) }
        let (a, b) = (zip(re, factors).map { $0 * $1 }, zip(im, factors).map { $0 * $1 })
        let largest = a.indices.dropFirst().reduce(0) { max($0, hypot(a[$1], b[$1])) }
        let top = a.indices.last { $0 == 0 || hypot(a[$0], b[$0]) > Self.negligible * largest }!
        return (Array(a[0...top]), Array(b[0...top]))
    }

    /// Share of the largest coefficient below which one is rounding.
    private static let negligible = 1e-18

    func measure(at t: Double) -> CircleMeasure {
        let (re, im) = coefficients(at: abs(growth) * t)
        return CircleMeasure(re: re, im: im, kernelModes: kernelModes)
    }

    func stepLength(from t: Double) -> Double {
        let (re, im) = coefficients(at: abs(growth) * t)
        var (largest, fastest) = (0.0, 0.0)
        for k in re.indices.dropFirst() {
            let size = hypot(re[k], im[k])
            largest = max(largest, size)
            fastest = max(fastest, Double(k) * Double(k) * size)
        }
        if growth > 0 {
            // The highest degree may be about to overtake the others.
            let degree = Double(re.count - 1)
            return re.count == 1 ? .infinity : Self.share / (growth * degree * degree)
        }
        return fastest == 0 ? .infinity : Self.share * largest / (abs(growth) * fastest)
    }

    /// Share of the fastest scale that a step takes.
    private static let share = 0.1

    func relativeSpeed(at t: Double) -> Double {
        let (re, im) = coefficients(at: abs(growth) * t)
        let speed = re.indices.dropFirst().reduce(0) {
            max($0, Double($1) * hypot(re[$1], im[$1]))
        }
        return speed == 0 ? 0 : abs(growth) * speed / speedScale
    }

    // MARK: Where backward heat ends

    /// The first time at which the density is zero somewhere, by bisection to the last digit.
    private func firstZero() -> Horizon {
        // |c_k| ≤ 1 for every density: there at the latest.
        var high = re.indices.dropFirst().reduce(Double.infinity) { bound, k in
            let size = hypot(re[k], im[k])
            return size == 0 ? bound : min(bound, -log(size) / (Double(k) * Double(k)))
        }
        var low = 0.0
        high = max(high, 0)
        while true {
            let middle = (low + high) / 2
            if middle <= low || middle >= high { break }
            if minimum(at: middle).value > 0 { low = middle } else { high = middle }
        }
        return Horizon(
            time: ModelTime(high / growth), cause: .zeroDensity(angle: minimum(at: high).angle))
    }

    /// The least value of 2πρ and where it is: the least of a grid, refined by Newton's method.
    private func minimum(at s: Double) -> (angle: Double, value: Double) {
        let (re, im) = coefficients(at: s)
        var n = 256
        while n < 16 * re.count { n *= 2 }
        let grid = CircleMeasure.grid(re: re, im: im, points: n)
        let cell = 2 * Double.pi / Double(n)
        // 2πρ and its first two derivatives.
        func derivatives(at θ: Double) -> (Double, Double, Double) {
            var (f, slope, curvature) = (1.0, 0.0, 0.0)
            for k in re.indices.dropFirst() {
                let degree = Double(k)
                let (c, s) = (cos(degree * θ), sin(degree * θ))
                let value = 2 * (re[k] * c - im[k] * s)
                f += value
                slope -= 2 * degree * (re[k] * s + im[k] * c)
                curvature -= degree * degree * value
            }
            return (f, slope, curvature)
        }
        // Between grid points the density falls by at most h²/8 max|ρ''|: look at all low places.
        let bend = re.indices.reduce(0.0) {
            $0 + 2 * Double($1) * Double($1) * hypot(re[$1], im[$1])
        }
        let least = grid.min()! * 2 * .pi
        var best = (angle: 0.0, value: Double.infinity)
        for j in 0..<n {
            let here = grid[j] * 2 * .pi
            guard here <= grid[(j + 1) % n] * 2 * .pi, here <= grid[(j + n - 1) % n] * 2 * .pi,
                here <= least + cell * cell * bend
            else { continue }
            var θ = cell * Double(j)
            for _ in 0..<6 {
                let (_, slope, curvature) = derivatives(at: θ)
                guard curvature > 0 else { break }
                θ -= min(cell, max(-cell, slope / curvature))
            }
            let value = derivatives(at: θ).0
            if value < best.value { best = (remainder(θ, 2 * .pi), value) }
        }
        return best
    }
}

extension IsotropicAttention {
    /// g = v/β' in the heat limit ∂_t μ = -g Δμ.
    package var heatGrowth: Double { value / inverseTemperature }
}

extension CircleMeasure {
    /// The smooth density with these coefficients, on a grid that integrates the kernel against it.
    init(re: [Double], im: [Double], kernelModes: Int) {
        var points = 64
        while points < max(3 * re.count, 6 * kernelModes) { points *= 2 }
        content = .smooth(
            re: re, im: im, grid: Self.grid(re: re, im: im, points: points))
    }

    /// ρ on n > 2K equispaced points from the origin.
    static func grid(re: [Double], im: [Double], points n: Int) -> [Double] {
        let fft = RealFFT(length: n)
        var spectrum = [Double](repeating: 0, count: n + 2)
        for k in re.indices {
            spectrum[2 * k] = re[k] / (2 * .pi)
            spectrum[2 * k + 1] = im[k] / (2 * .pi)
        }
        var grid = [Double](repeating: 0, count: n)
        fft.synthesise(&spectrum, into: &grid)
        return grid
    }
}
