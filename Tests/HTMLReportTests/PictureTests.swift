import Foundation
import MeanField
import Phases
import Testing

@testable import HTMLReport

@Suite struct PictureTests {
    // MARK: Mollweide

    @Test func mollweideKnownPoints() {
        let (pole, east, equator) = (
            Mollweide.project([0, 0, 1]), Mollweide.project([0, 1, 0]),
            Mollweide.project([1, 0, 0])
        )
        #expect(abs(pole.x) < 1e-12 && abs(pole.y - 1) < 1e-12)
        #expect(abs(east.x - 1) < 1e-12 && abs(east.y) < 1e-12)
        #expect(abs(equator.x) < 1e-12 && abs(equator.y) < 1e-12)
        // Snyder's table of the projection: at latitude 45° y = 0.59204.
        let root = 0.5.squareRoot()
        #expect(abs(Mollweide.project([root, 0, root]).y - 0.59204) < 5e-6)
    }

    @Test func mollweideGoesBackAndForth() throws {
        for latitude in stride(from: -89.9, through: 89.9, by: 14.98) {
            for longitude in stride(from: -175.0, through: 175, by: 35) {
                let (φ, λ) = (latitude * .pi / 180, longitude * .pi / 180)
                let point = [cos(φ) * cos(λ), cos(φ) * sin(λ), sin(φ)]
                let place = Mollweide.project(point)
                let back = try #require(Mollweide.unproject(x: place.x, y: place.y))
                for (a, b) in zip(point, back) { #expect(abs(a - b) < 1e-9) }
            }
        }
        #expect(Mollweide.unproject(x: 2.01, y: 0) == nil)
    }

    // MARK: Fields

    @Test func fieldsAreInterpolatedAcrossTheirSeam() {
        // sin(colatitude) cos(longitude) = x1.
        let columns = SphereMap.longitudes
        let values = (0..<SphereMap.rings * columns).map { i in
            sin(acos(SphereMap.heights[i / columns]))
                * cos(2 * .pi * Double(i % columns) / Double(columns))
        }
        let field = SphereField(values)
        for (φ, λ) in [(0.0, 0.0), (0.3, 6.27), (-1.2, 3.1), (1.1, -0.01), (-0.7, 2)] {
            let point = [cos(φ) * cos(λ), cos(φ) * sin(λ), sin(φ)]
            // The error of linear interpolation: an eighth of the square of the spacing, twice.
            #expect(abs(field.value(at: point) - point[0]) < 1e-3)
        }
    }

    @Test func mapsShowWhereTheMassIs() throws {
        // Mass on the northern hemisphere alone.
        let half = SphereMap.rings * SphereMap.longitudes / 2
        let field = SphereField((0..<2 * half).map { $0 < half ? 1 : 0 })
        let map = FieldMap(field: field, range: -4...0)
        let top = FieldMap.levels - 1
        #expect(map.level(x: 0, y: 0.9) == top && map.level(x: -1, y: 0.5) == top)
        #expect(map.level(x: 0, y: -0.9) == 0 && map.level(x: 2.1, y: 0) == nil)
        let text = SpherePicture(field, range: -4...0).markup.text
        #expect(text.contains("rgb(253 231 37)") && text.contains("rgb(68 1 84)"))
        #expect(text.utf8.count < 60_000)
        // Points drawn from it are where the mass is, evenly: the mean of x3 is 1/2.
        let observables = Observables(
            energy: 1, logEnergy: 0, mass: 1, clusters: 1, condensed: 0, residual: 0,
            effectiveDimension: 3, energyRate: 0, freeEnergy: nil, energyAttention: nil)
        let snapshot = Snapshot(time: .zero, observables: observables, map: field.values)
        let sample = try #require(TokenSample(snapshot, count: 4000))
        #expect(sample.points.allSatisfy { $0[2] >= -0.02 })
        let mean = sample.points.reduce(0) { $0 + $1[2] } / 4000
        #expect(abs(mean - 0.5) < 0.02)
    }

    // MARK: Principal axes

    @Test func axesFollowTheVariance() {
        // Pairs along e_4 (wide) and e_2 (narrow) of R^5.
        let points: [[Double]] = [
            [0, 0, 0, 1, 0], [0, 0, 0, -1, 0], [0.8, 0.6, 0, 0, 0], [0.8, -0.6, 0, 0, 0],
        ]
        let tokens = TokenMeasure(unitVectors: points, masses: [0.25, 0.25, 0.25, 0.25])
        let axes = PrincipalAxes([tokens]).axes
        #expect(abs(abs(axes[0][3]) - 1) < 1e-9)
        for i in 0..<3 {
            for j in 0..<3 {
                let product = zip(axes[i], axes[j]).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(abs(product - (i == j ? 1 : 0)) < 1e-12)
            }
        }
        // A single token varies nowhere; the axes are orthonormal all the same.
        let single = TokenMeasure(unitVectors: [[0, 0, 0, 1]], masses: [1])
        for axis in PrincipalAxes([single]).axes {
            #expect(abs(axis.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12)
        }
    }

    // MARK: Tree

    private func cluster(_ angle: Double, _ mass: Double) -> Cluster {
        Cluster(position: [cos(angle), sin(angle)], angle: angle, mass: mass)
    }

    private func event(_ time: Double) -> EventTime {
        EventTime(time: ModelTime(time), relativeError: 0)
    }

    private func record(_ members: [Cluster], _ mergers: [Merger]) -> RunRecord {
        let census = ClusterCensus(time: ModelTime(10), members: members, condensed: 0.99)
        return RunRecord(
            ended: .consensus, endTime: ModelTime(1e6), noiseDetermined: false,
            phases: [
                .init(name: .collapse, start: event(0), end: event(0), reason: nil),
                .init(name: .clustering, start: event(0), end: event(10), reason: nil),
                .init(name: .merging, start: event(10), end: event(1e6), reason: nil),
            ], clusters: census, clustersEnd: census, mergers: mergers, consensus: event(1e6),
            representation: [], notes: [])
    }

    /// Masses of the parents of every merged node, ascending.
    private func parents(_ tree: ClusterTree) -> [[Double]] {
        tree.nodes.filter { !$0.parents.isEmpty }.map { node in
            node.parents.map { tree.nodes[$0].cluster.mass }.sorted()
        }
    }

    @Test func treeKnowsWhoMerged() throws {
        // Across the cut of the circle, after some drift, with one that vanishes.
        let members = [cluster(-3, 0.2), cluster(-1, 0.3), cluster(1, 0.1), cluster(3, 0.4)]
        let tree = try #require(
            ClusterTree(
                record(
                    members,
                    [
                        Merger(
                            kind: .merged, time: event(50), clustersAfter: 3,
                            into: cluster(3.1, 0.6), from: [cluster(3.05, 0.4), cluster(-3.1, 0.2)]),
                        Merger(
                            kind: .vanished, time: event(100), clustersAfter: 2,
                            into: cluster(0.9, 0.1)),
                        Merger(
                            kind: .merged, time: event(1e5), clustersAfter: 1,
                            into: cluster(-2, 0.9), from: [cluster(-2.4, 0.6), cluster(-1.2, 0.3)]),
                    ])))
        #expect(tree.leaves == 4)
        #expect(parents(tree) == [[0.2, 0.4], [0.3, 0.6]])
        #expect(tree.nodes.filter(\.hasVanished).map(\.cluster.mass) == [0.1])
        // Leaves have rows of their own, and those that merge stand side by side.
        let rows = tree.nodes.filter { $0.parents.isEmpty }.map(\.row)
        #expect(rows.sorted() == [0, 1, 2, 3])
        #expect(abs(tree.nodes[0].row - tree.nodes[3].row) == 1)
        #expect(tree.nodes.count { $0.end == nil } == 1)
    }

    @Test func threeAtOnceAreOneNode() throws {
        let members = [cluster(-1, 0.3), cluster(0, 0.4), cluster(1, 0.3)]
        let mergers = [2, 1].map {
            Merger(
                kind: .merged, time: event(50), clustersAfter: $0, into: cluster(0, 1),
                from: members)
        }
        let tree = try #require(ClusterTree(record(members, mergers)))
        #expect(tree.nodes.count == 4 && parents(tree) == [[0.3, 0.3, 0.4]])
        #expect(ClusterTree(record(members, [])) == nil)
    }

    // MARK: Spectrum

    @Test func spectraOfHarmonicsEndWithTheirDegrees() throws {
        let observables = Observables(
            energy: 1, logEnergy: 0, mass: 1, clusters: 1, condensed: 0, residual: 0,
            effectiveDimension: 3, energyRate: 0, freeEnergy: nil, energyAttention: nil)
        let spectra = [
            [1, 0.1] + [Double](repeating: 0, count: 30),
            (0...63).map { (l: Int) -> Double in exp(-Double(l)) },
        ]
        var snapshots = spectra.enumerated().map {
            Snapshot(time: ModelTime(Double($0)), observables: observables, spectrum: $1)
        }
        // Points have no spectrum.
        snapshots.append(Snapshot(time: ModelTime(2), observables: observables))
        let curves = try #require(SpectrumChart(snapshots, tolerance: 1e-8)).drawn.panel.curves
        // The tolerance; the last degree and the sizes of either.
        try #require(curves.count == 5)
        let places: [[Double]] = curves.map { $0.points.map(\.x) }
        let (low, high) = (1.0 / 63, 31.0 / 63)
        #expect(places[1] == [high, high])
        #expect(places[2] == [0, low])
        #expect(places[3] == [1.0, 1.0])
        #expect(places[4].count == 64)
        #expect(SpectrumChart(Array(snapshots.suffix(1)), tolerance: nil) == nil)
    }

    // MARK: Size

    @Test func manyTokensAndSnapshotsStaySmall() throws {
        let measure = TokenMeasure(
            unitVectors: (0..<3000).map { i in
                let z = (Double(i) + 0.5) / 1500 - 1
                let (r, angle) = ((1 - z * z).squareRoot(), 2.4 * Double(i))
                return [r * cos(angle), r * sin(angle), z]
            }, masses: [Double](repeating: 1.0 / 3000, count: 3000))
        let observables = Observables(
            energy: 1, logEnergy: 0, mass: 1, clusters: 5, condensed: 0.1, residual: 0,
            effectiveDimension: 3, energyRate: 0, freeEnergy: nil, energyAttention: nil)
        let snapshots = (0..<400).map {
            Snapshot(time: ModelTime(Double($0)), observables: observables, tokens: measure)
        }
        let record = record([], [])
        let scale = TimeScale(record, lastSnapshot: ModelTime(399))
        let frames = PlayerFrames(snapshots, record: record, scale: scale, stage: .sphere)
        #expect(frames.json.description.utf8.count < 2_000_000)
        #expect(frames.json["time"]?.elements?.count == PlayerFrames.mostFrames)
        let moments = Moments(snapshots, record: record, scale: scale, stage: .sphere)
        #expect(moments.markup.text.utf8.count < 500_000)
    }
}
