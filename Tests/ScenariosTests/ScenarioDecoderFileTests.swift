import Foundation
import Testing

@testable import Scenarios

@Suite struct ScenarioDecoderFileTests {
    static let tokens = "kind = 'tokens'\nfile = 'w.csv'\ncolumns = ['x', 'y']"
    static let table = "kind = 'table'\nfile = 'w.csv'"

    @Test func tokensAreNormalised() throws {
        let directory = try TemporaryDirectory()
        let csv = """
            # comment
            word, y ,x,note

            "a, b",2,0,1
              # another
            c,0,-3.5,"he said ""hi"", twice"\r
            "d",-1e-3,1e-3,
            """
        try directory.write(csv, to: "w.csv")
        let initial = try decodeInitial(
            Self.tokens + "\nbandwidth = 0.1", directory: directory.path)
        #expect(
            initial.kind
                == .tokens(
                    file: directory.path + "/w.csv", columns: ["x", "y"], bandwidth: 0.1,
                    angles: [.pi / 2, .pi, -.pi / 4]))
    }

    @Test(arguments: ["theta,rho\n", "# no header\n", "\u{feff}x,rho, theta\n"])
    func tablesAreRead(header: String) throws {
        let directory = try TemporaryDirectory()
        let rows =
            header.hasPrefix("\u{feff}") ? "9,1,-1\n9,2,0\n9,0,1\n9,4,5" : "-1,1\n0,2\n1,0\n5,4"
        try directory.write(header + rows, to: "w.csv")
        let initial = try decodeInitial(Self.table, directory: directory.path)
        #expect(
            initial.kind
                == .table(
                    file: directory.path + "/w.csv", angles: [-1, 0, 1, 5], values: [1, 2, 0, 4]))
    }

    @Test(arguments: [(tokens, "x,y\n1,2\n3,4"), (table, "0,1\n1,1\n2,0.3\n3,1")])
    func resolvedTextIsReadFromAnotherDirectory(body: String, csv: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(csv, to: "w.csv")
        let path = try directory.write(
            "[model]\nbeta = 1\n[initial]\n\(body)\n", to: "flow.toml")
        let scenario = try ScenarioDecoder.decode(file: path)
        #expect(scenario.title == "flow")
        let run = try TemporaryDirectory()
        let again = try ScenarioDecoder.decode(
            file: run.write(scenario.tomlText, to: "scenario.toml"))
        #expect(again == scenario)
    }

    @Test func wordEmbeddingsOfTheProjectAreRead() throws {
        let scenarios = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../scenarios").standardizedFileURL.path
        let initial = try decodeInitial(
            "kind = 'tokens'\nfile = 'data/minilm-l6-v2-words.csv'\ncolumns = ['x1', 'x2']",
            directory: scenarios)
        guard case .tokens(_, _, _, let angles) = initial.kind else {
            Issue.record("\(initial.kind)")
            return
        }
        #expect(angles.count == 6000)
        #expect(angles[0] == atan2(-0.051817, -0.013267))
    }

    // MARK: Refusals

    /// A body of `[initial]`, a CSV text, and the beginning of the error.
    struct FileRefusal: Sendable, CustomTestStringConvertible {
        var body: String
        var csv: String
        var start: String
        var words: [String]

        init(_ body: String, _ csv: String, _ start: String, _ words: String...) {
            self.body = body
            self.csv = csv
            self.start = start
            self.words = words
        }

        var testDescription: String { "\(start) \(words.joined(separator: " … "))" }
    }

    static let tokenRefusals = [
        FileRefusal(tokens, "", "w.csv:1:1:", "the file is empty"),
        FileRefusal(tokens, "# only\n\n", "w.csv:1:1:", "the file is empty"),
        FileRefusal(tokens, "#\nx,y\n", "w.csv:2:1:", "no rows"),
        FileRefusal(tokens, "x,z\n1,2", "s.toml:6:17:", "no column \"y\"", "names x, z"),
        FileRefusal(tokens, "x,yy\n1,2", "s.toml:6:17:", "did you mean yy?"),
        FileRefusal(tokens, "x,y\n1,2\n\n1,2,3", "w.csv:4:1:", "3 fields", "line 1 has 2"),
        FileRefusal(tokens, "x,y\n#\n1,2\n0,0.0", "w.csv:4:1:", "zero row", "remove"),
        FileRefusal(tokens, "x,y\n1,nan", "w.csv:2:3:", "y is \"nan\"", "a finite number"),
        FileRefusal(tokens, "x,y\n 1, inf", "w.csv:2:5:", "y is \"inf\"", "a finite number"),
        FileRefusal(tokens, "w,x,y\n\"ü\",,1", "w.csv:2:5:", "x is \"\"", "a finite number"),
        FileRefusal(tokens, "x,y\n1e999,1", "w.csv:2:1:", "x is \"1e999\""),
        FileRefusal(tokens, "w,x,y\n\"a,1,2", "w.csv:2:1:", "quote", "close it"),
        FileRefusal(tokens, "w,x,y\n\"a\"b,1,2", "w.csv:2:1:", "quote", "double every quote"),
        FileRefusal(
            "kind = 'tokens'\nfile = 'w.csv'", "x,y\n1,2", "s.toml:3:1:", "columns is miss"),
        FileRefusal(
            "kind = 'tokens'\nfile = 'w.csv'\ncolumns = ['x']", "x,y\n1,2", "s.toml:6:11:",
            "1 entries", "two column names"),
        FileRefusal(
            "kind = 'tokens'\nfile = 'w.csv'\ncolumns = ['x', 2]", "x,y\n1,2", "s.toml:6:17:",
            "columns[2] is 2", "a string"),
        FileRefusal(
            "kind = 'tokens'\nfile = 'w.csv'\ncolumns = ['x', 'x']", "x,y\n1,2", "s.toml:6:17:",
            "twice"),
        FileRefusal(
            "kind = 'tokens'\ncolumns = ['x', 'y']", "", "s.toml:3:1:", "initial.file is missing"),
        FileRefusal(
            "kind = 'tokens'\nfile = 3\ncolumns = ['x', 'y']", "", "s.toml:5:8:",
            "initial.file is 3", "a string"),
        FileRefusal(
            "kind = 'tokens'\nfile = 'v.csv'\ncolumns = ['x', 'y']", "", "s.toml:5:8:",
            "v.csv\" cannot be read: No such file"),
        FileRefusal(
            "kind = 'tokens'\nfile = '.'\ncolumns = ['x', 'y']", "", "s.toml:5:8:",
            "cannot be read: Is a directory"),
        FileRefusal(tokens + "\nbandwidth = -1", "x,y\n1,2", "s.toml:7:13:", "bandwidth is -1"),
        FileRefusal(
            tokens + "\nperturbation = { amplitude = 1 }", "x,y\n1,2", "s.toml:7:1:",
            "tokens with bandwidth 0", "smooth"),
    ]

    static let tableRefusals = [
        FileRefusal(table, "", "w.csv:1:1:", "the file is empty"),
        FileRefusal(table, "0,1\n1,1\n2,1", "w.csv:1:1:", "3 rows", "at least 4"),
        FileRefusal(table, "#\ntheta,roh\n0,1", "w.csv:2:1:", "no column \"rho\"", "theta, roh"),
        FileRefusal(table, "0,1,2\n1,1,2", "w.csv:1:1:", "3 columns and no header"),
        FileRefusal(table, "0,1\n1,-0.5\n2,1\n3,1", "w.csv:2:3:", "rho = -0.5 is negative"),
        FileRefusal(table, "0,1\n1,nan\n2,1\n3,1", "w.csv:2:3:", "rho is \"nan\""),
        FileRefusal(table, "0,1\n2,1\n1,1\n3,1", "w.csv:3:1:", "does not lie after 2.0", "sort"),
        FileRefusal(table, "0,1\n2,1\n2,1\n3,1", "w.csv:3:1:", "every theta once"),
        FileRefusal(table, "-1,1\n2,1\n3,1\n5.3,1", "w.csv:4:1:", "a whole period"),
        FileRefusal(table, "0,0\n2,0\n3,0\n4,0", "w.csv:1:1:", "zero in every row"),
        FileRefusal(table + "\ncolumns = ['x']", "0,1\n2,1\n3,1\n4,1", "s.toml:6:1:", "\"tokens\""),
    ]

    @Test(arguments: tokenRefusals) func tokenFileIsRefused(refusal: FileRefusal) throws {
        try check(refusal)
    }

    @Test(arguments: tableRefusals) func tableFileIsRefused(refusal: FileRefusal) throws {
        try check(refusal)
    }

    private func check(_ refusal: FileRefusal) throws {
        let directory = try TemporaryDirectory()
        try directory.write(refusal.csv, to: "w.csv")
        let error = try #require(throws: ScenarioError.self) {
            if refusal.body.contains("[model]") {
                _ = try decode("# one\n\n[initial]\n" + refusal.body, directory: directory.path)
            } else {
                _ = try decodeInitial(refusal.body, directory: directory.path)
            }
        }
        #expect(error.issues.count == 1, "\(error)")
        let text = error.description.replacing(directory.path + "/", with: "")
        #expect(text.hasPrefix(refusal.start), "\(error)")
        for word in refusal.words { #expect(text.contains(word), "\(error)") }
    }

    @Test func unreadableScenariosAreRefused() throws {
        let directory = try TemporaryDirectory()
        for (path, reason) in [("/none.toml", "No such file"), ("", "Is a directory")] {
            let error = try #require(throws: ScenarioError.self) {
                try ScenarioDecoder.decode(file: directory.path + path)
            }
            #expect(
                error.description.hasPrefix("\(directory.path)\(path):1:1: the scenario cannot"))
            #expect(error.description.contains(reason))
        }
        let binary = directory.path + "/binary.toml"
        try Data([0x74, 0x20, 0x3d, 0xff, 0xfe]).write(to: URL(fileURLWithPath: binary))
        let error = try #require(throws: ScenarioError.self) {
            try ScenarioDecoder.decode(file: binary)
        }
        #expect(error.description.contains("UTF-8"))
    }
}
