import Foundation

/// A key of the scenario and the values that a sweep gives it.
///
///     model.beta=1:9:17              17 values from 1 to 9, evenly spaced
///     model.beta=1:1000:13:log       13 values from 1 to 1000, each the same multiple of the last
///     model.diffusion=0,0.1,0.2      these values, any of TOML: texts in quotes, lists in brackets
///
/// Values of a range are rounded to 12 digits, so that 0.3 is 0.3; where both ends are written as whole
/// numbers and so are all between them, they are whole numbers, as seeds and counts must be.
public struct SweepAxis: Sendable, Equatable {
    /// The key, for example `model.beta`.
    public let key: String
    /// The values as TOML writes them.
    public let values: [String]

    /// Most values of a key.
    static let mostValues = 100_000

    /// The values as numbers; `nil` if one is none.
    public var numbers: [Double]? {
        let numbers = values.compactMap(Double.init)
        return numbers.count == values.count ? numbers : nil
    }

    /// Reads the argument number `number` of `--over`.
    ///
    /// - Throws: ``ScenarioError`` at `--over:number:column`, with the remedy.
    public init(_ text: String, number: Int) throws(ScenarioError) {
        func error(at index: String.Index, _ message: String) -> ScenarioError {
            ScenarioError(
                SourcePosition(
                    file: "--over", line: number,
                    column: text.distance(from: text.startIndex, to: index) + 1), message)
        }
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw error(
                at: text.startIndex,
                "\(text.quoted) names no key; write KEY=FROM:TO:COUNT or KEY=VALUE,VALUE,… as in "
                    + "model.beta=1:9:17.")
        }
        let start = text.index(after: equals)
        let body = String(text[start...])
        key = String(text[..<equals])
        if body.contains(":"), !body.contains(where: { "\"'[{".contains($0) }) {
            let found = Self.range(body)
            if let complaint = found.complaint { throw error(at: start, complaint) }
            values = found.values
        } else {
            guard (try? TOMLParser.parse("x=[\(body)]", name: "")) != nil,
                !Self.split(body).isEmpty
            else {
                throw error(
                    at: start,
                    "\(body.quoted) is no list of TOML values; separate them by commas and put "
                        + "texts in quotes, which the shell must not remove: "
                        + "'model.normalization=\"softmax\",\"none\"'.")
            }
            values = Self.split(body)
        }
        var seen = Set<String>()
        for value in values where !seen.insert(value).inserted {
            throw error(at: start, "\(key) has the value \(value) twice; keep one.")
        }
    }

    /// The values of `from:to:count` or `from:to:count:log`, or what is wrong with it.
    private static func range(_ text: String) -> (values: [String], complaint: String?) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let remedy = "write FROM:TO:COUNT or FROM:TO:COUNT:log, as in 1:9:17 or 0.1:100:16:log."
        guard parts.count == 3 || parts.count == 4 && parts[3] == "log" else {
            return ([], "\(text.quoted) is no range; \(remedy)")
        }
        guard let from = Double(parts[0]), let to = Double(parts[1]), from.isFinite, to.isFinite,
            from != to
        else {
            return ([], "\(parts[0]) and \(parts[1]) are not two different numbers; \(remedy)")
        }
        guard let count = Int(parts[2]), (2...mostValues).contains(count) else {
            let complaint = "\(parts[2].quoted) is no whole number from 2 to \(mostValues); "
            return ([], complaint + remedy)
        }
        if let first = Int(parts[0]), let last = Int(parts[1]), parts.count == 3,
            (last - first) % (count - 1) == 0
        {
            let step = (last - first) / (count - 1)
            return ((0..<count).map { "\(first + $0 * step)" }, nil)
        }
        guard parts.count == 4 else {
            return ((0..<count).map { rounded(from + (to - from) * share($0, count)) }, nil)
        }
        guard from > 0, to > 0 else {
            return ([], "a logarithmic range needs ends above 0, not \(from) and \(to); \(remedy)")
        }
        return ((0..<count).map { rounded(from * pow(to / from, share($0, count))) }, nil)
    }

    private static func share(_ index: Int, _ count: Int) -> Double {
        Double(index) / Double(count - 1)
    }

    private static func rounded(_ number: Double) -> String {
        "\(Double(String(format: "%.12g", number)) ?? number)"
    }

    /// The parts of a list between the commas that stand outside quotes and brackets.
    private static func split(_ text: String) -> [String] {
        var parts = [""]
        var (depth, quote) = (0, Character?.none)
        var isEscaped = false
        for character in text {
            if let open = quote {
                if character == open, !isEscaped { quote = nil }
                isEscaped = character == "\\" && open == "\"" && !isEscaped
            } else if character == "\"" || character == "'" {
                quote = character
            } else if "[{".contains(character) {
                depth += 1
            } else if "]}".contains(character) {
                depth -= 1
            } else if character == ",", depth == 0 {
                parts.append("")
                continue
            }
            parts[parts.count - 1].append(character)
        }
        return parts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
