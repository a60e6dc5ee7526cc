import Foundation
import MeanField
import Testing

@testable import Phases

/// Clusters of measures that are known in advance.
@Suite struct CircleCensusTests {
    static func measure(_ initial: CircleInitial, beta: Double = 9) throws -> CircleMeasure {
        var evolution = try CircleEvolution(
            of: StartingMeasure(initial), attention: IsotropicAttention(beta: beta),
            options: EvolutionOptions())
        return evolution.measure()
    }

    static func atoms(_ angles: [Double], _ masses: [Double]? = nil) throws -> CircleMeasure {
        let equal = [Double](repeating: 1 / Double(angles.count), count: angles.count)
        return try measure(.atoms(angles: angles, masses: masses ?? equal))
    }

    static func census(_ measure: CircleMeasure, sharpness: Double, minimumMass: Double = 1e-6)
        -> CensusResult
    {
        var census = CircleCensus(sharpness: sharpness, minimumMass: minimumMass)
        return census.take(of: measure)
    }

    static func distance(_ a: Double, _ b: Double) -> Double { abs(remainder(a - b, 2 * .pi)) }

    @Test func oneAtomAnywhere() throws {
        // Grid points are multiples of 2π/n: 0, π/4 and π among them; ±π is the cut.
        for angle in [0, .pi / 4, .pi, -.pi, 3.0, -3.1, 1e-9, 6.28, 0.1] {
            for sharpness in [1.0, 9, 400, 1e4] {
                let found = Self.census(try Self.atoms([angle]), sharpness: sharpness)
                #expect(found.clusters.count == 1)
                #expect(Self.distance(found.clusters[0].angle!, angle) < 4e-15)
                #expect(found.clusters[0].angle! > -.pi - 1e-15 && found.clusters[0].angle! <= .pi)
                #expect(found.clusters[0].mass == 1)
                #expect(found.condensed == 1)
            }
        }
    }

    /// Two equal atoms whose maxima are about to meet: W = cos x maxima where β sin²h = cos h.
    ///
    /// The minimum between them lies on a grid point, on either side of it by rounding, or elsewhere.
    @Test(arguments: [0, 1e-16, -1e-16, 0.3])
    func maximaThatAreAboutToMeet(turn: Double) throws {
        let beta = 9.0
        let critical = acos((-1 + (1 + 4 * beta * beta).squareRoot()) / (2 * beta))
        for exponent in stride(from: -3.0, through: -6, by: -0.25) {
            let h = critical + pow(10, exponent)
            var grid = PotentialGrid(sharpness: beta)
            let extrema = PotentialExtrema(
                of: try Self.atoms([turn - h, turn + h]), sharpness: beta, grid: &grid)
            try #require(extrema.maxima.count == 2, "at \(h - critical)")
            let heights = extrema.maxima.map(\.value)
            #expect(abs(heights[0] - heights[1]) < 1e-15)
            // The rise grows with the square of the distance from the critical angle.
            let rise = heights[0] - extrema.minima.map(\.value).max()!
            #expect(abs(rise / (24.34 * pow(10, 2 * exponent)) - 1) < 0.1, "at \(h - critical)")
        }
    }

    @Test(arguments: [2, 3, 5, 8]) func polygonsHaveTheirCorners(n: Int) throws {
        for turn in [0, 0.1, .pi / 32] {
            let angles = (0..<n).map { turn + 2 * .pi * Double($0) / Double(n) }
            let found = Self.census(try Self.atoms(angles), sharpness: 100)
            #expect(found.clusters.count == n)
            for cluster in found.clusters {
                #expect(angles.contains { Self.distance($0, cluster.angle!) < 1e-14 })
                #expect(abs(cluster.mass - 1 / Double(n)) < 1e-15)
            }
            #expect(abs(found.condensed - 1) < 1e-15)
            #expect(!found.isFlat)
        }
    }

    @Test func uniformIsFlat() throws {
        for sharpness in [1.0, 9, 400] {
            let found = Self.census(try Self.measure(.uniform), sharpness: sharpness)
            #expect(found.isFlat && found.clusters.isEmpty && found.condensed == 0)
        }
        // Many equal atoms at equal distances are as flat as that.
        let polygon = (0..<60).map { 2 * .pi * Double($0) / 60 }
        let found = Self.census(try Self.atoms(polygon), sharpness: 9)
        #expect(found.isFlat)
    }

    @Test(arguments: [3, 5]) func modesHaveAsManyMaxima(k: Int) throws {
        for amplitude in [1e-6, 0.1] {
            let found = Self.census(
                try Self.measure(
                    .modes([
                        .init(
                            degree: k, cosine: amplitude * cos(Double(k) * 1.0),
                            sine: amplitude * sin(Double(k) * 1.0))
                    ])), sharpness: 9)
            #expect(found.clusters.count == k)
            for cluster in found.clusters {
                #expect(abs(remainder(cluster.angle! - 1, 2 * .pi / Double(k))) < 1e-9)
                #expect(abs(cluster.mass - 1 / Double(k)) < 1e-9)
            }
        }
    }

    @Test func aRiseBelowTheRuleIsFlat() throws {
        // W = a_0 (1 + r cos kθ), r = 2 (a_k/a_0) c_k: max above min by 2r; the rule asks for 1e-10.
        let flat = try Self.measure(.modes([.init(degree: 1, cosine: 1e-11, sine: 0)]))
        #expect(Self.census(flat, sharpness: 9).isFlat)
        let low = try Self.measure(.modes([.init(degree: 1, cosine: 1e-9, sine: 0)]))
        #expect(Self.census(low, sharpness: 9).clusters.count == 1)
    }

    /// Two equal atoms make two maxima where β sin²(θ/2) > cos(θ/2); the 1e-10 rule moves that gap by
    /// less than 1e-5 (mpmath: gaps at which log W rises by 1e-10 from the centre to the maximum).
    static let pitchforks = [
        (β: 4.0, ideal: 0.97808866054216059, seen: 0.97809508560052442),
        (9, 0.66034479410796459, 0.66034884789124573),
        (25, 0.39865481143918064, 0.3986571663402632),
        (100, 0.19983295945318847, 0.19983411991021176),
        (400, 0.099979154956643385, 0.099979733030257123),
    ]

    @Test func twoEqualAtomsAroundThePitchfork() throws {
        for (β, ideal, seen) in Self.pitchforks {
            #expect(abs(β * pow(sin(ideal / 2), 2) - cos(ideal / 2)) < 1e-13)
            for middle in [0, 1.3, .pi, 0.4, 0.4075, 0.412, 5.4321] {
                for (gap, count) in [
                    (ideal - 1e-3, 1), (ideal, 1), (seen * (1 - 1e-6), 1), (seen * (1 + 1e-6), 2),
                    (ideal + 1e-3, 2),
                ] {
                    let found = Self.census(
                        try Self.atoms([middle - gap / 2, middle + gap / 2]), sharpness: β)
                    #expect(
                        found.clusters.count == count,
                        "β = \(β), gap \(gap - ideal), about \(middle)")
                    if count == 1 {
                        // Unseen rises of 1e-10 lie within (1e-10)^(1/4) of the kernel's scale.
                        #expect(
                            Self.distance(found.clusters[0].angle!, middle) < 6e-3 / β.squareRoot())
                    }
                }
            }
        }
    }

    /// Clusters that have counted do until their maxima meet.
    @Test func formerClustersCountUntilTheirBasinsAreOne() throws {
        for (β, ideal, seen) in Self.pitchforks {
            for middle in [0, 0.4, .pi] {
                func count(_ gap: Double, after former: [Cluster]) throws -> Int {
                    var census = CircleCensus(sharpness: β, minimumMass: 1e-6)
                    let measure = try Self.atoms([middle - gap / 2, middle + gap / 2])
                    return census.take(of: measure, after: former).clusters.count
                }
                let wide = try Self.atoms([middle - ideal, middle + ideal])
                let two = Self.census(wide, sharpness: β).clusters
                try #require(two.count == 2)
                let heap = Array(two[..<1])
                for gap in [ideal * (1 + 1e-9), (ideal + seen) / 2] {
                    #expect(try count(gap, after: two) == 2, "β = \(β) about \(middle)")
                    #expect(try count(gap, after: heap) == 1, "β = \(β) about \(middle)")
                    #expect(try count(gap, after: []) == 1, "β = \(β) about \(middle)")
                }
                #expect(try count(ideal * (1 - 1e-9), after: two) == 1)
            }
        }
    }

    @Test func nothingCountsWhereAllIsFlat() throws {
        let three = { (amplitude: Double) in
            try Self.measure(.modes([.init(degree: 3, cosine: amplitude, sine: 0)]))
        }
        let former = Self.census(try three(1e-6), sharpness: 9).clusters
        try #require(former.count == 3)
        var census = CircleCensus(sharpness: 9, minimumMass: 1e-6)
        #expect(census.take(of: try three(1e-11), after: former).isFlat)
    }

    @Test func basinsAcrossTheCut() throws {
        let found = Self.census(
            try Self.atoms([.pi - 0.01, -.pi + 0.01, 0, 0.02], [0.1, 0.2, 0.3, 0.4]), sharpness: 25)
        #expect(found.clusters.count == 2)
        #expect(abs(found.clusters[1].mass - 0.7) < 1e-15)
        #expect(abs(found.clusters[0].mass - 0.3) < 1e-15)
        for (angle, index) in [(3.14, 0), (-3.14, 0), (0.5, 1)] {
            let former = Cluster(position: [cos(angle), sin(angle)], angle: angle, mass: 0.1)
            #expect(found.index(of: former) == index)
        }
    }

    @Test func smallMassesCountOrDoNot() throws {
        let measure = try Self.atoms([0, 2], [0.999, 0.001])
        #expect(Self.census(measure, sharpness: 25).clusters.count == 2)
        #expect(Self.census(measure, sharpness: 25, minimumMass: 0.01).clusters.count == 1)
        #expect(abs(Self.census(measure, sharpness: 25).clusters[1].mass - 0.001) < 1e-15)
        // Near a heavy atom a light one makes no maximum of its own.
        let near = Self.census(try Self.atoms([0, 0.4], [0.999, 0.001]), sharpness: 25)
        #expect(near.clusters.count == 1)
    }

    @Test func manySharpClusters() throws {
        let angles = (0..<141).map { 0.003 + 2 * .pi * Double($0) / 141 + 1e-3 * sin(Double($0)) }
        let found = Self.census(try Self.atoms(angles), sharpness: 1e4)
        #expect(found.clusters.count == 141)
        #expect(found.clusters.allSatisfy { abs($0.mass - 1.0 / 141) < 4e-15 })
        #expect(abs(found.condensed - 1) < 1e-13)
    }

    @Test func condensedMassIsThatNearTheMaxima() throws {
        // Radius 1/(4√25) = 0.05 about the maximum, which 0.7 of the mass at 0 decides.
        let found = Self.census(
            try Self.atoms([-0.06, 0, 0.06], [0.15, 0.7, 0.15]), sharpness: 25)
        #expect(found.clusters.count == 1)
        #expect(abs(found.condensed - 0.7) < 1e-15)
    }

    @Test func turningTheMeasureTurnsTheClusters() throws {
        let base = [0.0, 0.7, 1.9, 4.0]
        let plain = Self.census(try Self.atoms(base), sharpness: 40)
        for turn in stride(from: -3.0, through: 3, by: 0.37) {
            let found = Self.census(try Self.atoms(base.map { $0 + turn }), sharpness: 40)
            #expect(found.clusters.count == plain.clusters.count)
            for cluster in plain.clusters {
                #expect(
                    found.clusters.contains {
                        Self.distance($0.angle!, cluster.angle! + turn) < 1e-13
                            && abs($0.mass - cluster.mass) < 1e-15
                    })
            }
        }
    }
}
