import Foundation

/// What a baseline asks of a quantity.
public enum BaselineRule: Sendable, Equatable {
    /// To be this word.
    case equals(String)
    /// To be this number, give or take the tolerance; counts are wholes with a tolerance of ½.
    case near(Double, tolerance: Double)
    /// To lie in a range: noise decides it.
    case within(ClosedRange<Double>)
    /// Nothing, for this reason.
    case notCompared(String)

    /// How far a value is off, in units of what is allowed; `nil` for a word and where nothing is asked.
    ///
    /// Of a range: 0 inside, else the distance from it in widths of the range.
    public func drift(of value: Quantity.Value) -> Double? {
        guard let number = value.real else { return nil }
        switch self {
        case .equals, .notCompared: return nil
        case .near(let expected, let tolerance): return (number - expected) / tolerance
        case .within(let range):
            if range.contains(number) { return 0 }
            let width = range.upperBound - range.lowerBound
            return number < range.lowerBound
                ? (number - range.lowerBound) / width : (number - range.upperBound) / width
        }
    }

    /// Whether a value is what is asked for.
    public func allows(_ value: Quantity.Value) -> Bool {
        switch self {
        case .notCompared: return true
        case .equals(let word): return value == .text(word)
        case .near: return drift(of: value).map { abs($0) <= 1 } ?? false
        case .within: return drift(of: value) == 0
        }
    }
}

extension Quantity.Value {
    /// A number or a count as a number; `nil` of a word.
    public var real: Double? {
        switch self {
        case .number(let number): number
        case .count(let count): Double(count)
        case .text: nil
        }
    }
}

/// The same quantity in a run and in the runs beside it, which tell how sure it is.
///
///     tolerance = 2 e,   e = max(stated error, |run - coarser|, (ε_t + ε_ρ)·unit)
///
/// - e: the error of the run; twice, because what is compared with it is off by as much. ε_t and ε_ρ are
///   `time.tolerance` and `density.tolerance`, so that no tolerance is ever zero. Where tokens spread apart
///   as e^{λt}, a coarser run is off by e^{λt} times its tolerance and another rounding by e^{λt} times
///   1e-16: e covers that as long as rounding does not decide the outcome.
/// - 3 σ over the seeds, where tokens are drawn, stands beside the tolerance for the reader (``spread``): a
///   run draws the same tokens on every machine, so that another draw is no excuse.
///
/// Where a rounding error of the start changes the outcome, what it changes, and what another seed may not
/// have at all, is given a range over these runs: times a decade either way, numbers what they can be at
/// all.
struct QuantitySamples {
    /// The run itself; `nil` where only another seed or another rounding has the quantity.
    var run: Quantity?
    /// The run at coarser tolerances; `nil` where it does not have it.
    var coarser: Quantity?
    /// The run from a rounded start, where that changes the outcome.
    var rounded: [Quantity?] = []
    /// The run with other seeds.
    var seeds: [Quantity?] = []
    /// ε_t + ε_ρ.
    var resolution: Double

    /// Relative change by rounding that is no other outcome; empirical.
    private static let roundingShare = 1e-6

    /// The runs whose outcome this one might as well have had: none unless rounding decides.
    private var alternatives: [Quantity?] { rounded.isEmpty ? [] : rounded + seeds }

    /// Whether a run may lack the quantity.
    var isOptional: Bool { run == nil || alternatives.contains { $0 == nil } }

    /// Three standard deviations over the seeds; `nil` where that is no more than the tolerance, where
    /// there are no seeds, and where some lack the quantity.
    var spread: Double? {
        let numbers = ([run] + seeds).compactMap { $0?.value.real }
        guard !seeds.isEmpty, numbers.count == seeds.count + 1, case .near(_, let tolerance) = rule
        else { return nil }
        let spread = (3 * deviation(numbers)).rounded(to: 2, .up)
        return spread > tolerance ? spread : nil
    }

    /// What the baseline asks.
    var rule: BaselineRule {
        let all = ([run] + alternatives).compactMap { $0 }
        guard let first = all.first else { preconditionFailure("a quantity that nothing has") }
        switch first.value {
        case .text(let word):
            if all.allSatisfy({ $0.value == first.value }) { return .equals(word) }
            return .notCompared("rounding decides it")
        case .count(let count):
            let counts = all.compactMap(\.count)
            guard let least = counts.min(), let most = counts.max(), least < most || isOptional
            else { return .near(Double(count), tolerance: 0.5) }
            return .within(Double(least / 2)...Double(2 * most + 1))
        case .number: return numberRule(all)
        }
    }

    private func numberRule(_ all: [Quantity]) -> BaselineRule {
        let numbers = all.compactMap(\.number)
        guard let run, let number = run.number, !isOptional, numbers.count == all.count,
            let coarse = coarser?.number,
            rounded.allSatisfy({ isUnmoved($0, by: run) })
        else { return .within(range(numbers, all[0].scale)) }
        let error = max(run.error, abs(number - coarse), resolution * run.unit)
        let tolerance = 2 * error
        // A time that is not known to a half of itself is known by its decade.
        if run.scale == .time, number > 0, tolerance > 0.5 * number {
            return .within(range(numbers, .time))
        }
        return .near(number, tolerance: tolerance.rounded(to: 2, .up))
    }

    private func isUnmoved(_ other: Quantity?, by run: Quantity) -> Bool {
        guard let a = run.number, let b = other?.number else { return false }
        return abs(a - b) <= Self.roundingShare * run.unit
    }

    /// The sample standard deviation of two numbers or more.
    private func deviation(_ numbers: [Double]) -> Double {
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(numbers.count - 1)).squareRoot()
    }

    /// What a quantity may be of which these numbers are known, to four digits.
    private func range(_ numbers: [Double], _ scale: Quantity.Scale) -> ClosedRange<Double> {
        let range = exactRange(numbers, scale)
        return range.lowerBound.rounded(to: 4, .down)...range.upperBound.rounded(to: 4, .up)
    }

    private func exactRange(_ numbers: [Double], _ scale: Quantity.Scale) -> ClosedRange<Double> {
        let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 0)
        switch scale {
        case .time: return (low / 10)...max(high * 10, resolution)
        case .logarithm(let base):
            let decade = log(10) / log(base)
            return (low - decade)...(high + decade)
        case .between(let least, let most): return (least - resolution)...(most + resolution)
        case .free:
            let margin = max(1, abs(low), abs(high))
            return (low - margin)...(high + margin)
        }
    }
}

extension Double {
    /// The number to so many digits, rounded by `rule`.
    fileprivate func rounded(to digits: Int, _ rule: FloatingPointRoundingRule) -> Double {
        guard self != 0, isFinite else { return self }
        let place = Int(log10(abs(self)).rounded(.down)) - digits + 1
        // A number that has few digits keeps them, up to rounding.
        let slack = rule == .up ? -1e-9 : 1e-9
        let whole = (self / (Double("1e\(place)") ?? 1) + slack).rounded(rule)
        return Double("\(whole)e\(place)") ?? self
    }
}
