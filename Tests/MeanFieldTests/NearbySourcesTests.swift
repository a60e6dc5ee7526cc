import Foundation
import Testing

@testable import MeanField

@Suite struct NearbySourcesTests {
    /// 300 ascending sources in clusters, some of tiny mass, starting at `start`.
    private func sources(from start: Double) -> (angles: [Double], masses: [Double]) {
        let angles = (0..<300).map { (i: Int) -> Double in
            let label = Double(i)
            let share = label / 300 + 0.002 * sin(label * 0.9)
            return start + 6.2 * share + 0.05
        }.sorted()
        let masses = (0..<300).map { (i: Int) -> Double in
            let s = sin(Double(i) * 0.05)
            return exp(-20 * s * s)
        }
        let total = masses.reduce(0, +)
        return (angles, masses.map { $0 / total })
    }

    @Test(arguments: [1.0, 30, 400, 1e4], [-3.0, 0, 5]) func sumsOfFewAreSumsOfAll(
        β: Double, start: Double
    ) {
        let (angles, masses) = sources(from: start)
        var all = PointPotential(inverseTemperature: β)
        all.setSources(angles: angles, masses: masses)
        var few = all
        few.findOrder()
        for i in 0..<200 {
            let x = -4 + 0.0631 * Double(i)
            let (a, b) = (all.logarithm(at: x), few.logarithm(at: x))
            let size = 1 + abs(a.first)
            #expect(abs(a.value - b.value) <= 1e-14 * (1 + abs(a.value)), "\(x)")
            #expect(abs(a.first - b.first) <= 1e-12 * size, "\(x)")
            #expect(abs(a.second - b.second) <= 1e-11 * (β + abs(a.second)), "\(x)")
            #expect(abs(a.third - b.third) <= 1e-10 * (β * β + abs(a.third)), "\(x)")
        }
    }
}
