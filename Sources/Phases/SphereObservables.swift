import Foundation
import MeanField
import Spectral

/// Computes the observables of measures on S².
///
/// Of few tokens by pairs (``TokenObservables``), else from the harmonic coefficients c_lm = ∫ Y_lm dμ:
///
///     energy = (e^β/2β) Σ_lm a_l c_lm²,   m_l = Σ_m Y_lm(axis) c_lm/(2l+1)
///     free energy = D ∫ log(dμ/dσ) dμ - γ energy      (densities with noise)
public struct SphereObservables: SphericalObservables {
    public typealias Measure = SphereMeasure

    /// β of the energy.
    public let beta: Double
    /// The attention that moves the measure.
    public let attention: SphereAttention
    /// The axis of the moments.
    public let axis: [Double]

    private let tokens: TokenObservables
    private let kernel: [Double]
    private let power: SpherePower
    private let series: HarmonicSeries
    private let collapse: CollapseSpace
    private let interaction: KernelMatrix?

    private static let moments = 8
    /// Tokens whose observables are summed by pairs.
    private static let mostTokens = 512

    /// Observables for a model with inverse temperature `beta` and the given attention.
    public init(beta: Double, attention: SphereAttention, axis: [Double]) {
        self.beta = beta
        self.attention = attention
        self.axis = axis
        tokens = TokenObservables(beta: beta, attention: attention, axis: axis)
        kernel = FunkHeckeMultipliers(dimension: 3, inverseTemperature: beta).kernel
        power = SpherePower(beta: beta, attention: attention)
        series = HarmonicSeries(degree: max(Self.moments, power.layout.degree))
        collapse = attention.collapse
        interaction =
            attention.product.multiple(error: 0) != 1 && attention.beta > 0
            ? KernelMatrix(of: attention) : nil
    }

    /// The observables of `measure`, whose clusters are known.
    public func measure(_ measure: SphereMeasure, census: CensusResult) -> Observables {
        if let points = measure.tokens, points.count <= Self.mostTokens {
            return tokens.measure(points, census: census)
        }
        let modes = measure.modes(series)
        let logEnergy = self.logEnergy(modes)
        let moment = measure.secondMoment
        let trace = moment[0][0] + moment[1][1] + moment[2][2]
        let square = moment.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } }
        return Observables(
            energy: exp(logEnergy), logEnergy: logEnergy, mass: trace,
            clusters: census.clusters.count, condensed: census.condensed,
            residual: collapse.residual(secondMoment: moment),
            effectiveDimension: trace * trace / square, moments: moments(modes),
            energyRate: energyRate(modes), freeEnergy: freeEnergy(measure, exp(logEnergy)),
            energyAttention: energyAttention(modes))
    }

    private func sum(_ modes: [Double], _ weight: (Int) -> Double) -> Double {
        var sum = 0.0
        for m in 0...series.layout.degree {
            for l in m...series.layout.degree where l < kernel.count {
                let i = 2 * series.layout.pair(l, m)
                sum += weight(l) * kernel[l] * (modes[i] * modes[i] + modes[i + 1] * modes[i + 1])
            }
        }
        return sum
    }

    /// Σ_m c_1m²/3 = |∫x dμ|².
    private func squaredMean(_ modes: [Double]) -> Double {
        let (z, xy) = (2 * series.layout.pair(1, 0), 2 * series.layout.pair(1, 1))
        return (modes[z] * modes[z] + modes[xy] * modes[xy] + modes[xy + 1] * modes[xy + 1]) / 3
    }

    private func logEnergy(_ modes: [Double]) -> Double {
        beta == 0
            ? log(squaredMean(modes) / 2)
            : beta + log(sum(modes) { _ in 1 }) - log(2 * beta)
    }

    private func energyRate(_ modes: [Double]) -> Double {
        var rate = power(series.layout.moved(modes, to: power.layout))
        if attention.diffusion > 0 {
            let decay =
                beta > 0
                ? sum(modes) { Double($0 * ($0 + 1)) } / beta : 2 * squaredMean(modes)
            rate -= attention.diffusion * decay
        }
        return rate == 0 ? 0 : rate * exp(beta)
    }

    private func freeEnergy(_ measure: SphereMeasure, _ energy: Double) -> Double? {
        guard attention.diffusion > 0, case .density(let density) = measure else { return nil }
        let value = attention.value
        let mean = (value[0, 0] + value[1, 1] + value[2, 2]) / 3
        return density.relativeEntropy.map { attention.diffusion * $0 - mean * energy }
    }

    /// (1/2β) ∬ e^{β<Qx,Ky>} dμ dμ.
    private func energyAttention(_ modes: [Double]) -> Double? {
        guard attention.product.multiple(error: 0) != 1 else { return nil }
        guard let interaction else {
            // At β = 0 its finite part ½<∫x dμ, KᵀQ ∫x dμ>.
            let (z, xy) = (2 * series.layout.pair(1, 0), 2 * series.layout.pair(1, 1))
            let mean = [modes[xy], modes[xy + 1], modes[z]].map { $0 / 3.0.squareRoot() }
            return zip(mean, attention.product.applied(to: mean)).reduce(0) { $0 + $1.0 * $1.1 } / 2
        }
        let short = series.layout.moved(modes, to: interaction.layout)
        var field = short
        interaction.apply(to: short, into: &field)
        let sum = zip(short, field).reduce(0) { $0 + $1.0 * $1.1 }
        return exp(attention.sharpness + log(sum) - log(2 * attention.beta))
    }

    private func moments(_ modes: [Double]) -> [Double] {
        let few = HarmonicSeries(degree: Self.moments)
        var harmonics = [Double](repeating: 0, count: few.layout.count)
        few.add(1, at: axis, to: &harmonics)
        return (1...Self.moments).map { l in
            (0...l).reduce(0) { sum, m in
                let (i, k) = (2 * few.layout.pair(l, m), 2 * series.layout.pair(l, m))
                return sum + harmonics[i] * modes[k] + harmonics[i + 1] * modes[k + 1]
            } / Double(2 * l + 1)
        }
    }
}
