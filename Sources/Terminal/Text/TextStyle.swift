import Foundation

/// Colour and weight of text, where the reader is a person at a terminal who wants it.
public struct TextStyle: Sendable, Hashable {
    /// How a piece of text stands out.
    public enum Emphasis: String, Sendable {
        /// A heading.
        case heading = "1"
        /// Beside the point.
        case faint = "2"
        /// What to be careful about.
        case warning = "33"
        /// The fast phase.
        case collapse = "35"
        /// The intermediate phase.
        case clustering = "36"
        /// The slow phase.
        case merging = "34"
    }

    /// Whether escape sequences are written.
    public let isColored: Bool

    /// A style with or without colour.
    public init(isColored: Bool) { self.isColored = isColored }

    /// No escape sequences at all.
    public static let plain = TextStyle(isColored: false)

    /// Colour on a terminal that can show it, unless `NO_COLOR` is set (https://no-color.org).
    public init(isTerminal: Bool, environment: [String: String]) {
        let refused = !(environment["NO_COLOR"] ?? "").isEmpty
        self.init(isColored: isTerminal && !refused && environment["TERM"] != "dumb")
    }

    /// The style for this process's standard output.
    public static var standardOutput: TextStyle {
        TextStyle(
            isTerminal: isatty(STDOUT_FILENO) == 1, environment: ProcessInfo.processInfo.environment
        )
    }

    /// `text`, standing out as `emphasis` says.
    public func callAsFunction(_ text: String, _ emphasis: Emphasis) -> String {
        isColored && !text.isEmpty ? "\u{1B}[\(emphasis.rawValue)m\(text)\u{1B}[0m" : text
    }
}
