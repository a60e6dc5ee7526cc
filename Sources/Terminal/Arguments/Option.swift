import Foundation

/// What the parser and the help need to know of an option.
public struct OptionDeclaration: Sendable {
    /// How many values follow the name.
    enum Arity: Sendable {
        case flag
        case one
        /// One value at least, then as many as `accepts` lets pass; the option may be repeated.
        case many(accepts: @Sendable (String) -> Bool)
    }
    /// The name without its dashes.
    public let name: String
    /// Stands for the value in the help; empty for a flag.
    let placeholder: String
    let help: String
    let arity: Arity
    /// Whether the command cannot do without.
    var isRequired = false
}

/// An option of a command, declared once: its name, its help and how its value is read.
///
///     static let threads = Option.integer("threads", "N", in: 1...1024, help: "…")
///     let threads: Int? = try arguments[Self.threads]
public struct Option<Value: Sendable>: Sendable {
    /// Name, help and number of values.
    public let declaration: OptionDeclaration
    /// Reads the values as they were given; none if the option is absent.
    let read: @Sendable ([String]) throws -> Value

    private init(
        _ name: String, _ placeholder: String, _ help: String, _ arity: OptionDeclaration.Arity,
        isRequired: Bool = false, read: @escaping @Sendable ([String]) throws -> Value
    ) {
        self.declaration = OptionDeclaration(
            name: name, placeholder: placeholder, help: help, arity: arity,
            isRequired: isRequired)
        self.read = read
    }
}

extension Option where Value == Bool {
    /// An option without a value.
    public static func flag(_ name: String, help: String) -> Option {
        Option(name, "", help, .flag) { !$0.isEmpty }
    }
}

extension Option where Value == String? {
    /// An option with any text but the empty one.
    public static func text(_ name: String, _ placeholder: String, help: String) -> Option {
        Option(name, placeholder, help, .one) { values in
            if values.last == "" {
                throw UsageError("--\(name) is empty; write --\(name) \(placeholder)")
            }
            return values.last
        }
    }
}

extension Option where Value == [String] {
    /// An option with any text but the empty one, which may be repeated.
    public static func texts(
        _ name: String, _ placeholder: String, isRequired: Bool = false, help: String
    ) -> Option {
        Option(name, placeholder, help, .many { _ in false }, isRequired: isRequired) { values in
            if isRequired, values.isEmpty { throw UsageError("--\(name) is missing: \(help)") }
            if values.contains("") {
                throw UsageError("--\(name) is empty; write --\(name) \(placeholder)")
            }
            return values
        }
    }
}

extension Option where Value == Int? {
    /// An option with a whole number in `range`.
    public static func integer(
        _ name: String, _ placeholder: String, in range: ClosedRange<Int>, help: String
    ) -> Option {
        Option(name, placeholder, help, .one) { values in
            guard let text = values.last else { return nil }
            guard let number = Int(text), range.contains(number) else {
                throw UsageError(
                    "--\(name) needs a whole number from \(range.lowerBound) to "
                        + "\(range.upperBound), not '\(text)'")
            }
            return number
        }
    }
}

extension Option where Value == [[Double]] {
    /// A required option with points: angles, or comma-separated coordinates; it may be repeated.
    public static func points(_ name: String, _ placeholder: String, help: String) -> Option {
        let isNumber: @Sendable (Substring) -> Bool = { Double($0) != nil }
        let split: @Sendable (String) -> [Substring] = {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        return Option(
            name, placeholder, help, .many { split($0).allSatisfy(isNumber) }, isRequired: true
        ) { values in
            if values.isEmpty { throw UsageError("--\(name) is missing: \(help)") }
            return try values.map { text in
                try split(text).map { part in
                    guard let number = Double(part), number.isFinite else {
                        throw UsageError(
                            "--\(name) needs finite numbers, an angle (0.3) or coordinates "
                                + "(0.6,0.8), not '\(text)'")
                    }
                    return number
                }
            }
        }
    }
}
