import Foundation
import MeanField
import Spectral

/// Computes the observables of measures on S³.
///
/// Of tokens by pairs (``TokenObservables``), of densities from the harmonic coefficients c = ∫ Y dμ:
///
///     energy = (e^β/2β) Σ a_l c²,   m_l = Σ Y(axis) c/(l+1)²  over the harmonics of degree l
///     free energy = D ∫ log(dμ/dσ) dμ - γ energy      (with noise)
public struct HypersphereObservables: SphericalObservables {
    public typealias Measure = HypersphereMeasure

    /// β of the energy.
    public let beta: Double
    /// The attention that moves the measure.
    public let attention: SphereAttention
    /// The axis of the moments.
    public let axis: [Double]

    private let tokens: TokenObservables
    private let kernel: [Double]
    private let fields: HypersphereFields
    private let equation: HypersphereEquation
    private let collapse: CollapseSpace
    /// The kernel of the attention where that is another.
    private let interaction: HypersphereKernel?

    private static let moments = 8
    /// Highest degree of a density that the work of attention is computed from.
    private static let workDegree = 31

    /// Observables for a model with inverse temperature `beta` and the given attention.
    public init(beta: Double, attention: SphereAttention, axis: [Double]) {
        self.beta = beta
        self.attention = attention
        self.axis = axis
        tokens = TokenObservables(beta: beta, attention: attention, axis: axis)
        kernel = FunkHeckeMultipliers(dimension: 4, inverseTemperature: beta).kernel
        fields = HypersphereFields(sharpness: beta)
        equation = HypersphereEquation(attention: attention, degree: Self.workDegree)
        collapse = attention.collapse
        interaction =
            attention.product.multiple(error: 0) != 1 && attention.beta > 0
            ? HypersphereKernel(of: attention, fields: 1) : nil
    }

    /// The observables of `measure`, whose clusters are known.
    public func measure(_ measure: HypersphereMeasure, census: CensusResult) -> Observables {
        switch measure {
        case .points(let points): tokens.measure(points, census: census)
        case .density(let density): self.measure(density, census: census)
        case .circle(let circle): tokens.measure(circle.tokens, census: census)
        }
    }

    private func measure(_ density: HypersphereDensity, census: CensusResult) -> Observables {
        let moment = density.secondMoment
        let trace = (0..<4).reduce(0) { $0 + moment[$1][$1] }
        let square = moment.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } }
        let power = density.powers
        let logEnergy = logEnergy(power)
        let energy = exp(logEnergy)
        return Observables(
            energy: energy, logEnergy: logEnergy, mass: trace, clusters: census.clusters.count,
            condensed: census.condensed, residual: collapse.residual(secondMoment: moment),
            effectiveDimension: trace * trace / square, moments: moments(density),
            energyRate: energyRate(density, power), freeEnergy: freeEnergy(density, energy),
            energyAttention: energyAttention(density))
    }

    /// log of (e^β/2β) Σ a_l c², or at β = 0 of its finite part ½|∫x dμ|² = Σ c²/8 of degree 1.
    private func logEnergy(_ power: [Double]) -> Double {
        beta == 0
            ? log(power[1] / 8)
            : beta + log(zip(power, kernel).reduce(0) { $0 + $1.0 * $1.1 }) - log(2 * beta)
    }

    /// (1/2β) ∬ e^{β<Qx,Ky>} dμ dμ where it is another energy.
    private func energyAttention(_ density: HypersphereDensity) -> Double? {
        guard attention.product.multiple(error: 0) != 1 else { return nil }
        guard var interaction else {
            // At β = 0 its finite part ½<∫x dμ, KᵀQ ∫x dμ>.
            let (layout, modes) = (density.layout, density.modes)
            // Harmonics 2x₁, 2x₂ and 2x₃, 2x₄.
            let mean = [layout.index(1, 0), layout.index(0, 1)].flatMap { order in
                let first = 2 * layout.orders[order].start
                return [modes[first] / 2, modes[first + 1] / 2]
            }
            return zip(mean, attention.product.applied(to: mean)).reduce(0) { $0 + $1.0 * $1.1 } / 2
        }
        let short = density.layout.moved(density.modes, to: interaction.layout)
        var fields = [short]
        interaction.apply(to: &fields)
        let sum = zip(short, fields[0]).reduce(0) { $0 + $1.0 * $1.1 }
        return exp(attention.sharpness + log(sum) - log(2 * attention.beta))
    }

    private func energyRate(_ density: HypersphereDensity, _ power: [Double]) -> Double {
        var (equation, fields) = (equation, fields)
        fields.update(from: density.modes, in: density.layout)
        var rate = equation.work(
            of: density.layout.moved(density.modes, to: equation.layout), on: fields)
        for l in 1..<min(power.count, kernel.count) where attention.diffusion > 0 {
            let decay = beta > 0 ? kernel[l] / beta : (l == 1 ? 0.25 : 0)
            rate -= attention.diffusion * Double(l * (l + 2)) * decay * power[l]
        }
        return rate == 0 ? 0 : rate * exp(beta)
    }

    private func freeEnergy(_ density: HypersphereDensity, _ energy: Double) -> Double? {
        guard attention.diffusion > 0 else { return nil }
        let mean = (0..<4).reduce(0) { $0 + attention.value[$1, $1] } / 4
        return density.relativeEntropy.map { attention.diffusion * $0 - mean * energy }
    }

    private func moments(_ density: HypersphereDensity) -> [Double] {
        let few = HypersphericalSeries(degree: Self.moments)
        let harmonics = few.harmonics(at: axis)
        let modes = density.layout.moved(density.modes, to: few.layout)
        var sums = [Double](repeating: 0, count: Self.moments + 1)
        for (i, l) in few.layout.degrees.enumerated() { sums[l] += harmonics[i] * modes[i] }
        return (1...Self.moments).map { sums[$0] / Double(($0 + 1) * ($0 + 1)) }
    }
}
