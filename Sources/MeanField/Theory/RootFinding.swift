import Foundation

/// A zero of a continuous function between two points, or `nil` unless its signs differ there.
///
/// Regula falsi with the Anderson–Björck weights, guarded by bisection whenever three steps do not
/// halve the bracket; stops when the bracket is as narrow as the tolerance or the doubles allow.
/// (Galdino, Appl. Math. 2 (2011); Anderson, Björck, BIT 13 (1973).)
func bracketedRoot(
    between a: Double, and b: Double, tolerance: Double = 0,
    _ function: (Double) -> Double
) -> Double? {
    var left = a
    var right = b
    var valueLeft = function(a)
    var valueRight = function(b)
    if valueLeft == 0 { return left }
    if valueRight == 0 { return right }
    guard valueLeft * valueRight < 0 else { return nil }
    var lastWidth = Double.infinity
    var step = 0
    while true {
        let width = abs(right - left)
        let resolution = max(tolerance, 2 * max(left.magnitude.ulp, right.magnitude.ulp))
        if width <= resolution { break }
        var trial = right - valueRight * (right - left) / (valueRight - valueLeft)
        if step % 3 == 2 {
            if width > 0.5 * lastWidth { trial = 0.5 * (left + right) }
            lastWidth = width
        }
        let inside = min(left, right) + resolution / 2...max(left, right) - resolution / 2
        trial = min(max(trial, inside.lowerBound), inside.upperBound)
        let value = function(trial)
        if value == 0 { return trial }
        if value.isNaN { return nil }
        if (value < 0) != (valueRight < 0) {
            left = right
            valueLeft = valueRight
        } else {
            let weight = 1 - value / valueRight
            valueLeft *= weight > 0 ? weight : 0.5
        }
        right = trial
        valueRight = value
        step += 1
    }
    return 0.5 * (left + right)
}
