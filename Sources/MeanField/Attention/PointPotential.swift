import CVectorMath
import Foundation

/// The potential W*μ of weighted points on the circle, with relative accuracy everywhere.
///
///     W(x) = Σ_j m_j e^{β'(cos(x - y_j)) - |β'|},   g(x) = Σ_j m_j sin(y_j - x) e^{…}
///
/// Two ways, which agree where both are accurate:
/// * Fourier modes (``PointModes``): Σ_k a_k c_k e^{ikx}, at a cost of O(sources + targets) and with
///   the absolute error `modeError`, a few roundings of the largest W;
/// * scaled direct sums (``DirectSums``), with an error of a few ulp of the sum of absolute values,
///   however small W is; where many close targets need them, at some of these (``TargetRuns``).
///
/// A target takes the modes where W exceeds `modeError`/`accuracy` and the sum of |sin| e^{…}, of which
/// |g| and the sum of sin² e^{…} are lower bounds, exceeds `modeError`/`gradientAccuracy` (it does not
/// inside a narrow cluster). In all |g/W - exact| ≤ 1e-10 Σ m |sin| e^{…}/W.
/// Source of the multipliers: Funk–Hecke on the circle (Jacobi–Anger), DLMF 10.35.2.
public struct PointPotential: Sendable {
    /// β' of either sign.
    public let inverseTemperature: Double
    /// Number of sources.
    public var count: Int { direct.masses.count }
    /// Relative error of W that the modes may have before a direct sum replaces them.
    static let accuracy = 2e-12
    /// Error of g that the modes may have, relative to Σ_j m_j |sin(y_j - x)| e^{…}.
    static let gradientAccuracy = 1e-10

    let multipliers: KernelMultipliers
    /// Highest mode that counts.
    let top: Int
    private var direct: DirectSums
    private var runs: TargetRuns
    private var modes: PointModes
    private var isServed = [Bool]()
    private var spreads = [Double]()
    private var unused = [Double]()
    private(set) var re: [Double]
    private(set) var im: [Double]
    private var modesAreCurrent = false
    private var gradientRe: [Double]
    private var gradientIm: [Double]
    private var potentialRe: [Double]
    private var potentialIm: [Double]
    private var spreadRe: [Double]
    private var spreadIm: [Double]

    /// A potential of the kernel e^{β' cos}, without sources yet.
    public init(inverseTemperature: Double) {
        self.inverseTemperature = inverseTemperature
        let estimate = 24 + Int(9.5 * abs(inverseTemperature).squareRoot())
        multipliers = KernelMultipliers(inverseTemperature: inverseTemperature, count: estimate)
        top = max(multipliers.bandLimit, 1)
        let zero = [Double](repeating: 0, count: top + 1)
        direct = DirectSums(inverseTemperature: inverseTemperature)
        runs = TargetRuns(steepness: abs(inverseTemperature))
        modes = PointModes(top: top)
        (re, im, spreadRe, spreadIm) = (zero, zero, zero, zero)
        (gradientRe, gradientIm, potentialRe, potentialIm) = (zero, zero, zero, zero)
    }

    /// Takes the points with the given angles and masses as sources.
    public mutating func setSources(angles: [Double], masses: [Double]) {
        direct.setSources(angles: angles, masses: masses)
        modesAreCurrent = false
    }

    /// Gets ready for ``logarithm(at:)`` at many points.
    mutating func prepare() { direct.prepare() }

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
        modes.analyse(angles: direct.angles, masses: direct.masses, re: &re, im: &im)
        finishModes()
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
        return modes.error(size: sum, mass: abs(re[0]))
    }

    /// The attention sums at the given targets: W = potential · e^{-shift} and g in the same scale.
    ///
    /// Neither over- nor underflows. All arrays have the shape of `targets`, [n].
    public mutating func evaluate(
        at targets: [Double], gradient: inout [Double], potential: inout [Double],
        shift: inout [Double]
    ) {
        let n = targets.count
        if isServed.count != n { isServed = [Bool](repeating: false, count: n) }
        let hasManySources = count > 2 * top && count > 32
        if hasManySources { direct.prepare() }
        if hasManySources && !direct.isCondensed {
            serveByModes(targets, &gradient, &potential, &shift)
        } else {
            for i in 0..<n { isServed[i] = false }
        }
        runs.fill(
            except: isServed, of: targets, gradient: &gradient, potential: &potential,
            shift: &shift, exact: &direct)
    }

    /// Fills the sums where the modes are accurate, and says where that is.
    private mutating func serveByModes(
        _ targets: [Double], _ gradient: inout [Double], _ potential: inout [Double],
        _ shift: inout [Double]
    ) {
        prepareModes()
        modes.setTargets(targets)
        modes.synthesise(
            (gradientRe, gradientIm), (potentialRe, potentialIm), into: &gradient, &potential)
        let threshold = modeError / Self.accuracy
        let constant = multipliers.kernel[0] * re[0]
        let leastGradient = threshold * (Self.accuracy / Self.gradientAccuracy)
        var hasSpreads = false
        for i in 0..<targets.count {
            isServed[i] = potential[i] + constant > threshold
            if !isServed[i] { continue }
            if !(abs(gradient[i]) > leastGradient) {
                if !hasSpreads { evaluateSpreads(targets.count) }
                hasSpreads = true
                isServed[i] = spreads[i] > leastGradient
            }
            if isServed[i] {
                potential[i] += constant
                shift[i] = 0
            }
        }
    }

    /// Σ_j m_j sin²(y_j - x) e^{…} at the targets, from modes.
    ///
    /// Its multipliers are a_k/2 - (a_{k-2} + a_{k+2})/4, since sin² φ = (1 - cos 2φ)/2.
    private mutating func evaluateSpreads(_ n: Int) {
        let a = multipliers.kernel
        for k in 0...top {
            let weight = a[k] / 2 - (a[abs(k - 2)] + a[k + 2]) / 4
            spreadRe[k] = (k == 0 ? 1 : 2) * weight * re[k]
            spreadIm[k] = 2 * weight * im[k]
        }
        if spreads.count != n {
            spreads = [Double](repeating: 0, count: n)
            unused = spreads
        }
        modes.synthesise((spreadRe, spreadIm), (spreadRe, spreadIm), into: &unused, &spreads)
        for i in 0..<n { spreads[i] += spreadRe[0] }
    }

    /// Sources for each mode from which on one point takes the modes, where W is not small.
    private static let crowd = 64

    /// log W (with the factor e^{|β'|} taken out) and its first three derivatives at x.
    ///
    /// Of crowds of sources by modes that are known already, where W exceeds 2⁴⁰ times their error.
    public func logarithm(at x: Double) -> LogPotential {
        if modesAreCurrent, count > Self.crowd * top,
            let logarithm = logarithmByModes(at: x, above: 0x1p40 * modeError)
        {
            return logarithm
        }
        let (sums, shift) = direct.moments(at: x)
        let β = inverseTemperature
        let first = β * sums[1] / sums[0]
        let second = β * (β * sums[3] - sums[2]) / sums[0]
        let third = β * (β * (β * sums[5] - 3 * sums[4]) - sums[1]) / sums[0]
        return LogPotential(
            value: log(sums[0]) - shift, first: first, second: second - first * first,
            third: third - 3 * first * second + 2 * first * first * first)
    }

    /// log W and its derivatives from W^{(n)} = Σ_k Re((ik)ⁿ w_k e^{ikx}); `nil` where W is not above
    /// `least`.
    private func logarithmByModes(at x: Double, above least: Double) -> LogPotential? {
        let turn = (cos: cos(x), sin: sin(x))
        var (c, s) = (1.0, 0.0)
        var w = SIMD4(multipliers.kernel[0] * re[0], 0, 0, 0)
        for k in 1...top {
            (c, s) = (c * turn.cos - s * turn.sin, c * turn.sin + s * turn.cos)
            let degree = Double(k)
            let real = potentialRe[k] * c - potentialIm[k] * s
            let imaginary = degree * (potentialRe[k] * s + potentialIm[k] * c)
            let square = degree * degree
            w += SIMD4(real, -imaginary, -square * real, square * imaginary)
        }
        guard w[0] > least else { return nil }
        let (first, second, third) = (w[1] / w[0], w[2] / w[0], w[3] / w[0])
        return LogPotential(
            value: log(w[0]), first: first, second: second - first * first,
            third: third - 3 * first * second + 2 * first * first * first)
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
