/// A value of a TOML text together with the place where it stands.
struct TOMLNode {
    /// What the node holds.
    enum Value {
        case string(String)
        case integer(Int64)
        case float(Double)
        case boolean(Bool)
        case datetime
        case array([TOMLNode])
        case table(TOMLTable)
    }

    var position: SourcePosition
    var value: Value

    /// The number, also of an integer; `nil` for anything else.
    var number: Double? {
        switch value {
        case .integer(let integer): Double(integer)
        case .float(let number): number
        default: nil
        }
    }

    /// The value in words, as error messages quote it.
    var found: String {
        switch value {
        case .string(let text): "the string \(text.quoted)"
        case .integer(let integer): "\(integer)"
        case .float(let number): "\(number)"
        case .boolean(let boolean): "\(boolean)"
        case .datetime: "a date or time"
        case .array: "a list"
        case .table: "a table"
        }
    }
}

/// The keys of a TOML table in the order of the text.
struct TOMLTable {
    /// A key, where it stands, and its value.
    struct Entry {
        var key: String
        var keyPosition: SourcePosition
        var node: TOMLNode
    }

    var entries: [Entry] = []
    /// Whether the table is written as `{ … }` and therefore complete.
    var isInline = false

    subscript(key: String) -> Entry? { entries.first { $0.key == key } }
}

extension String {
    /// The text as a TOML basic string, with quotes.
    var quoted: String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
