import Foundation
import MeanField
import Phases

/// Numbers as people read them.
///
/// A value stands with its error as `17213.3 ± 0.2`: the error rounded up to one digit (two where
/// it begins with 1), the value to the same place. Below 1e-3 and from 1e9 on both stand with
/// exponents, `1.72133e12 ± 2e7`; times beyond the range of `Double` as `10^(344.124 ± 0.003)`.
public enum NumberText {
    /// Significant digits that are printed at most; an error below the last one stands as `2e-13`.
    private static let mostDigits = 10

    /// `value` with up to `digits` significant digits, without trailing zeros.
    public static func plain(_ value: Double, digits: Int = 6) -> String {
        guard value.isFinite else { return value.isNaN ? "undefined" : value < 0 ? "-∞" : "∞" }
        if value == 0 { return "0" }
        let size = exponent(of: value)
        if (-3..<9).contains(size) {
            return trimmed(String(format: "%.*f", max(0, digits - 1 - size), value))
        }
        return scientific(value, decimals: digits - 1, trimmingZeros: true)
    }

    /// `value ± error`.
    public static func value(_ value: Double, error: Double) -> String {
        guard value.isFinite else { return plain(value) }
        // The bounds keep the rounded error inside the range of Double.
        guard error < 1e300 else { return "about \(plain(value, digits: 3))" }
        guard error >= .leastNormalMagnitude else { return plain(value, digits: mostDigits) }
        let margin = RoundedError(error)
        let size = value == 0 ? margin.lastPlace : exponent(of: value)
        let digits = min(max(1, size - margin.lastPlace + 1), mostDigits)
        if value != 0, !(-3..<9).contains(size) {
            return scientific(value, decimals: digits - 1, trimmingZeros: false)
                + " ± " + margin.scientific
        }
        if size - margin.lastPlace + 1 > mostDigits || margin.lastPlace < -9 {
            let decimals = max(0, min(mostDigits - 1 - size, mostDigits + 2))
            return String(format: "%.*f", decimals, value) + " ± " + margin.scientific
        }
        let decimals = max(0, -margin.lastPlace)
        let unit = pow(10, Double(max(0, margin.lastPlace)))
        let rounded = margin.lastPlace > 0 ? (value / unit).rounded() * unit : value
        return String(format: "%.*f ± %.*f", decimals, rounded, decimals, margin.value)
    }

    /// A time; beyond the range of `Double` as `10^344.12`.
    public static func time(_ time: ModelTime) -> String {
        if let value = time.value, value > 0 || time == .zero { return plain(value) }
        return String(format: "10^%.2f", time.log10)
    }

    /// A time with its error; beyond the range of `Double` the error stands in the exponent.
    public static func time(_ event: EventTime) -> String {
        if let value = event.time.value, value > 0 || event.time == .zero {
            return self.value(value, error: event.relativeError * value)
        }
        guard event.relativeError > 0 else { return time(event.time) }
        return "10^(" + value(event.time.log10, error: event.relativeError / log(10)) + ")"
    }

    /// A duration in seconds for the progress line: `8 s`, `3 min 20 s`, `2 h 05 min`.
    public static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e7 else { return "long" }
        let whole = Int(max(0, seconds.rounded(.up)))
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return String(format: "%d min %02d s", whole / 60, whole % 60) }
        return String(format: "%d h %02d min", whole / 3600, whole % 3600 / 60)
    }

    /// The decimal exponent of `value` ≠ 0.
    static func exponent(of value: Double) -> Int {
        // Through the digits, because log10 of 999.9999… is 3.
        let text = String(format: "%.17e", abs(value))
        return Int(text.split(separator: "e")[1]) ?? 0
    }

    fileprivate static func scientific(_ value: Double, decimals: Int, trimmingZeros: Bool)
        -> String
    {
        let parts = String(format: "%.*e", decimals, value).split(separator: "e")
        let digits = trimmingZeros ? trimmed(String(parts[0])) : String(parts[0])
        return "\(digits)e\(Int(parts[1]) ?? 0)"
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        let end = text.lastIndex { $0 != "0" } ?? text.startIndex
        return String(text[end] == "." ? text[..<end] : text[...end])
    }
}

/// An error rounded up to the digits it is printed with.
private struct RoundedError {
    /// Decimal exponent of its last digit.
    let lastPlace: Int
    /// The error in units of its last place.
    private let units: Double

    init(_ error: Double) {
        let size = NumberText.exponent(of: error)
        // Powers through text: 10^size has no rounding error of pow there.
        let leading = error / (Double("1e\(size)") ?? pow(10, Double(size)))
        // 1e-9 keeps an error that is a round number up to rounding at that number.
        let twoDigits = leading > 1 + 1e-9 && leading < 2
        lastPlace = twoDigits ? size - 1 : size
        units = (leading * (twoDigits ? 10 : 1) - 1e-9).rounded(.up)
    }

    var value: Double { Double("\(Int(units))e\(lastPlace)") ?? units * pow(10, Double(lastPlace)) }

    var scientific: String {
        NumberText.scientific(value, decimals: 1, trimmingZeros: true)
    }
}
