import Foundation
import Phases
import Testing

@testable import Scenarios

/// The files of a run of the program, read back.
struct FinishedRun {
    let phases: JSONValue
    let series: Series
    let snapshots: [Snapshot]
    /// The lines of `log.txt`.
    let log: [String]

    /// Reads the directory of a run.
    init(in directory: URL) throws {
        phases = try JSONValue(
            parsing: String(contentsOf: directory.appending(path: "phases.json"), encoding: .utf8))
        series = try Series(
            String(contentsOf: directory.appending(path: "series.csv"), encoding: .utf8))
        snapshots = try ResultsFile(from: directory.appending(path: "run.nc")).snapshots
        log = try String(contentsOf: directory.appending(path: "log.txt"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    /// Runs a scenario in a directory of its own and reads what it left; it must end with status 0.
    init(_ scenario: String, _ overrides: String..., location: SourceLocation = #_sourceLocation)
        throws
    {
        try self.init(scenario, overrides: overrides, location: location)
    }

    /// Runs a scenario in a directory of its own and reads what it left; it must end with status 0.
    init(_ scenario: String, overrides: [String], location: SourceLocation = #_sourceLocation)
        throws
    {
        let directory = try TemporaryDirectory()
        try directory.write(scenario, to: "s.toml")
        let outcome = try Program.run(
            ["run", "s.toml", "--output", "run", "--quiet"] + overrides, in: directory)
        try #require(outcome.status == 0, "\(outcome.errors)", sourceLocation: location)
        try self.init(in: directory.url.appending(path: "run"))
    }

    /// Why the run stopped.
    var ended: String? { phases["ended"]?.text }
    /// Whether rounding decided it.
    var isNoiseDetermined: Bool? { phases["noise_determined"]?.boolean }

    /// A time with its stated error, as `phases.json` gives them.
    struct Time {
        var name: String
        var time: Double
        var error: Double

        init?(_ name: String, _ time: JSONValue?, _ error: JSONValue?) {
            guard let time = time?.double, let error = error?.double else { return nil }
            (self.name, self.time, self.error) = (name, time, error)
        }
    }

    /// End of clustering, mergers, consensus; those there are.
    var times: [Time] {
        let ends = (phases["phases"]?.elements ?? []).filter { $0["name"]?.text == "clustering" }
        return ends.compactMap { Time("clustering", $0["end"], $0["error"]) } + mergers
            + [phases["consensus"]].compactMap { Time("consensus", $0?["time"], $0?["error"]) }
    }

    /// The mergers.
    var mergers: [Time] {
        (phases["mergers"]?.elements ?? []).enumerated().compactMap {
            Time("merger \($0 + 1)", $1["time"], $1["error"])
        }
    }

    /// Angles and masses of the clusters at the end of clustering.
    var clusters: [(angle: Double, mass: Double)] { census("clusters") }
    /// Angles and masses of the clusters at the end.
    var clustersAtEnd: [(angle: Double, mass: Double)] { census("clusters_end") }

    private func census(_ key: String) -> [(angle: Double, mass: Double)] {
        (phases[key]?["members"]?.elements ?? []).map {
            ($0["angle"]?.double ?? .nan, $0["mass"]?.double ?? .nan)
        }
    }

    /// Accepted steps at the start and at the end of the last process that wrote the log.
    var lastSteps: (from: Int, to: Int)? {
        func number(after word: String) -> Int? {
            log.last { $0.contains(word) }?.components(separatedBy: word)[1]
                .prefix { $0.isNumber }.description.nonEmpty.flatMap(Int.init)
        }
        guard let from = number(after: " at step "), let to = number(after: " after ") else {
            return nil
        }
        return (from, to)
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}

/// Two clusters that merge, in a moment.
let twoHeapsScenario = """
    title = "Two heaps"
    [model]
    beta = 4
    [initial]
    kind = "modes"
    modes = [[2, 0.3, 0.1], [1, 0.01, 0.02]]
    [time]
    end = "consensus"

    """

/// Three clusters at β = 5, to consensus.
let threeClustersScenario = """
    [model]
    beta = 5
    [initial]
    kind = "modes"
    modes = [[1, 0.03, 0], [2, 0.01, 0.02], [3, 0.02, -0.02]]
    [time]
    end = "consensus"
    """

/// `series.csv`: numbers by the name of their column.
struct Series {
    let names: [String]
    let rows: [[Double]]

    struct Malformed: Error { var line: String }

    init(_ text: String) throws {
        let lines = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        names = lines.first ?? []
        rows = try lines.dropFirst().map { line in
            let row = line.compactMap(Double.init)
            guard row.count == line.count else {
                throw Malformed(line: line.joined(separator: ","))
            }
            return row
        }
    }

    /// A column.
    subscript(name: String) -> [Double]? {
        names.firstIndex(of: name).map { column in rows.map { $0[column] } }
    }

    /// The number of a column at a time that was listed as a snapshot.
    func value(_ name: String, at time: Double) throws -> Double {
        let row = try #require(self["time"]?.firstIndex(of: time), "no row at \(time)")
        return try #require(self[name], "no column \(name)")[row]
    }

    /// |c_k| at a time that was listed as a snapshot.
    func modulus(_ degree: Int, at time: Double) throws -> Double {
        try hypot(value("c\(degree)_re", at: time), value("c\(degree)_im", at: time))
    }
}

/// Ten significant digits, or 1e-12 absolute, whichever is larger.
func tolerance(for known: Double) -> Double {
    known == 0 ? 1e-12 : max(0.5 * pow(10, floor(log10(abs(known))) - 9), 1e-12)
}

/// Expects what the program printed to be the known number to ten digits or 1e-12.
func expect(
    _ printed: Double?, is known: Double, _ what: String = "",
    location: SourceLocation = #_sourceLocation
) {
    guard let printed else {
        Issue.record("\(what) is missing", sourceLocation: location)
        return
    }
    #expect(
        abs(printed - known) <= tolerance(for: known),
        "\(what): \(printed) - \(known) = \(printed - known)", sourceLocation: location)
}
