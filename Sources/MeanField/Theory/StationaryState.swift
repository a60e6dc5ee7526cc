import Foundation

/// A stationary density with noise on the circle, even about its peak at θ = 0 (Q = K = V = I).
///
///     USA:  ρ ∝ exp(W*ρ/(Dβ)),     SA:  ρ^{Dβ} ∝ W*ρ,     W(θ) = e^{β cos θ}
///
/// - β > 0 the inverse temperature, D > 0 the diffusion; "rescaled" is USA with e^{β(cos θ - 1)}.
/// - A value factor v > 0 and a diffusion D have the states of v = 1 and D/v.
///
/// Cosine moments with absolute error about 1e-14 away from folds and D_c, where the equation
/// itself is ill-conditioned. Cost O(K³) per Newton step for a kernel of degree K (25 at β = 5, 93
/// at β = 100), and O(K/√D̃) where D̃, D in units of the rescaled kernel, is small.
/// arXiv:2510.20094, arXiv:2412.14813.
public struct StationaryState: Sendable, Equatable {
    /// β > 0.
    public let inverseTemperature: Double
    /// What the attention sum is divided by.
    public let normalization: Normalization
    /// D > 0.
    public let diffusion: Double
    /// c_k = ∫ cos kθ ρ dθ, k = 0…K, the kernel being negligible beyond.
    public let moments: [Double]
    /// F(ρ) - F(1/2π), F = D ∫ρ ln ρ dθ - E; the stationary states of USA are its critical points.
    public let freeEnergyExcess: Double
    /// a_k = I_k(β) e^{-β}, k = 0…K.
    private let multipliers: [Double]
    /// τ = 1/(Dβ) for the rescaled kernel.
    private let exponentScale: Double
    /// The normalisation of ``density(at:)``.
    private let logMean: Double

    /// The most peaked state, or `nil` if the uniform density is the only one.
    public static func peaked(
        inverseTemperature β: Double, diffusion: Double, normalization: Normalization
    ) -> StationaryState? {
        precondition(β > 0 && diffusion > 0, "stationary states need β > 0 and D > 0")
        let scaled = diffusion / unit(β, normalization)
        let solver = StationarySolver(
            inverseTemperature: β, isSoftmax: normalization == .softmax, leastDiffusion: scaled)
        let τ = 1 / (scaled * β)
        guard let c = solver.peakedState(τ) else { return nil }
        return StationaryState(solver, normalization, c, τ)
    }

    /// The branch of non-uniform states, parametrised by c₁, from the uniform one upwards.
    ///
    /// Along it D is a function of c₁ also through folds; the states lie at increasing c₁ = tanh x,
    /// x growing from 1e-3 by one half and at most `step`, until `isEnd` says so.
    public static func branch(
        inverseTemperature β: Double, normalization: Normalization, step: Double = 0.1,
        until isEnd: (StationaryState) -> Bool
    ) -> [StationaryState] {
        precondition(β > 0 && step > 0, "a branch needs β > 0 and a positive step")
        var walker = StationaryBranch(inverseTemperature: β, normalization: normalization)
        var states: [StationaryState] = []
        while let point = walker.advance(step: step) {
            states.append(point.state)
            if isEnd(point.state) { break }
        }
        return states
    }

    init(_ solver: StationarySolver, _ normalization: Normalization, _ c: [Double], _ τ: Double) {
        let β = solver.inverseTemperature
        let unit = Self.unit(β, normalization)
        self.inverseTemperature = β
        self.normalization = normalization
        self.diffusion = unit / (τ * β)
        self.moments = c
        self.multipliers = solver.multipliers
        self.exponentScale = τ
        let evaluation = solver.evaluate(c, τ)
        self.freeEnergyExcess = solver.freeEnergyExcess(evaluation, c, τ) * unit
        self.logMean = evaluation.logMean
    }

    /// The density ρ(θ), from its equation and the moments that the kernel sees.
    public func density(at θ: Double) -> Double {
        var potential = 0.0
        for k in 1..<moments.count {
            potential += 2 * multipliers[k] * moments[k] * cos(Double(k) * θ)
        }
        let exponent =
            normalization == .softmax
            ? log(max(1 + potential / multipliers[0], StationarySolver.floor)) : potential
        return exp(exponentScale * exponent - logMean) / (2 * Double.pi)
    }

    /// What diffusions and free energies of the rescaled kernel are multiplied by.
    static func unit(_ β: Double, _ normalization: Normalization) -> Double {
        normalization == .none ? exp(β) : 1
    }
}

/// A walk along the branch of non-uniform stationary states at increasing amplitude c₁ = tanh x.
struct StationaryBranch {
    let solver: StationarySolver
    let normalization: Normalization
    private var x = 0.0
    private var moments: [Double]
    private var τ: Double
    private let greatestτ: Double

    /// One state, where it lies, and whether D still grows there.
    struct Point {
        var x: Double
        var state: StationaryState
        /// d ln D/dc₁.
        var slope: Double
    }

    init(inverseTemperature β: Double, normalization: Normalization) {
        let theory = LinearTheory(
            inverseTemperature: β, normalization: normalization == .softmax ? .softmax : .rescaled)
        let critical = theory.criticalDiffusion ?? 0.5
        self.solver = StationarySolver(
            inverseTemperature: β, isSoftmax: normalization == .softmax,
            leastDiffusion: critical / 16)
        self.normalization = normalization
        self.moments = [Double](repeating: 0, count: solver.degree + 1)
        self.moments[0] = 1
        self.τ = 1 / (critical * β)
        self.greatestτ = 16 * τ
    }

    /// The next state, or `nil` where Newton fails or D falls below 1/16 of its critical value.
    mutating func advance(step: Double) -> Point? {
        point(at: x == 0 ? 1e-3 : min(x + step, 1.5 * x))
    }

    /// The state at c₁ = tanh x near the last one, which it then becomes.
    mutating func point(at x: Double) -> Point? {
        var c = moments
        var nextτ = τ
        c[1] = tanh(x)
        guard let slope = solver.solveAtAmplitude(&c, &nextτ), nextτ < greatestτ else {
            return nil
        }
        let state = StationaryState(solver, normalization, c, nextτ)
        (self.x, moments, τ) = (x, c, nextτ)
        return Point(x: x, state: state, slope: -slope)
    }
}
