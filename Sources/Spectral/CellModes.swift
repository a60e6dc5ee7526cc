import CVectorMath
import Foundation

/// Fourier modes of very many points on the circle, and Fourier series at them, on any number of threads.
///
///     analysis    c_k = Σ_j m_j e^{-ik x_j},                  k = 0 … K
///     synthesis   a(x_j) = Σ_k Re(a_k e^{ik x_j}),            k = 0 … K,  and b alike
///
/// The window and the grid are those of ``NonuniformModes``, but nothing is stored for a point: with f the
/// place of a point in its cell between grid points, the weights of the window are polynomials in f, so
/// that a cell needs of its points only the sums Σ m f^p, p = 0 … 15, and a series is one polynomial for each
/// cell. Points of one cell that follow each other are taken eight at a time; any order will do. Errors
/// are as in ``NonuniformModes``. Cost: O(points + K log K), about 16 operations for a point in the
/// analysis and 32 in the synthesis where points ascend. |x_j| ≤ 1e5.
/// Source of the window: doi:10.1137/18M120885X.
public struct CellModes: Sendable {
    /// The highest mode K.
    public let top: Int
    /// Number of cells, and of grid points.
    public let count: Int

    private static let window = NonuniformModes.windowCoefficients(terms: Int(TF_CELL))
    /// Least points of a piece of the analysis, which has sums of its own, also for each cell.
    private static let (analysisPiece, cellPoints) = (20_000, 10)
    /// Most pieces, and most where each has four times as many points, for processes that share them.
    private static let (mostPieces, mostLargePieces) = (16, 64)
    /// Points of a piece of the synthesis: its arrays stay in the cache.
    private static let synthesisPiece = 8192

    private let plan: NonuniformModes.Plan
    private let cells: tf_cells
    private var moments = [Double]()
    private var grids = [Double]()
    private var spectrum: [Double]
    private var values: [Double]
    private var first: [Double]
    private var second: [Double]
    private var series: [Double]
    private var bounds = [Double]()

    /// Modes up to `top` ≥ 1.
    public init(top: Int) {
        precondition(top >= 1)
        self.top = top
        plan = NonuniformModes.Plan.shared(top: top)
        count = plan.fft.length
        let n = Double(count)
        let leading = Self.leadingBits(2 * .pi / n)
        let next = Self.leadingBits((2 * .pi - n * leading) / n)
        // Products with numbers of 26 bits are exact; 2π is 2.4e-16 more than its Double.
        let rest = (2 * .pi - n * leading) - n * next + 2.4492935982947064e-16
        cells = tf_cells(count: count, width: (leading, next, rest / n))
        spectrum = [Double](repeating: 0, count: count + 2)
        values = [Double](repeating: 0, count: count)
        first = [Double](repeating: 0, count: count + Int(TF_CELL) + 8)
        second = first
        series = [Double](repeating: 0, count: 2 * Int(TF_CELL) * count)
    }

    private static func leadingBits(_ x: Double) -> Double {
        Double(bitPattern: x.bitPattern & ~((1 << 27) - 1))
    }

    /// Additions and multiplications of an analysis and a synthesis at `points` points.
    ///
    /// Twice as many as there are, since few of them fill whole vectors.
    public func operations(points: Int) -> Double {
        let n = Double(count)
        let pieces = Double(pieces(points))
        return 350 * Double(points) + 20 * n * log2(n) + 512 * n * (2 + pieces)
    }

    /// Pieces of the analysis.
    public func pieces(_ points: Int) -> Int {
        let least = max(Self.analysisPiece, Self.cellPoints * count)
        return max(
            1, min(Self.mostPieces, points / least), min(Self.mostLargePieces, points / (4 * least))
        )
    }

    /// Writes c_0 … c_K, and returns the root of the sum of squares on the grid: what rounding is relative to.
    ///
    /// Of points that are spread over processes, `share` is here: whole pieces, so that the modes of all
    /// of them have the bits that one process finds.
    public mutating func analyse(
        angles: [Double], masses: [Double], share: PointShare? = nil, re: inout [Double],
        im: inout [Double]
    ) -> Double {
        precondition(angles.count == masses.count && re.count > top && im.count > top)
        let share = share ?? PointShare(of: angles.count, pieces: pieces(angles.count))
        spread(angles, masses, share)
        let (n, margin, length) = (count, Int(TF_CELL) / 2, first.count)
        for i in 0..<n { values[i] = 0 }
        for piece in 0..<share.pieceCount {
            let start = piece * length + margin
            for i in 0..<n { values[i] += grids[start + i] }
            for i in 0..<margin {
                values[n - margin + i] += grids[start - margin + i]
                values[i] += grids[start + n + i]
            }
        }
        var square = 0.0
        for value in values { square += value * value }
        plan.fft.analyse(&values, into: &spectrum)
        for k in 0...top {
            re[k] = plan.correction[k] * spectrum[2 * k]
            im[k] = plan.correction[k] * spectrum[2 * k + 1]
        }
        return square.squareRoot()
    }

    /// The points on the grid, each piece on one of its own.
    private mutating func spread(_ angles: [Double], _ masses: [Double], _ share: PointShare) {
        let pieces = share.pieceCount
        let (size, length) = (Int(TF_CELL) * count, first.count)
        if grids.count != pieces * length {
            moments = [Double](repeating: 0, count: pieces * size)
            grids = [Double](repeating: 0, count: pieces * length)
        }
        if share.communicator != nil { for i in grids.indices { grids[i] = 0 } }
        let (cells, count, own) = (cells, count, share.pieces)
        let work = 80 * Double(angles.count) + 512 * Double(own.count * count)
        angles.withUnsafeBufferPointer { angles in
            masses.withUnsafeBufferPointer { masses in
                moments.withUnsafeMutableBufferPointer { moments in
                    grids.withUnsafeMutableBufferPointer { grids in
                        nonisolated(unsafe) let (x, m) = (angles.baseAddress, masses.baseAddress)
                        nonisolated(unsafe) let sums = moments.baseAddress!
                        nonisolated(unsafe) let grids = grids.baseAddress!
                        Workers.share(own.count, operations: work) { index in
                            var cells = cells
                            let piece = own.lowerBound + index
                            let (start, end) = share.places(ofPiece: piece)
                            let (sums, grid) = (sums + piece * size, grids + piece * length)
                            sums.update(repeating: 0, count: size)
                            grid.update(repeating: 0, count: length)
                            guard start < end else { return }
                            tf_cell_moments(&cells, end - start, x! + start, m! + start, sums)
                            tf_cell_spread(&cells, sums, Self.window, grid)
                        }
                    }
                }
            }
        }
        // Every piece is zero but on one process: there is nothing to round.
        share.communicator?.sum(&grids)
    }

    /// Absolute errors that rounding makes in a series whose coefficients are a_k = Σ_j T_kj c_j.
    ///
    /// `size`: the root of the sum of squares that ``analyse(angles:masses:re:im:)`` returned; `weights`:
    /// Σ_k |T_kj| for each j; `coefficients`: of the series. Errors of the transforms are those of
    /// random numbers of the size 2^-53 on the grid; the factor is empirical: measured errors were up to
    /// 0.62 of what this gives.
    public func error(
        size: Double, weights: [Double], coefficients: (re: [Double], im: [Double])
    ) -> Double {
        var (analysis, synthesis) = (0.0, 0.0)
        for k in 0...top {
            let factor = plan.correction[k]
            let weight = factor * weights[k]
            analysis += weight * weight
            let (re, im) = (factor * coefficients.re[k], factor * coefficients.im[k])
            synthesis += re * re + im * im
        }
        return 0x1p-50
            * (size * analysis.squareRoot() + synthesis.squareRoot() / plan.correction[0])
    }

    /// Takes two series.
    public mutating func setSeries(
        _ a: (re: [Double], im: [Double]), _ b: (re: [Double], im: [Double])
    ) {
        tabulate(a.re, a.im)
        padPeriodically(values, margin: Int(TF_CELL) / 2, into: &first)
        tabulate(b.re, b.im)
        padPeriodically(values, margin: Int(TF_CELL) / 2, into: &second)
        let (pieces, count) = (4, count)
        let (constantA, constantB) = (a.re[0], b.re[0])
        let (cells, first, second) = (cells, first, second)
        series.withUnsafeMutableBufferPointer { series in
            nonisolated(unsafe) let series = series.baseAddress!
            Workers.share(pieces, operations: Double(1024 * count)) { piece in
                var cells = cells
                tf_cell_gather(
                    &cells, count * piece / pieces, count * (piece + 1) / pieces, Self.window,
                    first, second, constantA, constantB, series)
            }
        }
    }

    /// The series on the grid, its modes corrected and without its constant, in `values`.
    private mutating func tabulate(_ re: [Double], _ im: [Double]) {
        tabulateSeries(
            re, im, correction: plan.correction, by: plan.fft, spectrum: &spectrum,
            into: &values)
    }

    /// How well quotients are known: the largest |v| less its error, and the largest error of v.
    public struct Bounds: Sendable {
        /// max (|v| - error), at least 0.
        public var surest = 0.0
        /// max error; infinite where the denominator is not known to be positive.
        public var worst = 0.0
    }

    /// Writes v = `factor` a/b and b at the points; `errors` are those of a and of b.
    public mutating func quotients(
        at angles: [Double], factor: Double, errors: (Double, Double), into v: inout [Double],
        _ b: inout [Double]
    ) -> Bounds {
        evaluate(at: angles, factor: factor, errors: errors, into: &v, &b)
        var all = Bounds()
        for i in stride(from: 0, to: bounds.count, by: 2) {
            all.surest = max(all.surest, bounds[i])
            all.worst = max(all.worst, bounds[i + 1])
        }
        return all
    }

    /// Writes a and b at the points.
    public mutating func values(
        at angles: [Double], into a: inout [Double], _ b: inout [Double]
    ) {
        evaluate(at: angles, factor: nil, errors: (0, 0), into: &a, &b)
    }

    private mutating func evaluate(
        at angles: [Double], factor: Double?, errors: (Double, Double), into a: inout [Double],
        _ b: inout [Double]
    ) {
        precondition(a.count == angles.count && b.count == angles.count)
        let points = angles.count
        let pieces = (points + Self.synthesisPiece - 1) / Self.synthesisPiece
        let (cells, series) = (cells, series)
        if bounds.count != 2 * pieces { bounds = [Double](repeating: 0, count: 2 * pieces) }
        a.withUnsafeMutableBufferPointer { a in
            b.withUnsafeMutableBufferPointer { b in
                bounds.withUnsafeMutableBufferPointer { bounds in
                    angles.withUnsafeBufferPointer { angles in
                        nonisolated(unsafe) let x = angles.baseAddress
                        nonisolated(unsafe) let (a, b) = (a.baseAddress, b.baseAddress)
                        nonisolated(unsafe) let bounds = bounds.baseAddress
                        Workers.share(pieces, operations: 100 * Double(points)) { piece in
                            var cells = cells
                            let start = piece * Self.synthesisPiece
                            let n = min(Self.synthesisPiece, points - start)
                            tf_cell_series(&cells, n, x! + start, series, a! + start, b! + start)
                            guard let factor else { return }
                            tf_token_quotients(
                                n, factor, errors.0, errors.1, b! + start, a! + start,
                                bounds! + 2 * piece)
                        }
                    }
                }
            }
        }
    }
}
