import Foundation
import Spectral

/// A measure on S² at one time: a smooth density, or weighted points.
public enum SphereMeasure: Sendable {
    /// A density by its harmonic coefficients.
    case density(SphereDensity)
    /// Weighted points.
    case points(TokenMeasure)
    /// A measure on a great circle.
    case circle(GreatCircleMeasure)

    /// The points that stand for the measure; `nil` for a density.
    public var tokens: TokenMeasure? {
        switch self {
        case .density: nil
        case .points(let points): points
        case .circle(let circle): circle.tokens
        }
    }

    /// C = ∫ x xᵀ dμ, shape [3][3].
    public var secondMoment: [[Double]] {
        var moment = [[Double]](repeating: [0, 0, 0], count: 3)
        func add(_ mass: Double, _ x: [Double]) {
            for a in 0..<3 {
                for b in 0..<3 { moment[a][b] += mass * x[a] * x[b] }
            }
        }
        if case .density(let density) = self {
            density.forEachNode { _, x, mass in add(mass, x) }
        }
        if let points = tokens {
            for i in 0..<points.count { add(points.masses[i], points.point(i)) }
        }
        return moment
    }

    /// ∫ Y_lm dμ for all harmonics up to the degree of `series`.
    public func modes(_ series: HarmonicSeries) -> [Double] {
        if case .density(let density) = self {
            return density.layout.moved(density.modes, to: series.layout)
        }
        let points = tokens!
        var sums = [Double](repeating: 0, count: series.layout.count)
        var places = SphericalPlaces()
        var transform = SphericalPointModes(top: series.layout.degree)
        transform.place(points.positions, into: &places)
        _ = transform.analyse(points.masses, at: places, into: &sums)
        return sums
    }
}

/// A smooth density on S² with respect to the uniform probability measure σ.
public struct SphereDensity: Sendable {
    /// c_lm = ∫ Y_lm dμ, as in `layout`.
    public let modes: [Double]
    /// Where they stand.
    public let layout: HarmonicLayout
    /// The grid that resolves the density.
    public let transform: SphericalTransform
    /// ρ on the grid, shape [rings][longitudes].
    public let values: [Double]

    /// The density with these coefficients on the grid of `transform`.
    public init(modes: [Double], transform: SphericalTransform) {
        self.modes = modes
        layout = transform.layout
        self.transform = transform
        values = transform.values(of: modes, in: transform.layout)
    }

    /// Calls `body` for every node of the grid with its index, its unit vector and its mass.
    public func forEachNode(_ body: (Int, [Double], Double) -> Void) {
        let n = transform.longitudes
        let directions = (0..<n).map { j -> (Double, Double) in
            let φ = 2 * .pi * Double(j) / Double(n)
            return (cos(φ), sin(φ))
        }
        for ring in 0..<transform.rings {
            let z = transform.heights[ring]
            let s = ((1 - z) * (1 + z)).squareRoot()
            for j in 0..<n {
                let (c, d) = directions[j]
                body(
                    ring * n + j, [s * c, s * d, z], transform.weights[ring] * values[ring * n + j])
            }
        }
    }

    /// The nodes of the grid with their masses, every ring turned by the golden section of a step more than
    /// the last, so that no column of nodes follows a front; what is negative, within the tolerance, is
    /// left out.
    public var points: TokenMeasure {
        let n = transform.longitudes
        let turns = (0..<transform.rings).map {
            2 * .pi / Double(n) * SphereStart.goldenShare($0)
        }
        let values = transform.values(of: modes, in: layout, turns: turns)
        var (x, masses) = ([[Double]](repeating: [], count: 3), [Double]())
        for ring in 0..<transform.rings {
            let z = transform.heights[ring]
            let s = ((1 - z) * (1 + z)).squareRoot()
            for j in 0..<n where values[ring * n + j] > 0 {
                let φ = 2 * .pi * Double(j) / Double(n) + turns[ring]
                x[0].append(s * cos(φ))
                x[1].append(s * sin(φ))
                x[2].append(z)
                masses.append(transform.weights[ring] * values[ring * n + j])
            }
        }
        let total = masses.reduce(0, +)
        return TokenMeasure(
            dimension: 3, positions: x[0] + x[1] + x[2], masses: masses.map { $0 / total })
    }

    /// ∫ log ρ dμ.
    public var relativeEntropy: Double {
        var sum = 0.0
        for ring in 0..<transform.rings {
            for j in 0..<transform.longitudes {
                let ρ = values[ring * transform.longitudes + j]
                if ρ > 0 { sum += transform.weights[ring] * ρ * log(ρ) }
            }
        }
        return sum
    }
}
