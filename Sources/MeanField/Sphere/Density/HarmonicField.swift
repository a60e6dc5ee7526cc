import Spectral

/// A sum of spherical harmonics at many points.
struct HarmonicField {
    private let sums: SphericalPointModes

    /// Σ c_lm Y_lm with the coefficients of `layout`.
    init(_ modes: [Double], in layout: HarmonicLayout) {
        // A sum has at least one degree beyond the constant.
        let padded = HarmonicLayout(degree: max(1, layout.degree))
        var sums = SphericalPointModes(top: padded.degree)
        sums.setFields([layout.moved(modes, to: padded)])
        self.sums = sums
    }

    /// Its values at unit vectors.
    func values(at points: [[Double]]) -> [Double] {
        var places = SphericalPlaces()
        sums.place((0..<3).flatMap { c in points.map { $0[c] } }, into: &places)
        var values = [Double](repeating: 0, count: points.count)
        sums.evaluate(at: places, into: &values)
        return values
    }
}
