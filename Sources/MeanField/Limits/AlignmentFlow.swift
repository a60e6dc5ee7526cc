import Foundation

/// The alignment limit of attention: every token moves by itself, by the normalised linear flow.
///
///     v(x) = P_x V KᵀQ x/|KᵀQ x|
///     v(θ) = (Im c + Im(a e^{-2iθ}))/|p e^{iθ} + q e^{-iθ}|,   x = e^{iθ}
///
/// with c and a the conformal and anti-conformal parts of V KᵀQ (``PlaneMap``), p and q those of KᵀQ. It
/// is the velocity of softmax attention as β → ∞ where the density is smooth: a token then sees its
/// neighbours in the direction KᵀQ x only. Up to the time change dt = |KᵀQ x| dτ it is z' = V KᵀQ z, which
/// carries all mass to E_max (``CollapseSpectrum``); without real eigenvalues all tokens turn for ever.
/// β does not enter v: it remains the sharpness of the kernel by which clusters are seen. Refuses nothing;
/// for singular KᵀQ the velocity is undefined in one direction (``conditionNumber``).
/// Source: arXiv:2509.25040, section 3 and Proposition 3.4.
public struct AlignmentFlow: Sendable, Equatable {
    /// The attention whose limit this is.
    public let attention: MatrixAttention
    /// c and a.
    private let conformal, anticonformal: Complex
    /// p and q.
    private let axial, mirrored: Complex

    /// The limit of `attention`.
    public init(of attention: MatrixAttention) {
        self.attention = attention
        let map = attention.value * attention.product
        (conformal, anticonformal) = (map.conformal, map.anticonformal)
        (axial, mirrored) = (attention.product.conformal, attention.product.anticonformal)
    }

    /// The condition number of KᵀQ, infinite where the velocity is undefined in one direction.
    ///
    /// The velocity turns round within its inverse of that direction, and panels have to be as narrow.
    public var conditionNumber: Double {
        let (p, q) = (axial.modulus, mirrored.modulus)
        return p == q ? .infinity : (p + q) / abs(p - q)
    }

    /// v(θ).
    public func velocity(at θ: Double) -> Double {
        let (c, s) = (cos(θ), sin(θ))
        let force =
            conformal.im + anticonformal.im * (c * c - s * s) - 2 * anticonformal.re * s * c
        return force
            / hypot(
                (axial.re + mirrored.re) * c + (mirrored.im - axial.im) * s,
                (axial.im + mirrored.im) * c + (axial.re - mirrored.re) * s)
    }

    /// δ = ½ |ln(|p|/|q|)|, infinite for conformal KᵀQ: v is analytic for |Im θ| < δ.
    private var analyticity: Double { abs(log(axial.modulus / mirrored.modulus)) / 2 }

    /// The last Fourier mode of v, of size e^{-kδ} for k beyond 2, above 2^-56.
    var velocityDegree: Int {
        if conformal.im == 0 && anticonformal == .zero { return 0 }
        let tail = (28 * log(2.0) / analyticity).rounded(.up)
        return 2 + 2 * Int(min(tail, 1e6))
    }

    /// 2π over the time of a whole turn, signed; `nil` where some direction is at rest.
    ///
    ///     T = ∫ dθ/v(θ), by the trapezoidal rule, which converges geometrically
    public var meanRotation: Double? {
        guard collapse.imaginaryPart > 0 else { return nil }
        func inverseRotation(_ n: Int) -> Double {
            (0..<n).reduce(0) { $0 + 1 / velocity(at: 2 * .pi * Double($1) / Double(n)) }
                / Double(n)
        }
        var (n, last) = (64, inverseRotation(32))
        while true {
            let next = inverseRotation(n)
            if abs(next - last) <= 1e-13 * abs(next) || n >= 1 << 20 { return 1 / next }
            (n, last) = (2 * n, next)
        }
    }
}

extension AlignmentFlow: CircleAttention {
    /// v has its denominator in it.
    public var normalization: Normalization { .none }
    /// None.
    public var diffusion: Double { 0 }
    /// β‖KᵀQ‖.
    public var sharpness: Double { attention.sharpness }
    /// max(β‖KᵀQ‖, (4/δ)², 1), δ the distance of the complex singularities of v from the real axis.
    ///
    /// Panels are then at most 0.62 δ wide, where 16 Gauss nodes follow v to 1e-13 (Bernstein's ellipse).
    public var meshSharpness: Double {
        let slope = 4 / analyticity
        return max(sharpness, slope * slope, 1)
    }
    /// 1.
    public var unnormalizedGain: Double { 1 }
    /// No more than ‖V‖, and zero where nothing moves.
    public var velocityScale: Double {
        let smallest = abs(axial.modulus - mirrored.modulus)
        return min(
            attention.value.norm, (abs(conformal.im) + anticonformal.modulus) / smallest)
    }
    /// The modes of the kernel or of v, whichever are more.
    public var kernelModes: Int { max(attention.kernelModes, velocityDegree + 1) }
    /// Where v has so many modes that panels follow it more cheaply.
    public var hasSpectralForm: Bool { velocityDegree <= 256 }
    /// Half the trace of V.
    public var meanValue: Double { attention.meanValue }
    /// Something moves, and not round and round.
    public var attracts: Bool { velocityScale > 0 && collapse.imaginaryPart == 0 }
    /// No: v itself is all there is.
    public var resolvesSmallDrifts: Bool { false }
    /// v is the same everywhere.
    public var isRotationEquivariant: Bool { attention.isRotationEquivariant }
    /// x → -x changes nothing, degree 2 comes first; `nil` where v keeps the uniform density.
    public var mostUnstableDegree: Int? { isRotationEquivariant ? nil : 2 }
    /// None.
    public var linearTheory: LinearTheory? { nil }
    /// The spectrum of V KᵀQ.
    public var collapse: CollapseSpectrum { attention.collapse }
    /// Alignment.
    public var limit: LimitEquation { .alignment }

    /// v̂ for every density, W = 1.
    public func modes(fold: Int, modes: Int, limit: Int) -> AttentionModes {
        let top = min(limit - 1, velocityDegree / fold)
        let n = 4 * (velocityDegree + 2)
        let values = (0..<n).map { velocity(at: 2 * .pi * Double($0) / Double(n)) }
        var force = ModeMatrix(stride: 1, columns: 0)
        var potential = force
        potential.append(constant: Complex(1), first: 1, [])
        for row in 0...top {
            var mode = Complex.zero
            for (j, v) in values.enumerated() {
                // The angle of exact multiples, k j modulo n.
                let turn = 2 * .pi * Double(row * fold * j % n) / Double(n)
                mode = mode + Complex(size: v / Double(n), angle: -turn)
            }
            force.append(constant: mode, first: 1, [])
        }
        return AttentionModes(force: force, potential: potential)
    }

    /// v at the targets, whatever the points.
    public func pointSums() -> any AttentionSums { AlignmentSums(flow: self) }

    /// v at the target.
    public func pair(from source: Double, to target: Double) -> PairTerm {
        PairTerm(exponent: 0, force: velocity(at: target))
    }

    /// The symmetry that attention keeps.
    public func keptSymmetry(of start: StartingMeasure) -> DihedralSymmetry {
        attention.keptSymmetry(of: start)
    }

    /// The limit of the turned attention.
    public func turned(by angle: Double) -> AlignmentFlow {
        AlignmentFlow(of: attention.turned(by: angle))
    }

    /// That of the attention.
    public func hasPlainKernel(beta: Double) -> Bool { attention.hasPlainKernel(beta: beta) }

    /// That of the attention.
    public func interaction(of measure: CircleMeasure) -> AttentionInteraction {
        attention.interaction(of: measure)
    }
}

/// The "sums" of a flow that no token has a part in: F = v, W = 1.
private struct AlignmentSums: AttentionSums {
    let flow: AlignmentFlow
    private var angles = [Double]()
    private var masses = [Double]()

    init(flow: AlignmentFlow) { self.flow = flow }

    mutating func setSources(angles: [Double], masses: [Double]) {
        (self.angles, self.masses) = (angles, masses)
    }

    mutating func setModes(re: [Double], im: [Double]) {}

    mutating func evaluate(
        at targets: [Double], gradient force: inout [Double], potential: inout [Double],
        shift: inout [Double]
    ) {
        for i in targets.indices {
            (force[i], potential[i], shift[i]) = (flow.velocity(at: targets[i]), 1, 0)
        }
    }

    /// log W of the attention.
    func logPotential(at x: Double) -> Double {
        var sums = flow.attention.pointSums()
        sums.setSources(angles: angles, masses: masses)
        return sums.logPotential(at: x)
    }
}
