import CVectorMath
import Foundation
import Spectral

/// The transport of a density on S² by attention.
///
///     dc_lm/dt = ∫ <grad Y_lm, ρ v> dσ
///
/// ρ has degree L; the fields that make v (``SphereVelocityFields``) have few degrees, whatever L. All are
/// summed over degrees for each order, then ring after ring is transformed, multiplied and transformed
/// back while it is in the cache, and the two components of ρ v, over sin θ, are summed over rings at
/// once. The grid keeps products with velocities of a few degrees more than the fields free of aliasing.
public struct SphereTransport: HarmonicTransport {
    /// How the short fields make the velocity.
    enum Form: Sendable {
        /// Fields sin θ ∂_θ W, ∂_φ W and, if there are three, W: v = gain grad W/W, else gain grad W.
        case gradient(gain: Double)
        /// Fields G_x, G_y, G_z and, if there are four, F: v = P_x V G/F, else P_x V G; V by rows.
        case vector(value: [Double])
    }

    public let transform: SphericalTransform
    private let derivatives: HarmonicDerivatives
    private var fields: SphereVelocityFields
    private var density: [Double]
    /// Of the fields, summed over degrees.
    private var spectra: [[Double]]
    private var flux: [Double]
    private var fluxModes: [Double]
    private var buffers: [Double]
    private let cosines: [Double]
    private let sines: [Double]

    private static let pieces = 4

    /// By `attention`, for densities of degree `degree`.
    public init(_ attention: SphereAttention, degree: Int) {
        fields = SphereVelocityFields(attention)
        let (count, fieldDegree) = (fields.modes.count, fields.layout.degree)
        let waves = 2 * degree + min(degree, fieldDegree + 8) + 2
        transform = SphericalTransform(
            degree: degree + 1, rings: waves / 2 + 1, longitudes: waves)
        derivatives = HarmonicDerivatives(transform.layout)
        density = [Double](
            repeating: 0, count: transform.spectrumCount(degree: degree + 1))
        let short = min(fieldDegree, degree + 1)
        spectra = [[Double]](
            repeating: [Double](repeating: 0, count: transform.spectrumCount(degree: short)),
            count: count)
        flux = [Double](
            repeating: 0, count: transform.spectrumCount(degree: degree + 1, fields: 2))
        fluxModes = [Double](repeating: 0, count: 2 * transform.layout.count)
        buffers = [Double](
            repeating: 0, count: Self.pieces * (count + 4) * 16 * transform.row)
        let n = transform.longitudes
        cosines = (0..<n).map { cos(2 * .pi * Double($0) / Double(n)) }
        sines = (0..<n).map { sin(2 * .pi * Double($0) / Double(n)) }
    }

    public mutating func divergence(of modes: [Double], into rates: inout [Double]) {
        fields.update(from: modes, in: transform.layout)
        transform.sumDegrees(of: modes, in: transform.layout, into: &density)
        for (i, modes) in fields.modes.enumerated() {
            transform.sumDegrees(of: modes, in: fields.layout, into: &spectra[i])
        }
        multiply(degree: min(fields.layout.degree, transform.layout.degree), fields.form)
        transform.integrate(flux, fields: 2, into: &fluxModes)
        derivatives.weakDivergence(fluxModes, into: &rates)
    }

    /// The flux on all rings and its weighted Fourier coefficients.
    private mutating func multiply(degree: Int, _ form: Form) {
        let (transform, count) = (transform, spectra.count)
        let size = 16 * transform.row
        let (cosines, sines, densityDegree) = (cosines, sines, transform.layout.degree)
        let operations = Double(transform.rings * transform.longitudes * (count + 3)) * 4
        withUnsafePointers(spectra) { fieldPointers in
            density.withUnsafeBufferPointer { density in
                flux.withUnsafeMutableBufferPointer { flux in
                    buffers.withUnsafeMutableBufferPointer { buffers in
                        nonisolated(unsafe) let ρ = density.baseAddress!
                        nonisolated(unsafe) let target = flux.baseAddress!
                        nonisolated(unsafe) let space = buffers.baseAddress!
                        nonisolated(unsafe) let shortFields = fieldPointers
                        Workers.share(Self.pieces, operations: operations) { piece in
                            let own = space + piece * (count + 4) * size
                            let (rows, polar, azimuthal) = (own, own + size, own + 2 * size)
                            let values = own + 3 * size
                            for block in stride(
                                from: piece, to: transform.blocks, by: Self.pieces)
                            {
                                transform.gather(
                                    block: block, spectrum: ρ, degree: densityDegree, rows: rows,
                                    values: values)
                                for i in 0..<count {
                                    transform.gather(
                                        block: block, spectrum: shortFields[i], degree: degree,
                                        rows: rows, values: values + (i + 1) * size)
                                }
                                for r in 0..<16 {
                                    let ring = transform.ring(block: block, row: r)
                                    Self.multiplyRing(
                                        transform.longitudes, values + r * transform.row,
                                        size, count, height: transform.heights[ring], form,
                                        cosines, sines, polar + r * transform.row,
                                        azimuthal + r * transform.row)
                                }
                                transform.scatter(
                                    block: block, values: polar, rows: rows, fields: 2, field: 0,
                                    into: target)
                                transform.scatter(
                                    block: block, values: azimuthal, rows: rows, fields: 2,
                                    field: 1, into: target)
                            }
                        }
                    }
                }
            }
        }
    }

    /// The flux over sin θ on one ring; values of ρ and the fields are `stride` apart.
    private static func multiplyRing(
        _ n: Int, _ values: UnsafeMutablePointer<Double>, _ stride: Int, _ count: Int,
        height z: Double, _ form: Form, _ cosines: [Double], _ sines: [Double],
        _ polar: UnsafeMutablePointer<Double>, _ azimuthal: UnsafeMutablePointer<Double>
    ) {
        let square = (1 - z) * (1 + z)
        switch form {
        case .gradient(let gain):
            tf_flux_of_gradient(
                n, values, count > 2 ? values + 3 * stride : nil, values + stride,
                values + 2 * stride, gain / square, polar, azimuthal)
        case .vector(let value):
            tf_flux_of_vector(
                n, values, count > 3 ? values + 4 * stride : nil, values + stride, stride, value,
                z, cosines, sines, polar, azimuthal)
        }
    }

    /// The arrays as pointers.
    private func withUnsafePointers(
        _ arrays: [[Double]], _ body: ([UnsafePointer<Double>]) -> Void
    ) {
        func next(_ i: Int, _ pointers: [UnsafePointer<Double>]) {
            if i == arrays.count { return body(pointers) }
            arrays[i].withUnsafeBufferPointer { next(i + 1, pointers + [$0.baseAddress!]) }
        }
        next(0, [])
    }
}
