import CVectorMath
import Foundation

/// A decaying diagonal linear part solved exactly within each step.
///
///     du_j/dt = L_j u_j + N_j(u),   w_j(τ) = e^{-L_j τ} u_j(t₀ + τ),   dw/dτ = e^{-Lτ} N(e^{Lτ} w)
///
/// The unknown of a step is w; `unfold` turns it into u. The stages of the Runge–Kutta method are not in
/// the order of their times: backward differences of at most 0.084 of a step are amplified by
/// e^{0.084 |L| dt}, which `longestStep` keeps below e^{17}: rounding times that stays below 1e-9 of a
/// stage, and decays within the step.
/// Source: J. D. Lawson, SIAM J. Numer. Anal. 4 (1967) 372, doi:10.1137/0704033.
struct IntegratingFactor: Sendable {
    /// L_j ≤ 0 for each unknown; empty: no factor.
    let rates: [Double]
    let longestStep: Double
    private var factors: [Double]
    private var unfolded: [Double]

    init(rates: [Double]) {
        let largest = rates.reduce(0) { max($0, -$1) }
        self.rates = largest == 0 ? [] : rates
        longestStep = largest == 0 ? .infinity : 200 / largest
        factors = self.rates
        unfolded = self.rates
    }

    /// Writes dw/dτ at τ into `dw`; `derivative` writes du/dt.
    mutating func derivative(
        of w: [Double], into dw: inout [Double], at τ: Double,
        _ derivative: ([Double], inout [Double]) -> Void
    ) {
        if rates.isEmpty { return derivative(w, &dw) }
        let n = w.count
        if τ == 0 {
            derivative(w, &dw)
            for i in 0..<n { dw[i] -= rates[i] * w[i] }
            return
        }
        for i in 0..<n { factors[i] = rates[i] * τ }
        tf_exp(factors, &factors, n)
        for i in 0..<n { unfolded[i] = factors[i] * w[i] }
        derivative(unfolded, &dw)
        for i in 0..<n { dw[i] = (dw[i] - rates[i] * unfolded[i]) / factors[i] }
    }

    /// Turns w into u.
    func unfold(_ w: inout [Double], after τ: Double) {
        for i in rates.indices { w[i] *= exp(rates[i] * τ) }
    }
}
