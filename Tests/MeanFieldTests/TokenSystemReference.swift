import Foundation
import TimeIntegration

@testable import MeanField

/// One system of tokens with unit weights by plain loops, for the integrator of order 8.
///
///     x_i' = P_{x_i} Σ_j e_ij x_j/Z_i,   e_ij = e^{β(<x_i,x_j> - 1)}
struct TokenSystemReference: DifferentialEquation {
    let attention: TokenAttention
    let d: Int
    let n: Int

    var dimension: Int { n * d }

    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        for i in 0..<n {
            let x = Array(y[i * d..<(i + 1) * d])
            var (sum, total) = ([Double](repeating: 0, count: d), 0.0)
            for j in 0..<n {
                let inner = (0..<d).reduce(0) { $0 + x[$1] * y[j * d + $1] }
                let e = exp(attention.beta * (inner - 1))
                total += e
                for k in 0..<d { sum[k] += e * y[j * d + k] }
            }
            let divisor =
                switch attention.normalization {
                case .softmax: total
                case .rescaled: Double(n)
                case .none: Double(n) * exp(-attention.beta)
                }
            let along = (0..<d).reduce(0) { $0 + x[$1] * sum[$1] }
            for k in 0..<d { dy[i * d + k] = (sum[k] - along * x[k]) / divisor }
        }
    }

    func errorScale(of y: [Double], into scale: inout [Double]) {
        for i in scale.indices { scale[i] = 1e-12 }
    }

    /// The points at the given times, from `start`.
    static func states(
        from start: [Double], d: Int, attention: TokenAttention, at times: [Double]
    ) throws -> [[Double]] {
        let equation = TokenSystemReference(attention: attention, d: d, n: start.count / d)
        var integrator = AdaptiveIntegrator(equation: equation, state: start)
        var time = 0.0
        return try times.map { target in
            while time < target {
                try integrator.step(limit: target - time)
                time += integrator.lastStep
                if target - time < 1e-12 { time = target }
            }
            return integrator.state
        }
    }

    /// Pairs with inner product above `product`.
    static func pairs(of state: [Double], d: Int, above product: Double) -> Int {
        let n = state.count / d
        return (0..<n).reduce(0) { count, i in
            count
                + (i + 1..<n).filter { j in
                    (0..<d).reduce(0) { $0 + state[i * d + $1] * state[j * d + $1] } > product
                }.count
        }
    }
}

/// Unit vectors, as many coordinates as `d`, of points or angles.
func unitVectors(_ start: [Double], d: Int) -> [Double] {
    d == 2 ? start.flatMap { [cos($0), sin($0)] } : start
}
