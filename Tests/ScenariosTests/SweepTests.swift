import Foundation
import Phases
import Testing

@testable import Scenarios

/// Axes, points and rows of sweeps.
@Suite struct SweepTests {
    private func values(_ text: String) throws -> [String] {
        try SweepAxis(text, number: 1).values
    }

    @Test func rangesAndLists() throws {
        #expect(try values("model.beta=1:9:5") == ["1", "3", "5", "7", "9"])
        #expect(try values("model.beta=0.1:0.5:5") == ["0.1", "0.2", "0.3", "0.4", "0.5"])
        #expect(try values("model.value=1:-1:3") == ["1", "0", "-1"])
        #expect(try values("model.beta=1:4:3") == ["1.0", "2.5", "4.0"])
        #expect(try values("model.beta=0.1:100:4:log") == ["0.1", "1.0", "10.0", "100.0"])
        #expect(try values("model.diffusion=0, 0.1,1e-2") == ["0", "0.1", "1e-2"])
        #expect(
            try values("model.value=[1.0, 0.5],[[1,0],[0,1]]") == ["[1.0, 0.5]", "[[1,0],[0,1]]"])
        #expect(try values("a.b=\"x,y\",'z:w'") == ["\"x,y\"", "'z:w'"])
        #expect(try SweepAxis("model.beta=1,2.5", number: 1).numbers == [1, 2.5])
        #expect(try SweepAxis("model.limit=\"heat\"", number: 1).numbers == nil)
    }

    @Test(arguments: [
        ("model.beta", "1", "KEY=FROM:TO:COUNT"), ("=1:2:3", "1", "KEY=FROM:TO:COUNT"),
        ("model.beta=1:9", "12", "FROM:TO:COUNT"), ("model.beta=1:9:1", "12", "from 2 to"),
        ("model.beta=1:9:2.5", "12", "whole number"), ("model.beta=1:1:3", "12", "different"),
        ("model.beta=1:inf:3", "12", "different numbers"),
        ("model.beta=-1:1:3:log", "12", "above 0"),
        ("model.beta=1:9:3:lin", "12", "FROM:TO:COUNT:log"),
        ("model.beta=", "12", "no list"), ("model.beta=1,,2", "12", "no list"),
        ("model.normalization=softmax,none", "21", "quotes"),
        ("model.beta=1,2,1", "12", "twice"),
    ])
    func badSyntaxIsRefused(_ text: String, _ column: String, _ words: String) {
        let error = #expect(throws: ScenarioError.self) { try SweepAxis(text, number: 2) }
        let description = error?.description ?? ""
        #expect(description.hasPrefix("--over:2:\(column): "), "\(description)")
        #expect(description.contains(words), "\(description)")
    }

    // MARK: Points

    private func scenario(_ directory: URL) throws -> String {
        let file = directory.appending(path: "s.toml")
        try Data(
            """
            [model]
            beta = 4
            [initial]
            kind = "modes"
            modes = [[1, 0.3, 0.1]]
            [time]
            end = 2.0
            """.utf8
        ).write(to: file)
        return file.path
    }

    private func withDirectory(_ body: (URL) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "tokenfield-sweep-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url)
    }

    private func axes(_ texts: String...) throws -> [SweepAxis] {
        try texts.enumerated().map { try SweepAxis($0.element, number: $0.offset + 1) }
    }

    @Test func lastAxisRunsFastest() throws {
        try withDirectory { url in
            let plan = try SweepPlan(
                file: scenario(url), overrides: ["time.end=1.0"],
                axes: axes("model.beta=1,2", "model.diffusion=0,0.1,0.2"))
            #expect(plan.count == 6 && plan.values(4) == ["2", "0.1"])
            let point = try plan.scenario(4)
            #expect(point.model.beta == 2 && point.model.diffusion == 0.1)
            #expect(point.time.end == .time(1))
        }
    }

    @Test func wrongKeysAreRefusedWhereTheyStand() throws {
        try withDirectory { url in
            let file = try scenario(url)
            func message(_ texts: String...) throws -> String {
                let axes = try texts.enumerated().map {
                    try SweepAxis($0.element, number: $0.offset + 1)
                }
                let error = #expect(throws: ScenarioError.self) {
                    try SweepPlan(file: file, overrides: ["time.end=1.0"], axes: axes)
                }
                return error?.description ?? ""
            }
            let unknown = try message("model.diffusion=0,1", "model.bta=1:9:3")
            #expect(unknown.hasPrefix("--over:2:") && unknown.contains("did you mean model.beta"))
            #expect(try message("model.beta=1,-2").hasPrefix("--over:1:"))
            #expect(try message("model.beta=1,2", "model.beta=3,4").hasPrefix("--over:2:1"))
            #expect(
                try message("model.beta=0:1:2000", "model.diffusion=0:1:2000")
                    .contains("more than 1000000 points"))
        }
    }

    // MARK: Rows

    @Test func rowsReadBack() throws {
        try withDirectory { url in
            let plan = try SweepPlan(
                file: scenario(url), overrides: [],
                axes: axes("model.value=1,[1.0, 0.5]", "model.beta=1,2"))
            let table = SweepTable(plan)
            let numbers = table.columns.names.indices.map { index -> Double? in
                index % 5 == 0 ? nil : index % 7 == 0 ? .infinity : 1 / Double(index + 3)
            }
            let rows = [
                SweepRow(point: 0, ended: .consensus, numbers: numbers, reason: ""),
                SweepRow(
                    point: 2, ended: .failed, numbers: numbers.map { _ in nil },
                    reason: "Too \"small\", it said."),
            ]
            let file = url.appending(path: "sweep.csv")
            try Data(table.text(rows).utf8).write(to: file)
            #expect(try table.rows(of: file) == rows)
            // A line that was cut short is one that was never written.
            try Data((table.text(rows) + "3,\"[1.0, 0").utf8).write(to: file)
            #expect(try table.rows(of: file) == rows)
            let other = SweepTable(
                try SweepPlan(
                    file: scenario(url), overrides: [],
                    axes: axes("model.value=1,[1.0, 0.5]", "model.beta=1,3")))
            try Data(
                table.text([
                    SweepRow(
                        point: 1, ended: .consensus, numbers: numbers, reason: "")
                ]).utf8
            ).write(to: file)
            #expect(throws: OutputError.self) { try other.rows(of: file) }
        }
    }

    @Test func figureAxes() throws {
        func axis(_ text: String) throws -> SweepFigureAxis? {
            SweepFigureAxis(try SweepAxis(text, number: 1), index: 0)
        }
        #expect(try axis("model.beta=1:1000:4:log")?.isLogarithmic == true)
        #expect(try axis("model.beta=1:9:3")?.isLogarithmic == false)
        #expect(try axis("model.beta=3") == nil && axis("model.limit=\"heat\",\"none\"") == nil)
        let cells = try #require(try axis("model.beta=1,4,2")).cells
        #expect(cells.map(\.low) == [0.5, 3, 1.5] && cells.map(\.high) == [1.5, 5, 3])
    }
}
