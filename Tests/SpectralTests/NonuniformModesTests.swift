import Foundation
import Testing

@testable import Spectral

/// Modes of points through a grid against sums of sines and cosines.
@Suite struct NonuniformModesTests {
    static let tops = [1, 7, 50, 300, 1000]

    /// Points that come in clusters, on either side of 0 and beyond a turn.
    static func points(_ n: Int) -> (angles: [Double], masses: [Double]) {
        let angles = (0..<n).map { i -> Double in
            let x = 0.618033988749895 * Double(i)
            return 9 * (x - x.rounded(.down)) - 4 + 0.3 * sin(40 * x)
        }
        return (angles, (0..<n).map { 1 + 0.5 * cos(Double($0)) })
    }

    @Test(arguments: tops) func modesOfPoints(top: Int) {
        let (angles, masses) = Self.points(500)
        var modes = NonuniformModes(top: top)
        var places = NonuniformModes.Places()
        modes.place(angles, into: &places)
        var re = [Double](repeating: 0, count: top + 1)
        var im = re
        modes.analyse(masses, at: places, re: &re, im: &im)
        let total = masses.reduce(0, +)
        for k in stride(from: 0, through: top, by: max(1, top / 7)) {
            var (a, b) = (0.0, 0.0)
            for (x, m) in zip(angles, masses) {
                a += m * cos(Double(k) * x)
                b -= m * sin(Double(k) * x)
            }
            // The sine of k x loses k |x| roundings by itself.
            let bound = (3e-14 + 1e-15 * Double(k)) * total
            #expect(abs(re[k] - a) <= bound && abs(im[k] - b) <= bound, "degree \(k)")
        }
    }

    @Test(arguments: tops) func seriesAtPoints(top: Int) {
        let (angles, _) = Self.points(40)
        var modes = NonuniformModes(top: top)
        var places = NonuniformModes.Places()
        modes.place(angles, into: &places)
        let re = (0...top).map { cos(0.3 * Double($0)) / Double(1 + $0) }
        let im = (0...top).map { sin(0.7 * Double($0)) / Double(1 + $0) }
        var f = [Double](repeating: 0, count: angles.count)
        var g = f
        modes.synthesise((re, im), (im, re), at: places, into: &f, &g)
        let size = re.reduce(0) { $0 + abs($1) } + im.reduce(0) { $0 + abs($1) }
        for (i, x) in angles.enumerated() {
            var (a, b) = (0.0, 0.0)
            for k in stride(from: top, through: 1, by: -1) {
                let (c, s) = (cos(Double(k) * x), sin(Double(k) * x))
                a += re[k] * c - im[k] * s
                b += im[k] * c - re[k] * s
            }
            let bound = (3e-14 + 1e-16 * Double(top)) * size
            #expect(abs(f[i] - a) <= bound && abs(g[i] - b) <= bound)
        }
    }
}
