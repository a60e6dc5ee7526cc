import Foundation

/// The results of checks as JUnit XML, which continuous integration understands.
///
/// A suite for each scenario, a case for each quantity; no times and no host, so that the same results
/// are the same bytes.
public enum JUnitFile {
    /// The text of the file.
    public static func text(_ checks: [BaselineCheck]) -> String {
        let suites = checks.map(suite)
        return
            (["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites>"]
            + suites.flatMap { $0 } + ["</testsuites>"]).joined(separator: "\n") + "\n"
    }

    /// Writes the file, whole or not at all.
    ///
    /// - Throws: ``OutputError``.
    public static func write(_ checks: [BaselineCheck], to url: URL) throws {
        try AtomicFile.write(text(checks), to: url)
    }

    private static func suite(_ check: BaselineCheck) -> [String] {
        let skipped = check.rows.count { $0.verdict == .notCompared }
        let errors = check.problem == nil ? 0 : 1
        let name = attribute(check.scenario)
        var lines = [
            "  <testsuite name=\(name) tests=\"\(check.rows.count + errors)\" "
                + "failures=\"\(check.failures.count)\" errors=\"\(errors)\" skipped=\"\(skipped)\">"
        ]
        if let problem = check.problem {
            lines += [
                "    <testcase classname=\(name) name=\"baseline\">",
                "      <error message=\(attribute(problem))/>", "    </testcase>",
            ]
        }
        for row in check.rows {
            let head = "    <testcase classname=\(name) name=\(attribute("\(row.name)"))"
            switch row.verdict {
            case .ok: lines.append(head + "/>")
            case .notCompared: lines += [head + ">", "      <skipped/>", "    </testcase>"]
            case .drifted, .gone, .new:
                lines += [
                    head + ">", "      <failure message=\(attribute(row.sentence))/>",
                    "    </testcase>",
                ]
            }
        }
        return lines + ["  </testsuite>"]
    }

    /// The text in quotes, with what XML gives a meaning written as entities.
    private static func attribute(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            // Of control characters XML 1.0 knows three, and attributes none as they are.
            case _ where scalar.value < 0x20: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
