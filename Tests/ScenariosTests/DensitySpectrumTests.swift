import MeanField
import Phases
import Testing

@testable import Scenarios

/// ‖ρ_l‖ of known densities beyond the circle: what snapshots keep of each degree.
@Suite struct DensitySpectrumTests {
    private func start<Evolution: RunnableEvolution>(
        _ model: String, _ initial: String, as kind: Evolution.Type
    ) throws -> [Double] {
        let scenario = try decode(
            "[model]\nbeta = 2\n\(model)\n[initial]\n\(initial)\n[time]\nend = 0")
        var session = try #require(try RunSession<Evolution>.start(scenario))
        while !session.isFinished { session.step() }
        return try #require(session.snapshots[0].spectrum)
    }

    private func expect(_ spectrum: [Double], _ sizes: [Int: Double]) {
        for (l, size) in spectrum.enumerated() {
            #expect(abs(size - (l == 0 ? 1 : sizes[l] ?? 0)) < 1e-14, "\(l): \(size)")
        }
        #expect(sizes.keys.allSatisfy { $0 < spectrum.count })
    }

    @Test func ofHarmonics() throws {
        let spectrum = try start(
            "dimension = 3",
            "kind = 'harmonics'\nharmonics = [[2, 1, 0.12, -0.05], [3, 0, 0.05, 0]]",
            as: SphereEvolution.self)
        expect(spectrum, [2: 0.13, 3: 0.05])
        #expect(spectrum.count == 32)
    }

    /// A single high degree has no tail on the first grid, and is carried all the same.
    @Test func ofASingleHighDegree() throws {
        let spectrum = try start(
            "dimension = 3", "kind = 'harmonics'\nharmonics = [[45, 7, 0.06, 0.08]]",
            as: SphereEvolution.self)
        expect(spectrum, [45: 0.1])
    }

    /// ‖a P_l‖ = a/√N_l, N_2 = 9 on S³ and 14 in R^5.
    @Test func ofZonalDegrees() throws {
        let initial = "kind = 'degrees'\ndegrees = [[2, 0.1]]"
        expect(
            try start("dimension = 4", initial, as: HypersphereEvolution.self), [2: 0.1 / 3])
        expect(
            try start("dimension = 5", initial, as: ZonalEvolution.self),
            [2: 0.1 / 14.0.squareRoot()])
    }
}
