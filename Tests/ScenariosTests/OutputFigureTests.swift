import Foundation
import MeanField
import Phases
import Testing

@testable import Scenarios

@Suite("Output: figure")
struct OutputFigureTests {
    private let run = SyntheticRun(gridSize: 128, count: 60)

    private func draw(_ run: SyntheticRun, in directory: URL) throws -> (svg: Data, png: Data) {
        let svg = directory.appendingPathComponent("figure.svg")
        let png = directory.appendingPathComponent("figure.png")
        try RunFigure(title: "It's a \"run\"", record: run.record, snapshots: run.snapshots)
            .draw(svg: svg, png: png, with: Gnuplot())
        return (try Data(contentsOf: svg), try Data(contentsOf: png))
    }

    @Test("A run becomes one SVG and one PNG, with the same bytes each time")
    func draws() throws {
        try withTemporaryDirectory { directory in
            let (svg, png) = try draw(run, in: directory)
            let text = String(decoding: svg, as: UTF8.self)
            #expect(text.contains("clustering") && text.contains("merging"))
            #expect(text.contains("It's a \"run\"") || text.contains("It&apos;s a &quot;run&quot;"))
            #expect(text.contains("data:image/png;base64"), "the picture is inside the SVG")
            #expect(png.starts(with: [0x89, 0x50, 0x4e, 0x47]))
            let again = try draw(run, in: directory)
            #expect(again.svg == svg && again.png == png)
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            #expect(names.sorted() == ["figure.png", "figure.svg"])
        }
    }

    @Test("Runs without snapshots, and times beyond double range, are drawn")
    func extremes() throws {
        try withTemporaryDirectory { directory in
            var extreme = run
            for index in run.snapshots.indices where run.snapshots[index].time > ModelTime(20) {
                let time = run.snapshots[index].time
                extreme.snapshots[index].time = ModelTime(logarithm: 60 * time.logarithm)
            }
            extreme.record.endTime = extreme.snapshots[extreme.snapshots.count - 1].time
            extreme.record.consensus = nil
            extreme.record.phases[2].end = nil
            #expect(extreme.record.endTime.value == nil)
            let far = try draw(extreme, in: directory)
            #expect(far.svg.count > 1000)
            extreme.snapshots = []
            extreme.record.endTime = .zero
            let empty = try draw(extreme, in: directory)
            #expect(empty.svg.count > 1000)
        }
    }

    @Test("Without gnuplot the error says what to install")
    func missingGnuplot() throws {
        let error = #expect(throws: OutputError.gnuplotMissing) {
            try Gnuplot(searchPath: "/nowhere:/proc")
        }
        #expect(error?.description.contains("gnuplot-nox") == true)
    }

    @Test("A script gnuplot refuses is an error with its message")
    func failingScript() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.write("nonsense\n", to: directory.appendingPathComponent("a.gp"))
            let error = #expect(throws: OutputError.self) {
                try Gnuplot().run("a.gp", in: directory)
            }
            #expect(error?.description.contains("invalid command") == true)
        }
    }

    @Test("Time runs from 0 to the end, and early times keep a seventh of the width")
    func timeAxis() {
        let axis = FigureTimeAxis(typical: ModelTime(9), last: ModelTime(1e8))
        #expect(axis.position(of: .zero) == 0)
        #expect(
            abs(axis.position(of: ModelTime(1e6)) / axis.position(of: ModelTime(1e3)) - 2) < 0.1)
        #expect(axis.position(of: ModelTime(1e8)) == axis.end)
        let labels = axis.ticks(gap: 0.2).map(\.label)
        #expect(labels.prefix(5) == ["0", "1", "10", "100", "10^{3}"])
        let far = FigureTimeAxis(typical: ModelTime(9), last: ModelTime(1, exponent: 4000))
        #expect(abs(far.position(of: ModelTime(9)) / far.end - 1.0 / 7) < 1e-12)
        #expect(far.ticks(gap: far.end / 30).count <= 31)
        let nothing = FigureTimeAxis(typical: .zero, last: .zero)
        #expect(nothing.end == 1)
    }

    @Test("Densities, cells and atoms fill the picture with their mass")
    func raster() {
        let many = (0..<100).map { (angle: -3 + 0.06 * Double($0), mass: 0.01) }
        var atoms = SnapshotSamples.all[2]
        atoms.atoms = many
        let height = 40
        for snapshot in [SnapshotSamples.all[0], SnapshotSamples.all[1], atoms] {
            let raster = DensityRaster([snapshot], at: [0], end: 1, width: 1, height: height)
            let mass = raster.values.reduce(0) { $0 + pow(10, $1) } * 2 * .pi / Double(height)
            let expected = snapshot.density.map { $0.reduce(0, +) * 2 * .pi / Double($0.count) }
            #expect(abs(mass - (expected ?? 1)) < 1e-12)
        }
    }
}
