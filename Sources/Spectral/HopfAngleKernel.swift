/// What the kernel of one Hopf angle does to cosines and sines.
///
///     e^{α cos φ cos φ' + γ sin φ sin φ' - α} = Σ_{m,m'} K_mm' e^{imφ - im'φ'},   m ≡ m' (mod 2)
///     K_mm' = I_{(m+m')/2}(s) I_{(m-m')/2}(d) e^{-s-d},   s = (α + γ)/2,   d = (α - γ)/2
///
/// real, so that cosines go to cosines by K_mm' + K_m,-m' (halved for m = 0) and sines to sines by
/// K_mm' - K_m,-m', even orders to even and odd to odd ones. From the generating function of the modified
/// Bessel functions (NIST DLMF 10.35.2).
struct HopfAngleKernel: Sendable {
    /// Last order of matrices that are kept; -1 if none is.
    let last: Int
    /// I_j(s) e^{-s} and I_k(d) e^{-d}, these times the scale.
    private let sums: [Double]
    private let differences: [Double]

    /// `scale` times the kernel of α ≥ |γ|, up to `degree`, without the orders all of whose entries are
    /// below `least`.
    init(_ α: Double, _ γ: Double, scale: Double, degree: Int, least: Double) {
        let sums = scaledBesselI(upTo: degree, (α + γ) / 2)
        let differences = scaledBesselI(upTo: degree, (α - γ) / 2).map { scale * $0 }
        last =
            (0...degree).last { m in
                (0...m).contains { k in sums[m - k] * differences[k] >= least }
            } ?? -1
        (self.sums, self.differences) = (sums, differences)
    }

    /// Writes the matrices of even and odd cosines, even and odd sines, shape [2][2][count][count].
    func write(into matrices: UnsafeMutablePointer<Double>, count: Int) {
        sums.withUnsafeBufferPointer { sums in
            differences.withUnsafeBufferPointer { differences in
                for parity in 0...min(1, last) {
                    for i in 0...((last - parity) / 2) {
                        let cosines = matrices + (parity * count + i) * count
                        let sines = cosines + 2 * count * count
                        let half = parity + i == 0 ? 0.5 : 1
                        for k in 0...((last - parity) / 2) {
                            let (sum, gap) = (parity + i + k, abs(i - k))
                            let direct = sums[sum] * differences[gap]
                            let mirrored = sums[gap] * differences[sum]
                            cosines[k] = half * (direct + mirrored)
                            sines[k] = direct - mirrored
                        }
                    }
                }
            }
        }
    }
}
