import Foundation
import Testing

@testable import Scenarios

/// A scenario that must be refused with exactly one issue.
struct Refusal: Sendable, CustomTestStringConvertible {
    var text: String
    var overrides: [String] = []
    /// `line:column` in `s.toml`, or the whole position.
    var position: String
    /// What the message must contain.
    var words: [String]

    var testDescription: String { "\(position) \(words.joined(separator: " … "))" }

    /// A body of `[model]`, from line 2.
    static func model(_ body: String, _ position: String, _ words: String...) -> Refusal {
        Refusal(
            text: "[model]\n\(body)\n[initial]\nkind = \"uniform\"\n", position: position,
            words: words)
    }

    /// A body of `[initial]`, from line 4.
    static func initial(_ body: String, _ position: String, _ words: String...) -> Refusal {
        Refusal(
            text: "[model]\nbeta = 1\n[initial]\n\(body)\n", position: position, words: words)
    }

    /// Lines after a good scenario, from line 5.
    static func more(_ body: String, _ position: String, _ words: String...) -> Refusal {
        Refusal(
            text: "[model]\nbeta = 1\n[initial]\nkind = \"uniform\"\n\(body)\n",
            position: position, words: words)
    }

    /// A good scenario with one override.
    static func override(_ text: String, _ position: String, _ words: String...) -> Refusal {
        Refusal(
            text: "[model]\nbeta = 1\n[initial]\nkind = \"modes\"\nmodes = [[1, 0.5, 0]]\n",
            overrides: [text], position: position, words: words)
    }

    /// Checks that the scenario is refused where and how it should be.
    func check(directory: String = "") {
        do {
            let scenario = try ScenarioDecoder.decode(
                text: text, name: "s.toml", directory: directory, overrides: overrides)
            Issue.record("accepted: \(scenario)")
        } catch {
            #expect(error.issues.count == 1, "\(error)")
            let isFull = position.contains { $0.isLetter }
            #expect(
                error.description.hasPrefix((isFull ? "" : "s.toml:") + position + ": "), "\(error)"
            )
            for word in words {
                #expect(error.description.contains(word), "\(error)")
            }
        }
    }
}

/// A directory of its own that is removed when the value goes away.
final class TemporaryDirectory {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }
}

/// Decodes a text named `s.toml`.
func decode(
    _ text: String, directory: String = "", overrides: [String] = []
) throws -> Scenario {
    try ScenarioDecoder.decode(
        text: text, name: "s.toml", directory: directory, overrides: overrides)
}

/// A scenario around a body of `[initial]`.
func decodeInitial(_ body: String, directory: String = "") throws -> Scenario.Initial {
    try decode("[model]\nbeta = 1\n[initial]\n\(body)\n", directory: directory).initial
}
