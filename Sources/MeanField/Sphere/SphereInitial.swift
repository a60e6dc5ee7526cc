import Foundation

/// A measure on S^{d-1}, d ≥ 3, from which tokens are drawn.
///
/// Densities are with respect to the uniform probability measure σ.
public enum SphereInitial: Sendable, Equatable {
    /// 1.
    case uniform
    /// 1 + Σ a_l P_l(<axis,x>); `coefficients[l - 1]` is a_l.
    case zonal(axis: [Double], coefficients: [Double])
    /// S²: 1 + Σ of real harmonics with ∫Y² dσ = 1.
    case harmonics([Harmonic])
    /// Weighted von Mises–Fisher densities and heat kernels.
    case mixture([Component])
    /// S²: a mixture of wrapped normals in azimuth, independent of the elevation.
    case azimuth([AzimuthComponent], Elevation)
    /// Weighted points.
    case points(TokenMeasure)

    /// The highest degree of a finite sum of harmonics; 0 for what is none.
    public var highestDegree: Int {
        switch self {
        case .zonal(_, let coefficients): (coefficients.lastIndex { $0 != 0 } ?? -1) + 1
        case .harmonics(let terms): terms.map(\.degree).max() ?? 0
        case .uniform, .mixture, .azimuth, .points: 0
        }
    }

    /// The term cosine·Y_{l,m} + sine·Y_{l,-m} (negative order: the sine), no Condon–Shortley phase.
    public struct Harmonic: Sendable, Equatable {
        /// l ≥ 1.
        public var degree: Int
        /// m, 0 … l.
        public var order: Int
        /// Coefficient of the harmonic with cos mφ.
        public var cosine: Double
        /// Coefficient of the harmonic with sin mφ.
        public var sine: Double

        /// One term.
        public init(degree: Int, order: Int, cosine: Double, sine: Double) {
            (self.degree, self.order) = (degree, order)
            (self.cosine, self.sine) = (cosine, sine)
        }
    }

    /// One component of a mixture.
    public struct Component: Sendable, Equatable {
        /// Its density about its mean.
        public enum Shape: Sendable, Equatable {
            /// von Mises–Fisher, ∝ e^{κ<mean,x>}.
            case concentration(Double)
            /// The heat kernel at s = σ²/2.
            case sigma(Double)
        }
        /// A unit vector of R^d.
        public var mean: [Double]
        /// Concentration or standard deviation.
        public var shape: Shape
        /// Share of the mass.
        public var weight: Double

        /// One component.
        public init(mean: [Double], shape: Shape, weight: Double) {
            (self.mean, self.shape, self.weight) = (mean, shape, weight)
        }
    }

    /// One wrapped normal in azimuth.
    public struct AzimuthComponent: Sendable, Equatable {
        /// Its mean.
        public var angle: Double
        /// Its standard deviation.
        public var sigma: Double
        /// Share of the mass.
        public var weight: Double

        /// One component.
        public init(angle: Double, sigma: Double, weight: Double) {
            (self.angle, self.sigma, self.weight) = (angle, sigma, weight)
        }
    }

    /// How the elevation over the equator is distributed.
    public enum Elevation: String, Sendable, CaseIterable {
        /// The angle is uniform: more mass near the poles.
        case uniformAngle = "uniform-angle"
        /// The height is uniform, as on the sphere.
        case uniformArea = "uniform-area"
    }
}

extension SphereInitial {
    /// Where a sum of harmonics is negative, on a grid of 8 points a wave; `nil` if nowhere.
    public var negativePlace: (height: Double, azimuth: Double, value: Double)? {
        guard case .harmonics(let terms) = self else { return nil }
        let waves = 8 * (1 + (terms.map(\.degree).max() ?? 0))
        for i in 0...waves {
            let z = cos(.pi * Double(i) / Double(waves))
            let profiles = terms.map { $0.profile(height: z) }
            for j in 0..<(2 * waves) {
                let φ = .pi * Double(j) / Double(waves)
                var value = 1.0
                for (term, profile) in zip(terms, profiles) {
                    value += profile * term.wave(azimuth: φ)
                }
                if value < -1e-13 { return (z, φ, value) }
            }
        }
        return nil
    }
}

extension SphereInitial.Harmonic {
    /// Its value at height z and azimuth φ.
    func value(height z: Double, azimuth φ: Double) -> Double {
        profile(height: z) * wave(azimuth: φ)
    }

    /// a cos mφ + b sin mφ.
    func wave(azimuth φ: Double) -> Double {
        let angle = Double(order) * φ
        return cosine * cos(angle) + sine * sin(angle)
    }

    /// N P_l^m(z), N² = (2l+1)(2 - δ_{m0})(l-m)!/(l+m)!, by the recurrence in l from P_m^m.
    func profile(height z: Double) -> Double {
        let m = order
        var current = m == 0 ? 1.0 : 2.0.squareRoot()
        let s = max(0, 1 - z * z).squareRoot()
        // Normalised by √((2l+1)(l-m)!/(l+m)!) all along: nothing overflows.
        if m > 0 {
            for k in 1...m {
                current *= s * (Double(2 * k - 1) / Double(2 * k)).squareRoot()
            }
        }
        var previous = 0.0
        for l in stride(from: m, to: degree, by: 1) {
            // (l-m+1) P_{l+1} = (2l+1) z P_l - (l+m) P_{l-1}, with √((l-m)!/(l+m)!) taken in.
            let up = Double((l + 1 - m) * (l + 1 + m)).squareRoot()
            let down = Double((l - m) * (l + m)).squareRoot()
            let next = (Double(2 * l + 1) * z * current - down * previous) / up
            (previous, current) = (current, next)
        }
        return current * Double(2 * degree + 1).squareRoot()
    }
}
