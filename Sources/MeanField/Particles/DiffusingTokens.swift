import Foundation
import TimeIntegration

/// Tokens with noise: dx_i = v(x_i) dt + √(2D) dB_i on S^{d-1}.
///
/// Steps of length h split the motion (Strang): Brownian motion for h/2, drift for h (classical
/// Runge–Kutta), Brownian motion for h/2. On the circle Brownian increments are normal numbers. In n = d - 1
/// ≥ 2 dimensions a token moves along a geodesic in the direction of a normal tangent vector ξ of
/// variance s = D h in each direction, by
///
///     r = |ξ| (1 - (n - 1) s/12),   E P_l(cos r) = e^{-l(l+d-2) s/2} + O(s³) for every l
///
/// (the factor is what the curvature takes; derived). Weak order 2. h is the third root of the larger of
/// the tolerance and 1/N, over the rates of drift and noise: finer steps than the fluctuations of N
/// tokens show nothing. With a fixed step, forward Euler and one Brownian increment instead of two
/// (Euler–Maruyama). Source of the splitting: G. Strang, SIAM J. Numer. Anal. 5 (1968) 506.
struct DiffusingTokens: Sendable {
    /// Angles, shape [N], on the circle; unit vectors, shape [d][N], beyond.
    private(set) var state: [Double]
    /// The same at the start of the last step.
    private(set) var previous: [Double]
    /// The source of the noise.
    private(set) var generator: Random
    let masses: [Double]
    /// Length of the last step.
    private(set) var lastStep = 0.0

    private var drift: any TokenVelocity
    private let diffusion: Double
    private let longest: Double
    private let isEuler: Bool
    private var argument: [Double]
    private var slope: [Double]
    private var sum: [Double]

    /// Tokens at `state` under `drift` and noise of strength D = `diffusion`.
    init(
        _ state: [Double], masses: [Double], drift: any TokenVelocity, model: any Attention,
        options: EvolutionOptions, generator: Random
    ) {
        self.state = state
        self.masses = masses
        self.drift = drift
        self.generator = generator
        diffusion = model.diffusion
        (previous, argument, slope, sum) = (state, state, state, state)
        isEuler = options.eulerStep != nil
        let rate = max(1, model.velocityScale, model.diffusion * max(1, model.sharpness))
        let error = max(options.timeTolerance, 1 / Double(masses.count))
        longest = options.eulerStep ?? cbrt(error) / rate
    }

    /// Takes one step of at most `limit`.
    mutating func step(limit: Double) {
        let h = longest >= limit * (1 - 1e-12) ? limit : 2 * longest > limit ? limit / 2 : longest
        for i in 0..<state.count { previous[i] = state[i] }
        if isEuler {
            drift.evaluate(positions: state, masses: masses, into: &slope)
            let isAngular = drift.dimension == 2
            for i in 0..<state.count { state[i] += isAngular ? atan(h * slope[i]) : h * slope[i] }
            normalize(&state)
            diffuse(for: h)
        } else {
            diffuse(for: h / 2)
            flow(for: h)
            diffuse(for: h / 2)
        }
        lastStep = h
    }

    /// The classical Runge–Kutta method of order 4.
    private mutating func flow(for h: Double) {
        let n = state.count
        for i in 0..<n { sum[i] = 0 }
        for (part, weight, next) in [(0, 1.0, 0.5), (1, 2, 0.5), (2, 2, 1), (3, 1, 0)] {
            if part == 0 { for i in 0..<n { argument[i] = state[i] } }
            drift.evaluate(positions: argument, masses: masses, into: &slope)
            for i in 0..<n {
                sum[i] += weight * slope[i]
                argument[i] = state[i] + next * h * slope[i]
            }
        }
        for i in 0..<n { state[i] += h / 6 * sum[i] }
        normalize(&state)
    }

    private func normalize(_ positions: inout [Double]) {
        if drift.dimension > 2 {
            TokenMeasure.normalize(
                &positions, count: masses.count, dimension: drift.dimension)
        }
    }

    /// Brownian motion of all tokens for a time t.
    private mutating func diffuse(for t: Double) {
        let variance = 2 * diffusion * t
        let deviation = variance.squareRoot()
        let (n, d) = (masses.count, drift.dimension)
        guard d > 2 else {
            for i in 0..<n { state[i] += deviation * generator.nextNormal() }
            return
        }
        let bend = Self.shortening(variance: variance, dimension: d)
        for i in 0..<n {
            var along = 0.0
            for c in 0..<d {
                let ξ = deviation * generator.nextNormal()
                slope[c] = ξ
                along += ξ * state[c * n + i]
            }
            var square = 0.0
            for c in 0..<d {
                slope[c] -= along * state[c * n + i]
                square += slope[c] * slope[c]
            }
            let length = square.squareRoot()
            let r = length * bend
            let (stay, go) = (cos(r), length > 0 ? sin(r) / length : 0)
            for c in 0..<d { state[c * n + i] = stay * state[c * n + i] + go * slope[c] }
        }
        normalize(&state)
    }

    /// 1 - (n - 1) s/12, n = d - 1: what a geodesic step of variance s is multiplied by.
    static func shortening(variance s: Double, dimension d: Int) -> Double {
        1 - Double(d - 2) * s / 12
    }

    /// The tokens at `fraction` of the last step, on the chord between its ends.
    func state(at fraction: Double) -> [Double] {
        if fraction >= 1 { return state }
        var between = zip(previous, state).map { $0 + fraction * ($1 - $0) }
        normalize(&between)
        return between
    }
}
