import Spectral

/// A measure on S² or S³ at one time.
public enum SphericalMeasure<Transform: HarmonicTransform>: Sendable {
    /// A density by its harmonic coefficients.
    case density(HarmonicDensity<Transform>)
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

    /// ‖ρ_l‖ of the part of every degree l = 0 … D of a density; `nil` for others.
    ///
    /// Its layout has the degree D + 1, which stays zero (``HarmonicEquation``).
    public var spectrum: [Double]? {
        guard case .density(let density) = self else { return nil }
        return density.powers.dropLast().map { $0.squareRoot() }
    }

    /// C = ∫ x xᵀ dμ, shape [d][d].
    public var secondMoment: [[Double]] {
        if case .density(let density) = self { return density.secondMoment }
        let points = tokens!
        let (d, n) = (points.dimension, points.count)
        var moment = [[Double]](repeating: [Double](repeating: 0, count: d), count: d)
        for i in 0..<n {
            for a in 0..<d {
                let x = points.masses[i] * points.positions[a * n + i]
                for b in 0..<d { moment[a][b] += x * points.positions[b * n + i] }
            }
        }
        return moment
    }
}

/// A measure on S².
public typealias SphereMeasure = SphericalMeasure<SphericalTransform>

/// A measure on S³.
public typealias HypersphereMeasure = SphericalMeasure<HypersphericalTransform>

extension SphericalMeasure where Transform == SphericalTransform {
    /// ∫ Y_lm dμ for all harmonics up to the degree of `series`.
    public func modes(_ series: HarmonicSeries) -> [Double] {
        if case .density(let density) = self {
            return density.layout.moved(density.modes, to: series.layout)
        }
        return series.layout.modes(of: tokens!)
    }
}

/// Harmonics that have sums over tokens, of ``HarmonicLayout`` on S², ``HypersphericalLayout`` on S³.
public protocol TokenHarmonics: HarmonicPlaces {
    /// d of R^d.
    static var dimension: Int { get }

    /// Number of harmonics of degree l.
    static func number(degree l: Int) -> Int
    /// ∫ Y dμ of tokens, shape [count].
    func modes(of tokens: TokenMeasure) -> [Double]
}

extension HarmonicLayout: TokenHarmonics {
    public static var dimension: Int { 3 }

    public static func number(degree l: Int) -> Int { 2 * l + 1 }

    /// By ``Spectral/SphericalPointModes``.
    public func modes(of tokens: TokenMeasure) -> [Double] {
        var sums = [Double](repeating: 0, count: count)
        var places = SphericalPlaces()
        var transform = SphericalPointModes(top: degree)
        transform.place(tokens.positions, into: &places)
        _ = transform.analyse(tokens.masses, at: places, into: &sums)
        return sums
    }
}

extension HypersphericalLayout: TokenHarmonics {
    public static var dimension: Int { 4 }

    public static func number(degree l: Int) -> Int { (l + 1) * (l + 1) }

    /// O(D³) a token.
    public func modes(of tokens: TokenMeasure) -> [Double] {
        let series = HypersphericalSeries(degree: degree)
        var sums = [Double](repeating: 0, count: count)
        for i in 0..<tokens.count {
            let (mass, values) = (tokens.masses[i], series.harmonics(at: tokens.point(i)))
            for k in sums.indices { sums[k] += mass * values[k] }
        }
        return sums
    }
}
