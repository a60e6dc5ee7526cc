import Foundation
import Scenarios
import Spectral
import Terminal

/// What `bless` and `check` are given: scenarios, and how to go about them.
struct BaselineArguments {
    /// The scenario files.
    static let scenarios = Positional(
        "SCENARIO",
        help: "scenario files (TOML); the baseline of each stands beside it, as "
            + "<scenario>\(Baseline.suffix)", isRepeated: true)
    /// Declarations of the options.
    static let options = [Shared.threads.declaration, Shared.quiet.declaration]

    /// The scenario files.
    let files: [String]
    /// Whether standard error stays silent but for errors.
    let isQuiet: Bool
    private let mostThreads: Int?

    init(_ arguments: ParsedArguments) throws {
        let given = arguments[all: Self.scenarios]
        // What the shell makes of *.toml has baselines, too.
        files = given.filter { !$0.hasSuffix(Baseline.suffix) }
        isQuiet = try arguments[Shared.quiet]
        mostThreads = try arguments[Shared.threads]
        if files.isEmpty {
            throw UsageError("'\(given[0])' is a baseline; give the scenario that it belongs to")
        }
        for (index, file) in files.enumerated() where files[..<index].contains(file) {
            throw UsageError("'\(file)' is given twice; keep one")
        }
    }

    /// Most threads to use.
    var threads: Int { mostThreads ?? ProcessInfo.processInfo.activeProcessorCount }
}
