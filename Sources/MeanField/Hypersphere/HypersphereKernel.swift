import Spectral

/// What the attention kernel does to the harmonic coefficients of measures on S³.
///
///     F(x) = ∫ e^{β<Qx,Ky> - b} dμ(y),   b = β‖KᵀQ‖
///
/// diagonal by Funk–Hecke where KᵀQ is a multiple of the identity. Elsewhere βKᵀQ = U diag(σ) Wᵀ makes the
/// exponent Σ σ_i x'_i y'_i - b of x' = Wᵀx and y' = Uᵀy: coefficients are rotated
/// (``Spectral/HypersphericalRotation``), go through ``Spectral/HopfKernel`` and are rotated back.
public struct HypersphereKernel: Sendable {
    /// Of measures and of results.
    public let layout: HypersphericalLayout
    /// a_l of every coefficient of a multiple of the identity.
    private let factors: [Double]
    /// ρ as a function of y', the kernel between x' and y', and F as a function of x.
    private let toSources: HypersphericalRotation?
    private var bilinear: HopfKernel?
    private let fromTargets: HypersphericalRotation?

    /// Largest b: beyond, kernels have more degrees than any grid of densities.
    public static let sharpest = 50.0

    /// The kernel e^{β'<x,y> - |β'|}.
    public init(multiple sharpness: Double) {
        let multipliers = FunkHeckeMultipliers(dimension: 4, inverseTemperature: sharpness)
        layout = HypersphericalLayout(degree: multipliers.bandLimit)
        factors = layout.degrees.map { multipliers.kernel[$0] }
        (toSources, bilinear, fromTargets) = (nil, nil, nil)
    }

    /// The kernel of `attention`, for 1 or for 5 fields at a time.
    ///
    /// Where it is not diagonal `degree` is the highest one that is wanted of measures and of results.
    public init(of attention: SphereAttention, fields: Int, degree: Int = .max) {
        if let multiple = attention.product.multiple(error: 0) ?? attention.multiples?.product {
            self.init(multiple: attention.beta * multiple)
        } else {
            self.init(bilinear: attention, fields: fields, degree: degree)
        }
    }

    /// The kernel of an `attention` whose KᵀQ is no multiple of the identity.
    private init(bilinear attention: SphereAttention, fields: Int, degree: Int) {
        precondition(attention.sharpness <= Self.sharpest)
        let multipliers = FunkHeckeMultipliers(
            dimension: 4, inverseTemperature: attention.sharpness)
        layout = HypersphericalLayout(degree: min(multipliers.bandLimit, degree))
        factors = []
        var (u, values, w) = attention.product.singularDecomposition
        // Rotations: an improper U or W loses the sign of its last column to σ₄.
        let mirror = SquareMatrix(diagonal: [1, 1, 1, -1])
        if u.determinant < 0 { (u, values[3]) = (u * mirror, -values[3]) }
        if w.determinant < 0 { (w, values[3]) = (w * mirror, -values[3]) }
        toSources = HypersphericalRotation(layout, by: u.entries)
        bilinear = HopfKernel(
            strengths: values.map { attention.beta * $0 }, sharpness: attention.sharpness,
            degree: layout.degree, bandLimit: multipliers.bandLimit, fields: fields)
        fromTargets = HypersphericalRotation(layout, by: w.transposed.entries)
    }

    /// Replaces the coefficients of measures by those of F, shape [fields][layout.count].
    public mutating func apply(to fields: inout [[Double]]) {
        guard let toSources, let fromTargets else {
            for field in fields.indices {
                for i in factors.indices { fields[field][i] *= factors[i] }
            }
            return
        }
        for field in fields.indices { toSources.apply(to: &fields[field]) }
        bilinear?.apply(to: &fields)
        for field in fields.indices { fromTargets.apply(to: &fields[field]) }
    }
}
