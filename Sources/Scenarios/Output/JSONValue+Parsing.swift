import Foundation

/// What is wrong with a JSON text, and where.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// Line, from 1.
    public var line: Int
    /// Column in bytes, from 1.
    public var column: Int
    /// What is wrong.
    public var message: String

    /// The position and what is wrong there.
    public var description: String { "\(line):\(column): \(message)" }
}

extension JSONValue {
    /// Reads a JSON text (RFC 8259).
    ///
    /// Numbers without fraction and exponent that fit an `Int` become ``integer(_:)``. Refused are
    /// duplicate keys, numbers beyond `Double`, more than 256 levels, and text after the value.
    ///
    /// - Throws: ``JSONError``.
    public init(parsing text: String) throws {
        var parser = JSONParser(text)
        self = try parser.document()
    }
}

/// Recursive descent over the bytes of a JSON text.
private struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private static let deepest = 256

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func document() throws -> JSONValue {
        let value = try value()
        skipBlanks()
        guard position == bytes.count else { throw error("text after the value") }
        return value
    }

    private mutating func value() throws -> JSONValue {
        skipBlanks()
        guard let byte = peek else { throw error("the text ends where a value should be") }
        switch byte {
        case UInt8(ascii: "{"): return try nested { try $0.object() }
        case UInt8(ascii: "["): return try nested { try $0.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws -> JSONValue
    ) throws -> JSONValue {
        guard depth < Self.deepest else { throw error("more than \(Self.deepest) levels") }
        depth += 1
        position += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    private mutating func object() throws -> JSONValue {
        var members: [JSONValue.Member] = []
        var keys: Set<String> = []
        skipBlanks()
        if skip("}") { return .object(members) }
        repeat {
            skipBlanks()
            guard peek == UInt8(ascii: "\"") else { throw error("a key in quotes is expected") }
            let start = position
            let key = try string()
            guard keys.insert(key).inserted else {
                position = start
                throw error("the key \"\(key)\" stands twice")
            }
            skipBlanks()
            guard skip(":") else { throw error("\":\" is expected") }
            members.append(.init(key, try value()))
            skipBlanks()
        } while skip(",")
        guard skip("}") else { throw error("\",\" or \"}\" is expected") }
        return .object(members)
    }

    private mutating func array() throws -> JSONValue {
        var elements: [JSONValue] = []
        skipBlanks()
        if skip("]") { return .array(elements) }
        repeat {
            elements.append(try value())
            skipBlanks()
        } while skip(",")
        guard skip("]") else { throw error("\",\" or \"]\" is expected") }
        return .array(elements)
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else {
            throw error("\(word) is expected")
        }
        position += word.utf8.count
        return value
    }

    private mutating func number() throws -> JSONValue {
        let start = position
        _ = skip("-")
        let leading = position
        guard skipDigits() > 0 else { throw error("a value is expected") }
        guard bytes[leading] != UInt8(ascii: "0") || position == leading + 1 else {
            throw error("a number does not start with 0")
        }
        var isWhole = true
        if skip(".") {
            isWhole = false
            guard skipDigits() > 0 else { throw error("a digit is expected") }
        }
        if skip("e") || skip("E") {
            isWhole = false
            if !skip("+") { _ = skip("-") }
            guard skipDigits() > 0 else { throw error("a digit is expected") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else {
            throw error("the number \(text) is beyond double precision")
        }
        return .number(number)
    }

    private mutating func string() throws -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): content.append(contentsOf: try escape().utf8)
            case 0..<0x20: throw error("a control character in a text")
            default: content.append(byte)
            }
        }
        throw error("the text has no closing quote")
    }

    private mutating func escape() throws -> String {
        guard let byte = peek else { throw error("the text has no closing quote") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw error("an unknown escape")
        }
    }

    private mutating func unicodeEscape() throws -> String {
        var units = [try hexadecimal()]
        if UTF16.isLeadSurrogate(units[0]) {
            guard skip("\\"), skip("u") else { throw error("half a surrogate pair") }
            units.append(try hexadecimal())
        }
        guard let text = String(validating: units, as: UTF16.self) else {
            throw error("half a surrogate pair")
        }
        return text
    }

    private mutating func hexadecimal() throws -> UInt16 {
        let digits = String(decoding: bytes[position...].prefix(4), as: UTF8.self)
        guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit),
            let unit = UInt16(digits, radix: 16)
        else { throw error("four hexadecimal digits are expected") }
        position += 4
        return unit
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            position += 1
        }
        return position - start
    }

    private mutating func skipBlanks() {
        while let byte = peek, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
    }

    private func error(_ message: String) -> JSONError {
        let before = bytes[..<min(position, bytes.count)]
        let newline = UInt8(ascii: "\n")
        let line = before.count { $0 == newline } + 1
        let lineStart = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
        return JSONError(line: line, column: before.count - lineStart + 1, message: message)
    }
}
