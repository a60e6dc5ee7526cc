import CVectorMath
import Spectral

/// Fourier modes of weighted points on the circle, and Fourier series at points.
///
///     c_k = Σ_j m_j e^{-ik y_j},   f(x) = Σ_{k=1}^K Re(f_k e^{ikx})
///
/// By recurrences, at a cost of O(points · K), or through a grid (``NonuniformModes``) at O(points +
/// K log K), whichever takes fewer operations. Nothing is allocated while the number of points stays.
struct PointModes: Sendable {
    /// The highest mode K.
    let top: Int
    /// Through a grid; `nil` for recurrences.
    private var grid: NonuniformModes?

    private var angles = [Double]()
    private var sourcePlaces = NonuniformModes.Places()
    private var targetPlaces = NonuniformModes.Places()
    private var targetsAreSources = false
    private var cosines = [Double]()
    private var sines = [Double]()
    private var targetCosines = [Double]()
    private var targetSines = [Double]()
    private var scratch = [Double]()

    /// Modes for which the two ways cost the same.
    private static let crossover = 48

    init(top: Int) {
        self.top = top
        if top > Self.crossover {
            grid = NonuniformModes(top: top)
        } else {
            scratch = [Double](repeating: 0, count: 16 * (top + 1))
        }
    }

    /// Absolute error of Σ_k a_k c_k e^{ikx}, where Σ_k |a_k c_k| is `size` and `mass` is Σ_k |a_k| times
    /// the mass of the points.
    func error(size: Double, mass: Double) -> Double {
        grid == nil ? size * 0x1p-50 : mass * 0x1p-48
    }

    /// Writes c_0 … c_K of the sources.
    mutating func analyse(
        angles: [Double], masses: [Double], re: inout [Double], im: inout [Double]
    ) {
        if grid != nil {
            if self.angles.count != angles.count {
                self.angles = [Double](repeating: 0, count: angles.count)
            }
            for j in 0..<angles.count { self.angles[j] = angles[j] }
            grid!.place(angles, into: &sourcePlaces)
            grid!.analyse(masses, at: sourcePlaces, re: &re, im: &im)
        } else {
            Self.turn(angles, &cosines, &sines)
            tf_point_modes(masses.count, cosines, sines, masses, top, &scratch, &re, &im)
        }
    }

    /// Takes the points where series are wanted.
    mutating func setTargets(_ targets: [Double]) {
        guard grid != nil else { return Self.turn(targets, &targetCosines, &targetSines) }
        targetsAreSources = targets.count == angles.count
        var i = 0
        while targetsAreSources && i < targets.count {
            targetsAreSources = targets[i] == angles[i]
            i += 1
        }
        if !targetsAreSources { grid!.place(targets, into: &targetPlaces) }
    }

    /// Writes two series at the targets.
    mutating func synthesise(
        _ a: (re: [Double], im: [Double]), _ b: (re: [Double], im: [Double]),
        into f: inout [Double], _ g: inout [Double]
    ) {
        if grid != nil {
            grid!.synthesise(
                a, b, at: targetsAreSources ? sourcePlaces : targetPlaces, into: &f, &g)
        } else {
            tf_evaluate_modes(
                targetCosines.count, targetCosines, targetSines, top, a.re, a.im, b.re, b.im, &f,
                &g)
        }
    }

    /// Cosines and sines of `angles`.
    private static func turn(
        _ angles: [Double], _ cosines: inout [Double], _ sines: inout [Double]
    ) {
        if cosines.count != angles.count {
            cosines = angles
            sines = angles
        }
        tf_sincos(angles, &sines, &cosines, angles.count)
    }
}
