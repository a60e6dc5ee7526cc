import Foundation
import MeanField
import Phases
import Testing

@testable import Scenarios

@Suite("Output: netCDF")
struct OutputNetCDFTests {
    @Test("Variables, hyperslabs, texts and attributes come back")
    func roundTrip() throws {
        try withTemporaryDirectory { directory in
            let url = directory.appendingPathComponent("a.nc")
            let file = try NetCDFFile(creating: url)
            let time = try file.defineDimension("time", length: nil)
            let x = try file.defineDimension("x", length: 3)
            try file.setAttribute("empty", .text(""))
            let long = String(repeating: "β = 9\n", count: 50_000)
            try file.setAttribute("long", .text(long))
            let field = try file.defineVariable(
                "field", .double, over: [time, x],
                attributes: [("_FillValue", .double(.nan)), ("units", .text("1"))])
            let names = try file.defineVariable("names", .string, over: [x])
            let counts = try file.defineVariable("counts", .integer, over: [x])
            try file.write(
                [1, -0.0, Double.leastNonzeroMagnitude], to: field, start: [0, 0],
                count: [1, 3])
            try file.write([7], to: field, start: [2, 1], count: [1, 1])
            try file.write(["a", "", "θ"], to: names, start: [0], count: [3])
            try file.write([Int.min, 0, Int.max], to: counts)
            try file.close()

            let stored = try NetCDFFile(reading: url)
            let values = try stored.readDoubles(try #require(try stored.variable("field")))
            #expect(values.count == 9)
            #expect(bits(Array(values[..<3])) == bits([1, -0.0, Double.leastNonzeroMagnitude]))
            #expect(values[3...6].count { $0.isNaN } == 4 && values[7] == 7 && values[8].isNaN)
            let texts = try #require(try stored.variable("names"))
            #expect(try stored.readStrings(texts) == ["a", "", "θ"])
            #expect(try stored.readStrings(texts, start: [2], count: [1]) == ["θ"])
            let integers = try #require(try stored.variable("counts"))
            #expect(try stored.readIntegers(integers) == [.min, 0, .max])
            #expect(try stored.textAttribute("empty") == "")
            #expect(try stored.textAttribute("long") == long)
            #expect(try stored.textAttribute("none") == nil)
            #expect(try stored.variable("none") == nil)
            #expect(try stored.length(ofDimension: "time") == 3)
            #expect(throws: OutputError.self) { try stored.readDoubles(integers) }
            try stored.close()
            #expect(throws: OutputError.self) { try stored.variables() }
        }
    }

    @Test("Errors name the file")
    func errors() throws {
        try withTemporaryDirectory { directory in
            let url = directory.appendingPathComponent("missing.nc")
            let error = #expect(throws: OutputError.self) { try NetCDFFile(reading: url) }
            #expect(error?.description.contains("missing.nc") == true)
            let text = directory.appendingPathComponent("text.nc")
            try AtomicFile.write("no netCDF", to: text)
            #expect(throws: OutputError.self) { try NetCDFFile(reading: text) }
            #expect(throws: OutputError.self) {
                try NetCDFFile(creating: directory.appendingPathComponent("no/such.nc"))
            }
        }
    }

    private func results(_ snapshots: [Snapshot]) -> ResultsFile {
        ResultsFile(
            title: "Three phases", scenarioText: "title = \"Three phases\"\n", version: "0.1.0",
            snapshots: snapshots)
    }

    @Test("run.nc gives every number back, and the same snapshots give the same bytes")
    func resultsRoundTrip() throws {
        try withTemporaryDirectory { directory in
            let (first, second) = (
                directory.appendingPathComponent("a.nc"), directory.appendingPathComponent("b.nc")
            )
            try results(SnapshotSamples.all).write(to: first)
            // As an interrupted run would: a shorter file first, then one from stored snapshots.
            try results([SnapshotSamples.all[0]]).write(to: second)
            try results(ResultsFile(from: first).snapshots).write(to: second)
            #expect(try Data(contentsOf: first) == Data(contentsOf: second))
            let stored = try ResultsFile(from: second)
            #expect(stored.title == "Three phases" && stored.version == "0.1.0")
            #expect(stored.scenarioText == "title = \"Three phases\"\n")
            SnapshotSamples.expectEqual(stored.snapshots, SnapshotSamples.all)
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            #expect(names.sorted() == ["a.nc", "b.nc"])
        }
    }

    @Test("Cells and atoms are contiguous ragged arrays, missing densities NaN")
    func raggedArrays() throws {
        try withTemporaryDirectory { directory in
            let url = directory.appendingPathComponent("run.nc")
            try results(SnapshotSamples.all).write(to: url)
            let file = try NetCDFFile(reading: url)
            let counts = try #require(try file.variable("cell_count"))
            #expect(try file.readIntegers(counts) == [0, 3, 0])
            #expect(try file.textAttribute("sample_dimension", of: counts) == "cell")
            let angles = try #require(try file.variable("cell_angle"))
            #expect(try file.readDoubles(angles) == [-3, 0.1, 3.1])
            let masses = try #require(try file.variable("atom_mass"))
            #expect(try file.readDoubles(masses) == [0.75, 0.25])
            let density = try #require(try file.variable("density"))
            #expect(density.shape == [3, SnapshotSamples.gridSize])
            let later = try file.readDoubles(
                density, start: [1, 0], count: [2, SnapshotSamples.gridSize])
            #expect(later.count { $0.isNaN } == later.count)
            let time = try #require(try file.variable("time"))
            #expect(try file.readDoubles(time) == [0, 0.1, .infinity])
            #expect(try file.textAttribute("Conventions") == "CF-1.11")
        }
    }

    @Test("Runs without density, cells and atoms, and empty runs, are valid files")
    func emptyResults() throws {
        try withTemporaryDirectory { directory in
            let url = directory.appendingPathComponent("run.nc")
            try results([]).write(to: url)
            #expect(try ResultsFile(from: url).snapshots.isEmpty)
            try results([SnapshotSamples.all[0]]).write(to: url)
            SnapshotSamples.expectEqual(
                try ResultsFile(from: url).snapshots, [SnapshotSamples.all[0]])
            try results([SnapshotSamples.all[2]]).write(to: url)
            SnapshotSamples.expectEqual(
                try ResultsFile(from: url).snapshots, [SnapshotSamples.all[2]])
        }
    }
}
