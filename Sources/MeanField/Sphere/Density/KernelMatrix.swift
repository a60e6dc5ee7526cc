import Foundation
import Spectral

/// What the attention kernel does to the harmonic coefficients of a measure on S².
///
///     F_lm = Σ_{l'm'} K_{lm,l'm'} μ_l'm',   F(x) = ∫ e^{β<Qx,Ky> - b} dμ(y)
///
/// diagonal by Funk–Hecke where KᵀQ is a multiple of the identity. Elsewhere column (l', m') is
/// e^{r-b} a_l'(r) Y_l'm'(w/r), w = βKᵀQx, r = |w|, expanded in x: e^{<w,y>} has few degrees in both
/// directions. Cost of the matrix O(D⁴) numbers and O(D⁵) operations, once, for D ≈ 8.5 √b + 8.
public struct KernelMatrix: Sendable {
    /// Of measures and of results.
    public let layout: HarmonicLayout
    /// One factor for each coefficient, or all entries by columns.
    private let factors: [Double]
    private let entries: [Double]

    /// b = β‖KᵀQ‖ beyond which the matrix is too large.
    public static let sharpest = 40.0

    public init(of attention: SphereAttention) {
        let multipliers = FunkHeckeMultipliers(
            dimension: 3, inverseTemperature: attention.sharpness)
        let degree = multipliers.bandLimit + 1
        let layout = HarmonicLayout(degree: degree)
        self.layout = layout
        if let m = attention.product.multiple(error: 0) {
            let kernel = FunkHeckeMultipliers(
                dimension: 3, inverseTemperature: attention.beta * m
            ).kernel
            var factors = [Double](repeating: 0, count: layout.count)
            for m in 0...degree {
                for l in m...degree {
                    let i = 2 * layout.pair(l, m)
                    (factors[i], factors[i + 1]) = (kernel[l], kernel[l])
                }
            }
            (self.factors, entries) = (factors, [])
            return
        }
        precondition(attention.sharpness <= Self.sharpest)
        factors = []
        let transform = SphericalTransform(
            degree: degree, rings: degree + 1, longitudes: 2 * degree + 2)
        let series = HarmonicSeries(degree: degree)
        let points = transform.rings * transform.longitudes
        // Column by column on the grid in x.
        var columns = [Double](repeating: 0, count: layout.count * points)
        var harmonics = [Double](repeating: 0, count: layout.count)
        for ring in 0..<transform.rings {
            let z = transform.heights[ring]
            let s = ((1 - z) * (1 + z)).squareRoot()
            for j in 0..<transform.longitudes {
                let φ = 2 * .pi * Double(j) / Double(transform.longitudes)
                let w = attention.product.applied(to: [s * cos(φ), s * sin(φ), z]).map {
                    attention.beta * $0
                }
                let r = w.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let direction = r > 0 ? w.map { $0 / r } : [0, 0, 1]
                let kernel = FunkHeckeMultipliers(dimension: 3, inverseTemperature: r).kernel
                for i in harmonics.indices { harmonics[i] = 0 }
                series.add(exp(r - attention.sharpness), at: direction, to: &harmonics)
                let point = ring * transform.longitudes + j
                for m in 0...degree {
                    for l in m...degree where l < kernel.count {
                        let i = 2 * layout.pair(l, m)
                        columns[i * points + point] = kernel[l] * harmonics[i]
                        columns[(i + 1) * points + point] = kernel[l] * harmonics[i + 1]
                    }
                }
            }
        }
        var entries = [Double](repeating: 0, count: layout.count * layout.count)
        for column in 0..<layout.count {
            let field = transform.modes(
                of: Array(columns[(column * points)..<((column + 1) * points)]))
            for row in 0..<layout.count { entries[column * layout.count + row] = field[row] }
        }
        self.entries = entries
    }

    /// Writes F for the coefficients μ in `layout`.
    public func apply(to modes: [Double], into result: inout [Double]) {
        precondition(modes.count == layout.count && result.count == layout.count)
        let n = layout.count
        if entries.isEmpty {
            for i in 0..<n { result[i] = factors[i] * modes[i] }
            return
        }
        for i in 0..<n { result[i] = 0 }
        for column in 0..<n where modes[column] != 0 {
            let (factor, from) = (modes[column], column * n)
            for row in 0..<n { result[row] += factor * entries[from + row] }
        }
    }
}
