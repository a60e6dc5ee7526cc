import CVectorMath

/// Spherical harmonics of very many points on S², and fields at them, on any number of threads.
///
///     analysis    c_lm = Σ_j m_j Y_lm(x_j),          degrees l = 0 … L
///     synthesis   f(x_j) = Σ_lm f_lm Y_lm(x_j)
///
/// Coefficients stand as ``HarmonicLayout`` says, points are unit vectors up to rounding, shape
/// [3][N]. The sphere is taken as half of a torus of colatitude and azimuth, on which points are
/// spread over 16 × 16 points of a grid, at least twice as fine as L needs, with the window of
/// ``NonuniformModes`` in either direction; Fourier transforms along φ and matrices along θ lead to
/// Legendre functions (``SphericalGrid``). Poles are points like any other. Errors are about 1e-14
/// + 2e-17 l L of Σ|m_j| (2l + 1)^½ in degree l, as large of fields, where the last degrees may
/// lose more, as in ``NonuniformModes``. Cost: about 350 additions and multiplications for a point
/// in the analysis and 1200 for four fields in the synthesis, as vectors of eight make them, and
/// O(L³) small ones. 1 ≤ L ≤ 1024. Nothing is allocated while the number of points and fields
/// stays. Source: G. B. Wright, A. Javed, H. Montanelli, L. N. Trefethen, SIAM J. Sci. Comput. 38
/// (2016) C554, doi:10.1137/15M1045855 (the double sphere); doi:10.1137/18M120885X (the window).
public struct SphericalPointModes: Sendable {
    /// L.
    public let top: Int
    /// The most that ``top`` may be.
    public static let highestTop = SphericalGrid.highestTop

    let grid: SphericalGrid
    private var sums: SphericalRows
    private var fields: SphericalRows?
    /// The points on the grid, each piece on rows of its own.
    private var bands = [Double]()
    private var pieces = [Band]()
    /// Values on the grid with margins, shape [rows, fields, M + 16].
    private var lattice = [Double]()

    /// Rows of the grid that a piece of the points touches.
    struct Band {
        /// The first row of cells.
        var first: Int
        /// Number of grid rows, of which the first is `first` - 7.
        var rows: Int
        /// Where they stand.
        var start: Int
    }

    private static let width = Int(TF_WINDOW)
    static let window = NonuniformModes.windowCoefficients(terms: Int(TF_WINDOW))
    /// Points of a piece of the analysis.
    public static let piecePoints = 4096
    /// Most pieces.
    private static let mostPieces = 16
    /// Points of a piece of the synthesis.
    private static let synthesisPiece = 4096

    /// Harmonics up to degree `top`.
    public init(top: Int) {
        self.top = top
        grid = SphericalGrid.shared(top: top)
        sums = SphericalRows(grid: grid, fields: 1)
    }

    /// Additions and multiplications of an analysis and the synthesis of four fields at `points`
    /// points.
    ///
    /// More than there are, since transforms and sorting do not fill vectors as sums over pairs do:
    /// in proportion to times measured for L = 28 … 1007.
    public func operations(points: Int) -> Double {
        let (l, m) = (Double(top), Double(grid.count))
        return 3600 * Double(points) + 100 * l * l * l + 100 * m * m
    }

    /// Finds the places of the points at `positions`, shape [3][N].
    public func place(_ positions: [Double], into places: inout SphericalPlaces) {
        places.locate(positions, lines: grid.count)
    }

    // MARK: Analysis

    /// Writes c_lm of the masses at the places into `coefficients`; returns the root of the sum of
    /// squares on the grid, what rounding is relative to.
    @discardableResult
    public mutating func analyse(
        _ masses: [Double], at places: SphericalPlaces, into coefficients: inout [Double]
    ) -> Double {
        precondition(
            masses.count == places.count
                && coefficients.count == HarmonicLayout(degree: top).count)
        spread(masses, places)
        return sums.analyse(bands, pieces, into: &coefficients)
    }

    private mutating func spread(_ masses: [Double], _ places: SphericalPlaces) {
        let n = masses.count
        let count = max(1, min(Self.mostPieces, n / Self.piecePoints))
        let (lines, stride) = (grid.count, grid.count + Self.width)
        if pieces.count != count {
            pieces = [Band](repeating: Band(first: 0, rows: 0, start: 0), count: count)
            // Neighbours have at most one row of cells in common.
            bands = [Double](repeating: 0, count: (lines / 2 + Self.width * count) * stride)
        }
        var start = 0
        for piece in 0..<count {
            if n == 0 {
                pieces[piece] = Band(first: 0, rows: 0, start: 0)
                continue
            }
            let (from, to) = (n * piece / count, n * (piece + 1) / count)
            let first = Int(places.sorted[from].cell >> 16)
            let rows = Int(places.sorted[to - 1].cell >> 16) - first + Self.width
            pieces[piece] = Band(first: first, rows: rows, start: start)
            start += rows * stride
        }
        let operations = 90 * Double(n) + Double(start)
        bands.withUnsafeMutableBufferPointer { bands in
            places.sorted.withUnsafeBufferPointer { places in
                masses.withUnsafeBufferPointer { masses in
                    pieces.withUnsafeBufferPointer { pieces in
                        guard n > 0 else { return }
                        nonisolated(unsafe) let bands = bands.baseAddress!
                        nonisolated(unsafe) let (x, m) = (
                            places.baseAddress!, masses.baseAddress!
                        )
                        nonisolated(unsafe) let pieces = pieces
                        Workers.share(count, operations: operations) { piece in
                            let (from, to) = (n * piece / count, n * (piece + 1) / count)
                            let band = pieces[piece]
                            let target = bands + band.start
                            target.update(repeating: 0, count: band.rows * stride)
                            tf_sphere_spread(
                                lines, to - from, x + from, m, Self.window, band.first, target)
                        }
                    }
                }
            }
        }
    }

    // MARK: Synthesis

    /// Takes one or four fields.
    public mutating func setFields(_ coefficients: [[Double]]) {
        precondition(
            coefficients.count == 1 || coefficients.count == 4, "one field or four at a time")
        precondition(
            coefficients.allSatisfy { $0.count == HarmonicLayout(degree: top).count })
        if fields?.fields != coefficients.count {
            fields = SphericalRows(grid: grid, fields: coefficients.count)
            let rows = grid.count / 2 + Self.width - 1
            lattice = [Double](
                repeating: 0,
                count: rows * coefficients.count * (grid.count + Self.width))
        }
        fields!.synthesise(coefficients, into: &lattice)
    }

    /// Writes the values of the fields at the places into `values`, shape [N][fields].
    public func evaluate(at places: SphericalPlaces, into values: inout [Double]) {
        guard let count = fields?.fields else { preconditionFailure("there are no fields yet") }
        let n = places.count
        precondition(values.count == n * count)
        let pieces = (n + Self.synthesisPiece - 1) / Self.synthesisPiece
        let lines = grid.count
        let operations = (90 + 60 * Double(count)) * Double(n)
        values.withUnsafeMutableBufferPointer { values in
            places.sorted.withUnsafeBufferPointer { places in
                lattice.withUnsafeBufferPointer { lattice in
                    guard n > 0 else { return }
                    nonisolated(unsafe) let (x, values) = (
                        places.baseAddress!, values.baseAddress!
                    )
                    nonisolated(unsafe) let lattice = lattice.baseAddress!
                    Workers.share(pieces, operations: operations) { piece in
                        let from = piece * Self.synthesisPiece
                        tf_sphere_gather(
                            lines, min(n - from, Self.synthesisPiece), x + from, Self.window,
                            count, lattice, values)
                    }
                }
            }
        }
    }
}

extension SphericalPointModes {
    /// Absolute errors that rounding makes in fields whose coefficients of degree l are, together,
    /// those of points times `gains[l]`.
    ///
    /// `size`: the root of the sum of squares that ``analyse(_:at:into:)`` returned. Errors of the
    /// transforms are those of random numbers of the size 2^-53 on the grid; the factor is
    /// empirical.
    public func error(size: Double, gains: [Double], fields: ArraySlice<[Double]>) -> Double {
        let κ = grid.plan.correction
        var (analysis, synthesis) = (0.0, 0.0)
        for l in 0...top {
            let factor = κ[0] * κ[l] * gains[l]
            analysis += Double(2 * l + 1) * factor * factor
        }
        for field in fields {
            for m in 0...top {
                for l in m...top {
                    let i = 2 * HarmonicLayout(degree: top).pair(l, m)
                    let square = field[i] * field[i] + field[i + 1] * field[i + 1]
                    synthesis += κ[l] * κ[l] * square
                }
            }
        }
        return 0x1p-50 * (size * analysis.squareRoot() + synthesis.squareRoot() / κ[0])
    }
}
