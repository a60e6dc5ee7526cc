import Foundation
import TimeIntegration

/// Few atoms on the circle, with drifts as small as e^{-2β} at full relative accuracy.
///
///     dφ_i/dt = v(φ_i) = gain Σ_j m_j f_ij e^{ℓ_ij} / Z_i,   Z_i = Σ_j m_j e^{ℓ_ij}   (softmax)
///     f_ij = sin(φ_j - φ_i),   ℓ_ij = β' cos(φ_j - φ_i) - |β'|   (multiples of the identity)
///
/// The exponents are added before the exponential is taken. Where V is a multiple of the identity an
/// atom's force on itself is exactly zero; otherwise it moves by its own value as well
/// (``CircleAttention/pair(from:to:)``). Cost O(n²) with n small.
/// Source: arXiv:2509.25040, section 5 (pairing).
///
/// Where t is an unknown the unit of time is chosen so that s = 2^u b |v|, |v|² = Σ_i v_i², is of order
/// one (``ClockedEquation``).
struct AtomEquation: ClockedEquation {
    let attention: any CircleAttention
    let symmetry: DihedralSymmetry
    /// Absolute error allowed in an angle per step.
    let tolerance: Double
    /// Whether t is an unknown; otherwise it is the variable of integration.
    let hasClock: Bool
    /// Mass of each orbit, shape [n].
    let masses: [Double]
    /// Points on an axis of reflection, which do not move.
    let isPinned: [Bool]
    /// u: the unit of time is 2^u.
    var timeUnit = 0
    /// Time since the start of the evolution in that unit.
    var elapsed = 0.0

    /// b.
    private let sharpness: Double
    /// Where V is a multiple of the identity an orbit of rotations exerts no force on itself.
    private let rotationsBalance: Bool
    private var images: [Double]
    /// Where the images of each orbit begin.
    private let firstImages: [Int]
    private let imageMasses: [Double]
    private var pairs: [PairTerm]
    private var angles: [Double]
    private var velocities: [Double]
    /// Work space of the pairing limit.
    private var terms: [Double]

    init(
        attention: any CircleAttention, symmetry: DihedralSymmetry, masses: [Double],
        isPinned: [Bool], tolerance: Double, hasClock: Bool = false
    ) {
        self.attention = attention
        self.symmetry = symmetry
        self.tolerance = tolerance
        self.hasClock = hasClock
        self.masses = masses
        self.isPinned = isPinned
        sharpness = max(attention.sharpness, 1)
        rotationsBalance = attention.linearTheory != nil
        let sizes = isPinned.map { symmetry.reflects && !$0 ? 2 * symmetry.fold : symmetry.fold }
        firstImages = sizes.indices.map { sizes[..<$0].reduce(0, +) }
        let expanded = symmetry.expand(
            angles: [Double](repeating: 0, count: masses.count), masses: masses, isPinned: isPinned)
        images = expanded.angles
        imageMasses = expanded.masses
        pairs = [PairTerm](repeating: PairTerm(exponent: 0, force: 0), count: images.count)
        (angles, velocities, terms) = (masses, masses, masses)
    }

    /// The angles, and t.
    var dimension: Int { masses.count + (hasClock ? 1 : 0) }

    /// The angles among the unknowns.
    func angles(of y: [Double]) -> [Double] { Array(y.prefix(masses.count)) }

    /// The unknowns with these angles, at t = 0.
    func unknowns(at angles: [Double]) -> [Double] { hasClock ? angles + [0] : angles }

    var isAngular: Bool { !hasClock }

    /// Number of atoms on the whole circle.
    var imageCount: Int { imageMasses.count }

    mutating func derivative(of y: [Double], into dy: inout [Double], at t: Double) {
        let n = masses.count
        for i in 0..<n { angles[i] = y[i] }
        computeVelocities(logarithmOfUnit: Double(timeUnit) * log(2.0))
        let pace = hasClock ? 1 / (1 + sharpness * speed) : 1
        for i in 0..<n { dy[i] = pace * velocities[i] }
        if hasClock { dy[n] = pace }
    }

    func errorScale(of y: [Double], into scale: inout [Double]) {
        for i in 0..<masses.count { scale[i] = tolerance }
        if hasClock { scale[masses.count] = clockTolerance }
    }

    /// Error allowed in t: what moves the fastest atom by the tolerance, or is as small beside t.
    var clockTolerance: Double { tolerance * sharpness * max(1, elapsed) }

    /// |v| of the last evaluation, in its unit of time.
    private var speed: Double {
        var square = 0.0
        for i in 0..<velocities.count { square += velocities[i] * velocities[i] }
        return square.squareRoot()
    }

    /// The velocities at `angles`, times e^{logarithmOfUnit}.
    private mutating func computeVelocities(logarithmOfUnit unit: Double) {
        if let pairing = attention.pairing {
            return moveClosestPairs(
                angles, pairing, logarithmOfUnit: unit, velocities: &velocities, terms: &terms)
        }
        symmetry.images(of: angles, isPinned: isPinned, into: &images)
        for i in 0..<angles.count {
            velocities[i] =
                isPinned[i] ? 0 : drift(of: i, at: angles[i], logarithmOfUnit: unit).value
        }
    }

    /// The velocity of atom i at φ times e^{logarithmOfUnit}, and the sum of the absolute terms.
    private mutating func drift(
        of i: Int, at φ: Double, logarithmOfUnit unit: Double
    ) -> (value: Double, terms: Double) {
        let isSoftmax = attention.normalization == .softmax
        let top = evaluatePairs(of: i, at: φ)
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

    /// Fills `pairs` for atom i at φ; returns the largest exponent.
    private mutating func evaluatePairs(of i: Int, at φ: Double) -> Double {
        var top = -Double.infinity
        for j in 0..<images.count {
            pairs[j] = attention.pair(from: images[j], to: φ)
            top = max(top, pairs[j].exponent)
        }
        if rotationsBalance {
            let stride = symmetry.reflects && !isPinned[i] ? 2 : 1
            for g in 0..<symmetry.fold { pairs[firstImages[i] + stride * g].force = 0 }
        }
        return top
    }

    /// The velocities v(φ_i) in the papers' time.
    mutating func velocities(at y: [Double]) -> [Double] {
        angles = y
        computeVelocities(logarithmOfUnit: 0)
        return velocities
    }

    /// The u for which s is of order one; `nil` where every force is exactly zero.
    mutating func suitableUnit(at angles: [Double]) -> Int? {
        assess(angles).unit.map { $0 - Int(sharpness.exponent) }
    }

    /// The u with 1 ≤ |v_i| 2^u < 2 for the fastest atom, and how far the forces cancel.
    ///
    /// `imbalance` is max_i |v_i| / Σ|terms_i|: of the size of rounding in an equilibrium. `unit` is
    /// nil where every force is exactly zero.
    mutating func assess(_ y: [Double]) -> (unit: Int?, imbalance: Double) {
        if let pairing = attention.pairing { return assessClosestPairs(y, pairing) }
        symmetry.images(of: y, isPinned: isPinned, into: &images)
        var largest = -Double.infinity
        for i in 0..<y.count where !isPinned[i] {
            let top = evaluatePairs(of: i, at: y[i])
            let shift = attention.normalization == .softmax ? top : 0
            for pair in pairs where pair.force != 0 {
                largest = max(largest, pair.exponent - shift + log(abs(pair.force)))
            }
        }
        if largest == -.infinity { return (nil, 0) }
        let trial = Int((-largest / log(2.0)).rounded())
        var (imbalance, fastest) = (0.0, 0.0)
        for i in 0..<y.count where !isPinned[i] {
            let (value, terms) = drift(
                of: i, at: y[i], logarithmOfUnit: Double(trial) * log(2.0))
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
