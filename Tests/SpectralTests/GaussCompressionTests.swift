import Foundation
import Spectral
import Testing

/// Fewer points with the same moments, and what is left of that for degenerate measures.
@Suite struct GaussCompressionTests {
    static func cloud(_ n: Int, width: Double, at centre: Double) -> (x: [Double], m: [Double]) {
        (
            (0..<n).map { centre + width * (Double($0) / Double(n - 1) - 0.5) },
            (0..<n).map { 0.1 + abs(sin(3.7 * Double($0 * $0 + 1))) }
        )
    }

    @Test(arguments: 1...9) func momentsToTwiceRMinusOneStay(r: Int) {
        let (x, m) = Self.cloud(40, width: 2, at: 0)
        let total = m.reduce(0, +)
        let few = gaussCompression(points: x, masses: m, count: r)
        #expect(few.points.count == r)
        #expect(few.masses.allSatisfy { $0 > 0 })
        #expect(few.points == few.points.sorted())
        #expect(few.points.allSatisfy { $0 > -1 && $0 < 1 })
        for degree in 0..<(2 * r) {
            let exact = zip(x, m).reduce(0.0) { $0 + $1.1 * pow($1.0, Double(degree)) }
            let sum = zip(few.points, few.masses).reduce(0.0) {
                $0 + $1.1 * pow($1.0, Double(degree))
            }
            #expect(abs(sum - exact) < 1e-13 * total, "degree \(degree)")
        }
    }

    @Test(arguments: [1, 2, 5]) func centreOfMassKeepsItsRelativeAccuracy(r: Int) {
        // A group of width 1e-9 at 5 rad: its centre is known to 1e-9 · 1e-15, up to one ulp of 5.
        let (x, m) = Self.cloud(32, width: 1e-9, at: 5)
        let few = gaussCompression(points: x, masses: m, count: r)
        let total = m.reduce(0, +)
        let exact = zip(x, m).reduce(0.0) { $0 + $1.1 * ($1.0 - 5) } / total
        let centre = zip(few.points, few.masses).reduce(0.0) { $0 + $1.1 * ($1.0 - 5) } / total
        #expect(abs(centre - exact) < 1e-15)
        #expect(abs(few.masses.reduce(0, +) / total - 1) < 1e-15)
    }

    @Test func fewPointsStayAsTheyAre() {
        let few = gaussCompression(points: [0.3, 0.4], masses: [1, 2], count: 2)
        #expect(few.points == [0.3, 0.4])
        #expect(few.masses == [1, 2])
        let one = gaussCompression(points: [0.3], masses: [0.7], count: 1)
        #expect(one.points == [0.3])
        #expect(one.masses == [0.7])
    }

    @Test func equalPointsBecomeOne() {
        let few = gaussCompression(
            points: [Double](repeating: 1.25, count: 20),
            masses: [Double](repeating: 0.05, count: 20), count: 4)
        #expect(few.points == [1.25])
        #expect(abs(few.masses[0] - 1) < 1e-15)
    }

    @Test func twoDistinctPlacesBecomeTwoPoints() {
        let few = gaussCompression(
            points: [0, 0, 0, 1, 1, 1], masses: [1, 1, 1, 2, 2, 2], count: 4)
        #expect(few.points.count == 2)
        #expect(abs(few.points[0]) < 1e-15 && abs(few.points[1] - 1) < 1e-15)
        #expect(abs(few.masses[0] - 3) < 1e-14 && abs(few.masses[1] - 6) < 1e-14)
    }

    @Test(arguments: [1e-30, 1e-200, 1e-300]) func tinyMassesAreMassesToo(scale: Double) {
        let (x, m) = Self.cloud(30, width: 1, at: 2)
        let few = gaussCompression(points: x, masses: m.map { $0 * scale }, count: 3)
        let same = gaussCompression(points: x, masses: m, count: 3)
        #expect(few.points.count == 3)
        for j in few.points.indices {
            #expect(abs(few.points[j] - same.points[j]) < 1e-13)
            #expect(abs(few.masses[j] / scale - same.masses[j]) < 1e-12)
        }
    }

    @Test(arguments: [1, 3]) func emptyMassLeavesFinitePoints(r: Int) {
        // Panels where the density underflows carry no mass at all.
        let few = gaussCompression(
            points: [1, 1.5, 2, 3, 3.5], masses: [0, 0, 0, 0, 0], count: r)
        #expect(few.points.allSatisfy { $0 >= 1 && $0 <= 3.5 })
        #expect(few.masses.reduce(0, +) == 0)
    }

    @Test func oneHeavyPointAmongMasslessOnes() {
        let few = gaussCompression(
            points: [0, 1, 2, 3, 4], masses: [0, 0, 7, 0, 0], count: 3)
        #expect(few.points.count == 1)
        #expect(abs(few.points[0] - 2) < 1e-15)
        #expect(few.masses == [7])
    }
}
