import CVectorMath
import Foundation
import Synchronization

/// Fourier modes of points anywhere on the circle, and Fourier series at such points.
///
///     analysis    c_k = Σ_j m_j e^{-ik x_j},                  k = 0 … K     (type 1)
///     synthesis   f(x_j) = Σ_k Re(f_k e^{ik x_j}),            k = 0 … K     (type 2)
///
/// Points are spread over 16 points of an equispaced grid, at least twice as fine as K needs, with the
/// window e^{b(√(1 - z²) - 1)}, |z| ≤ 1; its transform is divided out of the modes. Errors are about
/// 1e-14 of Σ|m_j| or Σ|f_k|, where the last modes may lose more: by the ratio of the window's
/// transform at 0 and K, about 300. Cost: O(points + K log K).
/// Source: A. H. Barnett, J. Magland, L. af Klinteberg, SIAM J. Sci. Comput. 41 (2019) C479,
/// doi:10.1137/18M120885X (the window).
public struct NonuniformModes: Sendable {
    /// The highest mode K.
    public let top: Int
    /// Number of grid points.
    public let gridLength: Int

    /// Places of points on the grid: which grid points they touch with which weights.
    public struct Places: Sendable {
        fileprivate var first = [Int32]()
        fileprivate var weights = [Double]()

        /// No points yet.
        public init() {}
    }

    private static let width = Int(TF_SPREAD)
    /// b: at its ends the window is e^{-b} = 1e-16, and twice oversampled modes alias as little.
    private static let sharpness = 36.8

    /// The window between grid points, as polynomials: shape [terms, width].
    private static let coefficients = windowCoefficients(terms: Int(TF_SPREAD_TERMS))

    /// What depends on K alone.
    final class Plan: Sendable {
        let fft: RealFFT
        /// 1/∫ window e^{-ikx}, in units of the grid.
        let correction: [Double]

        /// The plan for modes up to `top`, made once.
        static func shared(top: Int) -> Plan {
            NonuniformModes.plans.withLock { plans in
                if let known = plans[top] { return known }
                let plan = Plan(top: top)
                plans[top] = plan
                return plan
            }
        }

        private init(top: Int) {
            var length = 64
            // 2^a, 3·2^a: lengths that FFTW likes.
            while length < 4 * (top + 1) {
                length = length % 3 == 0 ? length / 3 * 4 : length / 2 * 3
            }
            fft = RealFFT(length: length)
            correction = (0...top).map {
                1 / NonuniformModes.transform(of: Double($0) / Double(length))
            }
        }
    }

    /// The plans that have been made, by K.
    private static let plans = Mutex<[Int: Plan]>([:])

    private let plan: Plan
    private var spectrum: [Double]
    private var values: [Double]
    private var padded: [Double]
    private var secondPadded: [Double]

    /// Modes up to `top` ≥ 1.
    public init(top: Int) {
        precondition(top >= 1)
        self.top = top
        plan = Plan.shared(top: top)
        gridLength = plan.fft.length
        let length = gridLength
        spectrum = [Double](repeating: 0, count: length + 2)
        values = [Double](repeating: 0, count: length)
        padded = [Double](repeating: 0, count: length + Self.width)
        secondPadded = padded
    }

    /// ∫_{-w/2}^{w/2} e^{b(√(1 - (2y/w)²) - 1)} cos(2πfy) dy.
    ///
    /// With 2y/w = sin φ the integrand is smooth up to the ends, and periodic: the midpoint rule
    /// converges geometrically.
    private static func transform(of f: Double) -> Double {
        let (half, n) = (Double(width) / 2, 256)
        var sum = 0.0
        for j in 0..<n {
            let φ = Double.pi * ((Double(j) + 0.5) / Double(n) - 0.5)
            sum +=
                exp(sharpness * (cos(φ) - 1)) * cos(2 * .pi * f * half * sin(φ)) * cos(φ)
        }
        return sum * half * .pi / Double(n)
    }

    /// e^{b(√(1 - z²) - 1)} at z = (l - 7 - ½ - f)/8 for |f| ≤ ½, l = 0 … 15, in powers of f.
    ///
    /// By interpolation in Chebyshev points, whose error is below 1e-15 from 14 terms on.
    /// Shape [terms, 16].
    static func windowCoefficients(terms: Int) -> [Double] {
        var table = [Double](repeating: 0, count: terms * width)
        let nodes = (0..<terms).map { cos(.pi * (Double($0) + 0.5) / Double(terms)) }
        for l in 0..<width {
            let samples = nodes.map { node -> Double in
                let z = (Double(l) - 7.5 - node / 2) / 8
                return exp(sharpness * (max(0, 1 - z * z).squareRoot() - 1))
            }
            // Chebyshev coefficients, then T_{k+1} = 2x T_k - T_{k-1} in powers of x = 2f.
            var (previous, current) = ([1.0], [0.0, 1.0])
            for k in 0..<terms {
                let sum = (0..<terms).reduce(0.0) {
                    $0 + samples[$1] * cos(Double(k) * .pi * (Double($1) + 0.5) / Double(terms))
                }
                let coefficient = (k == 0 ? 1 : 2) * sum / Double(terms)
                for (power, x) in previous.enumerated() {
                    table[power * width + l] += coefficient * x * pow(2, Double(power))
                }
                var next = [0.0] + current.map { 2 * $0 }
                for (power, x) in previous.enumerated() { next[power] -= x }
                (previous, current) = (current, next)
            }
        }
        return table
    }

    /// Finds the places of the points at `angles`.
    public func place(_ angles: [Double], into places: inout Places) {
        let n = angles.count
        if places.first.count != n {
            places.first = [Int32](repeating: 0, count: n)
            places.weights = [Double](repeating: 0, count: n * Self.width)
        }
        tf_spread_weights(
            n, angles, gridLength, Self.coefficients, &places.first, &places.weights)
    }

    /// Writes c_0 … c_K of the masses at the places.
    public mutating func analyse(
        _ masses: [Double], at places: Places, re: inout [Double], im: inout [Double]
    ) {
        precondition(masses.count == places.first.count && re.count > top && im.count > top)
        let (n, margin) = (gridLength, Self.width / 2)
        for i in 0..<padded.count { padded[i] = 0 }
        tf_spread(masses.count, places.first, places.weights, masses, &padded)
        for i in 0..<n { values[i] = padded[i + margin] }
        for i in 0..<margin {
            values[n - margin + i] += padded[i]
            values[i] += padded[n + margin + i]
        }
        plan.fft.analyse(&values, into: &spectrum)
        for k in 0...top {
            re[k] = plan.correction[k] * spectrum[2 * k]
            im[k] = plan.correction[k] * spectrum[2 * k + 1]
        }
    }

    /// Writes the values of two series at the places; the constant terms are left out.
    public mutating func synthesise(
        _ a: (re: [Double], im: [Double]), _ b: (re: [Double], im: [Double]), at places: Places,
        into f: inout [Double], _ g: inout [Double]
    ) {
        precondition(f.count == places.first.count && g.count == places.first.count)
        tabulate(a.re, a.im)
        padPeriodically(values, margin: Self.width / 2, into: &padded)
        tabulate(b.re, b.im)
        padPeriodically(values, margin: Self.width / 2, into: &secondPadded)
        tf_gather(
            places.first.count, places.first, places.weights, padded, secondPadded, &f, &g)
    }

    /// The series on the grid, its modes corrected, in `values`.
    private mutating func tabulate(_ re: [Double], _ im: [Double]) {
        tabulateSeries(
            re, im, correction: plan.correction, by: plan.fft, spectrum: &spectrum,
            into: &values)
    }
}
