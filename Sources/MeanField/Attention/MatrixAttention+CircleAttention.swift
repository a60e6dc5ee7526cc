import Foundation

extension MatrixAttention: CircleAttention {
    /// b = β‖KᵀQ‖.
    public var sharpness: Double { form.sharpness }

    /// max(b, s²/64, 1), s the largest slope of the exponent on a point itself.
    ///
    /// Where a cluster looks past itself the weights within it vary on the scale 1/s, not 1/√b: panels
    /// are at most 20/s wide, where 16 Gauss nodes integrate e^{sx} to 1e-12 of its maximum.
    public var meshSharpness: Double {
        let slope = abs(form.conformal.im) + form.anticonformal.modulus
        return max(sharpness, slope * slope / 64, 1)
    }

    /// e^b without normalisation, else 1: F includes V.
    public var unnormalizedGain: Double { normalization == .none ? exp(sharpness) : 1 }
    /// ‖V‖, times e^b without normalisation.
    public var velocityScale: Double { unnormalizedGain * value.norm }
    /// The last degree of the kernel in either angle.
    public var kernelModes: Int { bilinearModes.degree + 1 }
    /// Half the trace of V.
    public var meanValue: Double { value.conformal.re }
    /// The symmetric part of V has a positive eigenvalue.
    public var attracts: Bool { value.largestSymmetricEigenvalue > 0 }
    /// V is a multiple of the identity.
    public var resolvesSmallDrifts: Bool { value.multiple(error: 0) != nil }
    /// KᵀQ and V are rotations times scales.
    public var isRotationEquivariant: Bool {
        form.anticonformal == .zero && value.anticonformal == .zero
    }
    /// V turns by 90° and KᵀQ is a multiple of the identity, both up to rounding, without noise.
    ///
    ///     v(θ) = ±‖V‖ ∫ g(θ - φ) dμ(φ) / ∫ w(θ - φ) dμ(φ),   g(x) = cos x · w(x),   w(x) = e^{m cos x}
    ///
    /// Both kernels are even: θ → -θ, t → -t carries solutions into solutions, and every λ_k is zero
    /// (``RotatingTheory``). Without the denominator
    ///
    ///     d/dt ∫ log ρ dμ = -∫ v' dμ = ∓‖V‖ ∬ g'(θ - φ) dμ dμ = 0
    ///
    /// as g' is odd; with it the change is of the third order in the distance from the uniform density.
    /// Derived. (Atoms, which have no entropy, do meet where their masses differ: like 1/t.)
    public var isNeutral: Bool {
        let rounding = 0x1p-50
        return diffusion == 0 && isRotationEquivariant
            && abs(product.conformal.im) <= rounding * product.norm
            && abs(value.conformal.re) <= rounding * value.norm
    }

    /// None.
    public var linearTheory: LinearTheory? { nil }
    /// The spectrum of V KᵀQ.
    public var collapse: CollapseSpectrum { CollapseSpectrum(of: value * product) }

    /// By ``RotatingTheory`` where rotations are kept.
    public var mostUnstableDegree: Int? {
        if let theory = RotatingTheory(attention: self) { return theory.mostUnstableDegree }
        return max(1, Int((2 * sharpness).squareRoot().rounded()))
    }

    var bilinearModes: BilinearModes {
        BilinearModes(conformal: form.conformal, anticonformal: form.anticonformal)
    }

    /// Two constant matrices.
    public func modes(fold: Int, modes: Int, limit: Int) -> AttentionModes {
        let kernel = bilinearModes
        var force = BilinearWeight(tangentOf: value)
        for i in force.terms.indices {
            force.terms[i].factor = unnormalizedGain * force.terms[i].factor
        }
        // The grid has to resolve the highest row.
        let rows = limit - 1
        return AttentionModes(
            force: kernel.matrix(of: force, fold: fold, columns: modes, rows: rows),
            potential: kernel.matrix(of: .one, fold: fold, columns: modes, rows: rows))
    }

    /// Sums by modes or directly, whichever is accurate.
    public func pointSums() -> any AttentionSums { BilinearSums(form, modes: bilinearModes) }

    /// By the bilinear form.
    public func pair(from source: Double, to target: Double) -> PairTerm {
        form.pair(from: source, to: target)
    }

    /// In the turned frame Q, K and V are turned.
    public func turned(by angle: Double) -> MatrixAttention {
        if angle == 0 { return self }
        return MatrixAttention(
            beta: beta, product: product.turned(by: angle), value: value.turned(by: angle),
            normalization: normalization, diffusion: diffusion)
    }

    /// KᵀQ = 1.
    public func hasPlainKernel(beta: Double) -> Bool {
        product == PlaneMap(scale: 1) && beta == self.beta
    }

    /// Direct scaled sums, or modes where the measure is smooth.
    public func interaction(of measure: CircleMeasure) -> AttentionInteraction {
        let (angles, masses) = measure.points
        if beta == 0 {
            let (re, im) = measure.coefficients(upTo: 1)
            // <Qm, Km> = <m, KᵀQ m>, m = ∫ x dμ = conj c_1.
            let (x, y) = (re[1], -im[1])
            let (u, v) = (product.xx * x + product.xy * y, product.yx * x + product.yy * y)
            return .limit((x * u + y * v) / 2)
        }
        var sums = measure.attentionSums(pointSums())
        var force = [Double](repeating: 0, count: angles.count)
        var (potential, shift) = (force, force)
        sums.evaluate(at: angles, gradient: &force, potential: &potential, shift: &shift)
        // log Σ_i m_i W_i e^{-shift_i}, scaled by its largest term.
        let logarithms = angles.indices.map { log(masses[$0] * potential[$0]) - shift[$0] }
        let largest = logarithms.max() ?? -.infinity
        let sum = logarithms.reduce(0) { $0 + exp($1 - largest) }
        return .logarithm(sharpness + largest + log(sum))
    }
}

extension MatrixAttention {
    /// The rotations and reflections of the start that KᵀQ and V share.
    ///
    /// x → -x always; other rotations where both are conformal; the reflection about an axis where both
    /// are symmetric and diagonal in its frame. The uniform density has them all.
    public func keptSymmetry(of start: StartingMeasure) -> DihedralSymmetry {
        let isUniform = start.initial == .uniform && start.factors.isEmpty
        if isUniform && isRotationEquivariant { return .none }
        let symmetry = start.symmetry
        let fold: Int
        var axes = [Double]()
        if isUniform {
            fold = 2
            let direction = value.anticonformal == .zero ? product : value
            axes = [direction.anticonformal.argument / 2]
        } else {
            fold = isRotationEquivariant ? symmetry.fold : symmetry.fold % 2 == 0 ? 2 : 1
            if symmetry.reflects {
                axes = (0..<(2 * symmetry.fold)).map {
                    symmetry.origin + .pi * Double($0) / Double(symmetry.fold)
                }
            }
        }
        if let axis = axes.first(where: isReflective) {
            return DihedralSymmetry(fold: fold, reflects: true, origin: axis)
        }
        return DihedralSymmetry(fold: fold, reflects: false, origin: 0)
    }

    /// Whether the reflection about the axis at angle ψ carries solutions into solutions.
    ///
    /// It turns c z + a z̄ into c̄ z + ā e^{4iψ} z̄: c and a e^{-2iψ} must be real.
    private func isReflective(about ψ: Double) -> Bool {
        [value, product].allSatisfy { map in
            let turned = map.anticonformal * Complex(size: 1, angle: -2 * ψ)
            let rounding = 1e-15 * (4 + abs(ψ)) * map.norm
            return map.conformal.im == 0 && abs(turned.im) <= rounding
        }
    }
}
