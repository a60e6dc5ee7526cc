import Foundation
import Spectral
import Testing

@testable import MeanField

/// The angle under the heat kernel of S^{d-1}, and tokens drawn by it.
@Suite struct HeatKernelAngleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var dimension: Int
        var sigma: Double
        /// What the moments are known to.
        var tolerance = 1e-11
        var testDescription: String { "d = \(dimension), sigma = \(sigma)" }
    }

    static let cases = [
        Case(dimension: 3, sigma: 1e-3), Case(dimension: 3, sigma: 0.003),
        Case(dimension: 3, sigma: 0.3), Case(dimension: 3, sigma: 2),
        Case(dimension: 4, sigma: 0.02), Case(dimension: 4, sigma: 0.7),
        Case(dimension: 8, sigma: 0.05), Case(dimension: 8, sigma: 0.15),
        Case(dimension: 8, sigma: 0.4), Case(dimension: 24, sigma: 0.1),
        Case(dimension: 64, sigma: 0.1), Case(dimension: 64, sigma: 0.2),
        Case(dimension: 256, sigma: 0.1, tolerance: 1e-10),
        Case(dimension: 1024, sigma: 0.03, tolerance: 1e-9),
        Case(dimension: 1024, sigma: 0.06, tolerance: 1e-7),
        Case(dimension: 1024, sigma: 0.2),
    ]

    private func panels(_ one: Case) -> [DensityPanel] {
        let kernel = HeatKernelAngle(dimension: one.dimension, sigma: one.sigma)
        return DensityPanel.panels(width: one.sigma) { log(kernel.density(at: $0)) }
    }

    /// ∫ P_l dμ = e^{-l(l+d-2)σ²/2} ∫ dμ.
    @Test(arguments: cases) func moments(_ one: Case) {
        let degrees = [1, 2, 3, 7]
        var sums = [Double](repeating: 0, count: 8)
        for panel in panels(one) {
            let half = (panel.end - panel.start) / 2
            for (j, ξ) in CellMesh.panel.nodes.enumerated() {
                let φ = (panel.start + panel.end) / 2 + half * ξ
                let mass = half * CellMesh.panel.weights[j] * panel.values[j]
                let p = zonalPolynomials(upTo: 7, dimension: one.dimension, at: cos(φ))
                for l in sums.indices { sums[l] += mass * p[l] }
            }
        }
        for l in degrees {
            let decay = Double(l * (l + one.dimension - 2)) * one.sigma * one.sigma / 2
            #expect(abs(sums[l] / sums[0] - exp(-decay)) < one.tolerance, "l = \(l)")
        }
    }

    /// Both ways of writing the kernel have mass 1, where one ends and the other begins.
    @Test(arguments: [3, 4, 8, 24, 256]) func normalisation(_ d: Int) {
        for sigma in [0.01, 0.02, 0.05, 0.1, 0.2, 0.4] {
            let kernel = HeatKernelAngle(dimension: d, sigma: sigma)
            let mass = panels(Case(dimension: d, sigma: sigma)).reduce(0.0) { sum, panel in
                let half = (panel.end - panel.start) / 2
                let nodes = CellMesh.panel.nodes.map { (panel.start + panel.end) / 2 + half * $0 }
                return sum
                    + zip(nodes, CellMesh.panel.weights).reduce(0) {
                        $0 + half * $1.1 * kernel.density(at: $1.0)
                    }
            }
            #expect(abs(mass - 1) < 1e-8, "sigma = \(sigma)")
        }
    }

    /// Values on S², from the mean to where they end, against Σ (2l+1) e^{-l(l+1)s} P_l.
    @Test(arguments: [0.02, 0.1, 0.3, 0.32, 0.8]) func valuesOnTheSphere(_ sigma: Double) {
        let kernel = HeatKernelAngle(dimension: 3, sigma: sigma)
        let top = Int(8.5 / sigma) + 2
        func sum(_ φ: Double) -> Double {
            let p = zonalPolynomials(upTo: top, dimension: 3, at: cos(φ))
            return (0...top).reduce(0) {
                $0 + Double(2 * $1 + 1) * exp(-Double($1 * ($1 + 1)) * sigma * sigma / 2) * p[$1]
            }
        }
        for φ in [0, 1e-9, 1e-3, 0.5 * sigma, 2 * sigma, min(5 * sigma, 3.1)] {
            #expect(abs(kernel.value(at: φ) - sum(φ)) < 1e-12 * sum(0), "\(φ)")
        }
    }

    /// The narrowest kernel that a scenario may have is flat: 𝔼φ² = (d - 1)σ².
    @Test(arguments: [3, 8, 300], TokenSampling.allCases)
    func narrowest(_ d: Int, _ sampling: TokenSampling) {
        let axis = (0..<d).map { $0 == 1 ? 1.0 : 0 }
        for shape in [
            SphereInitial.Component.Shape.sigma(1e-10), .concentration(1e17),
        ] {
            let tokens = SphereInitial.mixture([.init(mean: axis, shape: shape, weight: 1)]).tokens(
                count: 2000, dimension: d, sampling: sampling, seed: 3, replica: 0)
            let square = (0..<tokens.count).reduce(0.0) { sum, i in
                let x = tokens.point(i)
                return sum
                    + tokens.masses[i]
                    * zip(x, axis).reduce(0) {
                        $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
                    }
            }
            let variance = shape == .sigma(1e-10) ? 1e-20 : 1e-17
            // The variance of χ² of d - 1 degrees over its squared mean is 2/(d - 1).
            #expect(abs(square / (Double(d - 1) * variance) - 1) < 0.12)
        }
    }

    /// Many kernels cost hardly more than one: their angle has one law.
    @Test(arguments: [3, 4, 8], TokenSampling.allCases)
    func manyPoints(_ d: Int, _ sampling: TokenSampling) {
        let count = 3000
        let centers = SphereInitial.zonal(
            axis: (0..<d).map { $0 == 0 ? 1 : 0 }, coefficients: [0.9]
        ).tokens(count: count, dimension: d, sampling: .random, seed: 1, replica: 0)
        let law = SphereStart(.points(centers), bandwidth: 0.1).smoothLaw
        let tokens = law.tokens(
            count: 20_000, dimension: d, sampling: sampling, seed: 2, replica: 0)
        let decay = exp(-Double(d - 1) * 0.005)
        for c in 0..<d {
            func mean(_ measure: TokenMeasure) -> Double {
                (0..<measure.count).reduce(0) { $0 + measure.masses[$1] * measure.point($1)[c] }
            }
            let bound = sampling == .random ? 0.03 : 0.015
            #expect(abs(mean(tokens) - decay * mean(centers)) < bound)
        }
    }
}
