import Foundation
import Spectral

// Tokens on S^{d-1} drawn from a measure.

extension SphereInitial {
    /// `count` tokens of S^{d-1} drawn from the measure.
    ///
    /// Random tokens are independent. Stratified ones have one token in each of `count` parts of equal
    /// mass of the components and of the angle to their axis; on S² the azimuth follows the golden
    /// ratio, in more dimensions the other directions are random. The numbers depend on `seed` and
    /// `replica` alone.
    public func tokens(
        count: Int, dimension d: Int, sampling: TokenSampling, seed: UInt64, replica: Int
    ) -> TokenMeasure {
        var generator = Random(seed: seed, replica: replica)
        let levels = sampling.levels(count, from: &generator)
        let offset = generator.nextUniform()
        let law = SphereLaw(self, dimension: d)
        var measure = TokenMeasure(
            dimension: d, positions: [Double](repeating: 0, count: d * count),
            masses: [Double](repeating: 1 / Double(count), count: count))
        for (i, level) in levels.enumerated() {
            let golden = offset + Double(i) * 0.618_033_988_749_894_9
            let azimuth =
                sampling == .stratified ? golden - golden.rounded(.down) : generator.nextUniform()
            let point = law.point(level: level, azimuth: azimuth, &generator)
            for c in 0..<d { measure.positions[c * count + i] = point[c] }
        }
        measure.normalize()
        return measure
    }
}

/// A measure on S^{d-1} made ready for drawing tokens.
private struct SphereLaw {
    let initial: SphereInitial
    let dimension: Int
    /// Shares of the components below each one.
    private var below: [Double] = []
    /// The distribution of the angle to the axis, for each component.
    private var polar: [DistributionFunction] = []
    private var azimuths: DistributionFunction?

    init(_ initial: SphereInitial, dimension d: Int) {
        self.initial = initial
        dimension = d
        switch initial {
        case .uniform: polar = [Self.polar(d) { _ in 0 }]
        case .zonal(_, let coefficients):
            polar = [
                Self.polar(d) { φ in
                    let p = zonalPolynomials(
                        upTo: coefficients.count, dimension: d, at: cos(φ))
                    let sum = coefficients.indices.reduce(1.0) {
                        $0 + coefficients[$1] * p[$1 + 1]
                    }
                    return log(max(sum, 0))
                }
            ]
        case .harmonics(let terms):
            polar = [
                Self.polar(d) { φ in log(max(0, Self.mean(of: terms, height: cos(φ)))) }
            ]
        case .mixture(let parts):
            var sum = 0.0
            for (i, part) in parts.enumerated() {
                below.append(sum)
                sum += part.weight
                if i > 0 && part.shape == parts[i - 1].shape {
                    polar.append(polar[i - 1])
                    continue
                }
                polar.append(Self.polar(d, part.shape))
            }
        case .azimuth(let parts, let elevation):
            let density: (Double) -> Double = { elevation == .uniformArea ? 0 : -log(sin($0)) }
            polar = [Self.polar(d, density)]
            let circle = StartingMeasure(
                .mixture(
                    parts.map {
                        .init(
                            angle: $0.angle, shape: .wrappedNormal(sigma: $0.sigma),
                            weight: $0.weight)
                    }))
            azimuths = DistributionFunction(circle.panels(widest: 0.5))
        case .points(let measure):
            var sum = 0.0
            for mass in measure.masses {
                below.append(sum)
                sum += mass
            }
        }
    }

    /// The distribution of the angle φ to the axis: density e^{g(φ)} sin^{d-2} φ on [0, π].
    private static func polar(_ d: Int, _ g: (Double) -> Double) -> DistributionFunction {
        func logarithm(_ φ: Double) -> Double { g(φ) + Double(d - 2) * log(sin(φ)) }
        let top = (1..<2048).reduce(-Double.infinity) {
            max($0, logarithm(.pi * Double($1) / 2048))
        }
        // Halving from the start finds peaks as narrow as this grid.
        let edges = (0...256).map { Double.pi * Double($0) / 256 }
        return DistributionFunction(
            DensityPanel.panels(between: edges, widest: 0.1) { exp(logarithm($0) - top) })
    }

    /// The distribution of the angle to the mean of a component.
    private static func polar(
        _ d: Int, _ shape: SphereInitial.Component.Shape
    ) -> DistributionFunction {
        switch shape {
        case .concentration(let κ):
            func logarithm(_ φ: Double) -> Double {
                let half = sin(φ / 2)
                return -2 * κ * half * half + Double(d - 2) * log(sin(φ))
            }
            let width = 1 / max(κ, 1).squareRoot()
            return DistributionFunction(DensityPanel.panels(width: width, logarithm: logarithm))
        case .sigma(let σ):
            let kernel = HeatKernelAngle(dimension: d, sigma: σ)
            return DistributionFunction(
                DensityPanel.panels(width: σ) { log(kernel.density(at: $0)) })
        }
    }

    /// The mean over the azimuth of 1 + Σ harmonics.
    private static func mean(of terms: [SphereInitial.Harmonic], height z: Double) -> Double {
        terms.reduce(1) { $0 + ($1.order == 0 ? $1.cosine * $1.profile(height: z) : 0) }
    }

    /// The token at a level of mass in (0, 1) and a share of the azimuth in (0, 1).
    func point(level: Double, azimuth: Double, _ generator: inout Random) -> [Double] {
        switch initial {
        case .uniform:
            return turn(lastAxis, polar[0].quantile(level), azimuth, &generator)
        case .zonal(let axis, _):
            return turn(axis, polar[0].quantile(level), azimuth, &generator)
        case .harmonics(let terms):
            let z = cos(polar[0].quantile(level))
            return Self.onSphere(z, Self.azimuth(of: terms, height: z, level: azimuth))
        case .mixture(let parts):
            let index = component(at: level)
            let share = min(max((level - below[index]) / parts[index].weight, 1e-17), 1 - 1e-16)
            return turn(
                parts[index].mean, polar[index].quantile(share), azimuth, &generator)
        case .azimuth:
            return Self.onSphere(
                cos(polar[0].quantile(level)), azimuths!.quantile(azimuth))
        case .points(let measure): return measure.point(component(at: level))
        }
    }

    private var lastAxis: [Double] {
        (0..<dimension).map { $0 == dimension - 1 ? 1 : 0 }
    }

    /// The last component below which there is no more than the share `level`.
    private func component(at level: Double) -> Int {
        var (low, high) = (0, below.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if below[middle] > level { high = middle } else { low = middle }
        }
        return low
    }

    private static func onSphere(_ z: Double, _ φ: Double) -> [Double] {
        let radius = max(0, 1 - z * z).squareRoot()
        return [radius * cos(φ), radius * sin(φ), z]
    }

    /// The azimuth φ ∈ [0, 2π) at which the share `level` of the circle at this height lies below.
    private static func azimuth(
        of terms: [SphereInitial.Harmonic], height z: Double, level: Double
    ) -> Double {
        let mean = Self.mean(of: terms, height: z)
        let waves = terms.filter { $0.order > 0 }.map { ($0, $0.profile(height: z)) }
        var (low, high) = (0.0, 2 * Double.pi)
        for _ in 0..<60 {
            let φ = (low + high) / 2
            var mass = mean * φ
            for (term, profile) in waves {
                let m = Double(term.order)
                mass += profile * (term.cosine * sin(m * φ) + term.sine * (1 - cos(m * φ))) / m
            }
            if mass < level * mean * 2 * .pi { low = φ } else { high = φ }
        }
        return (low + high) / 2
    }

    /// The point at the angle φ from `axis`: on S² at the given share of the azimuth, else in a random
    /// direction.
    private func turn(
        _ axis: [Double], _ φ: Double, _ azimuth: Double, _ generator: inout Random
    ) -> [Double] {
        var direction: [Double]
        if dimension == 3 {
            let axes = SphereFrame(about: axis).axes
            let (c, s) = (cos(2 * .pi * azimuth), sin(2 * .pi * azimuth))
            direction = (0..<3).map { c * axes[1][$0] + s * axes[2][$0] }
        } else {
            direction = (0..<dimension).map { _ in generator.nextNormal() }
            let along = zip(direction, axis).reduce(0) { $0 + $1.0 * $1.1 }
            direction = Self.unit(zip(direction, axis).map { $0 - along * $1 })
        }
        return zip(axis, direction).map { cos(φ) * $0 + sin(φ) * $1 }
    }

    private static func unit(_ x: [Double]) -> [Double] {
        let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return x.map { $0 / length }
    }
}
