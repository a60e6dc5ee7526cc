import CVectorMath

/// Rotations of R⁴ in the coefficients of harmonics on S³.
///
///     f ∘ R,   Rx = p x q   (quaternions x = z₁ + j z₂, z₁ = x₁ + i x₂, z₂ = x₃ + i x₄)
///
/// The harmonics of degree l are the entries of the irreducible matrices D of SU(2) of size l + 1,
///
///     Y_{m₁m₂}(x) = ± √(l+1) D_{m₁-m₂, m₁+m₂}(x),   D(p x q) = D(p) D(x) D(q)
///
/// with the sign (-1)^{m₂} for m₂ < 0: two products of matrices for each degree, O(D⁴) in all, and the
/// matrices are harmonics at the points p and q. Results do not depend on the number of threads.
public struct HypersphericalRotation: Sendable {
    /// Where coefficients stand.
    public let layout: HypersphericalLayout
    /// For each degree D(p) by columns from the middle one on, (re, im), shape [l/2 + 1][2][l + 1].
    private let left: [[Double]]
    /// For each degree the rows (re, im) and (-im, re) of D(q) transposed, shape [2][l + 1][row].
    private let right: [[Double]]

    /// The rotation with the given orthogonal matrix, of determinant 1, row after row.
    public init(_ layout: HypersphericalLayout, by matrix: [Double]) {
        self.layout = layout
        let (p, q) = Self.quaternions(of: matrix)
        let series = HypersphericalSeries(degree: layout.degree)
        let (atP, atQ) = (series.harmonics(at: p), series.harmonics(at: q))
        var (left, right) = ([[Double]](), [[Double]]())
        for l in 0...layout.degree {
            let (n, row) = (l + 1, Self.row(l))
            let scale = 1 / Double(n).squareRoot()
            var columns = [Double](repeating: 0, count: (l / 2 + 1) * 2 * n)
            var rows = [Double](repeating: 0, count: 2 * n * row)
            for i in 0...l {
                for k in 0...l {
                    let place = Place(layout, l, i, k)
                    if k >= Self.middle(l) {
                        let (re, im) = place.entry(of: atP)
                        let at = (k - Self.middle(l)) * 2 * n + i
                        (columns[at], columns[at + n]) = (scale * re, scale * im)
                    }
                    let (re, im) = place.entry(of: atQ)
                    (rows[k * row + i], rows[k * row + n + i]) = (scale * re, scale * im)
                    let below = (n + k) * row + i
                    (rows[below], rows[below + n]) = (-scale * im, scale * re)
                }
            }
            left.append(columns)
            right.append(rows)
        }
        (self.left, self.right) = (left, right)
    }

    /// Replaces the coefficients of f by those of f ∘ R.
    public func apply(to modes: inout [Double]) {
        precondition(modes.count == layout.count)
        let cube = Double((layout.degree + 1) * (layout.degree + 1))
        modes.withUnsafeMutableBufferPointer { modes in
            nonisolated(unsafe) let c = modes.baseAddress!
            Workers.share(layout.degree + 1, operations: 2 * cube * cube) { piece in
                // Large ones first.
                rotate(layout.degree - piece, c)
            }
        }
    }

    /// The part of one degree.
    private func rotate(_ l: Int, _ c: UnsafeMutablePointer<Double>) {
        let (n, row, middle) = (l + 1, Self.row(l), Self.middle(l))
        let rows = n - middle
        let f = [Double](unsafeUninitializedCapacity: rows * 2 * n) { f, count in
            for i in middle...l {
                for k in 0...l {
                    let at = (i - middle) * 2 * n + k
                    (f[at], f[at + n]) = Place(layout, l, i, k).coefficient(c)
                }
            }
            count = rows * 2 * n
        }
        // f D(q)ᵀ, whose other half is its mirror image, with (-im, re) below (re, im).
        var g = [Double](repeating: 0, count: 2 * n * row)
        g.withUnsafeMutableBufferPointer {
            multiply(f, right[l], into: $0.baseAddress! + middle * row, degree: l)
        }
        for i in 0...l {
            for k in 0...l {
                if i < middle {
                    let mirror = (l - i) * row + l - k
                    let sign: Double = (k - i) % 2 == 0 ? 1 : -1
                    g[i * row + k] = sign * g[mirror]
                    g[i * row + n + k] = -sign * g[mirror + n]
                }
                g[(n + i) * row + k] = -g[i * row + n + k]
                g[(n + i) * row + n + k] = g[i * row + k]
            }
        }
        var h = [Double](repeating: 0, count: rows * row)
        h.withUnsafeMutableBufferPointer {
            multiply(left[l], g, into: $0.baseAddress!, degree: l)
        }
        for i in middle...l {
            for k in (2 * i == l ? middle : 0)...l {
                let at = (i - middle) * row + k
                Place(layout, l, i, k).set((h[at], h[at + n]), in: c)
            }
        }
    }

    /// The product of matrices of shape [l/2 + 1][2(l + 1)] and [2(l + 1)][row].
    private func multiply(
        _ matrix: [Double], _ source: [Double], into result: UnsafeMutablePointer<Double>,
        degree l: Int
    ) {
        let (row, blocks) = (Self.row(l), Self.row(l) / 8)
        let rows = [Int32](repeating: Int32(l / 2 + 1), count: blocks)
        let terms = [Int32](repeating: Int32(2 * (l + 1)), count: blocks)
        var shape = tf_product_shape(
            blocks: blocks, matrix_row: 2 * (l + 1), source_row: row, result_row: row)
        tf_multiply_matrices(&shape, rows, terms, matrix, source, result, 0)
    }

    /// The first index whose weight is not negative.
    private static func middle(_ l: Int) -> Int { (l + 1) / 2 }

    /// 2(l + 1) numbers in blocks of eight.
    private static func row(_ l: Int) -> Int { (2 * (l + 1) + 7) & ~7 }

    /// p and q of x -> p x q.
    ///
    /// The 16 maps of unit quaternions e_a x e_b are orthogonal, and p_a q_b are the shares of R in them.
    private static func quaternions(of matrix: [Double]) -> (p: [Double], q: [Double]) {
        let units = (0..<4).map { a in (0..<4).map { $0 == a ? 1.0 : 0 } }
        let shares = units.map { a in
            units.map { b in
                (0..<4).reduce(0.0) { sum, i in
                    let image = product(product(a, units[i]), b)
                    return sum + (0..<4).reduce(0) { $0 + image[$1] * matrix[4 * $1 + i] } / 4
                }
            }
        }
        let sizes = (0..<4).map { b in shares.reduce(0) { $0 + $1[b] * $1[b] } }
        let b = sizes.indices.max { sizes[$0] < sizes[$1] }!
        let p = shares.map { $0[b] / sizes[b].squareRoot() }
        let q = (0..<4).map { b in (0..<4).reduce(0) { $0 + p[$1] * shares[$1][b] } }
        let size = q.reduce(0) { $0 + $1 * $1 }.squareRoot()
        precondition(abs(size - 1) < 1e-9, "a rotation is orthogonal, of determinant 1")
        return (p, q.map { $0 / size })
    }

    /// The product of quaternions z₁ + j z₂.
    private static func product(_ a: [Double], _ b: [Double]) -> [Double] {
        [
            a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
            a[0] * b[1] + a[1] * b[0] - a[2] * b[3] + a[3] * b[2],
            a[2] * b[0] - a[3] * b[1] + a[0] * b[2] + a[1] * b[3],
            a[2] * b[1] + a[3] * b[0] + a[0] * b[3] - a[1] * b[2],
        ]
    }
}

/// Where the entry (i, k) of the matrix of degree l stands among coefficients, i = (m₁ - m₂ + l)/2 and
/// k = (m₁ + m₂ + l)/2.
private struct Place {
    /// Of the first of its pair.
    private let index: Int
    private let isZero: Bool
    /// Whether the pair is that of -m.
    private let isMirrored: Bool
    /// The sign of the entry, over √2 but for m = 0.
    private let factor: Double

    @inline(__always)
    init(_ layout: HypersphericalLayout, _ l: Int, _ i: Int, _ k: Int) {
        let (first, second) = (i + k - l, k - i)
        isZero = first == 0 && second == 0
        isMirrored = second < 0 || second == 0 && first < 0
        let order = layout.orders[
            isMirrored ? layout.index(-first, -second) : layout.index(first, second)]
        index = 2 * (order.start + (l - order.degree) / 2)
        let size = isZero ? 1 : 0.5.squareRoot()
        factor = second < 0 && second % 2 != 0 ? -size : size
    }

    /// The entry itself, from all harmonics at a point.
    @inline(__always)
    func entry(of harmonics: [Double]) -> (re: Double, im: Double) {
        let im = factor * harmonics[index + 1]
        return (factor * harmonics[index], isMirrored ? -im : im)
    }

    /// Its coefficient.
    @inline(__always)
    func coefficient(_ modes: UnsafePointer<Double>) -> (re: Double, im: Double) {
        let im = factor * modes[index + 1]
        return (factor * modes[index], isMirrored ? im : -im)
    }

    /// Writes its coefficient.
    @inline(__always)
    func set(_ value: (re: Double, im: Double), in modes: UnsafeMutablePointer<Double>) {
        modes[index] = value.re / factor
        modes[index + 1] = isZero ? 0 : (isMirrored ? value.im : -value.im) / factor
    }
}
