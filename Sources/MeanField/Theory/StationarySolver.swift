import Foundation
import Spectral

/// Newton's method for even stationary densities on the circle, in their cosine moments.
///
///     c_j = ⟨cos jθ⟩ under ρ ∝ e^{τ g(w)},   w(θ) = Σ' 2 a_k c_k cos kθ,   τ = 1/(Dβ)
///
/// with g(w) = w (USA, without the constant a_0) or ln(a_0 + w) (SA), a_k = I_k(β) e^{-β}; D is
/// measured for the rescaled kernel. The integrals are midpoint sums, spectrally accurate:
/// ρ is no narrower than a Gaussian of variance D.
struct StationarySolver {
    let inverseTemperature: Double
    let isSoftmax: Bool
    /// a_0…a_K.
    let multipliers: [Double]
    private let points: Int
    /// cos(πm/2n), m = 0..<4n; the point i has θ = π(i + 1/2)/n.
    private let cosines: [Double]

    /// What one evaluation of ρ at moments c and at τ yields.
    struct Evaluation {
        /// ⟨cos jθ⟩, j = 0…2K.
        var moments: [Double]
        /// ⟨cos jθ g'(w)⟩, j = 0…2K.
        var slopes: [Double]
        /// ⟨cos jθ g(w)⟩, j = 0…K.
        var exponents: [Double]
        /// ln of the mean of e^{τ g(w)}: 2πρ = e^{τ g(w) - logMean}.
        var logMean: Double
        /// ∫ ρ ln(2πρ) dθ ≥ 0.
        var relativeEntropy: Double
    }

    init(inverseTemperature β: Double, isSoftmax: Bool, leastDiffusion: Double) {
        self.inverseTemperature = β
        self.isSoftmax = isSoftmax
        let degree = max(kernelDegree(β, tolerance: 1e-17), 1)
        self.multipliers = scaledBesselI(upTo: degree, β)
        let n = degree + 16 + Int(5 / leastDiffusion.squareRoot())
        self.points = n
        self.cosines = (0..<4 * n).map { (m: Int) -> Double in
            cos(Double.pi * Double(m) / Double(2 * n))
        }
    }

    /// The highest degree K.
    var degree: Int { multipliers.count - 1 }

    /// The least W*ρ/a_0 told from zero (SA): rounding of the cosine sum, where ρ is negligible.
    static let floor = 1e-16

    /// Evaluates ρ.
    func evaluate(_ c: [Double], _ τ: Double) -> Evaluation {
        let last = degree
        let n = points
        var exponent = [Double](repeating: 0, count: n)
        var slope = [Double](repeating: 1, count: n)
        var top = -Double.infinity
        let floor = Self.floor * multipliers[0]
        for i in 0..<n {
            var w = 0.0
            for k in 1...last {
                w += 2 * multipliers[k] * c[k] * cosines[k * (2 * i + 1) % (4 * n)]
            }
            if isSoftmax {
                w += multipliers[0]
                slope[i] = w > floor ? 1 / w : 0
                w = log(max(w, floor) / multipliers[0])
            }
            exponent[i] = w
            top = max(top, τ * w)
        }
        var ρ = [Double](repeating: 0, count: n)
        var sum = 0.0
        for i in 0..<n {
            ρ[i] = exp(τ * exponent[i] - top)
            sum += ρ[i]
        }
        for i in 0..<n {
            ρ[i] /= sum
            slope[i] *= ρ[i]
            exponent[i] *= ρ[i]
        }
        let exponents = cosineSums(exponent, upTo: last)
        let logMean = top + log(sum / Double(n))
        return Evaluation(
            moments: cosineSums(ρ, upTo: 2 * last),
            slopes: isSoftmax ? cosineSums(slope, upTo: 2 * last) : cosineSums(ρ, upTo: 2 * last),
            exponents: exponents, logMean: logMean,
            relativeEntropy: τ * exponents[0] - logMean)
    }

    /// ∂m_j/∂c_k - δ_jk, j and k = 1…K, by rows.
    func jacobian(_ e: Evaluation, _ τ: Double) -> [Double] {
        let last = degree
        var matrix = [Double](repeating: 0, count: last * last)
        for j in 1...last {
            for k in 1...last {
                let covariance =
                    0.5 * (e.slopes[j + k] + e.slopes[abs(j - k)]) - e.moments[j] * e.slopes[k]
                let identity: Double = j == k ? 1 : 0
                matrix[(j - 1) * last + k - 1] = 2 * τ * multipliers[k] * covariance - identity
            }
        }
        return matrix
    }

    /// m_j - c_j, j = 1…K.
    func residual(_ e: Evaluation, _ c: [Double]) -> [Double] {
        (1...degree).map { (j: Int) -> Double in e.moments[j] - c[j] }
    }

    /// The state with the largest moments at τ, or `nil` if only the uniform one exists.
    ///
    /// The map c ↦ m(c), started from the Dirac measure, decreases to that state; Newton's steps
    /// replace the map's where they halve the residual.
    func peakedState(_ τ: Double) -> [Double]? {
        var c = [Double](repeating: 1, count: degree + 1)
        var e = evaluate(c, τ)
        for _ in 0..<10_000 {
            let residual = residual(e, c)
            let size = norm(residual)
            if size < 1e-15 * Double(degree).squareRoot() || c[1] < 1e-9 { break }
            var trial = c
            if let step = solveLinearSystem(jacobian(e, τ), residual) {
                for k in 1...degree { trial[k] -= step[k - 1] }
            }
            let next = evaluate(trial, τ)
            if trial[1] > 0, norm(self.residual(next, trial)) < 0.5 * size {
                c = trial
                e = next
            } else if size < 1e-13 {
                break
            } else {
                c = Array(e.moments[0...degree])
                e = evaluate(c, τ)
            }
        }
        return c[1] < 1e-8 ? nil : c
    }

    /// Solves for τ and c_2…c_K at given c_1, starting from a nearby solution.
    ///
    /// - Returns: d ln τ/dc_1, or `nil` if Newton fails.
    func solveAtAmplitude(_ c: inout [Double], _ τ: inout Double) -> Double? {
        let count = degree
        var previousSize = Double.infinity
        for _ in 0..<60 {
            let e = evaluate(c, τ)
            var matrix = jacobian(e, τ)
            var alongAmplitude = [Double](repeating: 0, count: count)
            for j in 0..<count {
                alongAmplitude[j] = -matrix[j * count]
                matrix[j * count] = τ * (e.exponents[j + 1] - e.moments[j + 1] * e.exponents[0])
            }
            let residual = residual(e, c)
            let size = norm(residual)
            if size >= 0.5 * previousSize && size < 1e-12 {
                return solveLinearSystem(matrix, alongAmplitude)?[0]
            }
            guard size < 100 * previousSize, let step = solveLinearSystem(matrix, residual) else {
                return nil
            }
            previousSize = size
            τ *= exp(max(-0.5, min(0.5, -step[0])))
            for k in 1..<count { c[k + 1] -= step[k] }
        }
        return nil
    }

    /// (F(ρ) - F(1/2π)) for F = D ∫ρ ln ρ - E, in units of the rescaled kernel.
    func freeEnergyExcess(_ e: Evaluation, _ c: [Double], _ τ: Double) -> Double {
        var energy = 0.0
        for k in 1...degree { energy += multipliers[k] * c[k] * c[k] }
        return (e.relativeEntropy / τ - energy) / inverseTemperature
    }

    private func cosineSums(_ f: [Double], upTo maxDegree: Int) -> [Double] {
        let n = points
        var sums = [Double](repeating: 0, count: maxDegree + 1)
        for j in 0...maxDegree {
            var sum = 0.0
            for i in 0..<n { sum += f[i] * cosines[j * (2 * i + 1) % (4 * n)] }
            sums[j] = sum
        }
        return sums
    }

    private func norm(_ v: [Double]) -> Double {
        var sum = 0.0
        for x in v { sum += x * x }
        return sum.squareRoot()
    }
}
