import Foundation
import TimeIntegration

/// Few atoms on the circle, with drifts as small as e^{-2β} at full relative accuracy.
///
///     dφ_i/dτ = 2^u v(φ_i),   v(φ_i) = gain Σ_j m_j f_ij e^{ℓ_ij} / Z_i,   Z_i = Σ_j m_j e^{ℓ_ij}   (softmax)
///     f_ij = sin(φ_j - φ_i),   ℓ_ij = β' cos(φ_j - φ_i) - |β'|   (multiples of the identity)
///
/// Time runs in units of 2^u, chosen so that the fastest drift is of order one: separated atoms are
/// not stiff, so that steps grow with the time that is left, to 10^344 and beyond. The exponents are
/// added before the exponential is taken. Where V is a multiple of the identity an atom's force on itself
/// is exactly zero; otherwise it moves by its own value as well (``CircleAttention/pair(from:to:)``).
/// Cost O(n²) with n small. Source: arXiv:2509.25040, section 5 (pairing).
struct AtomEquation: DifferentialEquation {
    let attention: any CircleAttention
    let symmetry: DihedralSymmetry
    /// Absolute error allowed in an angle per step.
    let tolerance: Double
    /// Mass of each orbit, shape [dimension].
    let masses: [Double]
    /// Points on an axis of reflection, which do not move.
    let isPinned: [Bool]
    /// u: the unit of time is 2^u.
    var timeUnit: Int

    private var images: [Double]
    private let imageMasses: [Double]
    private var pairs: [PairTerm]
    /// Work space of the pairing limit.
    private var velocities: [Double]
    private var terms: [Double]

    init(
        attention: any CircleAttention, symmetry: DihedralSymmetry, masses: [Double],
        isPinned: [Bool], tolerance: Double, timeUnit: Int = 0
    ) {
        self.attention = attention
        self.symmetry = symmetry
        self.tolerance = tolerance
        self.masses = masses
        self.isPinned = isPinned
        self.timeUnit = timeUnit
        let expanded = symmetry.expand(
            angles: [Double](repeating: 0, count: masses.count), masses: masses, isPinned: isPinned)
        images = expanded.angles
        imageMasses = expanded.masses
        pairs = [PairTerm](repeating: PairTerm(exponent: 0, force: 0), count: images.count)
        velocities = masses
        terms = masses
    }

    var dimension: Int { masses.count }

    /// Number of atoms on the whole circle.
    var imageCount: Int { imageMasses.count }

    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        let unit = Double(timeUnit) * log(2.0)
        if let pairing = attention.pairing {
            return moveClosestPairs(
                y, pairing, logarithmOfUnit: unit, velocities: &dy, terms: &terms)
        }
        symmetry.images(of: y, isPinned: isPinned, into: &images)
        for i in 0..<y.count {
            dy[i] = isPinned[i] ? 0 : drift(at: y[i], logarithmOfUnit: unit).value
        }
    }

    func errorScale(of y: [Double], into scale: inout [Double]) {
        for i in 0..<scale.count { scale[i] = tolerance }
    }

    /// The velocity at φ times e^{logarithmOfUnit}, and the sum of the absolute values of its terms.
    private mutating func drift(
        at φ: Double, logarithmOfUnit unit: Double
    ) -> (value: Double, terms: Double) {
        let isSoftmax = attention.normalization == .softmax
        let top = evaluatePairs(at: φ)
        var (sum, absolute, normalizer) = (0.0, 0.0, 0.0)
        let scale = isSoftmax ? unit - top : unit
        for j in 0..<images.count {
            let pair = pairs[j]
            // Beyond t = 10^308 e^{scale} overflows: 0 · ∞ for an atom on itself.
            let term =
                pair.force == 0 ? 0 : imageMasses[j] * exp(pair.exponent + scale) * pair.force
            sum += term
            absolute += abs(term)
            if isSoftmax { normalizer += imageMasses[j] * exp(pair.exponent - top) }
        }
        let gain = attention.unnormalizedGain / (isSoftmax ? normalizer : 1)
        return (gain * sum, abs(gain) * absolute)
    }

    /// Fills `pairs` for a target at φ; returns the largest exponent.
    private mutating func evaluatePairs(at φ: Double) -> Double {
        var top = -Double.infinity
        for j in 0..<images.count {
            pairs[j] = attention.pair(from: images[j], to: φ)
            top = max(top, pairs[j].exponent)
        }
        return top
    }

    /// The velocities v(φ_i) in the papers' time.
    mutating func velocities(at y: [Double]) -> [Double] {
        symmetry.images(of: y, isPinned: isPinned, into: &images)
        return y.indices.map { isPinned[$0] ? 0 : drift(at: y[$0], logarithmOfUnit: 0).value }
    }

    /// The least u with every |v_i| 2^u ≥ 2^-8 for the fastest atom, and how far the forces cancel.
    ///
    /// `imbalance` is max_i |v_i| / Σ|terms_i|: of the size of rounding in an equilibrium. `unit` is
    /// nil where every force is exactly zero.
    mutating func assess(_ y: [Double]) -> (unit: Int?, imbalance: Double) {
        if let pairing = attention.pairing { return assessClosestPairs(y, pairing) }
        symmetry.images(of: y, isPinned: isPinned, into: &images)
        var largest = -Double.infinity
        for i in 0..<y.count where !isPinned[i] {
            let top = evaluatePairs(at: y[i])
            let shift = attention.normalization == .softmax ? top : 0
            for pair in pairs where pair.force != 0 {
                largest = max(largest, pair.exponent - shift + log(abs(pair.force)))
            }
        }
        if largest == -.infinity { return (nil, 0) }
        let trial = Int((-largest / log(2.0)).rounded())
        var (imbalance, fastest) = (0.0, 0.0)
        for i in 0..<y.count where !isPinned[i] {
            let (value, terms) = drift(at: y[i], logarithmOfUnit: Double(trial) * log(2.0))
            if terms > 0 { imbalance = max(imbalance, abs(value) / terms) }
            fastest = max(fastest, abs(value))
        }
        if fastest == 0 { return (nil, imbalance) }
        return (trial - Int(fastest.exponent), imbalance)
    }

    private mutating func assessClosestPairs(
        _ y: [Double], _ pairing: IsotropicAttention
    ) -> (unit: Int?, imbalance: Double) {
        guard let logarithm = logarithmOfLargestForce(y, pairing) else { return (nil, 0) }
        let trial = Int((-logarithm / log(2.0)).rounded())
        moveClosestPairs(
            y, pairing, logarithmOfUnit: Double(trial) * log(2.0), velocities: &velocities,
            terms: &terms)
        var (imbalance, fastest) = (0.0, 0.0)
        for i in 0..<y.count where terms[i] > 0 {
            imbalance = max(imbalance, abs(velocities[i]) / terms[i])
            fastest = max(fastest, abs(velocities[i]))
        }
        if fastest == 0 { return (nil, imbalance) }
        return (trial - Int(fastest.exponent), imbalance)
    }
}
