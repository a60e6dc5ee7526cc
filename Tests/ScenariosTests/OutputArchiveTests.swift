import Foundation
import Phases
import Testing

@testable import Scenarios

@Suite("Output: checkpoint")
struct OutputArchiveTests {
    private func sample() -> Archive {
        var archive = Archive()
        archive[doubles: "state"] = [
            0, -0.0, Double.leastNonzeroMagnitude, .infinity, -.infinity, .nan, 0.1, .pi,
        ]
        archive[doubles: "none"] = []
        archive[integers: "state"] = [.min, -1, 0, .max]
        archive[string: "scenario"] = "title = \"θ\"\n"
        archive[string: "empty"] = ""
        archive.store(SnapshotSamples.all, as: "snapshots")
        return archive
    }

    @Test("Arrays, texts and snapshots come back bit for bit, with the same bytes each time")
    func roundTrip() throws {
        try withTemporaryDirectory { directory in
            let url = directory.appendingPathComponent("checkpoint.nc")
            let again = directory.appendingPathComponent("again.nc")
            let archive = sample()
            try archive.save(to: url)
            let stored = try Archive.load(from: url)
            #expect(bits(try stored.doubles("state")) == bits(archive[doubles: "state"]))
            #expect(stored[doubles: "none"] == [])
            #expect(try stored.integers("state") == [.min, -1, 0, .max])
            #expect(try stored.string("scenario") == "title = \"θ\"\n")
            #expect(stored[string: "empty"] == "")
            SnapshotSamples.expectEqual(try stored.snapshots("snapshots"), SnapshotSamples.all)
            try stored.save(to: again)
            #expect(try Data(contentsOf: url) == Data(contentsOf: again))
            #expect(throws: OutputError.missingEntry(name: "velocity")) {
                try stored.doubles("velocity")
            }
        }
    }

    @Test("Without snapshots there is an empty list")
    func noSnapshots() throws {
        var archive = Archive()
        archive.store([Snapshot](), as: "snapshots")
        #expect(try archive.snapshots("snapshots").isEmpty)
        #expect(throws: OutputError.self) { try archive.snapshots("others") }
    }

    @Test("Entries that do not fit together are refused")
    func inconsistentSnapshots() throws {
        var archive = sample()
        archive[integers: "snapshots.cells.counts"] = [0, -1, 4]
        #expect(throws: OutputError.self) { try archive.snapshots("snapshots") }
        archive = sample()
        archive[integers: "snapshots.density.lengths"] = [-1, -1]
        #expect(throws: OutputError.self) { try archive.snapshots("snapshots") }
    }

    @Test("Truncated, altered, foreign and missing files are refused")
    func damage() throws {
        try withTemporaryDirectory { directory in
            let url = directory.appendingPathComponent("checkpoint.nc")
            try sample().save(to: url)
            let intact = try Data(contentsOf: url)
            for length in [0, 1, 24, 100, intact.count / 2, intact.count - 1] {
                try intact.prefix(length).write(to: url)
                #expect(throws: OutputError.self) { try Archive.load(from: url) }
            }
            for position in stride(from: 0, to: intact.count, by: 997) {
                var altered = intact
                altered[position] ^= 0x10
                try altered.write(to: url)
                #expect(throws: OutputError.self) { try Archive.load(from: url) }
            }
            try Data(repeating: 7, count: 4096).write(to: url)
            let error = #expect(throws: OutputError.self) { try Archive.load(from: url) }
            #expect(error?.description.contains("checkpoint.nc") == true)
            #expect(throws: OutputError.self) {
                try Archive.load(from: directory.appendingPathComponent("missing.nc"))
            }
            try intact.write(to: url)
            #expect(try Archive.load(from: url)[string: "empty"] == "")
        }
    }
}
