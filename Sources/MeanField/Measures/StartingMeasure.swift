import Foundation

/// The measure a run starts from: an initial measure and random factors on its density.
///
///     ρ = ρ₀ Π (1 + p),   p(θ) = amplitude Σ_{k=1}^{K} (ξ_k cos kθ + η_k sin kθ)/√(2K)
///
/// with independent ξ_k, η_k ~ N(0, 1), renormalised. For atoms the factors shift the angles by p(θ).
public struct StartingMeasure: Sendable, Equatable {
    /// A factor 1 + p(θ).
    public struct Factor: Sendable, Equatable {
        /// Coefficients of cos kθ, k = 1 … K.
        var cosines: [Double]
        /// Coefficients of sin kθ.
        var sines: [Double]

        /// Draws the factor with xoshiro256++ from `seed`.
        public init(amplitude: Double, maxDegree: Int, seed: UInt64) {
            var generator = Random(seed: seed)
            let scale = amplitude / Double(2 * maxDegree).squareRoot()
            (cosines, sines) = ([], [])
            for _ in 0..<maxDegree {
                cosines.append(scale * generator.nextNormal())
                sines.append(scale * generator.nextNormal())
            }
        }

        func value(at θ: Double) -> Double {
            var sum = 0.0
            for k in cosines.indices {
                let angle = Double(k + 1) * θ
                sum += cosines[k] * cos(angle) + sines[k] * sin(angle)
            }
            return sum
        }
    }

    /// The unperturbed measure.
    public var initial: CircleInitial
    /// The factors on its density.
    public var factors: [Factor]

    /// `initial` with its density multiplied by `factors`.
    public init(_ initial: CircleInitial, factors: [Factor] = []) {
        self.initial = initial
        self.factors = factors
    }

    /// The exact symmetry of the data; random factors leave none.
    var symmetry: DihedralSymmetry { factors.isEmpty ? initial.symmetry : .none }

    /// ρ(θ) up to normalisation.
    func density(at θ: Double) -> Double {
        factors.reduce(initial.density(at: θ)) { $0 * max(0, 1 + $1.value(at: θ)) }
    }

    /// Fourier coefficients c_0 = 1 … c_count (more where they are known to be finite in number).
    func coefficients(upTo count: Int) -> (re: [Double], im: [Double]) {
        let margin = factors.reduce(0) { $0 + $1.cosines.count }
        var (re, im) = initial.coefficients(upTo: count + margin)
        for factor in factors {
            let (oldRe, oldIm) = (re, im)
            func old(_ k: Int) -> (Double, Double) {
                let index = abs(k)
                if index >= oldRe.count { return (0, 0) }
                return (oldRe[index], k < 0 ? -oldIm[index] : oldIm[index])
            }
            for k in re.indices {
                for j in factor.cosines.indices {
                    // p = Σ p_j e^{ijθ} + c.c. with p_j = (ξ_j - iη_j)/2.
                    let (p, q) = (factor.cosines[j] / 2, -factor.sines[j] / 2)
                    let (a, b) = (old(k - j - 1), old(k + j + 1))
                    re[k] += p * (a.0 + b.0) - q * (a.1 - b.1)
                    im[k] += p * (a.1 + b.1) + q * (a.0 - b.0)
                }
            }
        }
        let scale = 1 / re[0]
        return (re.map { $0 * scale }, im.map { $0 * scale })
    }

    /// |c_k|, k = 0 … `count`.
    public func amplitudes(upTo count: Int) -> [Double] {
        let c = coefficients(upTo: count)
        return (0...count).map { hypot(c.re[$0], c.im[$0]) }
    }

    /// Atoms with the factors applied to their angles.
    func atoms() -> (angles: [Double], masses: [Double])? {
        guard case .atoms(let angles, let masses) = initial else { return nil }
        return (angles.map { θ in factors.reduce(θ) { $0 + $1.value(at: θ) } }, masses)
    }
}
