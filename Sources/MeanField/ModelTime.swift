import Foundation

/// A non-negative time whose binary exponent is an integer of its own, so that it never overflows.
///
///     t = significand · 2^exponent,   significand = 0 or in [1, 2)
///
/// Merge times of well separated clusters grow like e^{cβ} and leave the range of `Double` near
/// β = 400; sums and ratios of such times keep the full 53-bit relative precision here.
/// Times are in the papers' unit t (no factor 1/β).
public struct ModelTime: Sendable, Hashable, Comparable {
    /// Zero, or a number in [1, 2).
    public private(set) var significand: Double
    /// The power of two that multiplies ``significand``.
    public private(set) var exponent: Int

    /// The start of every run.
    public static let zero = ModelTime(0)

    /// The time `value · 2^exponent`; `value` must be finite and non-negative.
    public init(_ value: Double, exponent: Int = 0) {
        precondition(value.isFinite && value >= 0, "a time is finite and non-negative")
        if value == 0 {
            self.significand = 0
            self.exponent = 0
        } else {
            self.significand = value.significand
            self.exponent = exponent + Int(value.exponent)
        }
    }

    /// The time whose natural logarithm is `logarithm`.
    public init(logarithm: Double) {
        let powers = (logarithm / log(2.0)).rounded(.down)
        // Split so that the product powers·ln 2 loses no digits for |powers| < 2^20.
        let ln2High = 0x1.62e42feep-1
        let ln2Low = 0x1.a39ef35793c76p-33
        self.init(
            exp((logarithm - powers * ln2High) - powers * ln2Low), exponent: Int(powers))
    }

    /// The time as a `Double`, or `nil` beyond its range.
    public var value: Double? {
        let value = approximation
        return value.isFinite ? value : nil
    }

    /// The time as a `Double`: `infinity` above its range, subnormal or zero below.
    public var approximation: Double {
        if exponent > 1023 { return .infinity }
        if exponent < -1080 { return 0 }
        return Double(sign: .plus, exponent: exponent, significand: significand)
    }

    /// Natural logarithm of the time; `-infinity` at zero.
    public var logarithm: Double {
        significand == 0 ? -.infinity : log(significand) + Double(exponent) * log(2.0)
    }

    /// Decimal logarithm of the time; `-infinity` at zero.
    public var log10: Double {
        significand == 0
            ? -.infinity : Foundation.log10(significand) + Double(exponent) * Foundation.log10(2.0)
    }

    /// The time multiplied by 2^power.
    public func scaled(byPowerOfTwo power: Int) -> ModelTime {
        significand == 0 ? self : ModelTime(significand, exponent: exponent + power)
    }

    /// The time multiplied by a positive factor.
    public func scaled(by factor: Double) -> ModelTime {
        significand == 0 ? self : ModelTime(significand * factor, exponent: exponent)
    }

    /// The sum of two times, correctly rounded.
    public static func + (a: ModelTime, b: ModelTime) -> ModelTime {
        if a.significand == 0 { return b }
        if b.significand == 0 { return a }
        let (large, small) = a.exponent >= b.exponent ? (a, b) : (b, a)
        let shift = small.exponent - large.exponent
        if shift < -60 { return large }
        let sum =
            large.significand
            + Double(sign: .plus, exponent: shift, significand: small.significand)
        return ModelTime(sum, exponent: large.exponent)
    }

    /// `a - b` in units of 2^power, signed; `infinity` where it overflows.
    public static func difference(_ a: ModelTime, _ b: ModelTime, inUnitsOfTwoTo power: Int)
        -> Double
    {
        let top =
            a.significand == 0
            ? b.exponent : b.significand == 0 ? a.exponent : max(a.exponent, b.exponent)
        func part(_ t: ModelTime) -> Double {
            t.significand == 0 || t.exponent - top < -1000
                ? 0 : Double(sign: .plus, exponent: t.exponent - top, significand: t.significand)
        }
        return scalbn(part(a) - part(b), top - power)
    }

    /// Orders times by their size.
    public static func < (a: ModelTime, b: ModelTime) -> Bool {
        if a.significand == 0 || b.significand == 0 { return a.significand < b.significand }
        return (a.exponent, a.significand) < (b.exponent, b.significand)
    }
}
