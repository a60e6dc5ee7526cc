import Foundation
import Testing

@testable import Scenarios

/// What the manual says of scenarios is what the program does.
@Suite struct ManualTests {
    private static let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs")

    private static let pages: [String: String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: docs.path)) ?? []
        var pages = [String: String]()
        for name in names where name.hasSuffix(".md") {
            pages[name] = try? String(contentsOf: docs.appending(path: name), encoding: .utf8)
        }
        return pages
    }()

    /// The rows of the tables of scenario.md whose first cell is a key: the key and the default.
    private var rows: [(key: String, fallback: String)] {
        (Self.pages["scenario.md"] ?? "").split(separator: "\n").compactMap { line in
            guard line.hasPrefix("| `") else { return nil }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            let key = cells[1].trimmingCharacters(in: ["`"])
            return key.hasPrefix("\"") ? nil : (key, cells[3])
        }
    }

    @Test func everyKeyIsExplainedOnce() {
        #expect(Set(rows.map(\.key)) == Set(ScenarioDecoder.keys))
        #expect(rows.count == ScenarioDecoder.keys.count)
    }

    @Test func everyKindIsExplained() {
        for kind in InitialKind.allCases {
            let keys = kind.keys.map { "`initial.\($0)`" }.joined(separator: ", ")
            let row = "| `\"\(kind.rawValue)\"` | \(keys)"
            #expect(Self.pages["scenario.md"]?.contains(row) == true, "\(row)")
        }
    }

    /// A default that is a single literal, given explicitly, changes nothing.
    @Test func defaultsAreTheDefaults() throws {
        let plain = "[model]\nbeta = 2.0\n[initial]\nkind = \"modes\"\nmodes = [[1, 0.1, 0.0]]\n"
        let tokens =
            "evolve = \"particles\"\n[model]\nbeta = 2.0\n[initial]\nkind = \"uniform\"\n"
            + "[particles]\ncount = 32\n[time]\nend = 1.0\n[diagram]\n"
        var checked = 0
        for (key, fallback) in rows {
            let isLiteral = fallback.hasPrefix("`") && fallback.filter { $0 == "`" }.count == 2
            guard isLiteral, fallback.hasSuffix("`"), key != "initial.elevation",
                key != "initial.bandwidth"
            else { continue }
            let value = fallback.trimmingCharacters(in: ["`"])
            if key.hasPrefix("diagram.") {
                guard !key.hasPrefix("diagram.betas.") else { continue }
                let given = try ScenarioDecoder.decode(
                    text: tokens, name: "s.toml", overrides: ["\(key)=\(value)"], for: .diagram)
                let bare = try ScenarioDecoder.decode(text: tokens, name: "s.toml", for: .diagram)
                #expect(given == bare, "\(key)")
            } else {
                #expect(
                    try decode(plain, overrides: ["\(key)=\(value)"]) == decode(plain), "\(key)")
            }
            checked += 1
        }
        #expect(checked > 25)
    }

    @Test func examplesAreScenarios() throws {
        var count = 0
        for (name, page) in Self.pages {
            for part in page.components(separatedBy: "```toml\n").dropFirst() {
                let text = part.components(separatedBy: "```")[0]
                #expect(throws: Never.self, "\(name): \(text)") { try decode(text) }
                count += 1
            }
        }
        #expect(count >= 3)
    }

    @Test func linksLeadSomewhere() throws {
        for (name, page) in Self.pages {
            // Every second part lies between fences: code.
            let prose = page.components(separatedBy: "```").enumerated()
                .filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined()
            for part in prose.components(separatedBy: "](").dropFirst() {
                let target = part.prefix { $0 != ")" }
                if target.hasPrefix("http") { continue }
                let pieces = target.split(separator: "#", omittingEmptySubsequences: false)
                let file = pieces[0].isEmpty ? name : String(pieces[0])
                let url = Self.docs.appending(path: file)
                #expect(FileManager.default.fileExists(atPath: url.path), "\(name): \(target)")
                guard pieces.count == 2, let other = Self.pages[file] else { continue }
                let headings = other.split(separator: "\n").filter { $0.hasPrefix("#") }.map {
                    $0.drop { $0 == "#" || $0 == " " }.lowercased().replacing(" ", with: "-")
                }
                #expect(headings.contains(String(pieces[1])), "\(name): \(target)")
            }
        }
    }
}
