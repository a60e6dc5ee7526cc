import Spectral

/// The Jacobian of the spectral equation, in closed form from the spectra of three grid functions.
///
///     f_k = -ik (ρv)^_k - D k² c_k,   r = 2πρ,   W = Σ a_j c_j e^{ijφ},   G = Σ i g_j c_j e^{ijφ},   v = G/W
///     δ(ρv)^_k = Σ_{j≠0} [ v̂_{k-j} + i g_j B̂_{k-j} - a_j Ĉ_{k-j} ] δc_j,   B = r/W,   C = r v/W
///
/// (times the value; without softmax B = gain·r and C = 0), δc_{-j} the conjugate of δc_j. The unknowns
/// are (Re c_j, Im c_j), rows and columns in that order; indices are folded degrees as in
/// ``SpectralEquation``. Three transforms and O(J²) operations.
///
/// That is for multiples of the identity; other attention takes ``ColumnwiseJacobian``.
struct SpectralJacobian: EquationJacobian {
    private let attention: any CircleAttention
    private let points: Int
    private let fold: Int
    private let isEven: Bool
    private let modes: Int
    private let fft: RealFFT
    private let multipliers: KernelMultipliers
    private var spectrum: [Double]
    private var density: [Double]
    private var gradient: [Double]
    private var potential: [Double]
    private var velocityHat: [Double]
    private var gradientHat: [Double]
    private var potentialHat: [Double]

    init(_ equation: SpectralEquation) {
        attention = equation.attention
        points = equation.points
        fold = equation.fold
        isEven = equation.isEven
        modes = equation.modes
        fft = RealFFT(length: equation.points)
        let attentionModes = equation.attention.modes(
            fold: equation.fold, modes: equation.modes, limit: equation.points / 2)
        precondition(attentionModes.multipliers != nil, "the closed form is that of a convolution")
        multipliers = attentionModes.multipliers!
        let grid = [Double](repeating: 0, count: equation.points)
        let hat = [Double](repeating: 0, count: equation.points + 2)
        (density, gradient, potential) = (grid, grid, grid)
        (spectrum, velocityHat, gradientHat, potentialHat) = (hat, hat, hat, hat)
    }

    /// Writes ∂f/∂y at y into `matrix`, shape [2J, 2J] by rows.
    mutating func evaluate(at y: [Double], into matrix: inout [Double]) {
        let n = 2 * modes
        precondition(y.count == n && matrix.count == n * n)
        gridFunctions(of: y)
        for k in 1...modes {
            let degree = Double(k * fold)
            let decay = attention.diffusion * degree * degree
            for j in 1...modes {
                let near = coupling(k - j, j)
                let far = coupling(k + j, -j)
                // δc_j = p + iq: near·(p + iq) + far·(p - iq), then times -ik.
                let p = SIMD2(near.x + far.x, near.y + far.y)
                let q = SIMD2(far.y - near.y, near.x - far.x)
                let (row, column) = ((2 * k - 2) * n, 2 * j - 2)
                matrix[row + column] = degree * p.y
                matrix[row + n + column] = -degree * p.x
                matrix[row + column + 1] = degree * q.y
                matrix[row + n + column + 1] = -degree * q.x
            }
            let diagonal = (2 * k - 2) * n + 2 * k - 2
            matrix[diagonal] -= decay
            matrix[diagonal + n + 1] -= decay
        }
        if isEven { freezeImaginaryParts(&matrix) }
    }

    /// The factor of δc_j in δ(ρv)^_k, with m = k - j; j may be negative.
    private func coupling(_ m: Int, _ j: Int) -> SIMD2<Double> {
        let index = abs(j)
        let a = multipliers.kernel[index]
        let g = j > 0 ? multipliers.gradient[index] : -multipliers.gradient[index]
        let (v, b, c) = (
            coefficient(velocityHat, m), coefficient(gradientHat, m), coefficient(potentialHat, m)
        )
        return SIMD2(v.x - g * b.y - a * c.x, v.y + g * b.x - a * c.y)
    }

    /// The coefficient of index m, -n < m < n, on the grid of n points.
    private func coefficient(_ hat: [Double], _ m: Int) -> SIMD2<Double> {
        var index = abs(m)
        var isConjugate = m < 0
        if index > points / 2 {
            index = points - index
            isConjugate.toggle()
        }
        return SIMD2(hat[2 * index], isConjugate ? -hat[2 * index + 1] : hat[2 * index + 1])
    }

    private mutating func gridFunctions(of y: [Double]) {
        let top = min(modes, multipliers.bandLimit)
        load(constant: 1, upTo: modes) { (y[2 * $0 - 2], y[2 * $0 - 1]) }
        fft.synthesise(&spectrum, into: &density)
        let g = multipliers.gradient
        load(constant: 0, upTo: top) { (-g[$0] * y[2 * $0 - 1], g[$0] * y[2 * $0 - 2]) }
        fft.synthesise(&spectrum, into: &gradient)
        let scale = 1 / Double(points)
        if attention.normalization == .softmax {
            let a = multipliers.kernel
            load(constant: a[0], upTo: top) { (a[$0] * y[2 * $0 - 2], a[$0] * y[2 * $0 - 1]) }
            fft.synthesise(&spectrum, into: &potential)
            let value = attention.unnormalizedGain * scale
            for i in 0..<points {
                let w = potential[i]
                let inverse = w / (w * w + VelocityGrid.leastSquare)
                let quotient = value * inverse
                let v = gradient[i] * quotient
                (gradient[i], potential[i]) = (density[i] * quotient, density[i] * v * inverse)
                density[i] = v
            }
        } else {
            let gain = attention.unnormalizedGain * scale
            for i in 0..<points {
                let v = gain * gradient[i]
                (gradient[i], potential[i]) = (gain * density[i], 0)
                density[i] = v
            }
        }
        fft.analyse(&density, into: &velocityHat)
        fft.analyse(&gradient, into: &gradientHat)
        fft.analyse(&potential, into: &potentialHat)
    }

    private mutating func load(
        constant: Double, upTo top: Int, _ coefficient: (Int) -> (Double, Double)
    ) {
        for i in 0..<spectrum.count { spectrum[i] = 0 }
        spectrum[0] = constant
        for j in 1...max(top, 1) where j <= top {
            (spectrum[2 * j], spectrum[2 * j + 1]) = coefficient(j)
        }
    }

    /// Imaginary parts stay zero: their rows and columns vanish.
    private func freezeImaginaryParts(_ matrix: inout [Double]) {
        let n = 2 * modes
        for i in 0..<n {
            for j in 0..<n where i % 2 == 1 || j % 2 == 1 { matrix[i * n + j] = 0 }
        }
    }
}
