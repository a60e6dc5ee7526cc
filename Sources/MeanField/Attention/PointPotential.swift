import CVectorMath
import Foundation

/// The potential W*μ of weighted points on the circle, with relative accuracy everywhere.
///
///     W(x) = Σ_j m_j e^{β'(cos(x - y_j)) - |β'|},   g(x) = Σ_j m_j sin(y_j - x) e^{…}
///
/// Two ways, which agree where both are accurate:
/// * Fourier modes: Σ_k a_k c_k e^{ikx}, cost O((sources + targets)·√β'), error about
///   `modeError` = 2^-50 Σ_k a_k |c_k| in absolute terms;
/// * scaled direct sums, cost O(sources) a target, error a few ulp of the sum of absolute values,
///   however small W is.
///
/// A target takes the modes where W exceeds `modeError`/`accuracy` and the sum of |sin| e^{…}, of which
/// |g| and the sum of sin² e^{…} are lower bounds, exceeds `modeError`/`gradientAccuracy` (it does not
/// inside a narrow cluster); the direct sum elsewhere.
/// Source of the multipliers: Funk–Hecke on the circle (Jacobi–Anger), DLMF 10.35.2.
public struct PointPotential: Sendable {
    /// β' of either sign.
    public let inverseTemperature: Double
    /// Number of sources.
    public var count: Int { masses.count }
    /// Relative error of W that the modes may have before a direct sum replaces them.
    static let accuracy = 2e-12
    /// Error of g that the modes may have, relative to Σ_j m_j |sin(y_j - x)| e^{…}.
    static let gradientAccuracy = 1e-10

    let multipliers: KernelMultipliers
    /// Highest mode that counts.
    let top: Int
    private var angles = [Double]()
    private var masses = [Double]()
    private var cosines = [Double]()
    private var sines = [Double]()
    private var targetCosines = [Double]()
    private var targetSines = [Double]()
    private var spreads = [Double]()
    private var scratch: [Double]
    private(set) var re: [Double]
    private(set) var im: [Double]
    private var modesAreCurrent = false
    private var isAscending = false
    private var gradientRe: [Double]
    private var gradientIm: [Double]
    private var potentialRe: [Double]
    private var potentialIm: [Double]

    /// A potential of the kernel e^{β' cos}, without sources yet.
    public init(inverseTemperature: Double) {
        self.inverseTemperature = inverseTemperature
        let estimate = 24 + Int(9.5 * abs(inverseTemperature).squareRoot())
        multipliers = KernelMultipliers(inverseTemperature: inverseTemperature, count: estimate)
        top = max(multipliers.bandLimit, 1)
        let zero = [Double](repeating: 0, count: top + 1)
        scratch = [Double](repeating: 0, count: 16 * (top + 1))
        re = zero
        im = zero
        (gradientRe, gradientIm, potentialRe, potentialIm) = (zero, zero, zero, zero)
    }

    /// Takes the points with the given angles and masses as sources.
    public mutating func setSources(angles: [Double], masses: [Double]) {
        precondition(angles.count == masses.count)
        // Element by element: shared storage would make the owner copy it at its next change.
        if self.angles.count != angles.count {
            self.angles = [Double](repeating: 0, count: angles.count)
        }
        for j in 0..<angles.count { self.angles[j] = angles[j] }
        self.masses = masses
        modesAreCurrent = false
        isAscending = false
    }

    /// Takes note that the sources ascend within one turn, if they are many and do.
    mutating func findOrder() {
        let n = angles.count
        guard n > 64, inverseTemperature > 0, angles[n - 1] - angles[0] < 2 * .pi else { return }
        isAscending = zip(angles, angles.dropFirst()).allSatisfy { $0 <= $1 }
    }

    /// Takes Fourier coefficients c_k of the same measure that are known already, k = 0 … K.
    public mutating func setModes(re knownRe: [Double], im knownIm: [Double]) {
        for k in 0...top {
            re[k] = k < knownRe.count ? knownRe[k] : 0
            im[k] = k < knownIm.count ? knownIm[k] : 0
        }
        finishModes()
    }

    /// Σ_{|k| ≤ top} w_k a_k |c_k|², w_k = 1 or k²: the energy of the measure and its decay.
    package mutating func energySums() -> (plain: Double, squaredDegree: Double) {
        prepareModes()
        var (plain, squared) = (multipliers.kernel[0] * re[0] * re[0], 0.0)
        for k in 1...top {
            let term = 2 * multipliers.kernel[k] * (re[k] * re[k] + im[k] * im[k])
            plain += term
            squared += Double(k * k) * term
        }
        return (plain, squared)
    }

    private mutating func prepareModes() {
        if modesAreCurrent { return }
        Self.turn(angles, &cosines, &sines)
        tf_point_modes(masses.count, cosines, sines, masses, top, &scratch, &re, &im)
        finishModes()
    }

    /// Cosines and sines of `angles`; allocates only when their number changes.
    private static func turn(
        _ angles: [Double], _ cosines: inout [Double], _ sines: inout [Double]
    ) {
        if cosines.count != angles.count {
            cosines = angles
            sines = angles
        }
        tf_sincos(angles, &sines, &cosines, angles.count)
    }

    private mutating func finishModes() {
        modesAreCurrent = true
        for k in 1...top {
            gradientRe[k] = -2 * multipliers.gradient[k] * im[k]
            gradientIm[k] = 2 * multipliers.gradient[k] * re[k]
            potentialRe[k] = 2 * multipliers.kernel[k] * re[k]
            potentialIm[k] = 2 * multipliers.kernel[k] * im[k]
        }
    }

    /// Absolute error of W computed from modes.
    private var modeError: Double {
        var sum = multipliers.kernel[0] * abs(re[0])
        for k in 1...top { sum += abs(potentialRe[k]) + abs(potentialIm[k]) }
        return sum * 0x1p-50
    }

    private var exponents: (sine: Double, cosine: Double) {
        inverseTemperature >= 0 ? (inverseTemperature, 0) : (0, -inverseTemperature)
    }

    /// The attention sums at the given targets: W = value · e^{-shift} and g in the same scale.
    ///
    /// `shift` is zero unless W itself would underflow; g/W never does.
    /// All arrays have the shape of `targets`, [n].
    public mutating func evaluate(
        at targets: [Double], gradient: inout [Double], potential: inout [Double],
        shift: inout [Double]
    ) {
        let n = targets.count
        let useModes = masses.count > 2 * top && masses.count > 32
        var threshold = Double.infinity
        if useModes {
            prepareModes()
            threshold = modeError / Self.accuracy
            Self.turn(targets, &targetCosines, &targetSines)
            tf_evaluate_modes(
                n, targetCosines, targetSines, top, gradientRe, gradientIm, potentialRe,
                potentialIm, &gradient, &potential)
        }
        let constant = multipliers.kernel[0] * (useModes ? re[0] : 0)
        let leastGradient = threshold * (Self.accuracy / Self.gradientAccuracy)
        var hasSpreads = false
        for i in 0..<n {
            shift[i] = 0
            if useModes && potential[i] + constant > threshold {
                if !hasSpreads && !(abs(gradient[i]) > leastGradient) {
                    evaluateSpreads(n)
                    hasSpreads = true
                }
                if abs(gradient[i]) > leastGradient || spreads[i] > leastGradient {
                    potential[i] += constant
                    continue
                }
            }
            let sums = directSums(at: targets[i])
            potential[i] = sums.potential
            gradient[i] = sums.gradient
            shift[i] = sums.shift
        }
    }

    /// Σ_j m_j sin²(y_j - x) e^{…} at the targets, from modes.
    ///
    /// Its multipliers are a_k/2 - (a_{k-2} + a_{k+2})/4, since sin² φ = (1 - cos 2φ)/2.
    private mutating func evaluateSpreads(_ n: Int) {
        let a = multipliers.kernel
        var (plainRe, plainIm) = (re, im)
        for k in 0...top {
            let weight = a[k] / 2 - (a[abs(k - 2)] + a[k + 2]) / 4
            plainRe[k] *= (k == 0 ? 1 : 2) * weight
            plainIm[k] *= 2 * weight
        }
        if spreads.count != n { spreads = [Double](repeating: 0, count: n) }
        var copies = spreads
        tf_evaluate_modes(
            n, targetCosines, targetSines, top, plainRe, plainIm, plainRe, plainIm, &copies,
            &spreads)
        for i in 0..<n { spreads[i] += plainRe[0] }
    }

    /// Scaled direct sums at one target.
    private func directSums(at x: Double) -> (
        potential: Double, gradient: Double, shift: Double
    ) {
        let (a, b) = exponents
        let shift = self.shift(at: x)
        var sums = (0.0, 0.0)
        withUnsafeMutableBytes(of: &sums) {
            tf_kernel_sums(
                masses.count, angles, masses, x, a, b, shift,
                $0.baseAddress!.assumingMemoryBound(to: Double.self))
        }
        return (sums.0, sums.1, shift)
    }

    /// The exponent to add where e^{-2|β'|} would leave the range of Double.
    private func shift(at x: Double) -> Double {
        let (a, b) = exponents
        if a + b < 300 { return 0 }
        if isAscending {
            let half = sin((angles[nearestSource(x)] - x) / 2)
            return 2 * inverseTemperature * half * half
        }
        return 2 * tf_kernel_exponent(masses.count, angles, x, a, b)
    }

    /// log W (with the factor e^{|β'|} taken out) and its first three derivatives at x.
    ///
    /// Of many ascending sources only those near x are summed (``nearbySources(_:)``).
    public func logarithm(at x: Double) -> LogPotential {
        let (a, b) = exponents
        let shift = self.shift(at: x)
        // Six of the eight are used.
        var (sums, part) = (SIMD8<Double>(), SIMD8<Double>())
        func add(_ range: Range<Int>) {
            if range.isEmpty { return }
            angles.withUnsafeBufferPointer { y in
                masses.withUnsafeBufferPointer { m in
                    withUnsafeMutableBytes(of: &part) {
                        tf_kernel_moments(
                            range.count, y.baseAddress! + range.lowerBound,
                            m.baseAddress! + range.lowerBound, x, a, b, shift,
                            $0.baseAddress!.assumingMemoryBound(to: Double.self))
                    }
                }
            }
            sums += part
        }
        if isAscending { nearbySources(x).forEach(add) } else { add(0..<masses.count) }
        let β = inverseTemperature
        let first = β * sums[1] / sums[0]
        let second = β * (β * sums[3] - sums[2]) / sums[0]
        let third = β * (β * (β * sums[5] - 3 * sums[4]) - sums[1]) / sums[0]
        return LogPotential(
            value: log(sums[0]) - shift, first: first, second: second - first * first,
            third: third - 3 * first * second + 2 * first * first * first)
    }

    /// The ascending sources whose terms at x count beside the nearest one's, as index ranges.
    ///
    /// What is left out is below e^{-60} of the term of the nearest source, all of it together.
    private func nearbySources(_ x: Double) -> [Range<Int>] {
        let n = angles.count
        let y = turned(x)
        let nearest = nearestSource(x)
        guard masses[nearest] > 0 else { return [0..<n] }
        let half = sin((angles[nearest] - y) / 2)
        let reach = half * half + (60 - log(masses[nearest])) / (2 * inverseTemperature)
        guard reach < 1 else { return [0..<n] }
        let width = 2 * asin(reach.squareRoot())
        let (low, high) = (y - width, y + width)
        let (first, last) = (firstIndex(from: low), firstIndex(from: high))
        // The arc may reach over the seam between the last source and the first.
        let head = 0..<max(0, min(first, firstIndex(from: high - 2 * .pi)))
        let tail = max(last, firstIndex(from: low + 2 * .pi))..<n
        return [head, first..<last, tail]
    }

    /// x turned into the first turn of the ascending sources.
    private func turned(_ x: Double) -> Double {
        x - 2 * .pi * ((x - angles[0]) / (2 * .pi)).rounded(.down)
    }

    /// The index of the ascending source nearest to x.
    private func nearestSource(_ x: Double) -> Int {
        let (n, y) = (angles.count, turned(x))
        let next = firstIndex(from: y)
        let (before, after) = ((next + n - 1) % n, next % n)
        func distance(_ i: Int) -> Double { abs(sin((angles[i] - y) / 2)) }
        return distance(before) < distance(after) ? before : after
    }

    /// The index of the first source at or beyond y.
    private func firstIndex(from y: Double) -> Int {
        var (low, high) = (0, angles.count)
        while low < high {
            let middle = (low + high) / 2
            if angles[middle] < y { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// log W and its first two derivatives on the grid, by FFT where that is accurate.
    package mutating func logarithms(onGrid grid: inout PotentialGrid) {
        prepareModes()
        let floor = modeError / 1e-9
        grid.synthesise(re: re, im: im, multipliers: multipliers, β: inverseTemperature, top: top)
        for i in 0..<grid.count where !(grid.potential[i] > floor) {
            let exact = logarithm(at: grid.angle(i))
            grid.value[i] = exact.value
            grid.first[i] = exact.first
            grid.second[i] = exact.second
        }
    }
}

/// log W and its derivatives at a point.
public struct LogPotential: Sendable {
    /// log W.
    public var value: Double
    /// d log W/dθ.
    public var first: Double
    /// d² log W/dθ².
    public var second: Double
    /// d³ log W/dθ³.
    public var third: Double
}
