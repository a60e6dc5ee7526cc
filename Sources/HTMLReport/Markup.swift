import Foundation

/// A piece of HTML. Text that is interpolated into it is escaped, other markup is not:
///
///     let title: Markup = "<h1>\(scenario.title)</h1>"
///
/// so that no title of a scenario becomes an element of the page.
struct Markup: Sendable, Hashable {
    /// The characters of the page.
    let text: String

    /// `text` as it is.
    init(raw text: String) { self.text = text }

    /// No markup.
    static let empty = Markup(raw: "")

    /// Pieces one after the other.
    init(_ parts: [Markup]) { text = parts.map(\.text).joined() }

    /// `text` with `&`, `<`, `>` and quotes as entities and without control characters.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            default:
                let isControl = scalar.properties.generalCategory == .control
                escaped.unicodeScalars.append(isControl ? " " : scalar)
            }
        }
        return escaped
    }

    /// A share of a length, as CSS writes it.
    static func percent(_ share: Double) -> Markup { Markup(raw: number(100 * share) + "%") }

    /// A coordinate with three decimals at most.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        var text = String(format: "%.3f", value)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text == "-0" ? "0" : text
    }
}

extension Markup: ExpressibleByStringInterpolation {
    /// Literals are markup, what is interpolated is escaped.
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ text: String) { self.text += Markup.escape(text) }
        mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
        mutating func appendInterpolation(_ parts: [Markup]) {
            for part in parts { text += part.text }
        }
        mutating func appendInterpolation(_ number: Int) { text += "\(number)" }
        mutating func appendInterpolation(_ number: Double) { text += Markup.number(number) }
    }

    init(stringLiteral value: String) { text = value }

    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }
}
