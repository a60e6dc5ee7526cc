import Foundation
import Testing

@testable import Spectral

/// Modes of points by cells, against plain sums.
@Suite struct CellModesTests {
    @Test(arguments: [1, 7, 40, 300], [1, 9, 4001]) func modesAndSeries(top: Int, points: Int) {
        // Random and in runs: both ways through the cells.
        let angles = (0..<points).map { j -> Double in
            let x = 2.4 * Double(j)
            return j % 100 < 50 ? x : 5 - 1e-4 * Double(j % 100)
        }
        let masses = (0..<points).map { 1 + 0.5 * sin(Double($0)) }
        let total = masses.reduce(0, +)
        var modes = CellModes(top: top)
        var re = [Double](repeating: 0, count: top + 1)
        var im = re
        let size = modes.analyse(angles: angles, masses: masses, re: &re, im: &im)
        #expect(size > 0)
        for k in [0, 1, top / 2, top] {
            let c = zip(angles, masses).reduce(0) { $0 + $1.1 * cos(Double(k) * $1.0) }
            let s = zip(angles, masses).reduce(0) { $0 - $1.1 * sin(Double(k) * $1.0) }
            #expect(abs(re[k] - c) <= 1e-11 * total && abs(im[k] - s) <= 1e-11 * total, "\(k)")
        }
        let falling = (0...top).map { exp(-0.1 * Double($0)) }
        let alternating = (0...top).map { $0 % 2 == 0 ? falling[$0] : -0.3 * falling[$0] }
        modes.setSeries((falling, alternating), (alternating, falling))
        var (a, b) = (angles, angles)
        modes.values(at: angles, into: &a, &b)
        for j in stride(from: 0, to: points, by: points / 40 + 1) {
            var (f, g) = (0.0, 0.0)
            for k in 0...top {
                let (c, s) = (cos(Double(k) * angles[j]), sin(Double(k) * angles[j]))
                // The constant terms are real.
                f += falling[k] * c - (k == 0 ? 0 : alternating[k] * s)
                g += alternating[k] * c - (k == 0 ? 0 : falling[k] * s)
            }
            #expect(abs(a[j] - f) <= 1e-11 && abs(b[j] - g) <= 1e-11)
        }
    }

    @Test func whatIsNoAngleTouchesNothingElse() {
        let angles = [1, .nan, .infinity, -.infinity, 1e300, -1e300, 1e17, 2, .nan]
        var modes = CellModes(top: 5)
        var re = [Double](repeating: 0, count: 6)
        var im = re
        _ = modes.analyse(
            angles: angles, masses: [Double](repeating: 1, count: 9), re: &re, im: &im)
        #expect(re[0].isNaN)
        var (a, b) = (angles, angles)
        modes.setSeries(
            ([1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]), ([2, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]))
        modes.values(at: angles, into: &a, &b)
        #expect(abs(a[0] - 1) < 1e-15 && abs(b[7] - 2) < 1e-15 && a[1].isNaN)
    }
}
