import Foundation
import Spectral
import Testing

@testable import MeanField

/// Panels of S² keep their masses, and a front that runs through them falls where it should.
@Suite struct SphereMeshTests {
    private static let parts: [SphereInitial.AzimuthComponent] = [
        .init(angle: 0.4, sigma: 0.3, weight: 0.4), .init(angle: 2.5, sigma: 0.5, weight: 0.6),
    ]

    private static func mesh(
        _ tolerance: Double, _ elevation: SphereInitial.Elevation = .uniformAngle,
        _ parts: [SphereInitial.AzimuthComponent] = parts
    ) throws -> SphereMesh {
        try SphereStart(.azimuth(parts, elevation))
            .mesh(sharpness: 10, resolution: nil, tolerance: tolerance).mesh
    }

    /// A component that no node of the first panels sees beside one that all of them do.
    private static let narrow: [SphereInitial.AzimuthComponent] = [
        .init(angle: 0.4, sigma: 0.003, weight: 0.5), .init(angle: 6.2, sigma: 0.5, weight: 0.5),
    ]

    @Test(arguments: SphereInitial.Elevation.allCases, [parts, narrow])
    func momentsOfTheStart(
        _ elevation: SphereInitial.Elevation, _ parts: [SphereInitial.AzimuthComponent]
    ) throws {
        let measure = try Self.mesh(1e-7, elevation, parts).measure
        let n = measure.count
        #expect(abs(measure.masses.reduce(0, +) - 1) < 1e-12)
        let circular = parts.reduce(SIMD2(0, 0)) { sum, part in
            sum + part.weight * exp(-part.sigma * part.sigma / 2)
                * SIMD2(cos(part.angle), sin(part.angle))
        }
        // The means of cos and sin² of the elevation.
        let isAngle = elevation == .uniformAngle
        let (across, along) = isAngle ? (2 / Double.pi, 0.5) : (Double.pi / 4, 1.0 / 3)
        let mean = measure.mean
        #expect(abs(mean[0] - across * circular.x) < 1e-9)
        #expect(abs(mean[1] - across * circular.y) < 1e-9)
        #expect(abs(mean[2]) < 1e-12)
        let square = (0..<n).reduce(0) {
            $0 + measure.masses[$1] * measure.positions[2 * n + $1] * measure.positions[2 * n + $1]
        }
        #expect(abs(square - along) < 1e-9)
    }

    /// A band about a great circle, with bumps along it: coefficients of all degrees that a kernel sees stay,
    /// wherever the equator of the panels lies.
    @Test(arguments: [
        [[1.0, 0, 0], [0.0, 1, 0]], [[0.6, 0, -0.8], [0.0, 1, 0]], [[0.0, 0, 1], [0.6, -0.8, 0]],
    ])
    func panelsOfADensity(equator: [[Double]]) {
        let start = SphereStart(
            .mixture(
                (0..<12).map { k in
                    let φ = Double(k * k)
                    return .init(
                        mean: [cos(φ), sin(φ), 0.1], shape: .concentration(20), weight: 1 / 12)
                }))
        let layout = HarmonicLayout(degree: 63)
        let density = SphereDensity(
            modes: start.modes(in: layout),
            transform: SphericalTransform(degree: 63, analysing: 63))
        let mesh = density.mesh(equator: equator, sharpness: 9, tolerance: 1e-6)
        let measure = mesh.measure
        #expect(mesh.panels * SpherePanel.nodes == measure.count)
        #expect(abs(measure.masses.reduce(0, +) - 1) < 1e-12)
        let short = HarmonicLayout(degree: 24)
        let missed = zip(density.layout.moved(density.modes, to: short), short.modes(of: measure))
        #expect(missed.allSatisfy { abs($0 - $1) < 1e-7 })
        let error = measure.kernelError(sharpness: 9) {
            density.layout.moved(density.modes, to: $0)
        }
        #expect(error < 1e-7)
    }

    @Test(arguments: [0, 1]) func halvesKeepMassAndCentre(label: Int) {
        var panel = SpherePanel()
        for (i, place) in SpherePanel.labels.enumerated() {
            let (u, w) = (0.3 * place.x + 0.1 * place.x * place.y, 0.2 * place.y)
            panel.fields[0][i] = cos(w) * cos(u)
            panel.fields[1][i] = cos(w) * sin(u)
            panel.fields[2][i] = sin(w)
            panel.fields[3][i] = 1 + 0.5 * place.x - 0.3 * place.y * place.y
        }
        let (first, second) = panel.halves(along: label)
        #expect(abs(first.mass + second.mass - panel.mass) < 1e-14)
        for c in 0..<3 {
            let moved = first.mass * first.centre[c] + second.mass * second.centre[c]
            #expect(abs(moved - panel.mass * panel.centre[c]) < 1e-14)
        }
        #expect(first.width(along: label) < 0.6 * panel.width(along: label))
    }

    /// Azimuths run from the source 1 + a λ² to the sink half a turn on, tan(·/2) growing as e^t: the mass
    /// between source and sink stays, up to what the tolerance leaves on either side.
    @Test func aFrontDividesTheMass() throws {
        func source(_ z: Double) -> Double { 1 + 0.8 * z * z }
        func share(_ measure: TokenMeasure) -> Double {
            let n = measure.count
            return (0..<n).reduce(0) { sum, i in
                let z = measure.positions[2 * n + i]
                let φ = atan2(measure.positions[n + i], measure.positions[i])
                return sin(φ - source(z)) > 0 ? sum + measure.masses[i] : sum
            }
        }
        let exact = try share(Self.mesh(1e-9).measure)
        func flow(_ tolerance: Double) throws -> (error: Double, mesh: SphereMesh) {
            var mesh = try Self.mesh(tolerance)
            for _ in 0..<60 {
                var moved = mesh.measure
                let n = moved.count
                var velocities = [Double](repeating: 0, count: 3 * n)
                for i in 0..<n {
                    let (x, y, z) = (
                        moved.positions[i], moved.positions[n + i], moved.positions[2 * n + i]
                    )
                    let gap = atan2(y, x) - source(z)
                    let φ = source(z) + 2 * atan2(exp(0.2) * sin(gap / 2), cos(gap / 2))
                    let s = (x * x + y * y).squareRoot()
                    (moved.positions[i], moved.positions[n + i]) = (s * cos(φ), s * sin(φ))
                    (velocities[i], velocities[n + i]) = (-y * sin(gap), x * sin(gap))
                }
                mesh = SphereMesh(
                    moved, panels: mesh.panels, sharpness: 10, tolerance: tolerance)
                _ = mesh.adapt(velocities: velocities, loss: 1e-8, reach: 1e-5)
            }
            return (abs(share(mesh.measure) - exact), mesh)
        }
        let (error, mesh) = try flow(1e-5)
        #expect(abs(mesh.measure.masses.reduce(0, +) - 1) < 1e-12)
        #expect(error < 1e-4, "\(error)")
        let finer = try flow(1e-6)
        #expect(finer.error < 2e-5 && finer.error < error, "\(finer.error) \(error)")
    }
}
