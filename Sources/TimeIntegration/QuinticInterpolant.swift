import Foundation

/// The quintic through y, y' and y'' at both ends of a step.
///
///     y(t + θ dt) = y₀ + θ(a + θ(b + θ(c + (θ-1)(d + (θ-1) e))))        (Newton, triple nodes)
///
/// Local error of order 6. All arrays have the shape of y; nothing is allocated after `init`.
///
/// Of unknowns that decay at known rates L < 0 by more than e^{-1} in the step, a e^{L(t-t₀)} with a = y'₀/L is
/// taken off first: what is left begins at rest, y₀ - a = -(y'₀ - L y₀)/L, and is as smooth as its sources.
struct QuinticInterpolant: Sendable {
    private var coefficients: [[Double]]
    private var layers = [Layer]()

    /// What is taken off one unknown.
    private struct Layer: Sendable {
        var index: Int
        /// a.
        var amplitude: Double
        /// L dt.
        var exponent: Double
    }

    init(dimension: Int) {
        coefficients = [[Double]](
            repeating: [Double](repeating: 0, count: dimension), count: 5)
    }

    /// One end of a step: y, y', y''.
    struct End {
        var value: [Double]
        var slope: [Double]
        var curvature: [Double]

        /// Takes `size` e^{Lt} off the unknown m.
        fileprivate mutating func remove(_ size: Double, decayingAt rate: Double, of m: Int) {
            value[m] -= size
            slope[m] -= rate * size
            curvature[m] -= rate * rate * size
        }
    }

    /// From one end of a step to the other; `rates` are the L of all unknowns, or none.
    mutating func prepare(from start: End, to end: End, dt: Double, rates: [Double] = []) {
        var (start, end) = (start, end)
        layers.removeAll(keepingCapacity: true)
        for (m, rate) in rates.enumerated() where rate * dt < -1 {
            let amplitude = start.slope[m] / rate
            layers.append(Layer(index: m, amplitude: amplitude, exponent: rate * dt))
            start.remove(amplitude, decayingAt: rate, of: m)
            end.remove(amplitude * exp(rate * dt), decayingAt: rate, of: m)
        }
        for m in 0..<start.value.count {
            let a = dt * start.slope[m]
            let b = dt * dt * start.curvature[m] / 2
            let c = end.value[m] - start.value[m] - a - b
            let d = dt * end.slope[m] - a - 2 * b - 3 * c
            let e = dt * dt * end.curvature[m] / 2 - b - 3 * c - 3 * d
            coefficients[0][m] = a
            coefficients[1][m] = b
            coefficients[2][m] = c
            coefficients[3][m] = d
            coefficients[4][m] = e
        }
    }

    /// The value at 0 < θ < 1, from y₀.
    func value(at θ: Double, from start: [Double], into value: inout [Double]) {
        let η = θ - 1
        for m in 0..<start.count {
            let tail =
                coefficients[2][m] + η * (coefficients[3][m] + η * coefficients[4][m])
            value[m] = start[m] + θ * (coefficients[0][m] + θ * (coefficients[1][m] + θ * tail))
        }
        for layer in layers {
            value[layer.index] += layer.amplitude * expm1(layer.exponent * θ)
        }
    }

    /// y'' = J y' for the Jacobian J, shape [n, n] by rows.
    static func curvature(jacobian: [Double], slope: [Double]) -> [Double] {
        let n = slope.count
        return (0..<n).map { i in
            var sum = 0.0
            for j in 0..<n { sum += jacobian[i * n + j] * slope[j] }
            return sum
        }
    }
}
