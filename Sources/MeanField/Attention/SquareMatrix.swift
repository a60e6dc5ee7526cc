import CLAPACK

/// A real d × d matrix: Q, K or V on S^{d-1}.
///
/// Entries are finite, of either sign; nothing is refused. Norms and spectra by LAPACK, O(d³).
public struct SquareMatrix: Sendable, Equatable {
    /// d.
    public let count: Int
    /// Row after row, shape [d, d].
    public private(set) var entries: [Double]

    /// The matrix of the given entries, row after row.
    public init(count: Int, entries: [Double]) {
        precondition(entries.count == count * count)
        self.count = count
        self.entries = entries
    }

    /// The matrix of the given rows.
    public init(rows: [[Double]]) {
        self.init(count: rows.count, entries: rows.flatMap { $0 })
    }

    /// The matrix with the given diagonal.
    public init(diagonal: [Double]) {
        self.init(
            count: diagonal.count,
            entries: [Double](repeating: 0, count: diagonal.count * diagonal.count))
        for i in diagonal.indices { entries[i * count + i] = diagonal[i] }
    }

    /// `scale` times the identity of R^d.
    public init(scale: Double, count: Int) {
        self.init(diagonal: [Double](repeating: scale, count: count))
    }

    /// The entry in row i and column j.
    public subscript(i: Int, j: Int) -> Double { entries[i * count + j] }

    /// The matrix product.
    public static func * (a: SquareMatrix, b: SquareMatrix) -> SquareMatrix {
        let n = a.count
        var product = [Double](repeating: 0, count: n * n)
        for i in 0..<n {
            for k in 0..<n {
                let factor = a.entries[i * n + k]
                // Multiples of the identity are common, and large.
                if factor == 0 { continue }
                for j in 0..<n { product[i * n + j] += factor * b.entries[k * n + j] }
            }
        }
        return SquareMatrix(count: n, entries: product)
    }

    /// The transposed matrix.
    public var transposed: SquareMatrix {
        var turned = self
        for i in 0..<count {
            for j in 0..<count { turned.entries[j * count + i] = entries[i * count + j] }
        }
        return turned
    }

    /// The image of a vector, shape [d].
    public func applied(to vector: [Double]) -> [Double] {
        (0..<count).map { i in
            (0..<count).reduce(0) { $0 + entries[i * count + $1] * vector[$1] }
        }
    }

    /// Uᵀ M U for the orthonormal vectors U = (u_1, …), shape [m][d].
    public func restricted(to basis: [[Double]]) -> SquareMatrix {
        let images = basis.map(applied)
        return SquareMatrix(
            rows: basis.map { u in
                images.map { image in zip(u, image).reduce(0) { $0 + $1.0 * $1.1 } }
            })
    }

    /// m if the matrix is m times the identity up to errors of size `error` in its entries.
    public func multiple(error: Double) -> Double? {
        let first = entries[0]
        for i in 0..<count {
            for j in 0..<count {
                let wanted = i == j ? first : 0
                if abs(self[i, j] - wanted) > error { return nil }
            }
        }
        return first
    }

    /// The spectral norm: the largest singular value.
    public var norm: Double {
        if let scale = multiple(error: 0) { return abs(scale) }
        return singularValues(vectors: false).values[0]
    }

    /// U, σ and W of M = U diag(σ) Wᵀ, U and W orthogonal, σ ≥ 0 in descending order.
    public var singularDecomposition: (left: SquareMatrix, values: [Double], right: SquareMatrix) {
        let (u, values, wt) = singularValues(vectors: true)
        return (
            SquareMatrix(count: count, entries: u), values,
            SquareMatrix(count: count, entries: wt).transposed
        )
    }

    /// U, σ and Wᵀ, or σ alone.
    private func singularValues(
        vectors: Bool
    ) -> (left: [Double], values: [Double], right: [Double]) {
        let n = Int32(count)
        var (a, values) = (entries, [Double](repeating: 0, count: count))
        var u = [Double](repeating: 0, count: vectors ? count * count : 1)
        var (v, work) = (u, values)
        let job = CChar(vectors ? 65 : 78)
        let status = LAPACKE_dgesvd(
            LAPACK_ROW_MAJOR, job, job, n, n, &a, n, &values, &u, n, &v, n, &work)
        precondition(status == 0, "the singular values of a finite matrix exist")
        return (u, values, v)
    }

    /// The determinant.
    public var determinant: Double {
        let n = Int32(count)
        var (a, pivots) = (entries, [Int32](repeating: 0, count: count))
        let status = LAPACKE_dgetrf(LAPACK_ROW_MAJOR, n, n, &a, n, &pivots)
        precondition(status >= 0, "the determinant of a finite matrix exists")
        return (0..<count).reduce(1) { product, i in
            product * (pivots[i] == Int32(i + 1) ? 1 : -1) * a[i * count + i]
        }
    }

    /// The largest eigenvalue of the symmetric part.
    public var largestSymmetricEigenvalue: Double {
        if let scale = multiple(error: 0) { return scale }
        let n = Int32(count)
        var (a, values) = (entries, [Double](repeating: 0, count: count))
        for i in 0..<count {
            for j in 0..<count { a[i * count + j] = (self[i, j] + self[j, i]) / 2 }
        }
        let status = LAPACKE_dsyev(LAPACK_ROW_MAJOR, 78, 85, n, &a, n, &values)
        precondition(status == 0, "the eigenvalues of a symmetric matrix exist")
        return values[count - 1]
    }
}
