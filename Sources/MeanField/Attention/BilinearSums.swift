import CVectorMath
import Foundation

/// W and F of weighted points for any Q, K, V, with relative accuracy everywhere.
///
///     W(θ) = Σ_j m_j e^{ℓ(θ, φ_j)},   F(θ) = Σ_j m_j f(θ, φ_j) e^{ℓ(θ, φ_j)}        (``BilinearForm``)
///
/// Two ways, which agree where both are accurate: Fourier modes (``PointModes``, ``BilinearModes``), whose
/// error is of the size of rounding beside the largest W and F, and scaled direct sums, whose error is a
/// few ulp of the sum of absolute values however small that is; where many close targets need these, at
/// some of them (``TargetRuns``). A target takes the modes where W and a lower bound of ∫|f| e^ℓ dμ,
/// either |F| or ∫f² e^ℓ dμ/‖V‖, are far above the error of the modes; the direct sum elsewhere.
/// Cost: O(sources + targets + degree²), and O(sources) for each direct sum.
struct BilinearSums: AttentionSums {
    /// ‖V‖.
    private let valueNorm: Double
    private let degree: Int
    private var potentialMatrix: ModeMatrix
    private var forceMatrix: ModeMatrix
    private var squareMatrix: ModeMatrix
    /// What errors of the modes of the measure do to W and F: for each degree.
    private let potentialSizes: [Double]
    private let forceSizes: [Double]

    private var direct: DirectSums
    private var modes: PointModes
    private var runs: TargetRuns
    private var isServed = [Bool]()
    private var squares = [Double]()
    private var unused = [Double]()
    private var re: [Double]
    private var im: [Double]
    private var interleaved: [Double]
    private var potentialHat: Spectrum
    private var forceHat: Spectrum
    private var squareHat: Spectrum
    private var modesAreCurrent = false

    /// Relative error of W, and of F beside ∫|f| e^ℓ dμ, that the modes may have.
    private static let accuracy = (potential: 2e-12, force: 2e-11)

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
        direct = DirectSums(form: form)
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
        self.modes = PointModes(top: degree)
        runs = TargetRuns(steepness: form.sharpness)
        interleaved = [Double](repeating: 0, count: 2 * degree)
        potentialHat = Spectrum(top: degree)
        forceHat = potentialHat
        squareHat = potentialHat
    }

    mutating func setSources(angles: [Double], masses: [Double]) {
        direct.setSources(angles: angles, masses: masses)
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
        modes.analyse(angles: direct.angles, masses: direct.masses, re: &re, im: &im)
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

    /// Absolute error of a function computed from modes, whose matrix has these column sizes.
    private func modeError(_ sizes: [Double]) -> Double {
        var (sum, all) = (sizes[0], sizes[0])
        for k in 1..<sizes.count {
            sum += sizes[k] * (abs(re[k]) + abs(im[k]))
            all += sizes[k]
        }
        return modes.error(size: 2 * sum, mass: all * abs(re[0]))
    }

    mutating func evaluate(
        at targets: [Double], gradient force: inout [Double], potential: inout [Double],
        shift: inout [Double]
    ) {
        let n = targets.count
        if isServed.count != n { isServed = [Bool](repeating: false, count: n) }
        if direct.masses.count > 2 * degree && direct.masses.count > 32 {
            serveByModes(targets, &force, &potential, &shift)
        } else {
            for i in 0..<n { isServed[i] = false }
        }
        runs.fill(
            except: isServed, of: targets, gradient: &force, potential: &potential, shift: &shift,
            exact: &direct)
    }

    /// Fills W and F where the modes are accurate, and says where that is.
    private mutating func serveByModes(
        _ targets: [Double], _ force: inout [Double], _ potential: inout [Double],
        _ shift: inout [Double]
    ) {
        prepareModes()
        evaluateModes(targets, &force, &potential)
        let least = modeError(potentialSizes) / Self.accuracy.potential
        let leastForce = modeError(forceSizes) / Self.accuracy.force
        for i in 0..<targets.count {
            let spread = squares[i] / valueNorm
            let isAccurate = abs(force[i]) > leastForce || spread > leastForce
            isServed[i] = potential[i] > least && (isAccurate || valueNorm == 0)
            if isServed[i] {
                shift[i] = 0
                // The modes are those of mass 1.
                potential[i] *= re[0]
                force[i] *= re[0]
            }
        }
    }

    private mutating func evaluateModes(
        _ targets: [Double], _ force: inout [Double], _ potential: inout [Double]
    ) {
        let n = targets.count
        modes.setTargets(targets)
        if squares.count != n {
            squares = [Double](repeating: 0, count: n)
            unused = squares
        }
        modes.synthesise(
            (forceHat.re, forceHat.im), (potentialHat.re, potentialHat.im), into: &force,
            &potential)
        modes.synthesise(
            (squareHat.re, squareHat.im), (squareHat.re, squareHat.im), into: &squares, &unused)
        for i in 0..<n {
            force[i] += forceHat.re[0]
            potential[i] += potentialHat.re[0]
            squares[i] += squareHat.re[0]
        }
    }

    func logPotential(at x: Double) -> Double {
        let sums = direct.sums(at: x)
        return log(sums.potential) - sums.shift
    }

    /// Scaled sums over all sources.
    struct DirectSums: TargetRuns.Exact, Sendable {
        let form: BilinearForm
        private(set) var angles = [Double]()
        private(set) var masses = [Double]()

        init(form: BilinearForm) {
            self.form = form
        }

        mutating func setSources(angles: [Double], masses: [Double]) {
            precondition(angles.count == masses.count)
            // Element by element: shared storage would make the owner copy it at its next change.
            if self.angles.count != angles.count {
                self.angles = [Double](repeating: 0, count: angles.count)
            }
            for j in 0..<angles.count { self.angles[j] = angles[j] }
            self.masses = masses
        }

        /// W and F at one target, times e^{shift}; `shift` is 0 unless e^{-2b} leaves the range of
        /// Double.
        func sums(at x: Double) -> TargetRuns.Sums {
            let shift =
                form.sharpness < 300
                ? 0 : -tf_bilinear_exponent(masses.count, angles, x, form.numbers)
            var sums = (0.0, 0.0)
            withUnsafeMutableBytes(of: &sums) {
                tf_bilinear_sums(
                    masses.count, angles, masses, x, form.numbers, shift,
                    $0.baseAddress!.assumingMemoryBound(to: Double.self))
            }
            return (sums.0, sums.1, shift)
        }
    }
}
