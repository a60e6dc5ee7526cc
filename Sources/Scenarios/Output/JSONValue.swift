import Foundation

/// A JSON text as a value; objects keep the order of their keys.
///
/// Doubles are written in the shortest form that reads back to the same bits; what is not finite
/// is written as `null`, so that every text is valid JSON (RFC 8259).
public enum JSONValue: Sendable, Hashable {
    /// Keys with their values, in order.
    case object([Member])
    /// Values in order.
    case array([JSONValue])
    /// Text.
    case string(String)
    /// A number with a fraction or an exponent.
    case number(Double)
    /// A whole number.
    case integer(Int)
    /// `true` or `false`.
    case bool(Bool)
    /// `null`.
    case null

    /// A key with its value.
    public struct Member: Sendable, Hashable {
        /// The key.
        public var key: String
        /// Its value.
        public var value: JSONValue

        /// The member `key: value`.
        public init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// A number, or `null` where there is none.
    public init(_ number: Double?) {
        self = number.map { $0.isFinite ? .number($0) : .null } ?? .null
    }

    /// The value of a key of an object; `nil` if this is no object or has no such key.
    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The elements of an array; `nil` for anything else.
    public var elements: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The text; `nil` for anything else.
    public var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The number, whole or not; `nil` for anything else.
    public var double: Double? {
        switch self {
        case .number(let number): number
        case .integer(let number): Double(number)
        default: nil
        }
    }

    /// The whole number; `nil` for anything else.
    public var int: Int? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The truth value; `nil` for anything else.
    public var boolean: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral, ExpressibleByFloatLiteral,
    ExpressibleByIntegerLiteral
{
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }

    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// An object with its keys in the order they are written.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0, $1) })
    }

    /// `null`.
    public init(nilLiteral: ()) { self = .null }

    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }

    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
}

extension JSONValue: CustomStringConvertible {
    /// The text on one line.
    public var description: String {
        var text = ""
        write(to: &text, indentation: nil)
        return text
    }

    /// The text on several lines, two spaces per level, with a newline at the end.
    public var prettyPrinted: String {
        var text = ""
        write(to: &text, indentation: 0)
        return text + "\n"
    }

    private func write(to text: inout String, indentation: Int?) {
        switch self {
        case .object(let members):
            Self.write(members, between: ("{", "}"), to: &text, indentation) {
                Self.write($0.key, to: &$1)
                $1 += ": "
                $0.value.write(to: &$1, indentation: $2)
            }
        case .array(let elements):
            // Arrays of plain values (positions) stay on one line.
            let indentation = elements.allSatisfy(\.isPlain) ? nil : indentation
            Self.write(elements, between: ("[", "]"), to: &text, indentation) {
                $0.write(to: &$1, indentation: $2)
            }
        case .string(let string): Self.write(string, to: &text)
        case .number(let number): text += number.isFinite ? "\(number)" : "null"
        case .integer(let number): text += "\(number)"
        case .bool(let value): text += value ? "true" : "false"
        case .null: text += "null"
        }
    }

    private var isPlain: Bool {
        switch self {
        case .object, .array: false
        default: true
        }
    }

    private static func write<Item>(
        _ items: [Item], between brackets: (String, String), to text: inout String,
        _ indentation: Int?, item write: (Item, inout String, Int?) -> Void
    ) {
        text += brackets.0
        let inner = indentation.map { $0 + 2 }
        for (index, item) in items.enumerated() {
            if index > 0 { text += inner == nil ? ", " : "," }
            if let inner { text += "\n" + String(repeating: " ", count: inner) }
            write(item, &text, inner)
        }
        if let indentation, !items.isEmpty {
            text += "\n" + String(repeating: " ", count: indentation)
        }
        text += brackets.1
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
