/// The Jacobian of the zonal equation.
///
///     δ(ρ u̇) = u̇ δρ + ρ (1-u²) gain (-δf/W + (f/W²) δW)      (softmax; without denominator no δW)
///
/// at the nodes, where ρ, f and W are products of constant matrices with the coefficients. Cost O(n L²).
struct ZonalJacobian: EquationJacobian {
    var equation: ZonalEquation

    mutating func evaluate(at y: [Double], into matrix: inout [Double]) {
        let basis = equation.basis
        let (n, modes, unknowns) = (basis.count, basis.modes, y.count)
        precondition(matrix.count == unknowns * unknowns)
        let c = [1] + y
        var density = basis.roots
        basis.synthesize(c, into: &density)
        equation.updateRates(of: c)
        let (rates, inverse) = (equation.rates, equation.inverse)
        let isQuotient = equation.attention.normalization == .softmax
        let few = equation.attention.limit == .none ? equation.kernelModes : 0
        // What one coefficient changes of the flux at the nodes, shape [modes][n].
        var flux = [Double](repeating: 0, count: modes * n)
        for j in 0..<n {
            for l in 0..<modes { flux[l * n + j] = rates[j] * basis.values[j * modes + l] }
            let share = density[j] * inverse[j]
            for l in 0..<few {
                var change = -equation.gains[j] * equation.forceMatrix[j * few + l]
                if isQuotient { change -= rates[j] * equation.potentialMatrix[j * few + l] }
                flux[l * n + j] += share * change
            }
        }
        var column = [Double](repeating: 0, count: modes)
        let d = equation.attention.dimension
        for l in 1...unknowns {
            GegenbauerBasis.apply(
                equation.transport, to: Array(flux[(l * n)..<(l * n + n)]), into: &column)
            let degree = Double(l) * Double(l + d - 2)
            column[l] -= equation.attention.diffusion * degree
            for k in 1...unknowns {
                let isOdd = equation.isEven && k % 2 == 1
                matrix[(k - 1) * unknowns + l - 1] = isOdd ? 0 : column[k]
            }
        }
    }
}
