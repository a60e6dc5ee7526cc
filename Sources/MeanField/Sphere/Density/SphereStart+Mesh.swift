import Foundation
import Spectral

/// Panels for a start that no grid can hold.
extension SphereStart {
    /// Most panels that the first ones may be: half a million nodes.
    static let mostPanels = 32768.0

    /// Panels that stand for the start under a kernel of sharpness b, and what they miss
    /// (``TokenMeasure/kernelError(sharpness:of:)``).
    ///
    /// With a `resolution` nodes are no farther apart than half a wave of that degree. Throws
    /// ``EvolutionError/tooManyPanels(count:most:)``.
    func mesh(
        sharpness b: Double, resolution: Int?, tolerance: Double
    ) throws -> (mesh: SphereMesh, error: Double) {
        let degrees = factors.map(\.maxDegree) + [resolution ?? 0, law.highestDegree]
        let patches = patches(width: SphereMesh.width(sharpness: b, degree: degrees.max()!))
        let count = patches.reduce(0) { $0 + $1.count }
        guard count <= Self.mostPanels else {
            throw EvolutionError.tooManyPanels(count: Int(count), most: Int(Self.mostPanels))
        }
        let mesh = SphereMesh(of: patches.map(perturbed), sharpness: b, tolerance: tolerance)
        let error = mesh.measure.kernelError(sharpness: b) { short in
            // Factors mix degrees that are this far apart.
            let top = factors.reduce(short.degree) { $0 + $1.maxDegree }
            let layout = HarmonicLayout(degree: top)
            return layout.moved(modes(in: layout), to: short)
        }
        return (mesh, error)
    }

    /// The patches of the law, with cells no wider than `width`.
    private func patches(width: Double) -> [SpherePatch] {
        switch smoothLaw {
        case .azimuth(let parts, let elevation):
            return Self.patches(of: parts, elevation, width: width)
        case .mixture(let parts): return Self.patches(of: SpherePeak.peaks(of: parts), width: width)
        case .uniform, .zonal, .harmonics:
            let layout = HarmonicLayout(degree: law.highestDegree)
            let field = HarmonicField(lawModes(in: layout), in: layout)
            return [
                SpherePatch(width: SIMD2(width, width)) { labels in
                    zip(field.values(at: labels.map(SphereFrame.standard.point)), labels).map {
                        max(0, $0) * cos($1.x) / (4 * .pi)
                    }
                }
            ]
        case .points: preconditionFailure("points have no density")
        }
    }

    /// The widest components together on the whole sphere, each of the others on a patch of its own: as many
    /// of either as make the fewest cells.
    private static func patches(of peaks: [SpherePeak], width: Double) -> [SpherePatch] {
        let peaks = peaks.sorted { $0.width > $1.width }
        func sphere(_ wide: ArraySlice<SpherePeak>) -> SpherePatch {
            let cell = min(width, SpherePeak.cell * (wide.last?.width ?? .infinity))
            let mass = wide.reduce(0) { $0 + $1.weight }
            return SpherePatch(width: SIMD2(cell, cell), mass: mass) { labels in
                labels.map { label in
                    let x = SphereFrame.standard.point(label)
                    let density = wide.reduce(0) { $0 + $1.density(at: x) }
                    return density * cos(label.x) / (4 * .pi)
                }
            }
        }
        let own = peaks.map { $0.patch(width: width) }
        var (best, fewest, rest) = (0, Double.infinity, own.reduce(0) { $0 + $1.count })
        for k in 0...peaks.count {
            let count = rest + (k > 0 ? sphere(peaks[..<k]).count : 0)
            if count < fewest { (best, fewest) = (k, count) }
            if k < peaks.count { rest -= own[k].count }
        }
        return (best > 0 ? [sphere(peaks[..<best])] : []) + own[best...]
    }

    /// Components that the nodes of the whole sphere see together, each of the others on a strip of its own.
    private static func patches(
        of parts: [SphereInitial.AzimuthComponent], _ elevation: SphereInitial.Elevation,
        width: Double
    ) -> [SpherePatch] {
        func patch(
            _ parts: [SphereInitial.AzimuthComponent], from: Double, to: Double, cell: Double
        ) -> SpherePatch {
            let circle = StartingMeasure(
                .mixture(
                    parts.map {
                        .init(
                            angle: $0.angle, shape: .wrappedNormal(sigma: $0.sigma),
                            weight: $0.weight)
                    }))
            return SpherePatch(
                lower: SIMD2(-.pi / 2, from), upper: SIMD2(.pi / 2, to), width: SIMD2(width, cell),
                mass: parts.reduce(0) { $0 + $1.weight }
            ) { labels in
                labels.map {
                    (elevation == .uniformArea ? cos($0.x) : 1) * circle.density(at: $0.y)
                }
            }
        }
        let wide = parts.filter { $0.sigma >= width / 2 }
        return (wide.isEmpty ? [] : [patch(wide, from: 0, to: 2 * .pi, cell: width)])
            + parts.filter { $0.sigma < width / 2 }.map { part in
                let half = min(SpherePeak.reach * part.sigma, .pi)
                return patch(
                    [part], from: part.angle - half, to: part.angle + half,
                    cell: min(width, SpherePeak.cell * part.sigma))
            }
    }

    /// A patch with the random factors.
    private func perturbed(_ patch: SpherePatch) -> SpherePatch {
        guard !factors.isEmpty else { return patch }
        let fields = factors.map { factor in
            let layout = HarmonicLayout(degree: factor.maxDegree)
            return (factor.amplitude, HarmonicField(Self.noise(factor, layout), in: layout))
        }
        var patch = patch
        patch.factor = { points in
            fields.reduce([Double](repeating: 1, count: points.count)) { product, field in
                zip(product, field.1.values(at: points)).map { $0 * max(0, 1 + field.0 * $1) }
            }
        }
        return patch
    }
}
