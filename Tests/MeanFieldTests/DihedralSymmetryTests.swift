import Foundation
import Testing

@testable import MeanField

/// Which symmetries are found, and that near misses are none.
@Suite struct DihedralSymmetryTests {
    static func modes(_ list: [(Int, Double, Double)]) -> DihedralSymmetry {
        CircleInitial.modes(list.map { .init(degree: $0.0, cosine: $0.1, sine: $0.2) }).symmetry
    }

    /// a cos k(θ - α) as a mode.
    static func turned(_ k: Int, _ a: Double, by α: Double) -> (Int, Double, Double) {
        (k, a * cos(Double(k) * α), a * sin(Double(k) * α))
    }

    @Test func rotatedModesKeepTheirSymmetry() {
        for α in [0, 1, -2.5, 0.1] {
            let s = Self.modes([Self.turned(3, 0.2, by: α), Self.turned(6, 0.1, by: α)])
            #expect(s.fold == 3 && s.reflects)
            let offset = remainder(s.origin - α, .pi / 3)
            #expect(abs(offset) < 1e-14)
        }
    }

    @Test func foldIsTheGreatestCommonDivisor() {
        #expect(Self.modes([(4, 0.1, 0), (6, 0.1, 0)]).fold == 2)
        #expect(Self.modes([(5, 0.1, 0)]).fold == 5)
        #expect(Self.modes([(2, 0.1, 0), (3, 0.1, 0)]).fold == 1)
        #expect(CircleInitial.uniform.symmetry == .none)
        #expect(Self.modes([(3, 0, 0)]) == .none)
    }

    @Test func clustersHeldBySymmetry() {
        let triangle = DihedralSymmetry(fold: 3, reflects: false, origin: 0)
        let third = 2 * Double.pi / 3
        let corners: [Double] = [0.1, 0.1 + third, 0.1 - third]
        #expect(triangle.holds(corners))
        #expect(!triangle.holds([0, 0.1, 2, 2.1, 4, 4.1]))
        let mirror = DihedralSymmetry(fold: 1, reflects: true, origin: 0.5)
        let poles: [Double] = [0.5, 0.5 - Double.pi]
        #expect(mirror.holds(poles))
        #expect(!mirror.holds([0.2, 0.8]))
        #expect(!DihedralSymmetry.none.holds([0, .pi]))
    }

    @Test func skewModesHaveNoAxis() {
        let skew = Self.modes([(1, 0.1, 0), (2, 0.1, 0.1)])
        #expect(skew == .none)
        let twofold = Self.modes([(2, 0.1, 0), (4, 0.1, 0.1)])
        #expect(twofold.fold == 2 && !twofold.reflects)
    }

    @Test func nearMissesAreNotSymmetric() {
        #expect(!Self.modes([(1, 0.1, 0), (2, 0.1, 1e-13)]).reflects)
        #expect(Self.modes([(3, 0.1, 0), (4, 1e-15, 0)]).fold == 1)
        let atoms = CircleInitial.atoms(
            angles: [0, 2, 4 + 1e-12], masses: [0.25, 0.5, 0.25])
        #expect(!atoms.symmetry.reflects)
        let masses = CircleInitial.atoms(angles: [0, 2], masses: [0.5, 0.5 + 1e-12])
        #expect(!masses.symmetry.reflects)
    }

    @Test func regularPolygons() {
        for n in [1, 2, 3, 4, 7, 32] {
            for turn in [0, 0.3, 5] {
                let angles = (0..<n).map { turn + 2 * .pi * Double($0) / Double(n) }
                let s = CircleInitial.atoms(
                    angles: angles, masses: [Double](repeating: 1 / Double(n), count: n)
                ).symmetry
                #expect(s.fold == n && s.reflects, "\(n)-gon turned by \(turn)")
            }
        }
    }

    @Test func twoAtomsMirrorEachOther() {
        let s = CircleInitial.atoms(angles: [0.2, 1.7], masses: [0.5, 0.5]).symmetry
        #expect(s.fold == 1 && s.reflects)
        #expect(abs(remainder(s.origin - 0.95, .pi)) < 1e-15)
        let unequal = CircleInitial.atoms(angles: [0.2, 1.7], masses: [0.4, 0.6]).symmetry
        #expect(!unequal.reflects)
    }

    @Test func coincidingAtomsCountWithTheirMultiplicity() {
        // Three atoms at 0 and one at π are not two at each.
        let heap = CircleInitial.atoms(
            angles: [0, 0, 0, .pi], masses: [0.25, 0.25, 0.25, 0.25]
        ).symmetry
        #expect(heap.fold == 1)
        let pair = CircleInitial.atoms(
            angles: [0, 0, 1], masses: [1.0 / 3, 1.0 / 3, 1.0 / 3]
        ).symmetry
        #expect(!pair.reflects)
        let even = CircleInitial.atoms(
            angles: [0, 0, .pi, .pi], masses: [0.25, 0.25, 0.25, 0.25]
        ).symmetry
        #expect(even.fold == 2 && even.reflects)
    }

    @Test func mixturesWithUnlikeComponentsAreNot() {
        func mixture(_ σ: Double) -> DihedralSymmetry {
            CircleInitial.mixture([
                .init(angle: 0.5, shape: .wrappedNormal(sigma: 0.2), weight: 0.5),
                .init(angle: 0.5 + .pi, shape: .wrappedNormal(sigma: σ), weight: 0.5),
            ]).symmetry
        }
        #expect(mixture(0.2).fold == 2 && mixture(0.2).reflects)
        // About the line through both centres it still is even.
        #expect(mixture(0.3).fold == 1 && mixture(0.3).reflects)
    }

    @Test func imagesFillTheOrbitsAndKeepTheMass() {
        let s = DihedralSymmetry(fold: 3, reflects: true, origin: 0.7)
        let (angles, masses) = s.expand(
            angles: [0, 0.4], masses: [0.25, 0.75], isPinned: [true, false])
        #expect(angles.count == 9)
        #expect(abs(masses.reduce(0, +) - 1) < 1e-15)
        let pinned = zip(angles, masses).filter { remainder($0.0, s.period) == 0 }
        #expect(pinned.count == 3 && pinned.allSatisfy { abs($0.1 - 0.25 / 3) < 1e-16 })
    }
}
