import Foundation
import Spectral
import TimeIntegration

/// What attention does to the harmonic coefficients of a density on S² or S³.
public protocol HarmonicTransport: Sendable {
    /// Between coefficients and the grid on which ρ v is formed.
    associatedtype Transform: HarmonicTransform

    /// The transport by `attention` of densities of degree `degree`.
    init(_ attention: SphereAttention, degree: Int)

    /// That of degree `degree` + 1.
    var transform: Transform { get }

    /// Writes ∫ <grad Y, ρ v> dσ for the density with these coefficients.
    mutating func divergence(of modes: [Double], into rates: inout [Double])
}

/// The mean-field equation on S² or S³ for the harmonic coefficients of a smooth density.
///
///     ρ = Σ c Y,   c = ∫ Y dμ,   l ≤ L,      dc/dt = ∫ <grad Y, ρ v> dσ - D l(l+d-2) c
///
/// with ρ the density with respect to the uniform probability measure σ and v by ``SphereTransport`` or
/// ``HypersphereTransport``. Unknowns as in the layout of degree L + 1, whose last degree stays zero. Mass
/// is the first one, and never changes. With diffusion its part is solved exactly within each step
/// (``IntegratingFactor``). Source: arXiv:2312.10794, section 6; arXiv:2509.25040.
public struct HarmonicEquation<Transport: HarmonicTransport>: DifferentialEquation {
    /// The attention that moves the density.
    public let attention: SphereAttention
    /// Highest degree L.
    public let degree: Int
    /// Local error tolerance, relative to the largest coefficient but that of the mass.
    public let tolerance: Double

    /// l of each unknown.
    let degrees: [Int]
    var transport: Transport
    private var factor: IntegratingFactor
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
        transport = Transport(attention, degree: degree)
        degrees = transport.transform.layout.degrees
        factor = IntegratingFactor(
            rates: degrees.map {
                $0 <= degree
                    ? -attention.diffusion * Double($0 * ($0 + attention.dimension - 2)) : 0
            })
    }

    /// Where the unknowns stand.
    public var layout: Transport.Transform.Layout { transform.layout }

    /// The transform of the grid on which ρ v is formed.
    public var transform: Transport.Transform { transport.transform }

    /// -D l(l+d-2) for each unknown; empty without diffusion.
    public var decayRates: [Double] { factor.rates }

    public var dimension: Int { degrees.count }

    public var longestStep: Double { factor.longestStep }

    public mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        let rates = decayRates
        factor.derivative(of: y, into: &dy, at: t) { u, du in
            transport.divergence(of: u, into: &du)
            for i in rates.indices { du[i] += rates[i] * u[i] }
        }
    }

    public mutating func plainDerivative(of y: [Double], into dy: inout [Double]) {
        transport.divergence(of: y, into: &dy)
        let rates = decayRates
        for i in rates.indices { dy[i] += rates[i] * y[i] }
    }

    public func unfold(_ y: inout [Double], after τ: Double) { factor.unfold(&y, after: τ) }

    public func errorScale(of y: [Double], into scale: inout [Double]) {
        var largest = 0.0
        for i in 2..<y.count { largest = max(largest, abs(y[i])) }
        let size = max(tolerance * largest, 1e-16)
        // Of the upper half what its last coefficients may be, or its share of them where it is full.
        let (half, degrees) = (degree / 2, degrees)
        let upper = min(size, max(tailTolerance, tolerance * tail(of: y, from: half + 1)))
        for i in scale.indices { scale[i] = degrees[i] > half ? upper : size }
    }

    /// The largest coefficient in the last tenth of the degrees.
    func tail(of y: [Double]) -> Double { tail(of: y, from: degree - max(degree / 10, 2)) }

    /// The largest coefficient of a degree from `first` to L.
    func tail(of y: [Double], from first: Int) -> Double {
        var largest = 0.0
        for (l, coefficient) in zip(degrees, y) where l >= first && l <= degree {
            largest = max(largest, abs(coefficient))
        }
        return largest
    }
}

/// The equation on S².
public typealias SphereSpectralEquation = HarmonicEquation<SphereTransport>

/// The equation on S³.
public typealias HypersphereEquation = HarmonicEquation<HypersphereTransport>

extension HarmonicEquation where Transport == HypersphereTransport {
    /// ∫ <v, G> dμ, G the field of another kernel: the work of attention on that kernel's energy.
    public mutating func work(of y: [Double], on fields: HypersphereFields) -> Double {
        transport.updateFlux(of: y)
        return (0..<4).reduce(0) { sum, i in
            let field = fields.layout.moved(fields.modes[i + 1], to: layout)
            return sum + zip(transport.flux[i], field).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }
}
