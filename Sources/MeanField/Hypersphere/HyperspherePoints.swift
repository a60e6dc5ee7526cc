import Spectral

/// Weighted points that stand for a density on S³, few enough to be summed by pairs.
///
/// Nodes of a coarse grid (``HypersphereGrid``) with their masses m_j = w_j ρ(x_j), made right up to
/// degree 8:
///
///     m_j (1 + Σ_k λ_k Y_k(x_j)),   Σ_j m_j Y_k(x_j) (1 + Σ_i λ_i Y_i(x_j)) = c_k
///
/// the least change, in the norm of the measure, that gives all these coefficients.
public struct HyperspherePoints: Sendable {
    /// The points; what is negative, within the tolerance, is left out.
    public let measure: TokenMeasure
    /// The harmonics of degrees 0 … 12 that the points miss.
    private let missed: [Double]
    private let degrees: [Int]

    /// Highest degree that is made right, and that is looked at.
    private static let (exact, shown) = (8, 12)

    init(of density: HypersphereDensity, grid: HypersphereGrid) {
        let values = grid.values(of: density)
        let positive = values.indices.filter { values[$0] > 0 }
        let points = positive.map { grid.points[$0] }
        var masses = positive.map { grid.weights[$0] * values[$0] }
        let series = HypersphericalSeries(degree: Self.shown)
        let degrees = series.layout.degrees
        let harmonics = points.map { series.harmonics(at: $0) }
        let wanted = density.layout.moved(density.modes, to: series.layout)
        func missed(_ masses: [Double]) -> [Double] {
            var sums = wanted
            for (values, mass) in zip(harmonics, masses) {
                for i in sums.indices { sums[i] -= mass * values[i] }
            }
            return sums
        }
        // Not the sines of m = 0, which vanish.
        let kept = degrees.indices.filter { i in
            degrees[i] <= Self.exact && harmonics.contains { $0[i] != 0 }
        }
        let count = kept.count
        var gram = [Double](repeating: 0, count: count * count)
        for (values, mass) in zip(harmonics, masses) {
            let row = kept.map { values[$0] }
            for i in 0..<count {
                let factor = mass * row[i]
                for j in 0..<count { gram[i * count + j] += factor * row[j] }
            }
        }
        let rest = missed(masses)
        if let λ = solveLinearSystem(gram, kept.map { rest[$0] }) {
            let factors = harmonics.map { values in
                kept.indices.reduce(1) { $0 + λ[$1] * values[kept[$1]] }
            }
            // Where the change were no small one, the masses stay.
            if factors.allSatisfy({ $0 > 0 }) {
                for j in masses.indices { masses[j] *= factors[j] }
            }
        }
        let total = masses.reduce(0, +)
        masses = masses.map { $0 / total }
        measure = TokenMeasure(unitVectors: points, masses: masses)
        self.missed = missed(masses)
        self.degrees = degrees
    }

    /// The largest error of a coefficient of W*μ, W = e^{b<x,y>}, over its mean.
    public func error(sharpness b: Double) -> Double {
        let kernel = FunkHeckeMultipliers(dimension: 4, inverseTemperature: b).kernel
        return missed.indices.reduce(0) {
            max($0, abs(missed[$1]) * kernel[degrees[$1]] / kernel[0])
        }
    }
}

extension HarmonicDensity where Transform == HypersphericalTransform {
    /// Points of a grid so coarse that they can be summed by pairs.
    ///
    /// - Parameter tolerance: What the representation may lose; empirical steps, so that runs of other
    ///   tolerances show what the grid costs.
    public func points(tolerance: Double) -> HyperspherePoints {
        let heights = tolerance <= 1e-9 ? 16 : tolerance < 1e-7 ? 12 : 6
        return HyperspherePoints(of: self, grid: HypersphereGrid(heights: heights))
    }
}
