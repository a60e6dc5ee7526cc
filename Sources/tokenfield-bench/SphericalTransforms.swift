import Foundation
import MeanField
import Spectral

/// The transforms that a right-hand side on S² is made of, and nothing else.
///
/// One synthesis of the density, short ones of the fields that make the velocity, and the analysis of
/// two components of the flux, on the grid of the right-hand side.
final class SphericalTransforms {
    private let transform: SphericalTransform
    private let short: HarmonicLayout
    private let fields: Int
    private let modes: [Double]
    private let fieldModes: [Double]
    private var spectrum: [Double]
    private var fieldSpectra: [[Double]]
    private var flux: [Double]
    private var result: [Double]
    private var rows: [Double]
    private var values: [Double]

    /// For densities as in `equation` with `fields` fields of degree `fieldDegree`.
    init(_ equation: SphereSpectralEquation, state: [Double], fields: Int, fieldDegree: Int) {
        transform = equation.transform
        short = HarmonicLayout(degree: min(fieldDegree, transform.layout.degree))
        self.fields = fields
        modes = state
        fieldModes = transform.layout.moved(state, to: short)
        let degree = transform.layout.degree
        spectrum = [Double](repeating: 0, count: transform.spectrumCount(degree: degree))
        fieldSpectra = [[Double]](
            repeating: [Double](
                repeating: 0, count: transform.spectrumCount(degree: short.degree)), count: fields)
        flux = [Double](repeating: 0, count: transform.spectrumCount(degree: degree, fields: 2))
        result = [Double](repeating: 0, count: 2 * transform.layout.count)
        rows = [Double](repeating: 0, count: 16 * transform.row)
        values = rows
    }

    func execute() {
        transform.sumDegrees(of: modes, in: transform.layout, into: &spectrum)
        for i in 0..<fields {
            transform.sumDegrees(of: fieldModes, in: short, into: &fieldSpectra[i])
        }
        for block in 0..<transform.blocks {
            gather(block, spectrum, transform.layout.degree)
            for i in 0..<fields { gather(block, fieldSpectra[i], short.degree) }
            for field in 0..<2 {
                rows.withUnsafeMutableBufferPointer { rows in
                    values.withUnsafeMutableBufferPointer { values in
                        flux.withUnsafeMutableBufferPointer { flux in
                            transform.scatter(
                                block: block, values: values.baseAddress!,
                                rows: rows.baseAddress!, fields: 2, field: field,
                                into: flux.baseAddress!)
                        }
                    }
                }
            }
        }
        transform.integrate(flux, fields: 2, into: &result)
    }

    private func gather(_ block: Int, _ spectrum: [Double], _ degree: Int) {
        rows.withUnsafeMutableBufferPointer { rows in
            values.withUnsafeMutableBufferPointer { values in
                spectrum.withUnsafeBufferPointer { spectrum in
                    transform.gather(
                        block: block, spectrum: spectrum.baseAddress!, degree: degree,
                        rows: rows.baseAddress!, values: values.baseAddress!)
                }
            }
        }
    }
}
