import Foundation
import Testing

@testable import MeanField

/// How fast regular polygons of equal atoms fall apart.
@Suite struct PolygonRateTests {
    /// The rate of the perturbation cos(2π p i/k) of atom i under softmax attention.
    ///
    ///     λ_p = Σ_g w_g (cos δ_g - β sin² δ_g)(cos(p δ_g) - 1)/Σ_g w_g,   δ_g = 2πg/k, w_g = e^{β cos δ_g}
    ///
    /// Derived: the forces balance, so that the denominator contributes nothing.
    static func rate(k: Int, p: Int, β: Double) -> Double {
        var (sum, weights) = (0.0, 0.0)
        for g in 0..<k {
            let δ = 2 * Double.pi * Double(g) / Double(k)
            let w = exp(β * (cos(δ) - 1))
            sum += w * (cos(δ) - β * sin(δ) * sin(δ)) * (cos(Double(p) * δ) - 1)
            weights += w
        }
        return sum / weights
    }

    static func polygon(_ k: Int, turned angle: Double, by p: Int, _ amplitude: Double) -> [Double]
    {
        (0..<k).map { i in
            let θ = 2 * Double.pi * Double(i) / Double(k)
            return angle + θ + amplitude * cos(Double(p) * θ)
        }
    }

    @Test func softestRateOfTheTriangle() {
        #expect(abs(Self.rate(k: 3, p: 1, β: 5) / 0.0070440338293573 - 1) < 1e-13)
    }

    /// The velocities of slightly bent polygons, by central differences of order four.
    @Test(arguments: [(2, 1, 5.0), (3, 1, 5), (4, 1, 5), (4, 2, 5), (5, 1, 20), (3, 1, 20)])
    func velocitiesOfBentPolygons(k: Int, p: Int, β: Double) {
        var equation = AtomEquation(
            attention: IsotropicAttention(beta: β), symmetry: .none,
            masses: [Double](repeating: 1 / Double(k), count: k),
            isPinned: [Bool](repeating: false, count: k), tolerance: 1e-12)
        func slope(_ h: Double) -> Double {
            let plus = equation.velocities(at: Self.polygon(k, turned: 0.3, by: p, h))
            let minus = equation.velocities(at: Self.polygon(k, turned: 0.3, by: p, -h))
            return (plus[0] - minus[0]) / (2 * h)
        }
        let h = 2e-4
        let rate = (4 * slope(h) - slope(2 * h)) / 3
        #expect(abs(rate / Self.rate(k: k, p: p, β: β) - 1) < 1e-10)
    }

    /// Growth from ±1e-6 over 200 units of time; what is even in the amplitude cancels.
    @Test func trianglesFallApartAtTheirRate() throws {
        let start = 1e-6
        let bend = try [start, -start].map { amplitude in
            var options = EvolutionOptions(timeTolerance: 1e-13)
            options.keepsSymmetry = false
            var evolution = try CircleEvolution(
                of: StartingMeasure(
                    .atoms(
                        angles: Self.polygon(3, turned: 0.3, by: 1, amplitude),
                        masses: [1 / 3.0, 1 / 3, 1 / 3])),
                attention: IsotropicAttention(beta: 5), options: options)
            while evolution.time < ModelTime(200) {
                try evolution.step(limit: ModelTime(200))
                try evolution.finishStep()
            }
            // The part along cos(2πi/3): 2/3 of the sum of the products.
            return zip(evolution.measure().points.angles, Self.polygon(3, turned: 0.3, by: 1, 0))
                .enumerated().reduce(0.0) { sum, atom in
                    let weight = 2.0 / 3 * cos(2 * .pi * Double(atom.offset) / 3)
                    return sum + weight * (atom.element.0 - atom.element.1)
                }
        }
        let rate = log((bend[0] - bend[1]) / (2 * start)) / 200
        #expect(abs(rate / Self.rate(k: 3, p: 1, β: 5) - 1) < 1e-8)
    }
}
