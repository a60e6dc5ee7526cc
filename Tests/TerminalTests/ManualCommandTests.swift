import Foundation
import Testing

@testable import Terminal
@testable import tokenfield

/// Every command line in the manual and the README is one that the program takes.
@Suite struct ManualCommandTests {
    @Test func commandLinesParse() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let docs = root.appending(path: "docs")
        let names = try FileManager.default.contentsOfDirectory(atPath: docs.path)
        let pages =
            names.filter { $0.hasSuffix(".md") }.map { docs.appending(path: $0) }
            + [root.appending(path: "README.md")]
        var count = 0
        for page in pages {
            let text = try String(contentsOf: page, encoding: .utf8)
            for block in text.components(separatedBy: "```sh\n").dropFirst() {
                for line in block.components(separatedBy: "```")[0].split(separator: "\n")
                where line.hasPrefix("tokenfield ") {
                    let words = line.components(separatedBy: "#")[0].replacing("'", with: "")
                        .split(separator: " ").map(String.init)
                    let description = try #require(
                        Tokenfield.commandLine.descriptions.first { $0.name == words[1] },
                        "\(line)")
                    _ = try ArgumentParser(description).parse(Array(words.dropFirst(2)))
                    count += 1
                }
            }
        }
        #expect(count > 10)
    }
}
