import Foundation
import Testing

@testable import MeanField

/// Moving cells: what splitting and joining keep, and the integrals against the measure.
@Suite struct CellMeshTests {
    /// ρ(θ) of a mixture on one turn from -π.
    static func mesh(
        _ tolerance: Double = 1e-12, sharpness: Double = 9,
        density: (Double) -> Double = { exp(3 * cos($0 - 0.4)) + 0.3 }
    ) -> CellMesh {
        var mesh = CellMesh(
            sharpness: sharpness, tolerance: tolerance, from: -.pi, to: .pi, edges: [],
            density: density)
        mesh.scaleMasses(by: 1 / mesh.masses.reduce(0, +))
        return mesh
    }

    static func mass(_ mesh: CellMesh) -> Double { mesh.masses.reduce(0, +) }

    /// Mass of a density on an equispaced grid.
    static func mass(_ values: [Double]) -> Double {
        let sum: Double = values.reduce(0, +)
        return sum * 2 * Double.pi / Double(values.count)
    }

    static func centre(_ mesh: CellMesh) -> Double {
        zip(mesh.angles, mesh.masses).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test func integralsOfSmoothFunctions() {
        // mpmath: I_1(3)/(I_0(3) + 0.3) = 0.762785…: the mean of cos(θ - 0.4).
        let kernel = KernelMultipliers(inverseTemperature: 3, count: 4).kernel.map { $0 * exp(3) }
        for (k, exact) in [
            (1.0, kernel[1] / (kernel[0] + 0.3)), (2, kernel[2] / (kernel[0] + 0.3)),
            (4, kernel[4] / (kernel[0] + 0.3)),
        ] {
            let mesh = Self.mesh()
            let sum = zip(mesh.angles, mesh.masses).reduce(0) { $0 + $1.1 * cos(k * ($1.0 - 0.4)) }
            #expect(abs(sum - exact) < 1e-13, "k = \(k)")
        }
    }

    /// What is drawn: never negative, and all the mass.
    @Test(arguments: [64, 500, 2048]) func densityOnAGridKeepsTheMass(points: Int) throws {
        let rippled = Self.mesh { 1 + cos($0) + 1e-13 * cos(40 * $0) }
        let peaked = Self.mesh { exp(-$0 * $0 / 2e-4) + 1e-14 * (1 + cos(9 * $0)) }
        for mesh in [rippled, peaked] {
            let values = try #require(
                CircleMeasure(content: .mesh(mesh)).density(onGridOf: points))
            #expect(values.allSatisfy { $0 >= 0 })
            #expect(abs(Self.mass(values) - 1) < 1e-13)
        }
    }

    /// A smooth density that dips below zero by its truncation.
    @Test func negativeValuesAreNotDrawn() throws {
        let grid = (0..<64).map { (1 + 1.001 * cos(2 * .pi * Double($0) / 64)) / (2 * .pi) }
        let zeros = [Double](repeating: 0, count: 20)
        let measure = CircleMeasure(
            content: .smooth(re: [1, 0.5005] + zeros, im: [0, 0] + zeros, grid: grid))
        for points in [64, 128] {
            let values = try #require(measure.density(onGridOf: points))
            #expect(values.min()! == 0)
            #expect(abs(Self.mass(values) - 1) < 1e-14)
        }
    }

    @Test func finerTolerancesCostLittleAndConverge() {
        // The relative mass of a narrow peak, ∫e^{-x²/2σ²} = σ√2π.
        let σ = 1e-3
        var last = Double.infinity
        for exponent in [4, 7, 10, 13] {
            let mesh = CellMesh(
                sharpness: 9, tolerance: pow(10, -Double(exponent)), from: -1, to: 1.3, edges: [0]
            ) { exp(-$0 * $0 / (2 * σ * σ)) / (σ * (2 * Double.pi).squareRoot()) }
            let error = abs(Self.mass(mesh) - 1)
            #expect(error < 10 * pow(10, -Double(exponent)) + 1e-14)
            #expect(error <= last || error < 1e-14)
            #expect(mesh.count < 2000)
            last = error
        }
    }

    @Test func splittingKeepsMassAndCentre() {
        // The flow x → x + 0.9 sin x stretches panels near 0 and squeezes them near π.
        var mesh = Self.mesh(sharpness: 400)
        for _ in 0..<6 {
            mesh.angles = mesh.angles.map { $0 + 0.9 * sin($0) }
            let (mass, centre, count) = (Self.mass(mesh), Self.centre(mesh), mesh.count)
            let changed = mesh.adapt(velocities: [Double](repeating: 0, count: mesh.count))
            if changed { #expect(mesh.count != count) }
            #expect(abs(Self.mass(mesh) - mass) < 2e-15)
            #expect(abs(Self.centre(mesh) - centre) < 2e-15)
            #expect(mesh.masses.allSatisfy { $0 >= 0 })
            #expect(mesh.angles == mesh.angles.sorted())
        }
        #expect(mesh.count > Self.mesh(sharpness: 400).count)
    }

    @Test func joiningKeepsMassAndCentre() {
        var mesh = Self.mesh()
        for contraction in [1e-2, 1e-4, 1e-6, 1e-9] {
            mesh.angles = mesh.angles.map { 2 + ($0 - 2) * contraction }
            let (mass, centre, count) = (Self.mass(mesh), Self.centre(mesh), mesh.count)
            let changed = mesh.adapt(velocities: mesh.angles.map { 2 - $0 })
            #expect(changed)
            #expect(mesh.count < count)
            #expect(abs(Self.mass(mesh) - mass) < 2e-15)
            #expect(abs(Self.centre(mesh) - centre) < 2e-15)
            if mesh.isPoints { break }
        }
        #expect(mesh.isPoints && mesh.count == 1)
    }

    @Test func onlyWhatContractsIsJoined() {
        var mesh = Self.mesh()
        mesh.angles = mesh.angles.map { $0 * 1e-6 }
        let changed = mesh.adapt(velocities: mesh.angles)
        #expect(!changed)
    }

    @Test func masslessPanelsJoinWithoutHarm() {
        // Far from a narrow peak the density underflows to exactly zero.
        var mesh = Self.mesh(density: { exp(-$0 * $0 / 2e-6) })
        for _ in 0..<40 {
            mesh.angles = mesh.angles.map { 0.3 * $0 }
            _ = mesh.adapt(velocities: mesh.angles.map { -$0 })
            #expect(mesh.angles.allSatisfy { $0.isFinite })
        }
        #expect(abs(Self.mass(mesh) - 1) < 1e-14)
    }

    @Test func cumulativeMassIsMonotoneAndComplete() {
        let mesh = Self.mesh()
        #expect(mesh.mass(below: -4) == 0)
        #expect(abs(mesh.mass(below: 4) - 1) < 1e-15)
        var last = 0.0
        for i in 0...4000 {
            let φ = -Double.pi + 2 * .pi * Double(i) / 4000
            let now = mesh.mass(below: φ)
            #expect(now >= last - 1e-16)
            last = now
        }
        // ∫_{-π}^{0.4} of the density by symmetry about 0.4 and by Simpson's rule beyond.
        let n = 2000
        func integral(_ a: Double, _ b: Double) -> Double {
            var sum = 0.0
            for i in 0...n {
                let x = a + (b - a) * Double(i) / Double(n)
                let weight = i == 0 || i == n ? 1.0 : (i % 2 == 1 ? 4 : 2)
                sum += weight * (exp(3 * cos(x - 0.4)) + 0.3)
            }
            return sum * (b - a) / Double(3 * n)
        }
        let whole = integral(-.pi, .pi)
        for φ in [-3.0, -1, 0.4, 0.5, 2, 3.1] {
            #expect(abs(mesh.mass(below: φ) - integral(-.pi, φ) / whole) < 1e-11)
        }
    }

    @Test func arcsOfAMeasureAddUpRoundTheCircle() {
        let measure = CircleMeasure(content: .mesh(Self.mesh()))
        for start in [-7.0, -3, 0, 3, 5.5] {
            let parts = [0, 0.7, 2.2, 5, 2 * Double.pi]
            let pieces = zip(parts, parts.dropFirst()).map {
                measure.mass(from: start + $0, to: start + $1)
            }
            #expect(abs(pieces.reduce(0, +) - 1) < 1e-14)
            #expect(pieces.allSatisfy { $0 > 0 })
        }
    }

    @Test func imagesUnderASymmetry() {
        let symmetry = DihedralSymmetry(fold: 3, reflects: true, origin: 0.25)
        let part = CellMesh(
            sharpness: 9, tolerance: 1e-12, from: 0, to: .pi / 3, edges: []
        ) { 1.5 + cos(3 * $0) }
        let pinned = [Bool](repeating: false, count: part.count)
        let whole = part.expanded(by: symmetry, isPinned: pinned)
        #expect(whole.count == 6 * part.count)
        #expect(whole.angles == whole.angles.sorted())
        #expect(abs(Self.mass(whole) - Self.mass(part)) < 1e-14)
        // Odd and foreign moments vanish, c_3 is the density's.
        func moment(_ k: Double) -> (Double, Double) {
            zip(whole.angles, whole.masses).reduce((0, 0)) {
                (
                    $0.0 + $1.1 * cos(k * ($1.0 - 0.25)), $0.1 + $1.1 * sin(k * ($1.0 - 0.25))
                )
            }
        }
        for k in [1.0, 2, 4, 5] {
            #expect(abs(moment(k).0) < 1e-14 && abs(moment(k).1) < 1e-14)
        }
        #expect(abs(moment(3).0 - .pi / 6) < 1e-14 && abs(moment(3).1) < 1e-14)
    }
}
