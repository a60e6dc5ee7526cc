import TimeIntegration

/// An equation for the coefficients of a density that decay on their own.
protocol DampedEquation: DifferentialEquation {
    /// ∂f/∂y, for implicit steps.
    var jacobian: any EquationJacobian { get }
    /// L_j ≤ 0 for each unknown, and whether that is the linear theory of a stable uniform density.
    var damping: (rates: [Double], isStable: Bool) { get }
}

/// The equation of a spectral density with its decaying linear part solved exactly within each step
/// (``IntegratingFactor``).
///
/// L is -D times the eigenvalues of -Δ, or the growth rates about the uniform density where none of them
/// is positive; then steps grow without bound as the density becomes uniform.
struct IntegratingFactorEquation<Base: DampedEquation>: DifferentialEquation {
    /// The equation for u.
    var base: Base
    private var factor: IntegratingFactor
    private var jacobianOfBase: any EquationJacobian
    /// Largest error in the upper half of the spectrum: what its last coefficients may be.
    private let tailTolerance: Double
    /// Perturbations of a stable uniform density need no accuracy below this.
    private let leastScale: Double

    /// The equation in the variable w; with `isPlain` in u itself, for implicit steps.
    init(base: Base, tailTolerance: Double, isPlain: Bool = false) {
        self.base = base
        jacobianOfBase = base.jacobian
        self.tailTolerance = tailTolerance
        let damping = base.damping
        leastScale = damping.isStable ? 1e-14 : 0
        factor = IntegratingFactor(rates: isPlain ? [] : damping.rates)
    }

    var dimension: Int { base.dimension }

    /// L_j for each unknown; empty: no factor.
    var decayRates: [Double] { factor.rates }

    var longestStep: Double { factor.longestStep }

    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        factor.derivative(of: y, into: &dy, at: t) { base.derivative(of: $0, into: &$1, at: t) }
    }

    mutating func plainDerivative(of y: [Double], into dy: inout [Double]) {
        base.derivative(of: y, into: &dy, at: 0)
    }

    func unfold(_ y: inout [Double], after τ: Double) { factor.unfold(&y, after: τ) }

    mutating func jacobian(of y: [Double], into matrix: inout [Double]) {
        jacobianOfBase.evaluate(at: y, into: &matrix)
    }

    func errorScale(of y: [Double], into scale: inout [Double]) {
        base.errorScale(of: y, into: &scale)
        let half = scale.count / 2
        // A start that noise has yet to smooth is full there: a share of that then.
        let all = y.reduce(0) { max($0, abs($1)) }
        let share = all == 0 ? 0 : y[half...].reduce(0) { max($0, abs($1)) } / all
        for i in half..<scale.count {
            scale[i] = min(scale[i], max(tailTolerance, share * scale[i]))
        }
        for i in 0..<scale.count { scale[i] = max(scale[i], leastScale) }
    }
}

extension SpectralEquation: DampedEquation {
    var damping: (rates: [Double], isStable: Bool) {
        // Where the uniform density is stable its linear theory is the factor.
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

extension ZonalEquation: DampedEquation {
    var jacobian: any EquationJacobian { ZonalJacobian(equation: self) }

    var damping: (rates: [Double], isStable: Bool) {
        let theory = attention.linearTheory.flatMap { $0.mostUnstableDegree == nil ? $0 : nil }
        let rates = (1...dimension).map { l in
            theory.map { min(0, $0.growthRate(degree: l)) }
                ?? -attention.diffusion * Double(l) * Double(l + attention.dimension - 2)
        }
        return (rates, theory != nil)
    }
}
