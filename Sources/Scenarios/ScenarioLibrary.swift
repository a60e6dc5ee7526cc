import Foundation

/// The scenarios that come with the program.
///
/// They are found from where the program stands: in `share/tokenfield/scenarios` or `scenarios` of one
/// of the directories above it, which serves an installed program as well as a checkout.
public struct ScenarioLibrary: Sendable {
    /// One scenario.
    public struct Entry: Sendable, Hashable {
        /// The name of its file without the suffix.
        public let name: String
        /// Its title.
        public let title: String
        /// Its file.
        public let file: URL
    }

    /// There are no scenarios near the program.
    public struct NotFound: Error {
        /// Where the program stands.
        let program: String

        /// What to do about it.
        public var sentence: String {
            "the scenarios that come with the program are not near \(program); install it with "
                + "'make install', or run it where it was built"
        }
    }

    /// The directory of the scenarios.
    public let directory: URL
    /// The scenarios by name.
    public let entries: [Entry]

    /// By this file a directory of scenarios is recognised.
    private static let mark = "three-phases-circle.toml"

    /// The scenarios that come with the program at `executable`.
    ///
    /// - Throws: ``NotFound``, or ``ScenarioError`` if one of them is no TOML.
    public init(near executable: URL) throws {
        let program = executable.resolvingSymlinksInPath()
        var place = program.deletingLastPathComponent()
        var candidates = [URL]()
        while true {
            candidates += ["share/tokenfield/scenarios", "scenarios"].map {
                place.appending(path: $0)
            }
            if place.path == "/" { break }
            place.deleteLastPathComponent()
        }
        guard
            let directory = candidates.first(where: {
                FileManager.default.fileExists(atPath: $0.appending(path: Self.mark).path)
            })
        else { throw NotFound(program: program.path) }
        self.directory = directory
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        entries = try names.filter { $0.hasSuffix(".toml") && !$0.hasSuffix(".baseline.toml") }
            .sorted().map { name in
                let file = directory.appending(path: name)
                let stem = String(name.dropLast(".toml".count))
                return Entry(name: stem, title: try Self.title(of: file) ?? stem, file: file)
            }
    }

    /// The scenario of that name, with or without `.toml`; `nil` if there is none.
    public subscript(name: String) -> Entry? {
        entries.first { $0.name == name || $0.name + ".toml" == name }
    }

    private static func title(of file: URL) throws -> String? {
        let bytes = [UInt8](try Data(contentsOf: file))
        let table = try TOMLParser.parse(bytes, name: file.path)
        guard case .string(let title) = table["title"]?.node.value else { return nil }
        return title
    }
}
