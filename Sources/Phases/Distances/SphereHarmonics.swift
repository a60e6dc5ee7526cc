import MeanField
import Spectral

/// The harmonics of S² or S³ up to a degree, orthonormal with respect to σ, and their sums over tokens.
///
/// Cost: as ``Spectral/SphericalPointModes`` on S², O(D³) a token on S³.
enum SphereHarmonics {
    case sphere(HarmonicLayout)
    case hypersphere(HypersphericalSeries)

    /// ∫ Y dμ of tokens, shape [count].
    func modes(of tokens: TokenMeasure) -> [Double] {
        switch self {
        case .sphere(let layout):
            var sums = [Double](repeating: 0, count: layout.count)
            var places = SphericalPlaces()
            var transform = SphericalPointModes(top: layout.degree)
            transform.place(tokens.positions, into: &places)
            _ = transform.analyse(tokens.masses, at: places, into: &sums)
            return sums
        case .hypersphere(let series):
            var sums = [Double](repeating: 0, count: series.layout.count)
            for i in 0..<tokens.count {
                let (mass, values) = (tokens.masses[i], series.harmonics(at: tokens.point(i)))
                for k in sums.indices { sums[k] += mass * values[k] }
            }
            return sums
        }
    }

    /// The highest degree.
    var degree: Int {
        switch self {
        case .sphere(let layout): layout.degree
        case .hypersphere(let series): series.layout.degree
        }
    }

    /// d of R^d.
    var dimension: Int {
        switch self {
        case .sphere: 3
        case .hypersphere: 4
        }
    }

    /// Number of harmonics of degree l.
    func number(degree l: Int) -> Double {
        switch self {
        case .sphere: Double(2 * l + 1)
        case .hypersphere: Double((l + 1) * (l + 1))
        }
    }

    /// The means Σ_m f_lm g_lm/N_l over the harmonics of each degree.
    func meanProducts(_ f: [Double], _ g: [Double]) -> [Double] {
        var sums = [Double](repeating: 0, count: degree + 1)
        for (i, l) in degrees.enumerated() { sums[l] += f[i] * g[i] }
        return sums.indices.map { sums[$0] / number(degree: $0) }
    }

    /// The degree of every mode.
    private var degrees: [Int] {
        switch self {
        case .sphere(let layout):
            (0...layout.degree).flatMap { m in (m...layout.degree).flatMap { [$0, $0] } }
        case .hypersphere(let series): series.layout.degrees
        }
    }

    /// The same with another highest degree.
    func upTo(_ degree: Int) -> SphereHarmonics {
        switch self {
        case .sphere: .sphere(HarmonicLayout(degree: degree))
        case .hypersphere: .hypersphere(HypersphericalSeries(degree: degree))
        }
    }

    /// The modes `modes` of `other` in this order, with zeros or cut off.
    func moved(_ modes: [Double], from other: SphereHarmonics) -> [Double] {
        switch (self, other) {
        case (.sphere(let here), .sphere(let there)): there.moved(modes, to: here)
        case (.hypersphere(let here), .hypersphere(let there)):
            there.layout.moved(modes, to: here.layout)
        default: preconditionFailure("harmonics of one sphere")
        }
    }
}
