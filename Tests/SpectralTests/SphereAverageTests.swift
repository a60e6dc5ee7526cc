import Foundation
import Testing

@testable import Spectral

/// Means of exponentials over spheres, against 40-digit values of I_ν.
@Suite struct SphereAverageTests {
    /// d, r, log Φ - r, 1 - A_d.
    static let values: [(d: Int, r: Double, logarithm: Double, deficit: Double)] = [
        (2, 0.5, -0.438450280814518696, 0.757500387419198055),
        (2, 300, -3.77041240699777116, 0.00166806020946647285),
        (3, 7, -2.63905816114432344, 0.142855479798321769),
        (7, 3, -2.39704969684325496, 0.621261286695623104),
        (63, 30, -23.4793290178516503, 0.598739725073432323),
        (64, 200, -70.6392141645487503, 0.145502815625536777),
        (1023, 1000, -627.958242912529287, 0.388127620175966236),
    ]

    @Test(arguments: values.indices) func meansAndTables(_ index: Int) {
        let (d, r, logarithm, deficit) = Self.values[index]
        let mean = sphereAverage(dimension: d, r)
        #expect(abs(mean.logarithm - logarithm) <= 2e-15 * (1 + abs(logarithm)))
        #expect(abs(mean.deficit - deficit) <= 1e-15)
        let table = SphereAverageTable(dimension: d, upTo: r)
        var (logarithms, deficits) = ([0.0], [0.0])
        table.evaluate([r], logarithms: &logarithms, deficits: &deficits)
        #expect(abs(logarithms[0] - logarithm) <= 1e-14 * (1 + abs(logarithm)))
        #expect(abs(deficits[0] - deficit) <= 1e-14)
    }

    @Test(arguments: [2, 3, 8, 63, 1023]) func tablesHaveNoSeams(_ d: Int) {
        let table = SphereAverageTable(dimension: d, upTo: 1e4)
        for r in [0, 1e-9, 0.3, 0.999999, 1, 1.5, 2.9, 17.3, 1000.25, 1e4] {
            let mean = sphereAverage(dimension: d, r)
            var (logarithms, deficits) = ([0.0], [0.0])
            table.evaluate([r], logarithms: &logarithms, deficits: &deficits)
            let size = 1 + abs(mean.logarithm)
            #expect(abs(logarithms[0] - mean.logarithm) <= 1e-14 * size, "\(r)")
            #expect(abs(deficits[0] - mean.deficit) <= 1e-14, "\(r)")
        }
    }

    /// Even dimensions where I_0 is a series in 1/r: Φ e^{-r} ∝ r^{-n/2} (1 - n(n-2)/8r …), n = d - 1.
    @Test(arguments: [2, 8]) func largeArguments(_ d: Int) {
        let n = Double(d - 1)
        for r in [1e4, 1e6, 1e12] {
            let (below, above) = (0.999 * r, 1.001 * r)
            let rise =
                sphereAverage(dimension: d, above).logarithm
                - sphereAverage(dimension: d, below).logarithm
            let power = -n / 2 * log(1.001 / 0.999)
            let series = n * (n - 2) / 8 * (1 / below - 1 / above)
            #expect(abs(rise - power - series) < 1e-12 + 1 / (r * r), "\(r)")
        }
    }
}
