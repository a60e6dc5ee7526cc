import Foundation
import MeanField
import Testing

@testable import Phases

/// The energy distance against closed forms, sums over pairs and Fourier series.
@Suite struct EnergyDistanceTests {
    /// 2|x - y| for two Diracs.
    @Test(arguments: [0, 0.3, 2, .pi, 5]) func twoDiracs(_ angle: Double) throws {
        let found = EnergyDistance.onCircle(
            try CircleCensusTests.atoms([1]), try CircleCensusTests.atoms([1 + angle]))
        #expect(abs(found - 4 * abs(sin(angle / 2))) < 1e-14)
    }

    /// Mean chord 4/π: a Dirac is 2·4/π - 4/π from the uniform measure.
    @Test func diracAndUniform() throws {
        let uniform = try CircleCensusTests.measure(.uniform)
        let found = EnergyDistance.onCircle(try CircleCensusTests.atoms([2.2]), uniform)
        #expect(abs(found - 4 / .pi) < 1e-14)
        #expect(EnergyDistance.onCircle(uniform, uniform) < 1e-15)
    }

    /// (8/π) Σ |c_k - d_k|²/(4k² - 1), a finite sum for densities.
    @Test func densitiesAsSeries() throws {
        let a = try CircleCensusTests.measure(WassersteinDistanceTests.smooth)
        let b = try CircleCensusTests.measure(
            .mixture([.init(angle: 1, shape: .vonMises(concentration: 20), weight: 1)]))
        let (c, d) = (a.coefficients(upTo: 60), b.coefficients(upTo: 60))
        let series = (1...60).reduce(0.0) { sum, k in
            let (x, y) = (c.re[k] - d.re[k], c.im[k] - d.im[k])
            return sum + (x * x + y * y) / Double(4 * k * k - 1)
        }
        #expect(abs(EnergyDistance.onCircle(a, b) - 8 / .pi * series) < 1e-13)
    }

    /// Running sums on the circle agree with pairs in the plane.
    @Test func pairs() throws {
        var generator = Random(seed: 9)
        func draw(_ count: Int) -> (angles: [Double], masses: [Double]) {
            let angles = (0..<count).map { _ in 20 * generator.nextUniform() - 10 }
            let masses = (0..<count).map { _ in generator.nextUniform() }
            let total = masses.reduce(0, +)
            return (angles, masses.map { $0 / total })
        }
        let (a, b) = (draw(40), draw(70))
        func plane(_ tokens: (angles: [Double], masses: [Double])) -> TokenMeasure {
            TokenMeasure(
                dimension: 2, positions: tokens.angles.map(cos) + tokens.angles.map(sin),
                masses: tokens.masses)
        }
        let pairs = EnergyDistance.ofPoints(plane(a), plane(b))
        let found = EnergyDistance.onCircle(
            try CircleCensusTests.atoms(a.angles, a.masses),
            try CircleCensusTests.atoms(b.angles, b.masses))
        #expect(abs(found - pairs) < 1e-14, "\(found) \(pairs)")
    }

    /// Atoms among cells: a mesh of panels against its own Gauss sums.
    @Test func atomsAndDensity() throws {
        let density = try CircleCensusTests.measure(WassersteinDistanceTests.smooth)
        let atoms = try CircleCensusTests.atoms([0.1, 3, 3.1, 5], [0.4, 0.1, 0.2, 0.3])
        let (c, d) = (density.coefficients(upTo: 20_000), atoms.coefficients(upTo: 20_000))
        let series = (1...20_000).reduce(0.0) { sum, k in
            let (x, y) = (c.re[k] - d.re[k], c.im[k] - d.im[k])
            return sum + (x * x + y * y) / Double(4 * k * k - 1)
        }
        // The series leaves out about Σ|m|²/(4K).
        #expect(abs(EnergyDistance.onCircle(atoms, density) - 8 / .pi * series) < 4e-5)
    }

    /// Random tokens: E has the mean 𝔼|Y - Y'|/N.
    @Test func meanOfRandomTokens() throws {
        let law = StartingMeasure(.uniform)
        let uniform = ChordPotential(CircleProfile(of: try CircleCensusTests.measure(.uniform)))
        let count = 1000
        let mean = try (0..<60).reduce(0.0) { sum, replica in
            let tokens = law.tokens(
                count: count, sampling: .random, seed: 3, replica: replica)
            let measure = try CircleCensusTests.measure(tokens.initial)
            return sum
                + EnergyDistance.onCircle(ChordPotential(CircleProfile(of: measure)), uniform) / 60
        }
        let exact = 4 / Double.pi / Double(count)
        #expect(abs(mean / exact - 1) < 0.4, "\(mean) \(exact)")
    }
}
