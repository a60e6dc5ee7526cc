import Foundation
import TimeIntegration

/// Few atoms on the circle, with drifts as small as e^{-2β} at full relative accuracy.
///
///     dφ_i/dτ = 2^u v(φ_i),   v(φ_i) = v Σ_j m_j sin(φ_j - φ_i) e^{ℓ_ij} / Z_i
///     ℓ_ij = β' (cos(φ_i - φ_j)) - |β'|,   Z_i = Σ_j m_j e^{ℓ_ij}   (softmax)
///
/// Time runs in units of 2^u, chosen so that the fastest drift is of order one: separated atoms are
/// not stiff, so that steps grow with the time that is left, to 10^344 and beyond. The exponents are
/// added before the exponential is taken; an atom's force on itself is exactly zero.
/// Cost O(n²) with n small. Source: arXiv:2509.25040, section 5 (pairing).
struct AtomEquation: DifferentialEquation {
    let attention: IsotropicAttention
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
    /// Work space of the pairing limit.
    private var velocities: [Double]
    private var terms: [Double]

    init(
        attention: IsotropicAttention, symmetry: DihedralSymmetry, masses: [Double],
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
        velocities = masses
        terms = masses
    }

    var dimension: Int { masses.count }

    /// Number of atoms on the whole circle.
    var imageCount: Int { imageMasses.count }

    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        let unit = Double(timeUnit) * log(2.0)
        if attention.limit == .pairing {
            return moveClosestPairs(y, logarithmOfUnit: unit, velocities: &dy, terms: &terms)
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
    private func drift(at φ: Double, logarithmOfUnit unit: Double) -> (value: Double, terms: Double)
    {
        let β = attention.inverseTemperature
        let n = images.count
        // Shift of the normaliser: its largest exponent (0 for β' > 0 at an atom).
        var top = -Double.infinity
        if β < 0 || attention.normalization != .softmax {
            for j in 0..<n { top = max(top, exponent(φ - images[j], β)) }
        } else {
            top = 0
        }
        var (sum, absolute, normalizer) = (0.0, 0.0, 0.0)
        let scale = attention.normalization == .softmax ? unit - top : unit
        for j in 0..<n {
            let half = (images[j] - φ) / 2
            let (s, c) = (sin(half), cos(half))
            let ℓ = β >= 0 ? -2 * β * s * s : 2 * β * c * c
            // On itself an atom has no force, and e^{scale} overflows beyond t = 10^308.
            let term = s == 0 ? 0 : imageMasses[j] * exp(ℓ + scale) * (2 * s * c)
            sum += term
            absolute += abs(term)
            if attention.normalization == .softmax { normalizer += imageMasses[j] * exp(ℓ - top) }
        }
        let gain =
            attention.normalization == .softmax
            ? attention.value / normalizer : attention.unnormalizedGain
        return (gain * sum, abs(gain) * absolute)
    }

    private func exponent(_ difference: Double, _ β: Double) -> Double {
        let (s, c) = (sin(difference / 2), cos(difference / 2))
        return β >= 0 ? -2 * β * s * s : 2 * β * c * c
    }

    /// The least u with every |v_i| 2^u ≥ 2^-8 for the fastest atom, and how far the forces cancel.
    ///
    /// `imbalance` is max_i |v_i| / Σ|terms_i|: of the size of rounding in an equilibrium. `unit` is
    /// nil where every force is exactly zero.
    mutating func assess(_ y: [Double]) -> (unit: Int?, imbalance: Double) {
        if attention.limit == .pairing { return assessClosestPairs(y) }
        symmetry.images(of: y, isPinned: isPinned, into: &images)
        let β = attention.inverseTemperature
        var largest = -Double.infinity
        for i in 0..<y.count where !isPinned[i] {
            for x in images {
                let sine = abs(sin(x - y[i]))
                if sine > 0 { largest = max(largest, exponent(x - y[i], β) + log(sine)) }
            }
        }
        if largest == -.infinity { return (nil, 0) }
        if β < 0 && attention.normalization == .softmax { largest = 0 }
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

    private mutating func assessClosestPairs(_ y: [Double]) -> (unit: Int?, imbalance: Double) {
        guard let logarithm = logarithmOfLargestForce(y) else { return (nil, 0) }
        let trial = Int((-logarithm / log(2.0)).rounded())
        moveClosestPairs(
            y, logarithmOfUnit: Double(trial) * log(2.0), velocities: &velocities, terms: &terms)
        var (imbalance, fastest) = (0.0, 0.0)
        for i in 0..<y.count where terms[i] > 0 {
            imbalance = max(imbalance, abs(velocities[i]) / terms[i])
            fastest = max(fastest, abs(velocities[i]))
        }
        if fastest == 0 { return (nil, imbalance) }
        return (trial - Int(fastest.exponent), imbalance)
    }
}
