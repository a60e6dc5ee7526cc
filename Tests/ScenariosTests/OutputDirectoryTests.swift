import Foundation
import Testing

@testable import Scenarios

@Suite("Output: run directory")
struct OutputDirectoryTests {
    private let scenario = "title = \"A\"\nbeta = 9.0\n"

    @Test("A new directory gets scenario.toml and log.txt")
    func create() throws {
        try withTemporaryDirectory { parent in
            let url = parent.appendingPathComponent("runs/a")
            let run = try RunDirectory(at: url, scenarioText: scenario, existing: .refuse)
            try run.log("hello")
            #expect(try String(contentsOf: run.scenario, encoding: .utf8) == scenario)
            let log = try String(contentsOf: run.logFile, encoding: .utf8)
            #expect(log.split(separator: "\n").count == 2 && log.hasSuffix("Z hello\n"))
            // An empty directory is as good as none.
            let empty = parent.appendingPathComponent("empty")
            try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
            _ = try RunDirectory(at: empty, scenarioText: scenario, existing: .refuse)
            // So is what a run leaves that was killed at once.
            try FileManager.default.removeItem(at: empty.appendingPathComponent("scenario.toml"))
            _ = try RunDirectory(at: empty, scenarioText: scenario, existing: .refuse)
        }
    }

    @Test("An existing run is refused, resumed with the same scenario, replaced by force")
    func existing() throws {
        try withTemporaryDirectory { url in
            _ = try RunDirectory(at: url, scenarioText: scenario, existing: .refuse)
            #expect(throws: OutputError.runExists(path: url.path)) {
                try RunDirectory(at: url, scenarioText: scenario, existing: .refuse)
            }
            let other = "title = \"A\"\nbeta = 4.0\n"
            #expect(
                throws: OutputError.differentScenario(
                    path: url.path, line: 2, stored: "beta = 9.0", given: "beta = 4.0")
            ) { try RunDirectory(at: url, scenarioText: other, existing: .resume) }
            try AtomicFile.write("{}", to: url.appendingPathComponent("phases.json"))
            try AtomicFile.write("mine", to: url.appendingPathComponent("notes.md"))
            let resumed = try RunDirectory(at: url, scenarioText: scenario, existing: .resume)
            #expect(throws: OutputError.inUse(path: url.path)) {
                try RunDirectory(at: url, scenarioText: scenario, existing: .resume)
            }
            #expect(FileManager.default.fileExists(atPath: resumed.phases.path))
        }
    }

    @Test("Force deletes the files of a run and nothing else")
    func replace() throws {
        try withTemporaryDirectory { url in
            _ = try RunDirectory(at: url, scenarioText: scenario, existing: .refuse)
            try AtomicFile.write("{}", to: url.appendingPathComponent("phases.json"))
            try AtomicFile.write("mine", to: url.appendingPathComponent("notes.md"))
            let run = try RunDirectory(at: url, scenarioText: "title = \"B\"\n", existing: .replace)
            #expect(!FileManager.default.fileExists(atPath: run.phases.path))
            #expect(try String(contentsOf: run.scenario, encoding: .utf8) == "title = \"B\"\n")
            let notes = url.appendingPathComponent("notes.md")
            #expect(FileManager.default.fileExists(atPath: notes.path))
        }
    }

    @Test("Directories that hold no run are left alone")
    func foreign() throws {
        try withTemporaryDirectory { url in
            let mine = url.appendingPathComponent("scenario.toml")
            try AtomicFile.write("title = \"my own\"\n", to: mine)
            #expect(throws: OutputError.notARunDirectory(path: url.path)) {
                try RunDirectory(at: url, scenarioText: scenario, existing: .replace)
            }
            #expect(throws: OutputError.nothingToResume(path: url.path)) {
                try RunDirectory(at: url, scenarioText: scenario, existing: .resume)
            }
            #expect(throws: OutputError.notARunDirectory(path: mine.path)) {
                try RunDirectory(at: mine, scenarioText: scenario, existing: .replace)
            }
            let missing = url.appendingPathComponent("missing")
            #expect(throws: OutputError.nothingToResume(path: missing.path)) {
                try RunDirectory(at: missing, scenarioText: scenario, existing: .resume)
            }
            #expect(!FileManager.default.fileExists(atPath: missing.path))
        }
    }

    @Test("A place that cannot be written is refused with its reason")
    func unwritable() throws {
        let url = URL(fileURLWithPath: "/proc/tokenfield/run")
        let error = #expect(throws: OutputError.self) {
            try RunDirectory(at: url, scenarioText: scenario, existing: .refuse)
        }
        #expect(error?.description.contains("cannot be written") == true)
    }
}
