import Foundation
import Spectral
import TimeIntegration

/// The mean-field equation on S³ for the harmonic coefficients of a smooth density.
///
///     ρ = Σ c Y,   c = ∫ Y dμ,   l ≤ L,      dc/dt = ∫ <grad Y, ρ v> dσ - D l(l+2) c
///
/// Unknowns as in ``Spectral/HypersphericalLayout`` of degree L + 1, whose last degree stays zero. Mass is the
/// first one, and never changes. KᵀQ is a multiple of the identity, V any matrix. With diffusion its part
/// is solved exactly within each step (``IntegratingFactor``). Source: arXiv:2312.10794, section 6.
public struct HypersphereEquation: DifferentialEquation {
    /// The attention that moves the density.
    public let attention: SphereAttention
    /// Highest degree L.
    public let degree: Int
    /// Local error tolerance, relative to the largest coefficient but that of the mass.
    public let tolerance: Double

    private var transport: HypersphereTransport
    private var factor: IntegratingFactor
    /// -D l(l+2) for each unknown; empty without diffusion.
    let rates: [Double]
    /// l of each unknown.
    let degrees: [Int]
    private let tailTolerance: Double

    /// The equation for densities of degree at most `degree`.
    public init(
        attention: SphereAttention, degree: Int, tolerance: Double = 1e-9,
        tailTolerance: Double = .infinity
    ) {
        self.attention = attention
        self.degree = degree
        self.tolerance = tolerance
        self.tailTolerance = tailTolerance
        transport = HypersphereTransport(attention, degree: degree)
        degrees = transport.layout.degrees
        factor = IntegratingFactor(
            rates: degrees.map {
                $0 <= degree ? -attention.diffusion * Double($0 * ($0 + 2)) : 0
            })
        rates = factor.rates
    }

    /// Where the unknowns stand.
    public var layout: HypersphericalLayout { transport.layout }

    /// The transform of the grid on which ρ v is formed.
    public var transform: HypersphericalTransform { transport.transform }

    public var dimension: Int { layout.count }

    public var longestStep: Double { factor.longestStep }

    public var hasStepVariable: Bool { !rates.isEmpty }

    public mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        factor.derivative(of: y, into: &dy, at: t) { u, du in
            transport.divergence(of: u, into: &du)
            for i in rates.indices { du[i] += rates[i] * u[i] }
        }
    }

    public mutating func plainDerivative(of y: [Double], into dy: inout [Double]) {
        transport.divergence(of: y, into: &dy)
        for i in rates.indices { dy[i] += rates[i] * y[i] }
    }

    public func unfold(_ y: inout [Double], after τ: Double) { factor.unfold(&y, after: τ) }

    /// By a central difference along the slope.
    public mutating func curvature(
        of y: [Double], slope: [Double], into curvature: inout [Double]
    ) {
        differenceAlongSlope(of: y, slope: slope, into: &curvature)
    }

    public func errorScale(of y: [Double], into scale: inout [Double]) {
        var largest = 0.0
        for i in 2..<y.count { largest = max(largest, abs(y[i])) }
        let size = max(tolerance * largest, 1e-16)
        // Of the upper half what its last coefficients may be.
        for i in scale.indices {
            scale[i] = degrees[i] > degree / 2 ? min(size, tailTolerance) : size
        }
    }

    /// The largest coefficient in the last tenth of the degrees.
    func tail(of y: [Double]) -> Double {
        let first = degree - max(degree / 10, 2)
        var largest = 0.0
        for i in y.indices where degrees[i] >= first { largest = max(largest, abs(y[i])) }
        return largest
    }

    /// ∫ <v, G> dμ, G the field of another kernel: the work of attention on that kernel's energy.
    public mutating func work(of y: [Double], on fields: HypersphereFields) -> Double {
        transport.updateFlux(of: y)
        return (0..<4).reduce(0) { sum, i in
            let field = fields.layout.moved(fields.modes[i + 1], to: layout)
            return sum + zip(transport.flux[i], field).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }
}
