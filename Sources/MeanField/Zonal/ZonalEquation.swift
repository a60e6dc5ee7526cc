import Foundation
import Spectral
import TimeIntegration

/// The mean-field equation on S^{d-1} for the coefficients of a smooth zonal density.
///
///     ρ(u) = Σ_l c_l p_l(u),   c_l = ∫ p_l dμ = √N_l m_l,   c_0 = 1,   u = cos θ
///     dc_l/dt = -∫ p_l'(u) sin θ v(θ) ρ dσ - D l(l+d-2) c_l
///     W = a_0 Σ κ_l c_l p_l,   v = -(v/β') sin θ Σ κ_l c_l p_l'/Σ κ_l c_l p_l,   κ_l = a_l/a_0   (softmax)
///
/// with the orthonormal p_l of ``GegenbauerBasis`` at its Gauss nodes, 3/2 of them for each degree; the
/// kernel of ``ZonalAttention`` between the nodes where Q, K, V are no multiples of the identity.
/// The unknowns are c_1 … c_L. A density that is even in u keeps c_l = 0 for odd l exactly (`isEven`).
/// Mass is c_0 and never changes. Cost: products with four matrices of 3/2 L² entries at most.
struct ZonalEquation: DifferentialEquation {
    let attention: ZonalAttention
    /// The p_l at the nodes.
    let basis: GegenbauerBasis
    /// Odd coefficients stay zero.
    let isEven: Bool
    /// Local error tolerance, relative to the largest coefficient.
    let tolerance: Double

    /// Degrees of the kernel that count, M.
    let kernelModes: Int
    /// √w_j W_j and √w_j F_j/sin θ_j of c, shape [n][M], both times e^{-scale}.
    private(set) var potentialMatrix: [Double] = []
    private(set) var forceMatrix: [Double] = []
    /// √w_j p_l'(u_j), shape [L][n]: what moves mass.
    let transport: [Double]
    /// (1 - u_j²) gain.
    private(set) var gains: [Double] = []

    private var state: [Double]
    private var density: [Double]
    /// du/dt = -sin θ v at the nodes.
    private(set) var rates: [Double]
    /// 1/√w W there; 1/√w without denominator.
    private(set) var inverse: [Double]
    private var change: [Double]

    /// The equation for `modes` coefficients, c_0 among them.
    init(attention: ZonalAttention, modes: Int, isEven: Bool = false, tolerance: Double = 1e-9) {
        self.attention = attention
        self.isEven = isEven
        self.tolerance = tolerance
        let basis = GegenbauerBasis(
            dimension: attention.dimension, modes: modes, count: modes + (modes + 1) / 2)
        self.basis = basis
        let n = basis.count
        var transport = [Double](repeating: 0, count: modes * n)
        for j in 0..<n {
            for l in 0..<modes { transport[l * n + j] = basis.slopes[j * modes + l] }
        }
        self.transport = transport
        kernelModes =
            attention.multiples.map {
                min(modes, Self.kernelModes(attention.dimension, $0.inverseTemperature))
            } ?? modes
        state = [Double](repeating: 0, count: modes)
        (density, rates, inverse) = (basis.roots, basis.roots, basis.roots)
        change = state
        let logScale: Double
        if attention.limit == .alignment {
            logScale = 0
        } else if let (β, v) = attention.multiples {
            logScale = sampleConvolution(β, v)
        } else {
            logScale = sampleKernel()
        }
        // Softmax does not see the scale; F is in that of e^{-b}.
        let gain =
            attention.normalization == .softmax ? 1 : attention.unnormalizedGain * exp(logScale)
        gains = basis.nodes.map { gain * (1 - $0 * $0) }
    }

    /// The degrees l with a_l/a_0 above rounding.
    static func kernelModes(_ d: Int, _ β: Double) -> Int {
        SphereLinearTheory.multipliers(dimension: d, abs(β)).count
    }

    /// Fills the matrices of a convolution; returns log a_0 e^{-|β'|}.
    private mutating func sampleConvolution(_ β: Double, _ v: Double) -> Double {
        let d = attention.dimension
        let ratios = SphereLinearTheory.multipliers(dimension: d, abs(β))
        let (n, modes) = (basis.count, basis.modes)
        for j in 0..<n {
            for l in 0..<kernelModes {
                let sign: Double = β < 0 && l % 2 == 1 ? -1 : 1
                let slope = β == 0 ? (l == 1 ? 1 / Double(d) : 0) : ratios[l] / β
                potentialMatrix.append(sign * ratios[l] * basis.values[j * modes + l])
                forceMatrix.append(-v * sign * slope * basis.slopes[j * modes + l])
            }
        }
        return sphereAverage(dimension: d, abs(β)).logarithm
    }

    /// Fills the matrices by the kernel between the nodes; returns the logarithm of their scale.
    private mutating func sampleKernel() -> Double {
        let (n, modes) = (basis.count, basis.modes)
        let angles = basis.nodes.map { acos($0) }
        var values = [RingKernel.Value]()
        var kernel = RingKernel(attention)
        for i in 0..<n {
            kernel.setSources(angles: [angles[i]], masses: [1])
            for j in 0..<n { values.append(kernel.evaluate(at: angles[j])) }
        }
        // √w_i √w_j e^{-shift} of the source i at j.
        func exponent(_ i: Int, _ j: Int) -> Double {
            log(basis.roots[i]) + log(basis.roots[j]) - values[i * n + j].shift
        }
        var top = -Double.infinity
        for i in 0..<n {
            for j in 0..<n { top = max(top, exponent(i, j)) }
        }
        potentialMatrix = [Double](repeating: 0, count: n * modes)
        forceMatrix = potentialMatrix
        for j in 0..<n {
            let s = (1 - basis.nodes[j] * basis.nodes[j]).squareRoot()
            for i in 0..<n {
                let value = values[i * n + j]
                let weight = exp(exponent(i, j) - top)
                for l in 0..<modes {
                    let share = weight * basis.values[i * modes + l]
                    potentialMatrix[j * modes + l] += value.potential * share
                    forceMatrix[j * modes + l] += value.force / s * share
                }
            }
        }
        return top
    }

    var dimension: Int { basis.modes - 1 }

    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        precondition(y.count == dimension && dy.count == dimension)
        state[0] = 1
        for l in 0..<y.count { state[l + 1] = y[l] }
        basis.synthesize(state, into: &density)
        updateRates(of: state)
        for j in 0..<basis.count { density[j] *= rates[j] }
        GegenbauerBasis.apply(transport, to: density, into: &change)
        let d = attention.dimension
        for l in 0..<y.count {
            let degree = Double(l + 1) * Double(l + d - 1)
            dy[l] = change[l + 1] - attention.diffusion * degree * y[l]
        }
        if isEven { for l in stride(from: 0, to: y.count, by: 2) { dy[l] = 0 } }
    }

    /// Computes `rates` and `inverse` for the coefficients c_0 ….
    mutating func updateRates(of c: [Double]) {
        let n = basis.count
        if attention.limit == .alignment {
            for j in 0..<n {
                let θ = acos(basis.nodes[j])
                rates[j] = -sin(θ) * attention.alignmentRate(at: θ)
            }
            return
        }
        let few = Array(c.prefix(kernelModes))
        if attention.normalization == .softmax {
            GegenbauerBasis.apply(potentialMatrix, to: few, into: &inverse)
            // Where W is lost in the rounding of its terms there is no mass above it.
            var largest = 0.0
            for j in 0..<n { largest = max(largest, abs(inverse[j])) }
            let least = 0x1p-92 * largest * largest
            for j in 0..<n { inverse[j] /= inverse[j] * inverse[j] + least }
        } else {
            for j in 0..<n { inverse[j] = basis.roots[j] > 1e-150 ? 1 / basis.roots[j] : 0 }
        }
        GegenbauerBasis.apply(forceMatrix, to: few, into: &rates)
        for j in 0..<n { rates[j] *= -gains[j] * inverse[j] }
    }

    func errorScale(of y: [Double], into scale: inout [Double]) {
        var largest = 0.0
        for x in y { largest = max(largest, abs(x)) }
        let size = max(tolerance * largest, 1e-17)
        for i in 0..<scale.count { scale[i] = size }
    }

    /// The largest coefficient in the last tenth of the spectrum.
    func tail(of y: [Double]) -> Double {
        y.suffix(max(y.count / 10, 4)).reduce(0) { max($0, abs($1)) }
    }

    /// The rounding of the largest coefficient: of steep densities in high dimensions these are huge, and
    /// the density where the mass is comes from their differences.
    func rounding(of y: [Double]) -> Double {
        y.reduce(0) { max($0, abs($1)) } * 0x1p-53
    }

    /// The negative mass of the density at the nodes.
    mutating func negativeMass(of y: [Double]) -> Double {
        basis.synthesize([1] + y, into: &density)
        var sum = 0.0
        for j in 0..<basis.count { sum -= min(0, density[j] * basis.roots[j]) }
        return sum
    }

    /// ρ with respect to σ, times `factor`.
    func density(of y: [Double], at u: Double, factor: Double) -> Double {
        factor
            + GegenbauerBasis.sum([1] + y, at: u, factor: factor, dimension: attention.dimension)
            .value
    }
}
