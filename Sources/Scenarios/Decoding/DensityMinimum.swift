import Foundation

/// The least value of 1 + Σ a cos kθ + b sin kθ, where it is negative.
struct DensityMinimum {
    /// θ in [0, 2π).
    var angle: Double
    /// The value there, times 2π the density.
    var value: Double

    /// The largest factor for all coefficients, to three digits, that leaves no negative density.
    var largestFactor: Double { (1000 / (1 - value)).rounded(.down) / 1000 }

    /// Rounding of the sum that is no negative density.
    private static let rounding = 1e-13

    /// The minimum if the density is negative somewhere by more than rounding, else `nil`.
    ///
    /// The function is sampled on max(4096, 64 k) points, k the highest degree, and refined by
    /// golden section around each local minimum of the samples that may reach below zero.
    static func negative(of modes: [Scenario.FourierMode]) -> DensityMinimum? {
        let amplitudes = modes.map { hypot($0.cosine, $0.sine) }
        let bound = amplitudes.reduce(0, +)
        // |Σ| ≤ bound ≤ 1 leaves no room for negative values.
        guard bound > 1 else { return nil }
        let count = max(4096, 64 * (modes.map(\.degree).max() ?? 1))
        let spacing = 2 * Double.pi / Double(count)
        let samples = sampled(modes, count: count)
        // Between the samples next to a minimum the function falls by at most h²/2 max|f''|.
        let curvature = zip(modes, amplitudes).reduce(0.0) { sum, term in
            sum + Double(term.0.degree) * Double(term.0.degree) * term.1
        }
        let reach = spacing * spacing / 2 * curvature
        var lowest = DensityMinimum(angle: 0, value: .infinity)
        for j in 0..<count {
            let before = samples[(j + count - 1) % count]
            let after = samples[(j + 1) % count]
            guard samples[j] <= before, samples[j] <= after, samples[j] <= reach else { continue }
            let refined = refine(modes, around: Double(j) * spacing, spacing: spacing)
            if refined.value < lowest.value { lowest = refined }
        }
        return lowest.value < -rounding * (1 + bound) ? lowest : nil
    }

    /// The function at θ_j = 2π j/count; `count` is a multiple of 4.
    private static func sampled(_ modes: [Scenario.FourierMode], count: Int) -> [Double] {
        let unit = 2 * Double.pi / Double(count)
        let cosines = (0..<count).map { cos(Double($0) * unit) }
        var samples = [Double](repeating: 1, count: count)
        for mode in modes {
            // cos kθ_j stands at the index k j, and sin kθ_j a quarter of the circle before it.
            var cosineIndex = 0
            var sineIndex = count - count / 4
            for j in 0..<count {
                samples[j] += mode.cosine * cosines[cosineIndex] + mode.sine * cosines[sineIndex]
                cosineIndex += mode.degree
                if cosineIndex >= count { cosineIndex -= count }
                sineIndex += mode.degree
                if sineIndex >= count { sineIndex -= count }
            }
        }
        return samples
    }

    private static func value(_ modes: [Scenario.FourierMode], at θ: Double) -> Double {
        var sum = 1.0
        for mode in modes {
            let phase = Double(mode.degree) * θ
            sum += mode.cosine * cos(phase) + mode.sine * sin(phase)
        }
        return sum
    }

    /// Golden section on one spacing to either side.
    private static func refine(
        _ modes: [Scenario.FourierMode], around centre: Double, spacing: Double
    ) -> DensityMinimum {
        let ratio = (sqrt(5.0) - 1) / 2
        var left = centre - spacing
        var right = centre + spacing
        var θ1 = right - ratio * (right - left)
        var θ2 = left + ratio * (right - left)
        var f1 = value(modes, at: θ1)
        var f2 = value(modes, at: θ2)
        var best = DensityMinimum(angle: centre, value: value(modes, at: centre))
        // Below 1e-9 of the spacing the function is flat to rounding: 44 golden sections.
        for _ in 0..<44 {
            if f1 < best.value { best = DensityMinimum(angle: θ1, value: f1) }
            if f2 < best.value { best = DensityMinimum(angle: θ2, value: f2) }
            if f1 < f2 {
                (right, θ2, f2) = (θ2, θ1, f1)
                θ1 = right - ratio * (right - left)
                f1 = value(modes, at: θ1)
            } else {
                (left, θ1, f1) = (θ1, θ2, f2)
                θ2 = left + ratio * (right - left)
                f2 = value(modes, at: θ2)
            }
        }
        if best.angle < 0 { best.angle += 2 * .pi }
        return best
    }
}
