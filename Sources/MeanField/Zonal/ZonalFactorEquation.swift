import TimeIntegration

/// The zonal equation with its decaying linear part solved exactly within each step
/// (``IntegratingFactor``), as on the circle.
///
/// L is -D l(l+d-2), or the growth rates about the uniform density where none of them is positive; then
/// steps grow without bound as the density becomes uniform.
struct ZonalFactorEquation: DifferentialEquation {
    /// The equation for u.
    var base: ZonalEquation
    private var factor: IntegratingFactor
    private var jacobianOfBase: ZonalJacobian
    /// Largest error in the upper half of the spectrum: what its last coefficients may be.
    private let tailTolerance: Double
    /// Perturbations of a stable uniform density need no accuracy below this.
    private let leastScale: Double

    /// The equation in the variable w; with `isPlain` in u itself, for implicit steps.
    init(base: ZonalEquation, tailTolerance: Double, isPlain: Bool) {
        self.base = base
        jacobianOfBase = ZonalJacobian(equation: base)
        self.tailTolerance = tailTolerance
        let attention = base.attention
        let theory = attention.linearTheory.flatMap { $0.mostUnstableDegree == nil ? $0 : nil }
        leastScale = theory == nil ? 0 : 1e-14
        let rates = (1...base.dimension).map { l in
            theory.map { min(0, $0.growthRate(degree: l)) }
                ?? -attention.diffusion * Double(l) * Double(l + attention.dimension - 2)
        }
        factor = IntegratingFactor(rates: isPlain ? [] : rates)
    }

    var dimension: Int { base.dimension }

    /// L_l for each unknown; empty: no factor.
    var rates: [Double] { factor.rates }

    var longestStep: Double { factor.longestStep }

    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        factor.derivative(of: y, into: &dy, at: t) { base.derivative(of: $0, into: &$1, at: t) }
    }

    var hasStepVariable: Bool { !factor.rates.isEmpty }

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
        for i in half..<scale.count { scale[i] = min(scale[i], tailTolerance) }
        for i in 0..<scale.count { scale[i] = max(scale[i], leastScale) }
    }
}
