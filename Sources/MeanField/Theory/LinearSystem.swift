/// Solves A x = b for a dense square matrix stored by rows, by elimination with row pivoting.
///
/// - Returns: x, or `nil` if a pivot vanishes. O(n³/3).
func solveLinearSystem(_ matrix: [Double], _ right: [Double]) -> [Double]? {
    let n = right.count
    var a = matrix
    var x = right
    for column in 0..<n {
        var pivot = column
        for row in column..<n where abs(a[row * n + column]) > abs(a[pivot * n + column]) {
            pivot = row
        }
        guard a[pivot * n + column] != 0 else { return nil }
        if pivot != column {
            for k in column..<n { a.swapAt(pivot * n + k, column * n + k) }
            x.swapAt(pivot, column)
        }
        let inverse = 1 / a[column * n + column]
        for row in column + 1..<max(n, column + 1) {
            let factor = a[row * n + column] * inverse
            if factor == 0 { continue }
            for k in column + 1..<n { a[row * n + k] -= factor * a[column * n + k] }
            x[row] -= factor * x[column]
        }
    }
    for row in stride(from: n - 1, through: 0, by: -1) {
        var sum = x[row]
        for k in row + 1..<max(n, row + 1) { sum -= a[row * n + k] * x[k] }
        x[row] = sum / a[row * n + row]
    }
    return x
}
