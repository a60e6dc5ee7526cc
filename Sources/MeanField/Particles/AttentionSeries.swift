import Spectral

/// W and F of many weighted points on the circle as Fourier series, and how well these are known.
///
///     W(θ) = Σ_k Re(W_k e^{ikθ}),   F(θ) = Σ_k Re(F_k e^{ikθ}),   k = 0 … K
///
/// from the modes c_k of the points: a multiplier for each degree (``KernelMultipliers``), or two
/// matrices (``BilinearModes``). F is in the scale e^{-b} (``CircleAttention``).
struct AttentionSeries: Sendable {
    /// The highest mode K.
    let top: Int
    private(set) var force: (re: [Double], im: [Double])
    private(set) var potential: (re: [Double], im: [Double])
    /// What errors of c_k do to W and F, for each k.
    let forceWeights: [Double]
    let potentialWeights: [Double]

    private let multipliers: KernelMultipliers?
    private var forceMatrix: ModeMatrix?
    private var potentialMatrix: ModeMatrix?
    private var interleaved: [Double] = []
    private var rows: [Double] = []

    /// The series of multiples of the identity.
    init(_ attention: IsotropicAttention) {
        let estimate = 24 + Int(9.5 * attention.sharpness.squareRoot())
        let multipliers = KernelMultipliers(
            inverseTemperature: attention.inverseTemperature, count: estimate)
        self.multipliers = multipliers
        top = max(multipliers.bandLimit, 1)
        let zero = [Double](repeating: 0, count: top + 1)
        (force, potential) = ((zero, zero), (zero, zero))
        forceWeights = multipliers.gradient[...top].map { 2 * abs($0) }
        potentialWeights = multipliers.kernel[...top].map { 2 * abs($0) }
    }

    /// The series of any Q, K, V.
    init(_ attention: MatrixAttention) {
        let kernel = attention.bilinearModes
        top = kernel.degree + 2
        func matrix(_ weight: BilinearWeight) -> ModeMatrix {
            kernel.matrix(of: weight, columns: kernel.degree + 2, rows: kernel.degree + 2)
        }
        let forceMatrix = matrix(BilinearWeight(tangentOf: attention.value))
        let potentialMatrix = matrix(.one)
        multipliers = nil
        let count = top + 1
        func padded(_ sizes: [Double]) -> [Double] {
            (0..<count).map { $0 < sizes.count ? sizes[$0] : 0 }
        }
        forceWeights = padded(forceMatrix.columnSizes)
        potentialWeights = padded(potentialMatrix.columnSizes)
        let zero = [Double](repeating: 0, count: count)
        (force, potential) = ((zero, zero), (zero, zero))
        interleaved = [Double](repeating: 0, count: 2 * top)
        rows = [Double](repeating: 0, count: 2 * count)
        self.forceMatrix = forceMatrix
        self.potentialMatrix = potentialMatrix
    }

    /// Multiplications and additions of ``update(re:im:)``.
    var operations: Double {
        multipliers == nil ? 4 * Double(top) * Double(top) : 8 * Double(top)
    }

    /// Takes the modes c_0 … c_K of the points.
    mutating func update(re: [Double], im: [Double]) {
        guard let multipliers else { return multiply(re, im) }
        potential.re[0] = multipliers.kernel[0] * re[0]
        for k in 1...top {
            force.re[k] = -2 * multipliers.gradient[k] * im[k]
            force.im[k] = 2 * multipliers.gradient[k] * re[k]
            potential.re[k] = 2 * multipliers.kernel[k] * re[k]
            potential.im[k] = 2 * multipliers.kernel[k] * im[k]
        }
    }

    /// The matrices times the modes; they are those of mass 1.
    private mutating func multiply(_ re: [Double], _ im: [Double]) {
        for k in 1...top {
            interleaved[2 * k - 2] = re[k] / re[0]
            interleaved[2 * k - 1] = im[k] / re[0]
        }
        forceMatrix!.apply(to: interleaved, into: &rows)
        Self.expand(rows, forceMatrix!.top, mass: re[0], into: &force)
        potentialMatrix!.apply(to: interleaved, into: &rows)
        Self.expand(rows, potentialMatrix!.top, mass: re[0], into: &potential)
    }

    /// Both halves of a spectrum in one.
    private static func expand(
        _ rows: [Double], _ last: Int, mass: Double, into series: inout (re: [Double], im: [Double])
    ) {
        for j in 0...last {
            let share = j == 0 ? mass : 2 * mass
            series.re[j] = share * rows[2 * j]
            series.im[j] = share * rows[2 * j + 1]
        }
    }
}
