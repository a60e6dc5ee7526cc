import Foundation
import MeanField

/// A zonal measure on S^{d-1} by its moments, or by rings.
///
///     density   𝔼|X - Y| = C_d - Σ_l g_l m_l m̂_l,   m_l = ∫ P_l(<x,e>) dμ (``ChordExpansion``)
///     rings     𝔼|X - Y| = Σ_i Σ_j p_i m_j u(α_i, θ_j) (``RingChord``)
///
/// for tokens that need not be zonal: only their angles α to the axis enter. The errors of modes are those
/// of the moments m_l, of which N independent tokens of the uniform density leave (N_l N)^{-1/2}. Cost:
/// N times the number of moments or rings.
struct ZonalComparison: ComparedMeasure {
    private let axis: [Double]
    /// m_0 …, all of a density, as many as are compared otherwise.
    private let moments: [Double]
    private let expansion: ChordExpansion
    private let rings: Rings?
    let ownMeanChord: Double

    private struct Rings {
        /// sin and cos of half the angles.
        var sines: [Double]
        var cosines: [Double]
        var masses: [Double]
        var chord: RingChord

        func mean(_ sine: Double, _ cosine: Double) -> Double {
            var sum = 0.0
            for j in masses.indices {
                let (a, b) = (sine * cosines[j], cosine * sines[j])
                sum += masses[j] * chord.mean(a - b, a + b)
            }
            return sum
        }
    }

    init(_ measure: ZonalMeasure, degrees: Int) {
        axis = measure.axis
        let degree = measure.degree
        let known = measure.moments(upTo: max(degrees, degree ?? 0))
        moments = known
        expansion = ChordExpansion(dimension: axis.count, upTo: degree ?? 0)
        guard degree == nil else {
            rings = nil
            ownMeanChord = expansion.mean(of: known.map { $0 * $0 })
            return
        }
        let (angles, masses) = measure.points
        let rings = Rings(
            sines: angles.map { sin($0 / 2) },
            // Exactly zero at the pole -e.
            cosines: angles.map { $0 >= .pi ? 0 : cos($0 / 2) }, masses: masses,
            chord: RingChord(dimension: axis.count))
        ownMeanChord = masses.indices.reduce(0) {
            $0 + masses[$1] * rings.mean(rings.sines[$1], rings.cosines[$1])
        }
        self.rings = rings
    }

    func meanChord(to tokens: TokenMeasure, degrees: Int) -> (mean: Double, modeErrors: [Double]) {
        var sums = [Double](repeating: 0, count: moments.count)
        var mean = 0.0
        for i in 0..<tokens.count {
            var (below, above, height) = (0.0, 0.0, 0.0)
            for (c, e) in axis.enumerated() {
                let x = tokens.positions[c * tokens.count + i]
                below += (x - e) * (x - e)
                above += (x + e) * (x + e)
                height += x * e
            }
            let polynomials = zonalPolynomials(
                upTo: moments.count - 1, dimension: axis.count, at: height)
            for l in sums.indices { sums[l] += tokens.masses[i] * polynomials[l] }
            if let rings {
                // |x - e| = 2 sin(α/2), |x + e| = 2 cos(α/2).
                mean +=
                    tokens.masses[i]
                    * rings.mean(below.squareRoot() / 2, above.squareRoot() / 2)
            }
        }
        if rings == nil { mean = expansion.mean(of: zip(moments, sums).map { $0 * $1 }) }
        return (mean, (1...degrees).map { abs(sums[$0] - moments[$0]) })
    }
}

extension ZonalMeasure {
    /// What the distances from tokens need of the measure, with errors of moments up to `degrees`.
    public func compared(degrees: Int) -> any ComparedMeasure {
        ZonalComparison(self, degrees: degrees)
    }
}
