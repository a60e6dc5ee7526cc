import Foundation
import Testing

@testable import Spectral

/// Spherical harmonics of points on S², against their addition theorem and explicit functions.
@Suite struct SphericalPointModesTests {
    /// Unit vectors that fill the sphere evenly, then both poles, close to them, and twice the same
    /// point.
    static func points(_ n: Int) -> [Double] {
        var vectors = (0..<max(0, n - 6)).map { i -> [Double] in
            let (z, φ) = (2 * (Double(i) + 0.5) / Double(n) - 1, 2.4 * Double(i))
            let r = (1 - z * z).squareRoot()
            return [r * cos(φ), r * sin(φ), z]
        }
        let special: [[Double]] = [
            [0, 0, 1], [0, 0, -1], [1e-9, -2e-9, 1], [-3e-5, 4e-5, -(1 - 25e-10).squareRoot()],
            [-1, 0, 0], [-1, 0, 0],
        ]
        vectors += special.prefix(n)
        return (0..<3).flatMap { c in vectors.map { $0[c] } }
    }

    static func point(_ points: [Double], _ i: Int) -> [Double] {
        (0..<3).map { points[$0 * points.count / 3 + i] }
    }

    static func cosine(_ x: [Double], _ y: [Double]) -> Double {
        x[0] * y[0] + x[1] * y[1] + x[2] * y[2]
    }

    /// P_0 … P_L at t.
    static func legendre(_ top: Int, _ t: Double) -> [Double] {
        var p = [1, t]
        for l in 1..<max(2, top) {
            p.append((Double(2 * l + 1) * t * p[l] - Double(l) * p[l - 1]) / Double(l + 1))
        }
        return p
    }

    /// The harmonics of a mass at one point.
    static func modes(_ x: [Double], top: Int) -> [Double] {
        var (transform, places) = (SphericalPointModes(top: top), SphericalPlaces())
        var c = [Double](repeating: 0, count: HarmonicLayout(degree: top).count)
        transform.place(x, into: &places)
        transform.analyse([1], at: places, into: &c)
        return c
    }

    static func product(_ a: [Double], _ b: [Double], degree l: Int, top: Int) -> Double {
        (0...l).reduce(0) {
            let i = 2 * HarmonicLayout(degree: top).pair(l, $1)
            return $0 + a[i] * b[i] + a[i + 1] * b[i + 1]
        }
    }

    @Test func firstHarmonics() {
        let x = [0.48, -0.6, 0.64]
        let c = Self.modes(x, top: 5)
        func pair(_ l: Int, _ m: Int) -> (Double, Double) {
            let i = 2 * HarmonicLayout(degree: 5).pair(l, m)
            return (c[i], c[i + 1])
        }
        let expected: [(Int, Int, Double, Double)] = [
            (0, 0, 1, 0), (1, 0, 3.0.squareRoot() * 0.64, 0),
            (1, 1, 3.0.squareRoot() * 0.48, -3.0.squareRoot() * 0.6),
            (2, 0, 5.0.squareRoot() * (3 * 0.4096 - 1) / 2, 0),
            (2, 1, 15.0.squareRoot() * 0.48 * 0.64, -15.0.squareRoot() * 0.6 * 0.64),
            (2, 2, 15.0.squareRoot() / 2 * (0.2304 - 0.36), -15.0.squareRoot() * 0.48 * 0.6),
        ]
        for (l, m, a, b) in expected {
            #expect(abs(pair(l, m).0 - a) < 2e-14 && abs(pair(l, m).1 - b) < 2e-14, "\(l) \(m)")
        }
        #expect(HarmonicLayout(degree: 5).pair(5, 5) == HarmonicLayout(degree: 5).pairs - 1)
    }

    @Test(arguments: [1, 2, 30, 47, 181, 1024]) func additionTheorem(top: Int) {
        let all = Self.points(40)
        let list = (top > 500 ? [7, 34, 37] : [0, 7, 21, 34, 35, 36, 37, 38]).map {
            Self.point(all, $0)
        }
        let modes = list.map { Self.modes($0, top: top) }
        for (x, a) in zip(list, modes) {
            for (y, b) in zip(list, modes) {
                let p = Self.legendre(top, Self.cosine(x, y))
                for l in Set([0, 1, top / 2, top]) {
                    let sum = Self.product(a, b, degree: l, top: top)
                    // Near the poles Legendre functions feel the rounding of cos θ.
                    let size = Double(2 * l + 1)
                    let bound = (1e-12 + 2e-17 * Double(l * top)) * size
                    #expect(abs(sum - size * p[l]) < bound, "\(l): \(sum / size - p[l])")
                }
            }
        }
    }

    @Test(arguments: [3, 64, 300]) func manyPointsAreTheSumOfEach(top: Int) {
        let points = Self.points(31)
        let masses = (0..<31).map { 1 + Double($0 % 3) }
        var (transform, places) = (SphericalPointModes(top: top), SphericalPlaces())
        var c = [Double](repeating: 0, count: HarmonicLayout(degree: top).count)
        transform.place(points, into: &places)
        let size = transform.analyse(masses, at: places, into: &c)
        #expect(size > 0)
        for i in 0..<31 {
            for (k, mode) in Self.modes(Self.point(points, i), top: top).enumerated() {
                c[k] -= masses[i] * mode
            }
        }
        #expect(c.map(abs).max()! < 1e-11)
    }

    @Test(arguments: [5, 90], [1, 4]) func fieldsAtPoints(top: Int, count: Int) {
        // Zonal fields Σ_l w_l P_l(<x, y>) round some points, two of them poles.
        let weights = (0...top).map { (l: Int) -> Double in
            exp(-6 * Double(l * l) / Double(top * top))
        }
        let list: [[Double]] = [[0, 0, 1], [0.6, 0, 0.8], [0, 0, -1], [-0.48, 0.6, 0.64]]
        let centres = list.prefix(count)
        let fields = centres.map { centre in
            var c = Self.modes(centre, top: top)
            for m in 0...top {
                for l in m...top {
                    let i = 2 * HarmonicLayout(degree: top).pair(l, m)
                    c[i] *= weights[l]
                    c[i + 1] *= weights[l]
                }
            }
            return c
        }
        let points = Self.points(3000)
        var (transform, places) = (SphericalPointModes(top: top), SphericalPlaces())
        transform.place(points, into: &places)
        transform.setFields(fields)
        var values = [Double](repeating: 0, count: 3000 * count)
        transform.evaluate(at: places, into: &values)
        for i in Array(stride(from: 0, to: 2994, by: 97)) + Array(2994..<3000) {
            for (f, centre) in centres.enumerated() {
                let p = Self.legendre(top, Self.cosine(centre, Self.point(points, i)))
                var exact = 0.0
                for l in 0...top { exact += Double(2 * l + 1) * weights[l] * p[l] }
                #expect(abs(values[count * i + f] - exact) < 1e-14 * Double(top * top) * 4)
            }
        }
    }

    @Test func coordinatesAndGradients() {
        // f = e^{β(<x,y> - 1)}: x f, and grad f = β (y - <x,y> x) f.
        let (β, top, y) = (3.0, 30, [2.0 / 7, -6.0 / 7, 3.0 / 7])
        var f = Self.modes(y, top: top)
        var a = [(1 - exp(-2 * β)) / (2 * β)]
        for l in 0..<top { a.append(a[l] * besselRatio(order: Double(l) + 0.5, β)) }
        for m in 0...top {
            for l in m...top {
                let i = 2 * HarmonicLayout(degree: top).pair(l, m)
                (f[i], f[i + 1]) = (a[l] * f[i], a[l] * f[i + 1])
            }
        }
        let ladder = SphericalLadder(top: top)
        let degrees = (0...top).map(Double.init)
        let points = Self.points(200)
        var (transform, places) = (SphericalPointModes(top: top), SphericalPlaces())
        transform.place(points, into: &places)
        for isGradient in [true, false] {
            var (x, y1, z) = (f, f, f)
            ladder.components(
                of: f, up: degrees.map { isGradient ? 1 - $0 : 1 },
                down: degrees.map { isGradient ? $0 + 2 : 1 }, into: &x, &y1, &z)
            transform.setFields([f, x, y1, z])
            var values = [Double](repeating: 0, count: 800)
            transform.evaluate(at: places, into: &values)
            for i in 0..<200 {
                let at = Self.point(points, i)
                let t = Self.cosine(at, y)
                let value = exp(β * (t - 1))
                #expect(abs(values[4 * i] - value) < 1e-14)
                for c in 0..<3 {
                    let exact = isGradient ? β * (y[c] - t * at[c]) : at[c]
                    #expect(abs(values[4 * i + 1 + c] - exact * value) < 4e-14)
                }
            }
        }
    }

    @Test func noPointsAndWhatIsNoPoint() {
        var (transform, places) = (SphericalPointModes(top: 4), SphericalPlaces())
        var c = [Double](repeating: 1, count: 30)
        transform.place([], into: &places)
        transform.analyse([], at: places, into: &c)
        #expect(c.allSatisfy { $0 == 0 })
        transform.place([1, .nan, 1e300, 0, 0, -1e300, 0, 0, 0], into: &places)
        transform.setFields([c])
        var values = [1.0, 1, 1]
        transform.evaluate(at: places, into: &values)
        #expect(values[0] == 0)
    }
}
