import CVectorMath

/// A constant real matrix from the Fourier coefficients of a measure to those of a function.
///
///     f_j = T_j0 + Σ_{k ≥ 1} (T_jk c_k + T_{j,-k} conj c_k),   j = 0 … ``top``,   c_0 = 1
///
/// Rows hold one interval of columns each; where the stride is 2, even rows see even columns only and
/// odd rows odd ones. Cost: 4 multiplications for each entry, sums in a fixed order.
struct ModeMatrix: Sendable {
    /// 2 where f_j depends on c_k of the same parity only, else 1.
    let stride: Int
    /// Highest k.
    let columns: Int
    private var constants: [Double] = []
    /// For each row where its numbers start and how many columns it has.
    private var starts: [Int] = []
    private var counts: [Int] = []
    /// Index of its first column among the columns of its parity.
    private var offsets: [Int] = []
    /// For each row the coefficients of (Re c_k, Im c_k) in Re f_j, then those in Im f_j.
    private var entries: [Double] = []
    /// The coefficients of even and of odd columns, or all in the first.
    private var gathered: [[Double]]

    init(stride: Int, columns: Int) {
        self.stride = stride
        self.columns = columns
        let size = 2 * (columns / stride + 1)
        gathered = [[Double]](repeating: [Double](repeating: 0, count: size), count: stride)
    }

    /// The highest row.
    var top: Int { starts.count - 1 }

    /// The first column of a row, counted from 1.
    func firstColumn(of row: Int) -> Int { stride == 1 || row % 2 == 1 ? 1 : 2 }

    /// Appends a row: T_j0, and (T_jk, T_{j,-k}) for the columns of its parity from `first` on.
    mutating func append(
        constant: Complex, first: Int, _ pairs: [(plus: Complex, minus: Complex)]
    ) {
        let row = starts.count
        constants += [constant.re, row == 0 ? 0 : constant.im]
        starts.append(entries.count)
        counts.append(pairs.count)
        offsets.append(pairs.isEmpty ? 0 : (first - firstColumn(of: row)) / stride)
        entries += pairs.flatMap { [$0.plus.re + $0.minus.re, $0.minus.im - $0.plus.im] }
        // f_0 is real.
        entries += pairs.flatMap {
            row == 0 ? [0, 0] : [$0.plus.im + $0.minus.im, $0.plus.re - $0.minus.re]
        }
    }

    /// Writes f_j, interleaved, for the coefficients c_1, c_2, … in `y`, interleaved.
    mutating func apply(to y: [Double], into f: inout [Double]) {
        precondition(y.count >= 2 * columns && f.count >= 2 * (top + 1))
        for parity in 0..<stride {
            var (i, k) = (0, firstColumn(of: parity))
            while k <= columns {
                gathered[parity][i] = y[2 * k - 2]
                gathered[parity][i + 1] = y[2 * k - 1]
                (i, k) = (i + 2, k + stride)
            }
        }
        for row in 0...top {
            let n = 2 * counts[row]
            let (start, offset) = (starts[row], 2 * offsets[row])
            var sums = SIMD2(constants[2 * row], constants[2 * row + 1])
            entries.withUnsafeBufferPointer { entries in
                gathered[row % stride].withUnsafeBufferPointer { c in
                    if n == 0 { return }
                    let (e, x) = (entries.baseAddress! + start, c.baseAddress! + offset)
                    sums.x += tf_dot(n, e, x)
                    sums.y += tf_dot(n, e + n, x)
                }
            }
            f[2 * row] = sums.x
            f[2 * row + 1] = sums.y
        }
    }

    /// Σ_j of the sizes of the coefficients of c_k, k = 0 … ``columns``: what an error of c_k can do.
    var columnSizes: [Double] {
        var sizes = [Double](repeating: 0, count: columns + 1)
        for row in 0...top {
            let share = row == 0 ? 1.0 : 2.0
            sizes[0] += share * (abs(constants[2 * row]) + abs(constants[2 * row + 1]))
            for i in 0..<counts[row] {
                let column = firstColumn(of: row) + (offsets[row] + i) * stride
                for part in [0, 1] {
                    let at = starts[row] + part * 2 * counts[row] + 2 * i
                    sizes[column] += share * max(abs(entries[at]), abs(entries[at + 1]))
                }
            }
        }
        return sizes
    }
}
