import Foundation
import Spectral

/// Where a density on S² or S³ starts: a law and a random factor.
public struct SphereStart: Sendable, Equatable {
    /// The law.
    public var law: SphereInitial
    /// Heat kernels of this standard deviation about listed points; 0: the points themselves.
    public var bandwidth: Double
    /// ρ is multiplied by 1 + amplitude · Σ of harmonics with independent N(0,1)/√(number) coefficients.
    public var factors: [Factor]

    /// A random factor.
    public struct Factor: Sendable, Equatable {
        /// Size of the sum.
        public var amplitude: Double
        /// Highest degree.
        public var maxDegree: Int
        /// Seed of the generator.
        public var seed: UInt64

        /// A factor.
        public init(amplitude: Double, maxDegree: Int, seed: UInt64) {
            (self.amplitude, self.maxDegree, self.seed) = (amplitude, maxDegree, seed)
        }
    }

    /// A start.
    public init(_ law: SphereInitial, bandwidth: Double = 0, factors: [Factor] = []) {
        self.law = law
        self.bandwidth = bandwidth
        self.factors = factors
    }

    /// The law with its bandwidth: heat kernels about listed points as a mixture.
    public var smoothLaw: SphereInitial {
        guard bandwidth > 0, case .points(let points) = law else { return law }
        return .mixture(
            (0..<points.count).map {
                .init(mean: points.point($0), shape: .sigma(bandwidth), weight: points.masses[$0])
            })
    }

    /// The listed points of a law; `nil` for densities.
    public var points: TokenMeasure? {
        if case .points(let points) = law, bandwidth == 0 { return points }
        return nil
    }

    /// Whether no number of harmonics resolves it: points, and mixtures in azimuth, singular at the poles.
    var isSingular: Bool {
        if case .azimuth = law { return true }
        return points != nil
    }

    /// The part of a step by which ring number i is turned.
    static func goldenShare(_ i: Int) -> Double {
        (Double(i) * 0.5 * (5.0.squareRoot() - 1)).truncatingRemainder(dividingBy: 1)
    }

    /// c_lm = ∫ Y_lm dμ of a smooth law, in `layout`, with its factors.
    func modes(in layout: HarmonicLayout) -> [Double] {
        var modes = lawModes(in: layout)
        guard !factors.isEmpty else { return modes }
        let top = factors.map(\.maxDegree).max()!
        let transform = SphericalTransform(
            degree: layout.degree, rings: layout.degree + top / 2 + 2,
            longitudes: 2 * layout.degree + top + 2)
        var values = transform.values(of: modes, in: layout)
        for factor in factors {
            let noise = HarmonicLayout(degree: min(factor.maxDegree, layout.degree))
            let field = transform.values(of: Self.noise(factor, noise), in: noise)
            for i in values.indices { values[i] *= 1 + factor.amplitude * field[i] }
        }
        modes = transform.modes(of: values)
        return modes.map { $0 / modes[0] }
    }

    /// The harmonics of a random factor, without its amplitude.
    static func noise(_ factor: Factor, _ layout: HarmonicLayout) -> [Double] {
        var generator = Random(seed: factor.seed)
        var modes = [Double](repeating: 0, count: layout.count)
        let count = (factor.maxDegree + 1) * (factor.maxDegree + 1) - 1
        let scale = 1 / Double(count).squareRoot()
        // Degree after degree, so that more degrees leave the lower ones as they are.
        for l in 1...factor.maxDegree {
            for m in 0...l {
                let (c, s) = (generator.nextNormal(), m > 0 ? generator.nextNormal() : 0)
                guard l <= layout.degree else { continue }
                modes[2 * layout.pair(l, m)] = scale * c
                modes[2 * layout.pair(l, m) + 1] = scale * s
            }
        }
        return modes
    }

    /// Those without the factors.
    func lawModes(in layout: HarmonicLayout) -> [Double] {
        var modes = [Double](repeating: 0, count: layout.count)
        if case .harmonics(let terms) = law {
            modes[0] = 1
            for term in terms where term.degree <= layout.degree {
                let i = 2 * layout.pair(term.degree, term.order)
                modes[i] += term.cosine
                modes[i + 1] += term.order > 0 ? term.sine : 0
            }
        }
        if case .azimuth(let parts, let elevation) = law {
            return Self.modes(of: parts, elevation, in: layout)
        }
        for part in zonalParts(dimension: 3, degree: layout.degree) {
            add(part.weight, part.center, layout, to: &modes, part.factor)
        }
        return modes
    }

    /// The sum weight Σ_l f_l Σ_m Y_lm(center) Y_lm of zonal functions on S^{d-1} that a law is.
    struct ZonalPart {
        var weight: Double
        var center: [Double]
        /// f_l.
        var factor: (Int) -> Double
    }

    /// The parts of the law on S^{d-1}, d 3 or 4, with factors up to `degree`; none of harmonics and of
    /// azimuths on S².
    func zonalParts(dimension d: Int, degree: Int) -> [ZonalPart] {
        // e^{-l(l+d-2)σ²/2}.
        func heat(_ σ: Double) -> (Int) -> Double {
            { l in exp(-Double(l * (l + d - 2)) * σ * σ / 2) }
        }
        switch law {
        case .uniform:
            return [
                ZonalPart(weight: 1, center: (0..<d).map { $0 == 0 ? 1 : 0 }) { $0 == 0 ? 1 : 0 }
            ]
        case .zonal(let axis, let coefficients):
            // P_l is the sum over the 2l + 1 or (l + 1)² harmonics, over their number.
            return [
                ZonalPart(weight: 1, center: axis) { l in
                    let number = Double(d == 3 ? 2 * l + 1 : (l + 1) * (l + 1))
                    return l == 0 ? 1 : l <= coefficients.count ? coefficients[l - 1] / number : 0
                }
            ]
        case .mixture(let parts):
            return parts.map { part in
                switch part.shape {
                case .concentration(let κ):
                    // I_{l+ν}(κ)/I_ν(κ), ν = d/2 - 1, as a product of ratios of neighbours.
                    var means = [1.0]
                    for l in 0..<degree {
                        let order = Double(d) / 2 - 1 + Double(l)
                        means.append(means[l] * besselRatio(order: order, κ))
                    }
                    return ZonalPart(weight: part.weight, center: part.mean) { [means] in
                        means[$0]
                    }
                case .sigma(let σ):
                    return ZonalPart(weight: part.weight, center: part.mean, factor: heat(σ))
                }
            }
        case .points(let points):
            return (0..<points.count).map {
                ZonalPart(
                    weight: points.masses[$0], center: points.point($0), factor: heat(bandwidth))
            }
        case .harmonics, .azimuth: return []
        }
    }

    /// Adds weight Σ_lm f_l Y_lm(center) Y_lm.
    private func add(
        _ weight: Double, _ center: [Double], _ layout: HarmonicLayout, to modes: inout [Double],
        _ factor: (Int) -> Double
    ) {
        // Degrees beyond which the factors are nothing.
        let top = (0...layout.degree).last { abs(factor($0)) > 1e-18 } ?? 0
        let series = HarmonicSeries(degree: top)
        var harmonics = [Double](repeating: 0, count: series.layout.count)
        series.add(weight, at: center, to: &harmonics)
        for m in 0...top {
            for l in m...top {
                let (from, to) = (2 * series.layout.pair(l, m), 2 * layout.pair(l, m))
                modes[to] += factor(l) * harmonics[from]
                modes[to + 1] += factor(l) * harmonics[from + 1]
            }
        }
    }
}
