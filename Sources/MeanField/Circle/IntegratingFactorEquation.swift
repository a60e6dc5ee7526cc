import CVectorMath
import Foundation
import TimeIntegration

/// The spectral equation with its decaying linear part solved exactly within each step.
///
///     du_j/dt = L_j u_j + N_j(u),   w_j(τ) = e^{-L_j τ} u_j(t₀ + τ),   dw/dτ = e^{-Lτ} N(e^{Lτ} w)
///
/// L is -D k², or the growth rates about the uniform density where none of them is positive; then
/// steps grow without bound as the density becomes uniform. The unknown of a step is w; `unfold` turns
/// it into u. The stages of the Runge–Kutta method are not in the order of their times: backward
/// differences of at most 0.084 of a step are amplified by e^{0.084 |L| dt}, which `longestStep` keeps
/// below e^{17}: rounding times that stays below 1e-9 of a stage, and decays within the step.
/// Source: J. D. Lawson, SIAM J. Numer. Anal. 4 (1967) 372, doi:10.1137/0704033.
struct IntegratingFactor<Base: DissipativeEquation>: DifferentialEquation {
    /// The equation for u.
    var base: Base
    /// L_j ≤ 0 for each unknown, shape [dimension]; empty: no factor.
    let rates: [Double]
    let longestStep: Double
    private var jacobianOfBase: any EquationJacobian
    /// Largest error in the upper half of the spectrum: what its last coefficients may be.
    private let tailTolerance: Double
    /// Perturbations of a stable uniform density need no accuracy below this.
    private let leastScale: Double

    private var factors: [Double]
    private var unfolded: [Double]

    /// The equation in the variable w; with `isPlain` in u itself, for implicit steps.
    init(base: Base, tailTolerance: Double, isPlain: Bool = false) {
        self.base = base
        jacobianOfBase = base.jacobian
        self.tailTolerance = tailTolerance
        let linear = base.dissipation
        leastScale = linear.isStable ? 1e-14 : 0
        let largest = isPlain ? 0 : linear.rates.reduce(0) { max($0, -$1) }
        rates = largest == 0 ? [] : linear.rates
        longestStep = largest == 0 ? .infinity : 200 / largest
        factors = rates
        unfolded = rates
    }

    var dimension: Int { base.dimension }

    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        if rates.isEmpty { return base.derivative(of: y, into: &dy, at: t) }
        let n = y.count
        if t == 0 {
            base.derivative(of: y, into: &dy, at: t)
            for i in 0..<n { dy[i] -= rates[i] * y[i] }
            return
        }
        for i in 0..<n { factors[i] = rates[i] * t }
        tf_exp(factors, &factors, n)
        for i in 0..<n { unfolded[i] = factors[i] * y[i] }
        base.derivative(of: unfolded, into: &dy, at: t)
        for i in 0..<n { dy[i] = (dy[i] - rates[i] * unfolded[i]) / factors[i] }
    }

    var hasStepVariable: Bool { !rates.isEmpty }

    mutating func plainDerivative(of y: [Double], into dy: inout [Double]) {
        base.derivative(of: y, into: &dy, at: 0)
    }

    func unfold(_ y: inout [Double], after τ: Double) {
        for i in rates.indices { y[i] *= exp(rates[i] * τ) }
    }

    mutating func jacobian(of y: [Double], into matrix: inout [Double]) {
        jacobianOfBase.evaluate(at: y, into: &matrix)
    }

    func errorScale(of y: [Double], into scale: inout [Double]) {
        base.errorScale(of: y, into: &scale)
        let half = scale.count / 2
        for i in half..<scale.count { scale[i] = min(scale[i], tailTolerance) }
        for i in 0..<scale.count { scale[i] = max(scale[i], leastScale) }
    }
}

/// The integrating factor on the circle.
typealias IntegratingFactorEquation = IntegratingFactor<SpectralEquation>

/// An equation with decaying linear parts.
protocol DissipativeEquation: DifferentialEquation {
    /// L_j ≤ 0 for each unknown; `isStable`: they are the rates about a uniform density that is stable.
    var dissipation: (rates: [Double], isStable: Bool) { get }
    /// The Jacobian, for implicit steps and dense output.
    var jacobian: any EquationJacobian { get }
}

extension SpectralEquation: DissipativeEquation {
    /// Where the uniform density is stable, its linear theory; the diffusion otherwise.
    var dissipation: (rates: [Double], isStable: Bool) {
        let theory = attention.linearTheory.flatMap { $0.mostUnstableDegree == nil ? $0 : nil }
        let rates = (1...modes).flatMap { j -> [Double] in
            let degree = j * fold
            let rate =
                theory.map { min(0, $0.growthRate(degree: degree)) }
                ?? -attention.diffusion * Double(degree) * Double(degree)
            return [rate, rate]
        }
        return (rates, theory != nil)
    }
}
