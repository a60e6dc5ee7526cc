import Foundation
import Spectral

/// The transport of a density on S³ by attention.
///
///     v = P_x V G/F (softmax),   gain P_x V G (none, rescaled)      (``HypersphereFields``)
///     dc/dt = ∫ <grad Y, ρ v> dσ
///
/// ρ v is formed on a grid that keeps its products free of aliasing; Cartesian components and the ladder
/// of harmonics leave no singular coordinates.
public struct HypersphereTransport: HarmonicTransport {
    public let transform: HypersphericalTransform
    let ladder: HypersphericalLadder
    private(set) var fields: HypersphereFields
    /// Coefficients of the four components of ρ v.
    private(set) var flux: [[Double]]
    private let value: [Double]
    private let hasQuotient: Bool
    private var density: [Double]
    /// F and G on the grid; the components of ρ v take the places of those of G.
    private var values: [[Double]]
    private let cosines: [Double]
    private let sines: [Double]

    /// By `attention`, for densities of degree `degree`.
    public init(_ attention: SphereAttention, degree: Int) {
        precondition(attention.dimension == 4)
        fields = HypersphereFields(of: attention, degree: degree + 1)
        hasQuotient = attention.normalization == .softmax
        let gain = hasQuotient ? 1 : attention.unnormalizedGain
        value = attention.value.entries.map { gain * $0 }
        transform = HypersphericalTransform(
            degree: degree + 1,
            analysing: degree + 1 + min(degree, fields.layout.degree + 8))
        ladder = HypersphericalLadder(transform.layout)
        density = [Double](repeating: 0, count: transform.count)
        values = [[Double]](repeating: density, count: 5)
        flux = [[Double]](
            repeating: [Double](repeating: 0, count: transform.layout.count), count: 4)
        (cosines, sines) = transform.directions
    }

    private var layout: HypersphericalLayout { transform.layout }

    public mutating func divergence(of modes: [Double], into rates: inout [Double]) {
        updateFlux(of: modes)
        for i in rates.indices { rates[i] = 0 }
        for i in 0..<4 { ladder.addWeakDivergence(flux[i], alongCoordinate: i, to: &rates) }
        for order in layout.orders where (order.degree - layout.degree) % 2 == 0 {
            let last = 2 * (order.start + order.count - 1)
            (rates[last], rates[last + 1]) = (0, 0)
        }
    }

    /// The coefficients of ρ v.
    mutating func updateFlux(of modes: [Double]) {
        fields.update(from: modes, in: layout)
        transform.synthesise(modes, in: layout, into: &density)
        for i in (hasQuotient ? 0 : 1)..<5 {
            transform.synthesise(fields.modes[i], in: fields.layout, into: &values[i])
        }
        multiply()
        for i in 0..<4 { transform.analyse(values[i + 1], into: &flux[i]) }
    }

    /// Puts ρ v in the place of G.
    private mutating func multiply() {
        let (n, value, hasQuotient) = (transform.azimuths, value, hasQuotient)
        let (heights, cosines, sines) = (transform.heights, cosines, sines)
        var (f, a, b, c, d) = (values[0], values[1], values[2], values[3], values[4])
        values = []
        f.withUnsafeMutableBufferPointer { f in
            a.withUnsafeMutableBufferPointer { a in
                b.withUnsafeMutableBufferPointer { b in
                    c.withUnsafeMutableBufferPointer { c in
                        d.withUnsafeMutableBufferPointer { d in
                            density.withUnsafeBufferPointer { density in
                                nonisolated(unsafe) let fields = [
                                    a.baseAddress!, b.baseAddress!, c.baseAddress!, d.baseAddress!,
                                ]
                                nonisolated(unsafe) let potential =
                                    hasQuotient ? f.baseAddress! : nil
                                nonisolated(unsafe) let ρ = density.baseAddress!
                                Workers.share(
                                    heights.count, operations: 60 * Double(density.count)
                                ) { node in
                                    Self.multiplyNode(
                                        n, from: node * n * n, heights[node], cosines, sines, value,
                                        ρ, potential, fields)
                                }
                            }
                        }
                    }
                }
            }
        }
        values = [f, a, b, c, d]
    }

    private static func multiplyNode(
        _ n: Int, from start: Int, _ u: Double, _ cosines: [Double], _ sines: [Double],
        _ value: [Double], _ ρ: UnsafePointer<Double>, _ potential: UnsafeMutablePointer<Double>?,
        _ fields: [UnsafeMutablePointer<Double>]
    ) {
        let (p, q) = (u.squareRoot(), (1 - u).squareRoot())
        let (a, b, c, d) = (fields[0], fields[1], fields[2], fields[3])
        let rows = (0..<4).map {
            SIMD4(value[4 * $0], value[4 * $0 + 1], value[4 * $0 + 2], value[4 * $0 + 3])
        }
        for i in 0..<n {
            let (x1, x2) = (p * cosines[i], p * sines[i])
            for j in 0..<n {
                let k = start + i * n + j
                let x = SIMD4(x1, x2, q * cosines[j], q * sines[j])
                let g = SIMD4(a[k], b[k], c[k], d[k])
                let force = SIMD4(
                    (rows[0] * g).sum(), (rows[1] * g).sum(), (rows[2] * g).sum(),
                    (rows[3] * g).sum())
                let size = potential.map { ρ[k] / $0[k] } ?? ρ[k]
                let flux = size * (force - (force * x).sum() * x)
                (a[k], b[k], c[k], d[k]) = (flux.x, flux.y, flux.z, flux.w)
            }
        }
    }
}
