import CVectorMath

/// A ρ Bᵀ for matrices of coefficients of several fields, as ``HopfKernel`` has them.
struct HopfProduct: Sendable {
    let degree: Int
    let fields: Int
    /// Numbers of a row of matrices, in blocks of eight.
    let row: Int

    /// Orders of one parity, at most.
    private var count: Int { degree / 2 + 1 }
    /// Numbers of the matrices of an angle, and of ρ.
    private var matrices: Int { 4 * count * count }
    private var plane: Int { 2 * (degree + 1) * row }

    /// Numbers that ``add`` needs, zero or left by it.
    var scratchCount: Int { 2 * matrices + 2 * plane }

    /// Adds A ρ Bᵀ, shape [2][m₁][m₂][2][fields], to `result`; ρ has the shape [2][m₂][m₁][2][fields].
    ///
    /// Only m₁ + m₂ ≤ degree count in either.
    func add(
        _ a: HopfAngleKernel, _ ρ: UnsafePointer<Double>, _ b: HopfAngleKernel,
        to result: UnsafeMutablePointer<Double>, scratch: UnsafeMutablePointer<Double>
    ) {
        guard a.last >= 0 && b.last >= 0 else { return }
        let (left, right) = (scratch, scratch + matrices)
        let half = right + matrices
        let turned = half + plane
        a.write(into: left, count: count)
        b.write(into: right, count: count)
        multiply(
            right, ρ, into: half, width: a.last, rows: Orders(last: b.last),
            terms: Orders(last: b.last, sum: degree), adds: false)
        let (side, block) = (2 * fields, (degree + 1) * row)
        for kind in 0..<2 {
            for other in 0..<2 {
                let from = half + kind * block + other * fields
                let to = turned + other * block + kind * fields
                tf_transpose(b.last + 1, a.last + 1, fields, from, row, side, to, row, side)
            }
        }
        // Nothing beyond the orders of φ₂ that B keeps.
        let end = side * (b.last + 1)
        for m in 0...a.last {
            for kind in 0..<2 {
                let own = turned + (kind * (degree + 1) + m) * row
                for i in end..<((end + 7) & ~7) { own[i] = 0 }
            }
        }
        multiply(
            left, turned, into: result, width: b.last, rows: Orders(last: a.last, sum: degree),
            terms: Orders(last: a.last), adds: true)
    }

    /// Which orders of one angle count beside those of the other.
    private struct Orders {
        /// The last one.
        var last: Int
        /// The largest sum with the order of the other angle.
        var sum = Int.max

        /// How many of one parity count in every block of columns, where orders of the other angle have
        /// `side` columns.
        func counts(parity: Int, blocks: Int, side: Int) -> [Int32] {
            (0..<blocks).map { block in
                let most = min(last, sum - 8 * block / side)
                return most < parity ? 0 : Int32((most - parity) / 2 + 1)
            }
        }
    }

    /// Matrices of one angle times rows of orders up to `width` of the other.
    private func multiply(
        _ matrices: UnsafePointer<Double>, _ source: UnsafePointer<Double>,
        into result: UnsafeMutablePointer<Double>, width: Int, rows: Orders, terms: Orders,
        adds: Bool
    ) {
        let side = 2 * fields
        var shape = tf_product_shape(
            blocks: (side * (width + 1) + 7) / 8, matrix_row: count, source_row: 2 * row,
            result_row: 2 * row)
        for parity in 0...min(1, rows.last) {
            let rows = rows.counts(parity: parity, blocks: shape.blocks, side: side)
            let terms = terms.counts(parity: parity, blocks: shape.blocks, side: side)
            for kind in 0..<2 {
                let from = (kind * (degree + 1) + parity) * row
                tf_multiply_matrices(
                    &shape, rows, terms, matrices + (2 * kind + parity) * count * count,
                    source + from, result + from, adds ? 1 : 0)
            }
        }
    }
}
