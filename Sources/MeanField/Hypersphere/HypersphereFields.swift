import Spectral

/// The short fields on S³ that make the velocity of a density where KᵀQ = m is a multiple of the identity.
///
///     F = ∫ e^{β'<x,y> - |β'|} dμ,   G = ∫ e^{β'<x,y> - |β'|} y dμ,   β' = βm
///
/// by Funk–Hecke from the coefficients of ρ and x_i ρ: P_x G = grad F/β', and v = P_x V G/F for any V.
public struct HypersphereFields: Sendable {
    /// Of the fields.
    public let layout: HypersphericalLayout
    /// Coefficients of F and of the four components of G.
    public private(set) var modes: [[Double]]

    private let ladder: HypersphericalLadder
    /// a_l of every coefficient.
    private let factors: [Double]
    private var density: [Double]
    private var weighted: [Double]

    /// Largest |β'|: beyond, kernels have more degrees than any grid of densities.
    public static let sharpest = 50.0

    /// The fields of the kernel e^{β'<x,y>}.
    public init(sharpness: Double) {
        let multipliers = FunkHeckeMultipliers(dimension: 4, inverseTemperature: sharpness)
        layout = HypersphericalLayout(degree: multipliers.bandLimit)
        ladder = HypersphericalLadder(HypersphericalLayout(degree: multipliers.bandLimit + 1))
        factors = layout.degrees.map { multipliers.kernel[$0] }
        modes = [[Double]](repeating: [Double](repeating: 0, count: layout.count), count: 5)
        density = [Double](repeating: 0, count: ladder.layout.count)
        weighted = density
    }

    /// Takes the coefficients of a density.
    public mutating func update(from modes: [Double], in densityLayout: HypersphericalLayout) {
        densityLayout.move(modes, to: ladder.layout, into: &density)
        ladder.layout.move(density, to: layout, into: &self.modes[0])
        for i in 0..<4 {
            ladder.multiply(density, byCoordinate: i, into: &weighted)
            ladder.layout.move(weighted, to: layout, into: &self.modes[i + 1])
        }
        for field in 0..<5 {
            for i in factors.indices { self.modes[field][i] *= factors[i] }
        }
    }
}

/// F and G at single points of S³.
public struct HypersphereFieldValues: Sendable {
    private let series: HypersphericalSeries
    private let modes: [[Double]]

    /// The values of `fields`.
    public init(of fields: HypersphereFields) {
        series = HypersphericalSeries(degree: fields.layout.degree)
        modes = fields.modes
    }

    /// F and G at the unit vector x.
    public func callAsFunction(at x: [Double]) -> (potential: Double, pull: [Double]) {
        let harmonics = series.harmonics(at: x)
        let values = modes.map { field in
            var sum = 0.0
            for i in harmonics.indices { sum += harmonics[i] * field[i] }
            return sum
        }
        return (values[0], Array(values[1...]))
    }
}
