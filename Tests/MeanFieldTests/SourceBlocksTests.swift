import Foundation
import Testing

@testable import MeanField

@Suite struct SourceBlocksTests {
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

    @Test(arguments: [1.0, 30, 400, 1e4, -30, -1e4], [-3.0, 0, 5]) func sumsOfFewAreSumsOfAll(
        β: Double, start: Double
    ) {
        let (angles, masses) = sources(from: start)
        // Shuffled, every block holds sources from everywhere: nothing is left out.
        let shuffled = angles.indices.sorted { 7 * $0 % 300 < 7 * $1 % 300 }
        var few = DirectSums(inverseTemperature: β)
        few.setSources(angles: angles, masses: masses)
        few.prepare()
        var all = DirectSums(inverseTemperature: β)
        all.setSources(
            angles: shuffled.map { angles[$0] }, masses: shuffled.map { masses[$0] })
        all.prepare()
        var leftOut = 0
        for i in 0..<200 {
            let x = -4 + 0.0631 * Double(i)
            let (a, b) = (all.sums(at: x), few.sums(at: x))
            let (p, q) = (log(a.potential) - a.shift, log(b.potential) - b.shift)
            #expect(abs(p - q) <= 1e-14 * (1 + abs(p)), "\(x)")
            let (v, w) = (a.gradient / a.potential, b.gradient / b.potential)
            #expect(abs(v - w) <= 1e-12 * (1e-3 + abs(v)), "\(x)")
            var blocks = SourceBlocks(inverseTemperature: β)
            blocks.update(angles: angles, masses: masses)
            _ = blocks.select(at: x)
            leftOut += 300 - (0..<blocks.ranges.count).reduce(0) { $0 + blocks.ranges[$1].count }
        }
        #expect(abs(β) < 100 || leftOut > 200 * 100)
    }

    @Test func sourcesWithoutMassDoNotSetTheScale() {
        var sums = DirectSums(inverseTemperature: 1e4)
        sums.setSources(angles: [0, 1.5], masses: [0, 1])
        sums.prepare()
        let found = sums.sums(at: 0)
        #expect(abs(found.gradient / found.potential - sin(1.5)) < 1e-15)
    }
}
