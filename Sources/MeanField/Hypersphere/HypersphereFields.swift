import Spectral

/// The short fields on S³ that make the velocity of a density.
///
///     F = ∫ e^{β<Qx,Ky> - b} dμ,   G = ∫ e^{β<Qx,Ky> - b} y dμ,   b = β‖KᵀQ‖
///
/// by ``HypersphereKernel`` from the coefficients of ρ and x_i ρ: v = P_x V G/F for any V. Where βKᵀQ is a
/// multiple β' of the identity P_x G = grad F/β'.
public struct HypersphereFields: Sendable {
    /// Of the fields.
    public let layout: HypersphericalLayout
    /// Coefficients of F and of the four components of G.
    public private(set) var modes: [[Double]]

    private let ladder: HypersphericalLadder
    private var kernel: HypersphereKernel
    private var density: [Double]
    private var weighted: [Double]

    /// The fields of the kernel e^{β'<x,y> - |β'|}.
    public init(sharpness: Double) { self.init(HypersphereKernel(multiple: sharpness)) }

    /// The fields of `attention`, of which none beyond `degree` is needed.
    public init(of attention: SphereAttention, degree: Int = .max) {
        self.init(HypersphereKernel(of: attention, fields: 5, degree: degree))
    }

    private init(_ kernel: HypersphereKernel) {
        self.kernel = kernel
        layout = kernel.layout
        ladder = HypersphericalLadder(HypersphericalLayout(degree: layout.degree + 1))
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
        kernel.apply(to: &self.modes)
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
