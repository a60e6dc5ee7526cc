import Foundation
import Testing

@testable import Scenarios

@Suite struct ScenarioDraftTests {
    /// The keys that stand in front of `=`, with their sections, comments included.
    private func keys(_ text: String) -> Set<String> {
        var section = ""
        var keys = Set<String>()
        for line in text.split(separator: "\n") {
            let bare = line.hasPrefix("# ") ? line.dropFirst(2) : line[...]
            if bare.hasPrefix("["), let end = bare.firstIndex(of: "]") {
                section = bare[bare.index(after: bare.startIndex)..<end] + "."
            } else if let equals = bare.firstIndex(of: "=") {
                keys.insert(section + bare[..<equals].trimmingCharacters(in: .whitespaces))
            }
        }
        return keys
    }

    @Test func everyKeyIsThere() {
        let written = keys(ScenarioDraft(title: "A").text)
        // Of the kinds of initial measure one is shown; diagrams are scenarios of their own.
        let others = Set(ScenarioKeys.initial.map { "initial.\($0)" })
            .subtracting(["initial.kind", "initial.modes", "initial.perturbation"])
        let missing = Set(ScenarioKeys.qualified).subtracting(others).subtracting(written)
            .filter { !$0.hasPrefix("diagram") && !$0.hasPrefix("initial.perturbation.") }
        #expect(missing == ["time.max_log10", "time.step"])
        #expect(written.isSubset(of: ScenarioKeys.qualified + ["title", "evolve"]))
    }

    @Test func commentsStateTheDefaults() throws {
        let plain = ScenarioDraft(title: "A").text
        let spelled = plain.split(separator: "\n", omittingEmptySubsequences: false).map {
            // The example of a perturbation is no default.
            $0.hasPrefix("# ") && !$0.hasPrefix("# perturbation") ? $0.dropFirst(2) : $0
        }.joined(separator: "\n")
        #expect(spelled != plain)
        #expect(try decode(spelled) == decode(plain))
    }

    @Test func titlesAreQuoted() throws {
        #expect(try decode(ScenarioDraft(title: "a \"b\" \\ c").text).title == "a \"b\" \\ c")
    }

    @Test func theLibraryIsFoundFromAnyDepth() throws {
        let directory = try TemporaryDirectory()
        let root = URL(fileURLWithPath: directory.path)
        let program = root.appending(path: "bin/deep/tokenfield")
        #expect(throws: ScenarioLibrary.NotFound.self) { try ScenarioLibrary(near: program) }
        let shelf = root.appending(path: "share/tokenfield/scenarios")
        try FileManager.default.createDirectory(at: shelf, withIntermediateDirectories: true)
        for (name, text) in [
            ("three-phases-circle.toml", "title = \"Three\""), ("untitled.toml", "a = 1"),
            ("untitled.baseline.toml", "b = 1"),
        ] {
            try directory.write(text, to: "share/tokenfield/scenarios/\(name)")
        }
        let library = try ScenarioLibrary(near: program)
        #expect(library.entries.map(\.name) == ["three-phases-circle", "untitled"])
        #expect(library.entries.map(\.title) == ["Three", "untitled"])
        #expect(library["untitled.toml"]?.name == "untitled" && library["x"] == nil)
    }
}
