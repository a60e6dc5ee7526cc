import CVectorMath
import Foundation

/// Fields on S² between coefficients of real harmonics and values on rings.
///
///     synthesis  f(θ_r, φ_j) = Σ_lm c_lm Y_lm            analysis  c_lm = Σ_rj w_r f(θ_r, φ_j) Y_lm
///
/// Coefficients as in ``HarmonicLayout``. The rings are the Gauss–Legendre nodes z = cos θ, a multiple of
/// 16, with equispaced azimuths φ_j = 2πj/n: analysis is exact for products of degree at most
/// 2·rings - 1 and less than `longitudes` waves around a ring. Legendre sums use both signs of z, two
/// degrees a step, and nothing where functions vanish near the poles (``LegendreTables``); then
/// real FFTs by FFTW. Cost O(D³); results do not depend on the number of threads.
/// Source: arXiv:1202.6522 (SHTns) for how such sums are arranged.
public struct SphericalTransform: Sendable {
    /// Where coefficients stand.
    public let layout: HarmonicLayout
    /// Number of rings.
    public let rings: Int
    /// Number n of azimuths.
    public let longitudes: Int
    /// z of the rings, descending, shape [rings].
    public let heights: [Double]
    /// Weights of the points of each ring, of sum 1/n, shape [rings].
    public let weights: [Double]

    let tables: LegendreTables
    let fft: RealFFT
    /// Weights of the rings with z > 0 from the equator, over n.
    let northernWeights: [Double]

    /// Pieces of work: fixed, so that results are.
    static let pieces = 8

    /// A transform for degrees up to `degree` on at least `rings` rings of at least `longitudes` points.
    ///
    /// With `isSample` there may be fewer longitudes than waves: values are right, analysis is not.
    public init(degree: Int, rings: Int, longitudes: Int, isSample: Bool = false) {
        layout = HarmonicLayout(degree: degree)
        self.rings = (rings + 15) / 16 * 16
        self.longitudes = Self.smooth(isSample ? longitudes : max(longitudes, 2 * degree + 2))
        let rule = gaussLegendreRule(self.rings)
        let n = Double(self.longitudes)
        heights = rule.nodes
        weights = rule.weights.map { 0.5 * $0 / n }
        let half = self.rings / 2
        northernWeights = (0..<half).map { 0.5 * rule.weights[half - 1 - $0] / n }
        tables = LegendreTables(
            degree: degree, heights: (0..<half).map { rule.nodes[half - 1 - $0] })
        fft = RealFFT(length: self.longitudes)
    }

    /// The least even number from n on without prime factors above 5.
    static func smooth(_ n: Int) -> Int {
        var candidate = (n + 1) / 2 * 2
        while true {
            var rest = candidate
            for p in [2, 3, 5] { while rest % p == 0 { rest /= p } }
            if rest == 1 { return candidate }
            candidate += 2
        }
    }

    /// Numbers of an array with the sums of `fields` fields of orders 0 … `degree` on all rings.
    package func spectrumCount(degree: Int, fields: Int = 1) -> Int {
        2 * (degree + 1) * fields * rings
    }

    /// Multiplications and additions of the sums of one field.
    func operations(degree: Int) -> Double {
        let d = Double(degree)
        return 3 * d * d * Double(rings) / 8
    }

    // MARK: Sums over degrees

    /// Sums over the degrees l ≤ `degree` for every order and ring, shape [m][4][rings/2]
    /// (``CVectorMath``: tf_legendre_synthesis), as the Fourier coefficients of the rings.
    package func sumDegrees(
        of modes: [Double], in layout: HarmonicLayout, into spectrum: inout [Double]
    ) {
        let degree = min(layout.degree, self.layout.degree)
        let size = 4 * (degree / 2 + 1)
        var scratch = [Double](repeating: 0, count: Self.pieces * size)
        modes.withUnsafeBufferPointer { modes in
            spectrum.withUnsafeMutableBufferPointer { spectrum in
                scratch.withUnsafeMutableBufferPointer { scratch in
                    nonisolated(unsafe) let c = modes.baseAddress!
                    nonisolated(unsafe) let values = spectrum.baseAddress!
                    nonisolated(unsafe) let terms = scratch.baseAddress!
                    Workers.share(Self.pieces, operations: operations(degree: degree)) { piece in
                        let own = terms + piece * size
                        for m in stride(from: piece, through: degree, by: Self.pieces) {
                            prepareTerms(
                                c + 2 * layout.pair(m, m), order: m, degree: degree, into: own)
                            tables.withOrder(m, degree: degree) {
                                tf_legendre_synthesis($0, own, values + 2 * m * rings)
                            }
                        }
                    }
                }
            }
        }
    }

    /// terms[n] = s_n (c_{m+2n}, e_n), with e_n ε_{m+2n+1} + e_{n+1} ε_{m+2n+2} = c_{m+2n+1}.
    private func prepareTerms(
        _ c: UnsafePointer<Double>, order m: Int, degree: Int,
        into terms: UnsafeMutablePointer<Double>
    ) {
        let count = LegendreTables.terms(order: m, degree: degree)
        // Half of a pair belongs to each of e^{±imφ}.
        let (forRe, forIm) = m == 0 ? (1.0, 0.0) : (0.5, -0.5)
        var (re, im) = (0.0, 0.0)
        for n in stride(from: count - 1, through: 0, by: -1) {
            let l = m + 2 * n
            let s = tables.scale(n, order: m)
            if l + 1 <= degree {
                let (above, next) = (LegendreTables.ε(l + 1, m), LegendreTables.ε(l + 2, m))
                re = (c[4 * n + 2] - re * next) / above
                im = (c[4 * n + 3] - im * next) / above
            }
            terms[4 * n] = s * forRe * c[4 * n]
            terms[4 * n + 1] = s * forIm * c[4 * n + 1]
            terms[4 * n + 2] = s * forRe * re
            terms[4 * n + 3] = s * forIm * im
        }
    }

    /// The coefficients of `fields` fields (1 or 2), one after the other, from their weighted Fourier
    /// coefficients (``scatter(block:values:rows:fields:field:into:)``), shape [m][fields][4][rings/2].
    package func integrate(_ values: [Double], fields: Int, into modes: inout [Double]) {
        precondition(modes.count == fields * layout.count)
        let degree = layout.degree
        let sumSize = 4 * fields * (degree / 2 + 1)
        let size = sumSize + rings
        var scratch = [Double](repeating: 0, count: Self.pieces * size)
        values.withUnsafeBufferPointer { values in
            scratch.withUnsafeMutableBufferPointer { scratch in
                modes.withUnsafeMutableBufferPointer { modes in
                    nonisolated(unsafe) let f = values.baseAddress!
                    nonisolated(unsafe) let space = scratch.baseAddress!
                    nonisolated(unsafe) let target = modes.baseAddress!
                    let operations = operations(degree: degree) * Double(1 + fields) / 2
                    Workers.share(Self.pieces, operations: operations) { piece in
                        let sums = space + piece * size
                        for m in stride(from: piece, through: degree, by: Self.pieces) {
                            tables.withOrder(m, degree: degree) {
                                tf_legendre_analysis(
                                    $0, fields, f + 2 * m * fields * rings, sums + sumSize, sums)
                            }
                            for k in 0..<fields {
                                finishTerms(
                                    sums + 4 * k, stride: 4 * fields, order: m,
                                    into: target + k * layout.count + 2 * layout.pair(m, m))
                            }
                        }
                    }
                }
            }
        }
    }

    /// c_{m+2n} = s_n Σ p_n f and ε_{m+2n+1} c_{m+2n+1} = s_n Σ z p_n f - ε_{m+2n} c_{m+2n-1}.
    private func finishTerms(
        _ sums: UnsafePointer<Double>, stride: Int, order m: Int,
        into c: UnsafeMutablePointer<Double>
    ) {
        let degree = layout.degree
        let forIm = m == 0 ? 0.0 : 1
        var (re, im) = (0.0, 0.0)
        for n in 0..<LegendreTables.terms(order: m, degree: degree) {
            let l = m + 2 * n
            let s = tables.scale(n, order: m)
            let at = sums + n * stride
            c[4 * n] = s * at[0]
            c[4 * n + 1] = forIm * s * at[1]
            guard l + 1 <= degree else { continue }
            let (here, above) = (l > 0 ? LegendreTables.ε(l, m) : 0, LegendreTables.ε(l + 1, m))
            re = (s * at[2] - here * re) / above
            im = forIm * (s * at[3] - here * im) / above
            c[4 * n + 2] = re
            c[4 * n + 3] = im
        }
    }

    // MARK: Rings

    /// Numbers of a row: a ring as a half-complex spectrum.
    package var row: Int { longitudes + 2 }
    /// Blocks of 16 rings: eight and their mirror images.
    package var blocks: Int { rings / 16 }

    /// The number of the ring of one of the 16 rows of a block.
    package func ring(block: Int, row: Int) -> Int {
        row < 8 ? rings / 2 - 1 - (8 * block + row) : rings / 2 + 8 * block + row - 8
    }

    /// Values on the 16 rings of a block; `rows` and `values` hold 16 rows each.
    package func gather(
        block: Int, spectrum: UnsafePointer<Double>, degree: Int,
        rows: UnsafeMutablePointer<Double>, values: UnsafeMutablePointer<Double>
    ) {
        tf_rings_gather(degree, rings / 2, block, spectrum, longitudes, rows)
        for r in 0..<16 { fft.synthesise(rows + r * row, into: values + r * row) }
    }

    /// Weighted Fourier coefficients of the values on the 16 rings of a block, which are overwritten.
    package func scatter(
        block: Int, values: UnsafeMutablePointer<Double>, rows: UnsafeMutablePointer<Double>,
        fields: Int, field: Int, into spectrum: UnsafeMutablePointer<Double>
    ) {
        for r in 0..<16 { fft.analyse(values + r * row, into: rows + r * row) }
        tf_rings_scatter(
            layout.degree, rings / 2, block, rows, longitudes, northernWeights, tables.heights,
            fields, field, spectrum)
    }

    // MARK: Whole grids

    /// Values of the field with these coefficients, shape [rings][longitudes], at azimuths that are turned
    /// by an angle for each ring if there are `turns`.
    public func values(
        of modes: [Double], in layout: HarmonicLayout, turns: [Double]?
    ) -> [Double] {
        precondition(modes.count == layout.count)
        let degree = min(layout.degree, self.layout.degree)
        var spectrum = [Double](repeating: 0, count: spectrumCount(degree: degree))
        sumDegrees(of: modes, in: layout, into: &spectrum)
        var grid = [Double](repeating: 0, count: rings * longitudes)
        var (rows, values) = (
            [Double](repeating: 0, count: 16 * row), [Double](repeating: 0, count: 16 * row)
        )
        if let turns { turn(&spectrum, degree: degree, by: turns) }
        let isFolded = 2 * degree >= longitudes
        for block in 0..<blocks {
            if isFolded { fold(spectrum, degree: degree, block: block, into: &rows) }
            rows.withUnsafeMutableBufferPointer { rows in
                values.withUnsafeMutableBufferPointer { values in
                    spectrum.withUnsafeBufferPointer { spectrum in
                        if isFolded {
                            for r in 0..<16 {
                                fft.synthesise(
                                    rows.baseAddress! + r * row, into: values.baseAddress! + r * row
                                )
                            }
                            return
                        }
                        gather(
                            block: block, spectrum: spectrum.baseAddress!, degree: degree,
                            rows: rows.baseAddress!, values: values.baseAddress!)
                    }
                }
            }
            for r in 0..<16 {
                let to = ring(block: block, row: r) * longitudes
                for j in 0..<longitudes { grid[to + j] = values[r * row + j] }
            }
        }
        return grid
    }

    /// e^{im(φ + δ_r)} for e^{imφ} on every ring.
    private func turn(_ spectrum: inout [Double], degree: Int, by turns: [Double]) {
        let half = rings / 2
        for m in 0...degree {
            for ring in 0..<rings {
                let isNorth = ring < half
                let place = isNorth ? half - 1 - ring : ring - half
                let at = (4 * m + (isNorth ? 0 : 2)) * half + place
                let angle = Double(m) * turns[ring]
                let (c, s) = (cos(angle), sin(angle))
                let (re, im) = (spectrum[at], spectrum[at + half])
                spectrum[at] = re * c - im * s
                spectrum[at + half] = re * s + im * c
            }
        }
    }

    /// The rows of a block where there are more waves than points: e^{imφ} is e^{i(m - n)φ} there.
    private func fold(
        _ spectrum: [Double], degree: Int, block: Int, into rows: inout [Double]
    ) {
        let (half, n) = (rings / 2, longitudes)
        for i in rows.indices { rows[i] = 0 }
        for m in 0...degree {
            let wave = m % n
            let isMirrored = 2 * wave > n
            let k = isMirrored ? n - wave : wave
            let isOwnMirror = m > 0 && (k == 0 || 2 * k == n)
            for r in 0..<16 {
                let from = (4 * m + (r < 8 ? 0 : 2)) * half + 8 * block + r % 8
                let (re, im) = (spectrum[from], spectrum[from + half])
                rows[r * row + 2 * k] += isOwnMirror ? 2 * re : re
                rows[r * row + 2 * k + 1] += isOwnMirror ? 0 : isMirrored ? -im : im
            }
        }
    }

    /// Coefficients of the field with these values, shape [rings][longitudes].
    public func modes(of grid: [Double]) -> [Double] {
        precondition(grid.count == rings * longitudes)
        var spectrum = [Double](repeating: 0, count: spectrumCount(degree: layout.degree))
        var (rows, values) = (
            [Double](repeating: 0, count: 16 * row), [Double](repeating: 0, count: 16 * row)
        )
        for block in 0..<blocks {
            for r in 0..<16 {
                let from = ring(block: block, row: r) * longitudes
                for j in 0..<longitudes { values[r * row + j] = grid[from + j] }
            }
            rows.withUnsafeMutableBufferPointer { rows in
                values.withUnsafeMutableBufferPointer { values in
                    spectrum.withUnsafeMutableBufferPointer { spectrum in
                        scatter(
                            block: block, values: values.baseAddress!, rows: rows.baseAddress!,
                            fields: 1, field: 0, into: spectrum.baseAddress!)
                    }
                }
            }
        }
        var result = [Double](repeating: 0, count: layout.count)
        integrate(spectrum, fields: 1, into: &result)
        return result
    }

    /// Values times x, y or z (`axis` 0, 1, 2), shape [rings][longitudes].
    public func weighted(_ grid: [Double], byCoordinate axis: Int) -> [Double] {
        let n = longitudes
        let factors = (0..<n).map { j -> Double in
            let φ = 2 * .pi * Double(j) / Double(n)
            return axis == 0 ? cos(φ) : axis == 1 ? sin(φ) : 1
        }
        var result = grid
        for ring in 0..<rings {
            let z = heights[ring]
            let scale = axis == 2 ? z : ((1 - z) * (1 + z)).squareRoot()
            for j in 0..<n { result[ring * n + j] *= scale * factors[j] }
        }
        return result
    }
}
