import Spectral

/// The Jacobian of the spectral equation.
protocol EquationJacobian: Sendable {
    /// Writes ∂f/∂y at y into `matrix`, shape [2J, 2J] by rows.
    mutating func evaluate(at y: [Double], into matrix: inout [Double])
}

extension SpectralEquation {
    /// The Jacobian in the form that suits the attention.
    var jacobian: any EquationJacobian {
        attention.linearTheory == nil ? ColumnwiseJacobian(self) : SpectralJacobian(self)
    }
}

/// The Jacobian of the spectral equation for any Q, K, V, one column at a time.
///
///     f_k = -ik (ρv)^_k - D k² c_k,   δ(ρv) = v δρ + (ρ/W) δF - (ρ v/W) δW       (softmax)
///                                     δ(ρv) = v δρ + ρ δF                         (otherwise)
///
/// F and W are affine in the coefficients (``AttentionModes``), so that δF and δW of a unit coefficient
/// are differences from those of c = 0. Four transforms of length n for each of the 2J unknowns.
struct ColumnwiseJacobian: EquationJacobian {
    private let points: Int
    private let fold: Int
    private let isEven: Bool
    private let unknowns: Int
    private let diffusion: Double
    private let isQuotient: Bool
    private let fft: RealFFT
    private var modes: AttentionModes
    private var spectrum: [Double]
    /// F and W of c = 0.
    private var constantForce: [Double]
    private var constantPotential: [Double]

    init(_ equation: SpectralEquation) {
        points = equation.points
        fold = equation.fold
        isEven = equation.isEven
        unknowns = equation.dimension
        diffusion = equation.attention.diffusion
        isQuotient = equation.attention.normalization == .softmax
        fft = RealFFT(length: equation.points)
        modes = equation.attention.modes(
            fold: equation.fold, modes: equation.modes, limit: equation.points / 2)
        spectrum = [Double](repeating: 0, count: equation.points + 2)
        (constantForce, constantPotential) = (spectrum, spectrum)
        let zero = [Double](repeating: 0, count: unknowns)
        modes.force(of: zero, into: &constantForce)
        modes.potential(of: zero, into: &constantPotential)
    }

    /// Writes ∂f/∂y at y into `matrix`, shape [2J, 2J] by rows.
    mutating func evaluate(at y: [Double], into matrix: inout [Double]) {
        let n = unknowns
        precondition(y.count == n && matrix.count == n * n)
        let density = synthesise(density: y, mean: 1)
        modes.force(of: y, into: &spectrum)
        var velocity = synthesiseSpectrum()
        var (perForce, perPotential) = (density, [Double](repeating: 0, count: points))
        if isQuotient {
            modes.potential(of: y, into: &spectrum)
            let potential = synthesiseSpectrum()
            for i in 0..<points {
                velocity[i] /= potential[i]
                perForce[i] = density[i] / potential[i]
                perPotential[i] = perForce[i] * velocity[i]
            }
        }
        var unit = [Double](repeating: 0, count: n)
        for column in 0..<n {
            for row in 0..<n { matrix[row * n + column] = 0 }
            if isEven && column % 2 == 1 { continue }
            unit[column] = 1
            var flux = synthesise(density: unit, mean: 0)
            modes.force(of: unit, into: &spectrum)
            for i in 0..<spectrum.count { spectrum[i] -= constantForce[i] }
            let force = synthesiseSpectrum()
            for i in 0..<points { flux[i] = velocity[i] * flux[i] + perForce[i] * force[i] }
            if isQuotient {
                modes.potential(of: unit, into: &spectrum)
                for i in 0..<spectrum.count { spectrum[i] -= constantPotential[i] }
                let potential = synthesiseSpectrum()
                for i in 0..<points { flux[i] -= perPotential[i] * potential[i] }
            }
            unit[column] = 0
            fft.analyse(&flux, into: &spectrum)
            store(column, into: &matrix)
        }
    }

    /// -ik times the flux in `spectrum`, and the decay, as a column.
    private func store(_ column: Int, into matrix: inout [Double]) {
        let n = unknowns
        for j in 0..<(n / 2) {
            let degree = Double((j + 1) * fold)
            let factor = degree / Double(points)
            matrix[2 * j * n + column] = factor * spectrum[2 * j + 3]
            if !isEven { matrix[(2 * j + 1) * n + column] = -factor * spectrum[2 * j + 2] }
            if column / 2 == j { matrix[column * n + column] -= diffusion * degree * degree }
        }
    }

    /// The function with these coefficients at the grid points.
    private mutating func synthesise(density y: [Double], mean: Double) -> [Double] {
        spectrum[0] = mean
        spectrum[1] = 0
        for i in 0..<y.count { spectrum[i + 2] = y[i] }
        for i in (y.count + 2)..<spectrum.count { spectrum[i] = 0 }
        return synthesiseSpectrum()
    }

    private mutating func synthesiseSpectrum() -> [Double] {
        var values = [Double](repeating: 0, count: points)
        fft.synthesise(&spectrum, into: &values)
        return values
    }
}
