import CVectorMath

/// Between harmonics and the rows of a grid on S², for one field or several at a time.
///
/// Columns are the real and imaginary parts of orders m, in the order of
/// ``SphericalGrid/column(_:)``, the fields of an order after each other. Even and odd parts of a
/// field under z → -z are taken apart: index 0 and 1 of the arrays.
struct SphericalRows: Sendable {
    /// Number of fields.
    let fields: Int
    private let grid: SphericalGrid
    /// At northern rows: for sums, shape [2][rows][columns]; for fields, shape [2][columns][rows].
    private var atRows: [Double]
    /// At northern nodes, shape [2][columns][nodes].
    private var atNodes: [Double]
    /// A row and its transform for each of the pieces.
    private var scratch: [Double]
    private var squares: [Double]

    /// Pieces of the rows.
    private static let rowPieces = 8
    /// Orders in a piece of a matrix product.
    private static let orders = 16

    init(grid: SphericalGrid, fields: Int) {
        self.grid = grid
        self.fields = fields
        let columns = 2 * fields * (grid.top + 1)
        atRows = [Double](repeating: 0, count: 2 * columns * grid.rows)
        atNodes = [Double](repeating: 0, count: 2 * columns * grid.nodes)
        scratch = [Double](repeating: 0, count: Self.rowPieces * 4 * (grid.count + 2))
        squares = [Double](repeating: 0, count: Self.rowPieces)
    }

    private var columns: Int { 2 * fields * (grid.top + 1) }

    /// The sums c_lm of points on the grid; returns the root of the sum of squares there.
    mutating func analyse(
        _ bands: [Double], _ pieces: [SphericalPointModes.Band], into coefficients: inout [Double]
    ) -> Double {
        transform(bands, pieces)
        Self.multiply(
            grid, fields, inner: grid.count / 4 + 1, width: grid.nodes, steps: (1, columns),
            by: grid.toNodes, from: atRows, &atNodes)
        let (grid, columns) = (grid, columns)
        let atNodes = atNodes
        coefficients.withUnsafeMutableBufferPointer { coefficients in
            nonisolated(unsafe) let pairs = coefficients.baseAddress!
            atNodes.withUnsafeBufferPointer { atNodes in
                nonisolated(unsafe) let even = atNodes.baseAddress!
                let odd = columns * grid.nodes
                let top = grid.top
                Workers.share(top + 1, operations: legendreOperations) { m in
                    let column = 2 * grid.column(m) * grid.nodes
                    let target = pairs + 2 * HarmonicLayout(degree: top).pair(m, m)
                    grid.withLegendre {
                        tf_legendre_sums(&$0, m, even + column, even + odd + column, target)
                    }
                    for i in 0...(top - m) { target[2 * i + 1] = m == 0 ? 0 : -target[2 * i + 1] }
                }
            }
        }
        return squares.reduce(0, +).squareRoot()
    }

    private var legendreOperations: Double {
        Double(fields + 1) * Double((grid.top + 1) * (grid.top + 1) * grid.nodes)
    }

    /// Writes the even and odd parts of the transforms along φ, northern rows.
    private mutating func transform(_ bands: [Double], _ pieces: [SphericalPointModes.Band]) {
        let (grid, columns) = (grid, columns)
        let (lines, top) = (grid.count, grid.top)
        let odd = columns * grid.rows
        let correction = grid.plan.correction
        let last = lines / 4
        let operations = 12 * Double(lines * lines)
        scratch.withUnsafeMutableBufferPointer { scratch in
            squares.withUnsafeMutableBufferPointer { squares in
                atRows.withUnsafeMutableBufferPointer { atRows in
                    bands.withUnsafeBufferPointer { bands in
                        nonisolated(unsafe) let (scratch, squares) = (
                            scratch.baseAddress!, squares.baseAddress!
                        )
                        nonisolated(unsafe) let (target, bands) = (
                            atRows.baseAddress!, bands.baseAddress!
                        )
                        Workers.share(Self.rowPieces, operations: operations) { piece in
                            let row = scratch + piece * 4 * (lines + 2)
                            let (north, south) = (row + lines + 2, row + 2 * (lines + 2))
                            var square = 0.0
                            let from = (last + 1) * piece / Self.rowPieces
                            let to = (last + 1) * (piece + 1) / Self.rowPieces
                            for r in from..<to {
                                square += Self.assemble(r, lines, bands, pieces, row)
                                grid.plan.fft.analyse(row, into: north)
                                if r < last {
                                    square += Self.assemble(
                                        lines / 2 - r, lines, bands, pieces, row)
                                    grid.plan.fft.analyse(row, into: south)
                                }
                                let other = r < last ? 1.0 : 0
                                let (even, odd) = (
                                    target + r * columns, target + odd + r * columns
                                )
                                for m in 0...top {
                                    let column = 2 * grid.column(m)
                                    for part in 0..<2 {
                                        let a = correction[m] * north[2 * m + part]
                                        let b = correction[m] * south[2 * m + part]
                                        even[column + part] = a + other * b
                                        odd[column + part] = other * (a - b)
                                    }
                                }
                            }
                            squares[piece] = square
                        }
                    }
                }
            }
        }
    }

    /// Writes row r of the grid, to which rows beyond the poles belong, turned by π; returns the
    /// sum of squares.
    private static func assemble(
        _ r: Int, _ lines: Int, _ bands: UnsafePointer<Double>,
        _ pieces: [SphericalPointModes.Band], _ row: UnsafeMutablePointer<Double>
    ) -> Double {
        row.update(repeating: 0, count: lines)
        let stride = lines + Int(TF_WINDOW)
        func add(_ line: Int, of band: SphericalPointModes.Band, shift: Int) {
            let i = line + 7 - band.first
            if i < 0 || i >= band.rows { return }
            tf_sphere_add_row(lines, bands + band.start + i * stride, shift, row)
        }
        for band in pieces {
            add(r, of: band, shift: 0)
            if r == 0 || r == lines / 2 { continue }
            add(-r, of: band, shift: lines / 2)
            add(lines - r, of: band, shift: lines / 2)
        }
        var square = 0.0
        for j in 0..<lines { square += row[j] * row[j] }
        return square
    }

    /// Multiplies the columns of each parity by the matrices of theirs.
    ///
    /// `steps`: from one column to the next and from one inner index to the next.
    private static func multiply(
        _ grid: SphericalGrid, _ fields: Int, inner: Int, width: Int, steps: (Int, Int),
        by matrices: [[Double]], from source: [Double], _ target: inout [Double]
    ) {
        let chunks = grid.top / 2 / orders + 1
        let operations = 2 * Double(fields * (grid.top + 1) * inner * width)
        let (sourceSize, targetSize) = (source.count / 2, target.count / 2)
        target.withUnsafeMutableBufferPointer { target in
            nonisolated(unsafe) let target = target.baseAddress!
            source.withUnsafeBufferPointer { source in
                nonisolated(unsafe) let source = source.baseAddress!
                Workers.share(4 * chunks, operations: operations) { piece in
                    let (parity, chunk) = (piece % 4, piece / 4)
                    let range = grid.columns(parity: parity / 2)
                    let from = range.lowerBound + chunk * orders
                    let to = min(range.upperBound, from + orders)
                    guard from < to else { return }
                    let first = 2 * fields * from
                    tf_matrix_product(
                        2 * fields * (to - from), inner, width,
                        source + parity % 2 * sourceSize + first * steps.0, steps.0, steps.1,
                        matrices[parity], target + parity % 2 * targetSize + first * width)
                }
            }
        }
    }

    /// Writes the fields on the grid into `lattice`, with margins.
    mutating func synthesise(_ coefficients: [[Double]], into lattice: inout [Double]) {
        sumDegrees(coefficients)
        Self.multiply(
            grid, fields, inner: grid.nodes, width: grid.rows, steps: (grid.nodes, 1),
            by: grid.toRows, from: atNodes, &atRows)
        tabulate(into: &lattice)
    }

    private mutating func sumDegrees(_ coefficients: [[Double]]) {
        let (grid, fields) = (grid, fields)
        let odd = columns * grid.nodes
        let operations = legendreOperations
        // One field stands for the others where there is only one.
        let last = fields - 1
        let (a, b) = (coefficients[0], coefficients[min(1, last)])
        let (c, d) = (coefficients[min(2, last)], coefficients[last])
        atNodes.withUnsafeMutableBufferPointer { atNodes in
            nonisolated(unsafe) let even = atNodes.baseAddress!
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    c.withUnsafeBufferPointer { c in
                        d.withUnsafeBufferPointer { d in
                            nonisolated(unsafe) let starts = (
                                a.baseAddress, b.baseAddress, c.baseAddress, d.baseAddress
                            )
                            Workers.share(grid.top + 1, operations: operations) { m in
                                let shift = 2 * HarmonicLayout(degree: grid.top).pair(m, m)
                                let column = 2 * fields * grid.column(m) * grid.nodes
                                var pairs = (
                                    starts.0! + shift, starts.1! + shift, starts.2! + shift,
                                    starts.3! + shift
                                )
                                withUnsafeBytes(of: &pairs) { pairs in
                                    let pairs = pairs.assumingMemoryBound(
                                        to: UnsafePointer<Double>?.self)
                                    grid.withLegendre {
                                        tf_legendre_values(
                                            &$0, m, fields, pairs.baseAddress!, even + column,
                                            even + odd + column)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private mutating func tabulate(into lattice: inout [Double]) {
        let (grid, columns, fields) = (grid, columns, fields)
        let lines = grid.count
        let last = lines / 4
        let operations = 12 * Double(fields * lines * lines)
        scratch.withUnsafeMutableBufferPointer { scratch in
            lattice.withUnsafeMutableBufferPointer { lattice in
                atRows.withUnsafeBufferPointer { atRows in
                    nonisolated(unsafe) let scratch = scratch.baseAddress!
                    nonisolated(unsafe) let (even, lattice) = (
                        atRows.baseAddress!, lattice.baseAddress!
                    )
                    let odd = even + columns * grid.rows
                    nonisolated(unsafe) let parts = (even, odd)
                    Workers.share(Self.rowPieces, operations: operations) { piece in
                        let row = scratch + piece * 4 * (lines + 2)
                        let spectrum = row + lines + 2
                        let from = (last + 1) * piece / Self.rowPieces
                        let to = (last + 1) * (piece + 1) / Self.rowPieces
                        for r in from..<to {
                            for field in 0..<fields {
                                for side in 0..<(r < last ? 2 : 1) {
                                    Self.gather(
                                        grid, parts, r, field: field, of: fields,
                                        side == 0 ? 1 : -1, spectrum)
                                    grid.plan.fft.synthesise(spectrum, into: row)
                                    Self.store(
                                        row, side == 0 ? r : lines / 2 - r, lines, field: field,
                                        of: fields, lattice)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Writes the Fourier coefficients of a field along the northern (`side` 1) or southern (-1)
    /// row r.
    private static func gather(
        _ grid: SphericalGrid, _ parts: (UnsafePointer<Double>, UnsafePointer<Double>), _ r: Int,
        field: Int, of fields: Int, _ side: Double, _ spectrum: UnsafeMutablePointer<Double>
    ) {
        spectrum.update(repeating: 0, count: grid.count + 2)
        for m in 0...grid.top {
            let column = 2 * (grid.column(m) * fields + field) * grid.rows + r
            let factor = (m == 0 ? 1 : 0.5) * grid.plan.correction[m]
            let (even, odd) = (parts.0 + column, parts.1 + column)
            spectrum[2 * m] = factor * (even[0] + side * odd[0])
            spectrum[2 * m + 1] =
                m == 0 ? 0 : -factor * (even[grid.rows] + side * odd[grid.rows])
        }
    }

    /// Puts a row of a field into the lattice, with margins, and turned by π beyond the poles.
    private static func store(
        _ row: UnsafePointer<Double>, _ r: Int, _ lines: Int, field: Int, of fields: Int,
        _ lattice: UnsafeMutablePointer<Double>
    ) {
        let stride = lines + Int(TF_WINDOW)
        func write(line: Int, shift: Int) {
            let target = lattice + ((line + 7) * fields + field) * stride
            let (head, tail) = (shift, lines - shift)
            for j in 0..<tail { target[8 + j] = row[head + j] }
            for j in 0..<head { target[8 + tail + j] = row[j] }
            for j in 0..<8 {
                target[j] = target[lines + j]
                target[lines + 8 + j] = target[8 + j]
            }
        }
        write(line: r, shift: 0)
        if (1...7).contains(r) { write(line: -r, shift: lines / 2) }
        if r < lines / 2 && r >= lines / 2 - 7 { write(line: lines - r, shift: lines / 2) }
    }
}
