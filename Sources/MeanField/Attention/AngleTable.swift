import CVectorMath

/// Sines and cosines of angles and of their halves, in arrays that are kept.
///
/// Differences of angles then take no sine: sin((x - y)/2) = s_x c_y - c_x s_y, accurate relative to
/// 2^-53 of the angles themselves.
struct AngleTable: Sendable {
    /// sin(x/2), shape [n].
    private(set) var halfSines: [Double] = []
    /// cos(x/2).
    private(set) var halfCosines: [Double] = []
    /// sin x.
    private(set) var sines: [Double] = []
    /// cos x.
    private(set) var cosines: [Double] = []

    /// Tabulates the given angles; allocates only where their number has changed.
    mutating func set(_ angles: [Double]) {
        let n = angles.count
        if halfSines.count != n {
            let zero = [Double](repeating: 0, count: n)
            (halfSines, halfCosines, sines, cosines) = (zero, zero, zero, zero)
        }
        for i in 0..<n { sines[i] = 0.5 * angles[i] }
        tf_sincos(sines, &halfSines, &halfCosines, n)
        for i in 0..<n {
            let (s, c) = (halfSines[i], halfCosines[i])
            sines[i] = 2 * s * c
            cosines[i] = (c - s) * (c + s)
        }
    }
}
