import Foundation
import Spectral
import TimeIntegration

/// The mean-field equation on S² for the harmonic coefficients of a smooth density.
///
///     ρ = Σ_lm c_lm Y_lm,   c_lm = ∫ Y_lm dμ,   c_00 = 1,   l ≤ L
///     dc_lm/dt = ∫ <grad Y_lm, ρ v> dσ - D l(l+1) c_lm
///
/// with ρ the density with respect to the uniform probability measure σ and v by
/// ``SphereVelocityFields``. Unknowns as in ``Spectral/HarmonicLayout`` of degree L + 1, whose last degree
/// stays zero. Mass is c_00 and never changes. With diffusion its part is solved exactly within each
/// step (``IntegratingFactor``). Source: arXiv:2312.10794, section 6; arXiv:2509.25040.
public struct SphereSpectralEquation: DifferentialEquation {
    /// The attention that moves the density.
    public let attention: SphereAttention
    /// Highest degree L.
    public let degree: Int
    /// Local error tolerance, relative to the largest coefficient but c_00.
    public let tolerance: Double

    private var fields: SphereVelocityFields
    private var transport: SphereTransport
    private var factor: IntegratingFactor
    /// -D l(l+1) for each unknown; empty without diffusion.
    let rates: [Double]
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
        fields = SphereVelocityFields(attention)
        transport = SphereTransport(
            degree: degree, velocityDegree: min(degree, fields.layout.degree + 8),
            fields: fields.modes.count, fieldDegree: fields.layout.degree)
        var rates = [Double](repeating: 0, count: transport.layout.count)
        for m in 0...degree where attention.diffusion > 0 {
            for l in m...degree {
                let i = 2 * transport.layout.pair(l, m)
                rates[i] = -attention.diffusion * Double(l * (l + 1))
                rates[i + 1] = rates[i]
            }
        }
        factor = IntegratingFactor(rates: rates)
        self.rates = factor.rates
    }

    /// Where the unknowns stand.
    public var layout: HarmonicLayout { transport.layout }

    /// The transform of the grid on which ρ v is formed.
    public var transform: SphericalTransform { transport.transform }

    public var dimension: Int { layout.count }

    public var longestStep: Double { factor.longestStep }

    public var hasStepVariable: Bool { !rates.isEmpty }

    public mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        factor.derivative(of: y, into: &dy, at: t) { u, du in
            fields.update(from: u, in: transport.layout)
            transport.divergence(
                of: u, fields: fields.modes, in: fields.layout, form: fields.form, into: &du)
            for i in rates.indices { du[i] += rates[i] * u[i] }
        }
    }

    public mutating func plainDerivative(of y: [Double], into dy: inout [Double]) {
        fields.update(from: y, in: transport.layout)
        transport.divergence(
            of: y, fields: fields.modes, in: fields.layout, form: fields.form, into: &dy)
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
        for i in 0..<scale.count { scale[i] = size }
        // Of the upper half what its last coefficients may be.
        for m in 0...layout.degree {
            for l in max(m, degree / 2)...layout.degree where l > degree / 2 {
                let i = 2 * layout.pair(l, m)
                scale[i] = min(size, tailTolerance)
                scale[i + 1] = scale[i]
            }
        }
    }

    /// The largest coefficient in the last tenth of the degrees.
    func tail(of y: [Double]) -> Double {
        let first = degree - max(degree / 10, 2)
        var largest = 0.0
        for m in 0...degree {
            for l in max(m, first)...degree {
                let i = 2 * layout.pair(l, m)
                largest = max(largest, abs(y[i]), abs(y[i + 1]))
            }
        }
        return largest
    }
}
