/// Something a run yields that a baseline can hold: a word, a count or a number, with its name.
public struct Quantity: Sendable, Equatable {
    /// The name, as a baseline file spells it: `[section]`, then `key = …`.
    public struct Name: Sendable, Hashable, CustomStringConvertible {
        /// The table, for example `phases` or `t = 4.6`.
        public var section: String
        /// The key in the table, for example `clustering_end`.
        public var key: String

        /// Both, with a blank between them.
        public var description: String { "\(section) \(key)" }
    }

    /// What it is.
    public enum Value: Sendable, Equatable {
        /// A word, such as the reason for which a run ended.
        case text(String)
        /// A number of things.
        case count(Int)
        /// A real number.
        case number(Double)
    }

    /// What kind of number it is: in which unit it is off, and how far it can go.
    enum Scale: Sendable, Equatable {
        /// A time, off by a share of itself; where it is not known, by a decade.
        case time
        /// A logarithm of this base, off by an absolute amount; where it is not known, by a decade.
        case logarithm(base: Double)
        /// A number that lies between two others whatever happens.
        case between(Double, Double)
        /// Any number, off by a share of itself or of 1, whichever is larger.
        case free
    }

    /// The name.
    public var name: Name
    /// What the run yields.
    public var value: Value
    /// The error that the run states for it; 0 where it states none.
    var error = 0.0
    /// What kind of number it is; of no meaning for words and counts.
    var scale = Scale.free

    init(_ section: String, _ key: String, _ value: Value) {
        name = Name(section: section, key: key)
        self.value = value
    }

    init(_ section: String, _ key: String, text: String) { self.init(section, key, .text(text)) }

    init(_ section: String, _ key: String, count: Int) { self.init(section, key, .count(count)) }

    /// A number; what is not finite is a word.
    init(
        _ section: String, _ key: String, _ number: Double, error: Double = 0,
        scale: Scale = .free
    ) {
        self.init(section, key, number.isFinite ? .number(number) : .text("\(number)"))
        self.error = error
        self.scale = scale
    }

    /// The number; `nil` of words and counts.
    var number: Double? {
        if case .number(let number) = value { return number }
        return nil
    }

    /// The number of things; `nil` of words and numbers.
    var count: Int? {
        if case .count(let count) = value { return count }
        return nil
    }

    /// What an error of 1 in its own unit is in this number: of a time, the time.
    var unit: Double {
        guard let number else { return 1 }
        switch scale {
        case .time: return number == 0 ? 1 : abs(number)
        case .logarithm, .between: return 1
        case .free: return max(1, abs(number))
        }
    }
}
