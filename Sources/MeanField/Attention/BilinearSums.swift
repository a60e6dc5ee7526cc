import CVectorMath
import Foundation

/// W and F of weighted points for any Q, K, V, with relative accuracy everywhere.
///
///     W(θ) = Σ_j m_j e^{ℓ(θ, φ_j)},   F(θ) = Σ_j m_j f(θ, φ_j) e^{ℓ(θ, φ_j)}        (``BilinearForm``)
///
/// Two ways, which agree where both are accurate: Fourier modes (``BilinearModes``), whose error is of
/// the size of rounding beside the largest W and F, and scaled direct sums, whose error is a few ulp of
/// the sum of absolute values however small that is. A target takes the modes where W and a lower bound
/// of ∫|f| e^ℓ dμ, either |F| or ∫f² e^ℓ dμ/‖V‖, are far above the error of the modes; the direct sum
/// elsewhere. Cost: O((sources + targets) degree + degree²), or O(sources) for a direct target.
struct BilinearSums: AttentionSums {
    private let form: BilinearForm
    /// ‖V‖.
    private let valueNorm: Double
    private let degree: Int
    private var potentialMatrix: ModeMatrix
    private var forceMatrix: ModeMatrix
    private var squareMatrix: ModeMatrix
    /// What errors of the modes of the measure do to W and F: for each degree.
    private let potentialSizes: [Double]
    private let forceSizes: [Double]

    private var angles = [Double]()
    private var masses = [Double]()
    private var cosines = [Double]()
    private var sines = [Double]()
    private var targetCosines = [Double]()
    private var targetSines = [Double]()
    private var squares = [Double]()
    private var unused = [Double]()
    private var re: [Double]
    private var im: [Double]
    private var scratch: [Double]
    private var interleaved: [Double]
    private var potentialHat: Spectrum
    private var forceHat: Spectrum
    private var squareHat: Spectrum
    private var modesAreCurrent = false

    /// Relative error of W, and of F beside ∫|f| e^ℓ dμ, that the modes may have.
    private static let accuracy = (potential: 2e-12, force: 2e-11)
    /// Rounding of the modes and of their sums, a few ulp of each term.
    private static let rounding = 0x1p-49

    /// Fourier coefficients 0 … top of a real function, doubled but for the first.
    private struct Spectrum: Sendable {
        var re: [Double]
        var im: [Double]
        var interleaved: [Double]

        init(top: Int) {
            re = [Double](repeating: 0, count: top + 1)
            im = re
            interleaved = [Double](repeating: 0, count: 2 * top + 2)
        }

        mutating func apply(_ matrix: inout ModeMatrix, to y: [Double]) {
            matrix.apply(to: y, into: &interleaved)
            for j in 0...matrix.top {
                let share = j == 0 ? 1.0 : 2.0
                re[j] = share * interleaved[2 * j]
                im[j] = share * interleaved[2 * j + 1]
            }
        }
    }

    init(_ form: BilinearForm, modes: BilinearModes) {
        self.form = form
        valueNorm = form.value.norm
        let weight = BilinearWeight(tangentOf: form.value)
        degree = modes.degree + 2
        func matrix(_ weight: BilinearWeight) -> ModeMatrix {
            modes.matrix(of: weight, columns: modes.degree + 2, rows: modes.degree + 2)
        }
        potentialMatrix = matrix(.one)
        forceMatrix = matrix(weight)
        squareMatrix = matrix(weight.squared)
        potentialSizes = potentialMatrix.columnSizes
        forceSizes = forceMatrix.columnSizes
        re = [Double](repeating: 0, count: degree + 1)
        im = re
        scratch = [Double](repeating: 0, count: 16 * (degree + 1))
        interleaved = [Double](repeating: 0, count: 2 * degree)
        potentialHat = Spectrum(top: degree)
        forceHat = potentialHat
        squareHat = potentialHat
    }

    mutating func setSources(angles: [Double], masses: [Double]) {
        precondition(angles.count == masses.count)
        // Element by element: shared storage would make the owner copy it at its next change.
        if self.angles.count != angles.count {
            self.angles = [Double](repeating: 0, count: angles.count)
        }
        for j in 0..<angles.count { self.angles[j] = angles[j] }
        self.masses = masses
        modesAreCurrent = false
    }

    mutating func setModes(re knownRe: [Double], im knownIm: [Double]) {
        for k in 0...degree {
            re[k] = k < knownRe.count ? knownRe[k] : 0
            im[k] = k < knownIm.count ? knownIm[k] : 0
        }
        finishModes()
    }

    private mutating func prepareModes() {
        if modesAreCurrent { return }
        Self.turn(angles, &cosines, &sines)
        tf_point_modes(masses.count, cosines, sines, masses, degree, &scratch, &re, &im)
        finishModes()
    }

    private mutating func finishModes() {
        modesAreCurrent = true
        for k in 1...degree {
            interleaved[2 * k - 2] = re[k] / re[0]
            interleaved[2 * k - 1] = im[k] / re[0]
        }
        potentialHat.apply(&potentialMatrix, to: interleaved)
        forceHat.apply(&forceMatrix, to: interleaved)
        squareHat.apply(&squareMatrix, to: interleaved)
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

    /// Absolute error of a function computed from modes, whose matrix has these column sizes.
    private func modeError(_ sizes: [Double]) -> Double {
        var sum = sizes[0]
        for k in 1..<sizes.count { sum += sizes[k] * (abs(re[k]) + abs(im[k])) }
        return sum * Self.rounding
    }

    mutating func evaluate(
        at targets: [Double], gradient force: inout [Double], potential: inout [Double],
        shift: inout [Double]
    ) {
        let n = targets.count
        let useModes = masses.count > 2 * degree && masses.count > 32
        if !useModes {
            for i in 0..<n {
                (force[i], potential[i], shift[i]) = directSums(at: targets[i])
            }
            return
        }
        prepareModes()
        evaluateModes(targets, &force, &potential)
        let least = modeError(potentialSizes) / Self.accuracy.potential
        let leastForce = modeError(forceSizes) / Self.accuracy.force
        for i in 0..<n {
            shift[i] = 0
            let spread = squares[i] / valueNorm
            let isAccurate = abs(force[i]) > leastForce || spread > leastForce
            if potential[i] > least && (isAccurate || valueNorm == 0) {
                // The modes are those of mass 1.
                potential[i] *= re[0]
                force[i] *= re[0]
            } else {
                (force[i], potential[i], shift[i]) = directSums(at: targets[i])
            }
        }
    }

    private mutating func evaluateModes(
        _ targets: [Double], _ force: inout [Double], _ potential: inout [Double]
    ) {
        let n = targets.count
        Self.turn(targets, &targetCosines, &targetSines)
        if squares.count != n {
            squares = [Double](repeating: 0, count: n)
            unused = squares
        }
        tf_evaluate_modes(
            n, targetCosines, targetSines, degree, forceHat.re, forceHat.im, potentialHat.re,
            potentialHat.im, &force, &potential)
        tf_evaluate_modes(
            n, targetCosines, targetSines, degree, squareHat.re, squareHat.im, squareHat.re,
            squareHat.im, &squares, &unused)
        for i in 0..<n {
            force[i] += forceHat.re[0]
            potential[i] += potentialHat.re[0]
            squares[i] += squareHat.re[0]
        }
    }

    /// F and W at one target, times e^{shift}.
    private func directSums(at x: Double) -> (force: Double, potential: Double, shift: Double) {
        let shift = self.shift(at: x)
        var sums = (0.0, 0.0)
        withUnsafeMutableBytes(of: &sums) {
            tf_bilinear_sums(
                masses.count, angles, masses, x, form.numbers, shift,
                $0.baseAddress!.assumingMemoryBound(to: Double.self))
        }
        return (sums.1, sums.0, shift)
    }

    /// The exponent to add where e^{-2b} would leave the range of Double.
    private func shift(at x: Double) -> Double {
        if form.sharpness < 300 { return 0 }
        return -tf_bilinear_exponent(masses.count, angles, x, form.numbers)
    }

    func logPotential(at x: Double) -> Double {
        let sums = directSums(at: x)
        return log(sums.potential) - sums.shift
    }
}
