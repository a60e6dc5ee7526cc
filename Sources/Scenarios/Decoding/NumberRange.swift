/// The finite numbers that a key allows, with the words that say so.
struct NumberRange {
    private var lower: Double
    private var upper: Double
    private var includesLower: Bool
    private var includesUpper: Bool
    /// The end of the sentence "x is y; it must be …".
    private(set) var words: String

    /// Every finite number.
    static let finite = NumberRange(
        lower: -.greatestFiniteMagnitude, upper: .greatestFiniteMagnitude, includesLower: true,
        includesUpper: true, words: "a finite number")

    /// Finite numbers ≥ 0.
    static let nonNegative = NumberRange(
        lower: 0, upper: .greatestFiniteMagnitude, includesLower: true, includesUpper: true,
        words: "a finite number >= 0")

    /// Finite numbers > 0.
    static let positive = NumberRange(
        lower: 0, upper: .greatestFiniteMagnitude, includesLower: false, includesUpper: true,
        words: "a finite number > 0")

    /// Numbers strictly between two bounds.
    static func between(_ lower: Double, _ upper: Double) -> NumberRange {
        NumberRange(
            lower: lower, upper: upper, includesLower: false, includesUpper: false,
            words: "a number > \(lower.short) and < \(upper.short)")
    }

    /// Numbers between two bounds or equal to one of them.
    static func from(_ lower: Double, to upper: Double) -> NumberRange {
        NumberRange(
            lower: lower, upper: upper, includesLower: true, includesUpper: true,
            words: "a number from \(lower.short) to \(upper.short)")
    }

    /// Numbers from a bound on.
    static func atLeast(_ lower: Double) -> NumberRange {
        NumberRange(
            lower: lower, upper: .greatestFiniteMagnitude, includesLower: true,
            includesUpper: true, words: "a finite number >= \(lower.short)")
    }

    /// The same numbers, and why no others.
    func because(_ reason: String) -> NumberRange {
        var range = self
        range.words += "; \(reason)"
        return range
    }

    /// Whether the number is allowed; never so for NaN and infinities.
    func contains(_ number: Double) -> Bool {
        (includesLower ? number >= lower : number > lower)
            && (includesUpper ? number <= upper : number < upper)
    }
}

extension Double {
    /// The number without a trailing `.0`.
    var short: String {
        let text = description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
