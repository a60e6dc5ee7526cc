import Foundation
import Testing

@testable import MeanField

@Suite struct CollapseSpectrumTests {
    @Test func aSimpleLeadingEigenvalueGivesItsLine() {
        let diagonal = CollapseSpectrum(of: PlaneMap(1, 0, 0, 0.5))
        #expect(diagonal.eigenvalues == [1, 0.5] && diagonal.axis == 0 && diagonal.gap == 0.5)
        #expect(CollapseSpectrum(of: PlaneMap(-2, 0, 0, -1)).axis == .pi / 2)
        // The largest real part, not the largest modulus.
        #expect(CollapseSpectrum(of: PlaneMap(1, 0, 0, -3)).axis == 0)
        // Non-normal: (1, 1) for 2, (1, 0) for 1.
        let triangular = CollapseSpectrum(of: PlaneMap(1, 1, 0, 2))
        #expect(triangular.eigenvalues == [2, 1])
        #expect(abs(triangular.axis! - .pi / 4) < 1e-15)
        for angle in [0.3, 1.2, 2.8] {
            let turned = CollapseSpectrum(of: PlaneMap(2, 0, 0, -1).turned(by: -angle))
            #expect(turned.dimension == 1)
            #expect(abs(remainder(turned.axis! - angle, .pi)) < 1e-15)
        }
        // Singular: the kernel is the other one.
        #expect(CollapseSpectrum(of: PlaneMap(1, 2, 2, 4)).eigenvalues == [5, 0])
    }

    @Test func theWholePlane() {
        let maps = [
            PlaneMap(scale: 0), PlaneMap(scale: 3), PlaneMap(rotation: 1), PlaneMap(1, 1, 0, 1),
            PlaneMap(0, 1, 0, 0), PlaneMap(1, -2, 0.5, 1), PlaneMap(1, 0, 0, 1 - 1e-10),
        ]
        for map in maps {
            #expect(CollapseSpectrum(of: map).dimension == 2)
            // Defective matrices stay so in every frame, for all that rounding does.
            for angle in [0.3, 1, 2.5] {
                let turned = CollapseSpectrum(of: map.turned(by: angle))
                #expect(turned.dimension == 2 && turned.gap == nil)
            }
        }
        let pair = CollapseSpectrum(of: PlaneMap(1, -2, 0.5, 1))
        #expect(pair.eigenvalues == [1, 1] && pair.imaginaryPart == 1)
        // Just beyond 1e-9 of the norm.
        #expect(CollapseSpectrum(of: PlaneMap(1, 0, 0, 1 - 2e-9)).dimension == 1)
    }

    @Test func residuals() throws {
        let spectrum = CollapseSpectrum(of: PlaneMap(2, 0, 0, -1).turned(by: -0.4))
        let atoms = MatrixAttentionTests.mesh([0.4, 0.4 + .pi, 0.4 + .pi / 2], [0.5, 0.25, 0.25])
        #expect(abs(spectrum.residual(of: atoms) - 0.25) < 1e-15)
        // ρ = (1 + cos 2θ)/2π about an axis at 0: ∫ sin² = 1/4, about 0.4: (1 - cos(0.8)/2)/2.
        var evolution = try CircleEvolution(
            of: StartingMeasure(.modes([.init(degree: 2, cosine: 1, sine: 0)])),
            attention: IsotropicAttention(beta: 1), options: EvolutionOptions())
        let smooth = evolution.measure()
        #expect(abs(spectrum.residual(of: smooth) - (1 - cos(0.8) / 2) / 2) < 1e-15)
        #expect(
            abs(CollapseSpectrum(of: PlaneMap(1, 0, 0, 0)).residual(of: smooth) - 0.25) < 1e-15)
        #expect(CollapseSpectrum(of: PlaneMap(1, 1, 0, 1)).residual(of: smooth) == 0)
    }
}
