import Foundation
import Testing

@testable import Scenarios

/// `tokenfield bless` and `tokenfield check` as processes.
@Suite struct Baselines {
    private func prepare() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.write(twoHeapsScenario, to: "s.toml")
        let outcome = try Program.run(["bless", "s.toml", "--quiet"], in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("s.baseline.toml"))
        return directory
    }

    private func baseline(_ directory: TemporaryDirectory) throws -> String {
        try String(
            contentsOf: directory.url.appending(path: "s.baseline.toml"), encoding: .utf8)
    }

    private func check(_ directory: TemporaryDirectory, _ more: String...) throws
        -> Program.Outcome
    {
        try Program.run(["check", "s.toml", "--quiet"] + more, in: directory)
    }

    @Test func blessedPasses() throws {
        let directory = try prepare()
        let before = try baseline(directory)
        let outcome = try check(directory, "--junit", "j.xml")
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        for line in outcome.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        #expect(try baseline(directory) == before)
        let xml = try String(contentsOf: directory.url.appending(path: "j.xml"), encoding: .utf8)
        #expect(xml.contains("failures=\"0\" errors=\"0\"") && xml.contains("merging_end"))
        // Blessing again stores the same bytes.
        #expect(try Program.run(["bless", "s.toml"], in: directory).status == 0)
        #expect(try baseline(directory) == before)
        // What the shell makes of *.toml is the scenario.
        let glob = try Program.run(["check", "s.baseline.toml", "s.toml"], in: directory)
        #expect(glob.status == 0 && glob.output.contains("1 scenario"))
    }

    /// Beyond its tolerance, by hand: the table names it, and the baseline stays.
    @Test func driftIsFound() throws {
        let directory = try prepare()
        let text = try baseline(directory)
        let line = try #require(
            text.split(separator: "\n").first { $0.hasPrefix("clustering_end") })
        let parts = line.split(separator: " ")
        let (value, tolerance) = (
            try #require(Double(parts[5].dropLast())), try #require(Double(parts[8]))
        )
        func moved(by tolerances: Double) -> String {
            text.replacing(
                line,
                with: "clustering_end = { value = \(value + tolerances * tolerance), "
                    + "tolerance = \(tolerance) }")
        }
        try directory.write(moved(by: 0.9), to: "s.baseline.toml")
        #expect(try check(directory).status == 0)
        try directory.write(moved(by: 1.5), to: "s.baseline.toml")
        let outcome = try check(directory, "--junit", "j.xml")
        #expect(outcome.status == 1)
        let row = outcome.output.split(separator: "\n").first { $0.contains("DRIFTED") }
        #expect(row?.contains("clustering_end") == true && row?.contains("-1.5") == true)
        #expect(outcome.errors.contains("s.baseline.toml:"))
        #expect(try baseline(directory) == moved(by: 1.5))
        let xml = try String(contentsOf: directory.url.appending(path: "j.xml"), encoding: .utf8)
        #expect(xml.contains("failures=\"1\""))
    }

    @Test func nothingPassesSilently() throws {
        let directory = try prepare()
        let text = try baseline(directory)
        // A misspelt quantity, and one that is left out.
        try directory.write(
            text.replacing("clustering_end", with: "clustring_end"), to: "s.baseline.toml")
        let misspelt = try check(directory)
        #expect(
            misspelt.status == 1 && misspelt.errors.contains("did you mean phases clustering_end"))
        #expect(misspelt.errors.contains(#/s\.baseline\.toml:\d+:1: /#))
        let shorter = text.split(separator: "\n").filter { !$0.hasPrefix("clustering_end") }
        try directory.write(shorter.joined(separator: "\n"), to: "s.baseline.toml")
        let new = try check(directory)
        #expect(new.status == 1 && new.output.contains("NEW"))
        // A misspelt word of the file itself is bad input.
        try directory.write(
            text.replacing("tolerance =", with: "tolerence ="), to: "s.baseline.toml")
        let bad = try check(directory)
        #expect(bad.status == 2 && bad.errors.contains("did you mean"))
        try FileManager.default.removeItem(at: directory.url.appending(path: "s.baseline.toml"))
        let missing = try check(directory, "--junit", "j.xml")
        #expect(missing.status == 1 && missing.errors.contains("tokenfield bless s.toml"))
        #expect(!directory.contains("s.baseline.toml") && directory.contains("j.xml"))
    }

    @Test func refusals() throws {
        let directory = try prepare()
        for arguments in [
            ["check"], ["bless"], ["check", "s.baseline.toml"], ["check", "s.toml", "s.toml"],
            ["check", "none.toml"], ["bless", "s.toml", "model.beta=3"],
        ] {
            let outcome = try Program.run(arguments, in: directory)
            #expect(outcome.status == 2 && !outcome.errors.isEmpty, "\(arguments)")
        }
    }
}
