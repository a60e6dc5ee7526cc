import Foundation
import MeanField
import Phases
import Testing

@testable import Scenarios

@Suite("Output: JSON")
struct OutputJSONTests {
    @Test(
        "Values survive writing and parsing",
        arguments: [
            JSONValue.null, .bool(true), .integer(.min), .integer(0), .number(0.1),
            .number(.leastNonzeroMagnitude),
            .number(1.7976931348623157e308), .number(-0.0), .string("a\"\\\n\t\u{1}θ😀/"), [], [:],
            ["b": [1.5, nil], "a": ["x": "y", "z": [[]]]],
        ])
    func roundTrip(value: JSONValue) throws {
        #expect(try JSONValue(parsing: value.description) == value)
        #expect(try JSONValue(parsing: value.prettyPrinted) == value)
    }

    @Test("What is not finite becomes null")
    func notFinite() {
        #expect(JSONValue.array([.number(.nan), .number(.infinity)]).description == "[null, null]")
        #expect(JSONValue(Double.infinity) == .null)
        #expect(JSONValue(nil as Double?) == .null)
    }

    @Test("Objects keep their order and stand on lines of their own")
    func pretty() {
        let value: JSONValue = ["b": 1, "a": [["c": [0.5, 1.5]]], "e": [:]]
        let expected = """
            {
              "b": 1,
              "a": [
                {
                  "c": [0.5, 1.5]
                }
              ],
              "e": {}
            }

            """
        #expect(value.prettyPrinted == expected)
    }

    @Test("Escapes and surrogate pairs are read")
    func escapes() throws {
        let value = try JSONValue(parsing: #""\u03b8\ud83d\ude00\/\b\f""#)
        #expect(value == .string("θ😀/\u{8}\u{c}"))
    }

    @Test(
        "Malformed text is refused with its place",
        arguments: [
            ("", 1, 1), ("[1,\n 2,]", 2, 4), ("{\"a\":1,\"a\":2}", 1, 8), ("01", 1, 3),
            ("1e999", 1, 6), ("\"a", 1, 3), ("[1] 2", 1, 5), ("NaN", 1, 1), ("\"\\ud800\"", 1, 8),
            ("tru", 1, 1), ("-", 1, 2), ("\"\\u12", 1, 4), ("{1:2}", 1, 2),
        ])
    func malformed(text: String, line: Int, column: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.line == line && error?.column == column)
    }

    @Test("Depth is limited")
    func depth() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
    }
}

@Suite("Output: phases.json")
struct OutputPhasesTests {
    private func record() -> RunRecord {
        let cluster = Cluster(position: [0.8, 0.6], angle: 0.6435, mass: 0.42)
        let beyond = EventTime(time: ModelTime(1, exponent: 2000), relativeError: 1e-3)
        return RunRecord(
            ended: .consensus, endTime: beyond.time, noiseDetermined: false,
            phases: [
                .init(
                    name: .collapse, start: .init(time: .zero, relativeError: 0),
                    end: .init(time: .zero, relativeError: 0), reason: nil),
                .init(
                    name: .clustering, start: .init(time: .zero, relativeError: 0),
                    end: .init(time: ModelTime(8), relativeError: 1e-6), reason: nil),
                .init(
                    name: .merging, start: .init(time: ModelTime(8), relativeError: 1e-6), end: nil,
                    reason: .timeLimit),
            ],
            clusters: nil,
            clustersEnd: ClusterCensus(time: beyond.time, members: [cluster], condensed: 1),
            mergers: [
                Merger(
                    kind: .merged, time: .init(time: ModelTime(100), relativeError: 1e-4),
                    clustersAfter: 3, into: cluster)
            ],
            consensus: beyond,
            representation: [
                .init(from: .zero, kind: "spectral", size: 1024, reason: "start", error: 0)
            ], notes: ["A note."])
    }

    @Test("Keys are those of the contract")
    func keys() throws {
        let json = try JSONValue(
            parsing: PhasesFile.json(record(), scenario: "T", version: "1").prettyPrinted)
        for key in [
            "scenario", "version", "ended", "noise_determined", "phases", "clusters",
            "clusters_end", "mergers", "consensus", "representation", "notes",
        ] { #expect(json[key] != nil, "\(key)") }
        let phases = try #require(json["phases"]?.elements)
        #expect(phases.compactMap { $0["name"]?.text } == ["collapse", "clustering", "merging"])
        #expect(phases[0]["end"]?.double == 0 && phases[0]["error"]?.double == 0)
        #expect(phases[0]["log10_end"] == .null && phases[0]["reason"] == .null)
        #expect(phases[1]["end"]?.double == 8 && phases[1]["error"]?.double == 8e-6)
        #expect(phases[1]["log10_end"]?.double == ModelTime(8).log10)
        #expect(phases[2]["end"] == .null && phases[2]["error"] == .null)
        #expect(phases[2]["reason"]?.text == "time limit")
        let merger = try #require(json["mergers"]?.elements?.first)
        #expect(merger["kind"]?.text == "merged" && merger["clusters_after"]?.int == 3)
        #expect(merger["into"]?["mass"]?.double == 0.42)
        let change = try #require(json["representation"]?.elements?.first)
        #expect(change["size"]?.int == 1024 && change["from"]?.double == 0)
        #expect(change["reason"]?.text == "start")
    }

    @Test("Times beyond double range are null and stand as logarithms with their errors")
    func beyondDouble() throws {
        let json = PhasesFile.json(record(), scenario: "T", version: "1")
        let consensus = try #require(json["consensus"])
        #expect(consensus["time"] == .null)
        #expect(consensus["log10_time"]?.double == ModelTime(1, exponent: 2000).log10)
        #expect(consensus["error"]?.double == 1e-3 / log(10))
        #expect(json["clusters"]?["time"] == .null)
        #expect(json["clusters"]?["count"]?.int == 1)
        #expect(json["clusters"]?["members"]?.elements?[0]["position"] == [0.8, 0.6])
    }

    @Test("A file reads back to the same file; times within double range exactly")
    func reading() throws {
        try withTemporaryDirectory { directory in
            let url = directory.appendingPathComponent("phases.json")
            try PhasesFile.write(record(), scenario: "T", version: "1", to: url)
            let content = try PhasesFile.read(from: url)
            #expect(content.title == "T" && content.version == "1")
            #expect(content.record.phases == record().phases)
            #expect(content.record.mergers == record().mergers)
            #expect(content.record.representation == record().representation)
            #expect(content.record.notes == ["A note."])
            let consensus = try #require(content.record.consensus)
            #expect(abs(consensus.time.log10 - ModelTime(1, exponent: 2000).log10) < 1e-10)
            #expect(abs(consensus.relativeError - 1e-3) < 1e-15)
            for text in ["", "{}", "{\"ended\": 1}"] {
                try AtomicFile.write(text, to: url)
                #expect(throws: OutputError.self) { try PhasesFile.read(from: url) }
            }
        }
    }
}

@Suite("Output: series.csv")
struct OutputSeriesTests {
    @Test("Rows have 17 digits, inf and the columns of the header")
    func rows() throws {
        let columns = SeriesColumns(of: SnapshotSamples.all[0].observables)
        let head = "time,log10_time,energy,log_energy,mass,clusters,condensed,residual,"
        let modes = (1...8).map { "c\($0)_re,c\($0)_im" }.joined(separator: ",")
        #expect(
            columns.names.joined(separator: ",")
                == head + "effective_dimension," + modes + ",free_energy,energy_rate")
        let first = columns.row(SnapshotSamples.all[0]).split(separator: ",").map(String.init)
        #expect(first.count == columns.names.count)
        #expect(first[0] == "0" && first[1] == "-inf" && first[2] == "0.43333333333333335")
        #expect(first[5] == "0" && first[7] == "-0")
        let last = columns.row(SnapshotSamples.all[2]).split(separator: ",").map(String.init)
        #expect(last[0] == "inf" && last[2] == "inf" && last[5] == "2")
        #expect(Double(last[1]) == SnapshotSamples.all[2].time.log10)
        let second = columns.row(SnapshotSamples.all[1]).split(separator: ",").map(String.init)
        #expect(second[0] == "0.10000000000000001")
    }

    @Test("A resumed file has the bytes of a straight one, and rows are on disk at once")
    func resume() throws {
        try withTemporaryDirectory { directory in
            let straight = directory.appendingPathComponent("a.csv")
            let resumed = directory.appendingPathComponent("b.csv")
            let columns = SeriesColumns(of: SnapshotSamples.all[0].observables)
            let file = try SeriesFile(creating: straight, columns: columns)
            for snapshot in SnapshotSamples.all { try file.append(snapshot) }
            let bytes = try Data(contentsOf: straight)
            #expect(bytes.count { $0 == UInt8(ascii: "\n") } == 4)
            let again = try SeriesFile(
                creating: resumed, columns: columns, snapshots: SnapshotSamples.all.prefix(2))
            try again.append(SnapshotSamples.all[2])
            #expect(try Data(contentsOf: resumed) == bytes)
        }
    }
}
