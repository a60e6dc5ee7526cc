/// The factors of a dense square matrix, P A = L U, for solving many systems with it.
///
/// Rows are stored one after the other; pivots are chosen by rows. n³/3 multiply-adds to factor, n² to
/// solve; no allocation after `init`.
struct LUDecomposition: Sendable {
    private let n: Int
    private var factors: [Double]
    private var pivots: [Int]
    private var pivotRow: [Double]

    init(dimension n: Int) {
        self.n = n
        factors = [Double](repeating: 0, count: n * n)
        pivots = [Int](repeating: 0, count: n)
        pivotRow = [Double](repeating: 0, count: n)
    }

    /// Factors 1 - h J; `false` if it is singular.
    mutating func factor(identityMinus h: Double, times jacobian: [Double]) -> Bool {
        precondition(jacobian.count == n * n)
        for i in 0..<(n * n) { factors[i] = -h * jacobian[i] }
        for i in 0..<n { factors[i * n + i] += 1 }
        for k in 0..<n {
            var pivot = k
            for i in k..<n where abs(factors[i * n + k]) > abs(factors[pivot * n + k]) { pivot = i }
            pivots[k] = pivot
            let value = factors[pivot * n + k]
            if value == 0 || !value.isFinite { return false }
            if pivot != k { for j in 0..<n { factors.swapAt(k * n + j, pivot * n + j) } }
            // A copy, so that the innermost loop reads and writes different arrays.
            for j in k..<n { pivotRow[j] = factors[k * n + j] }
            let inverse = 1 / value
            for i in (k + 1)..<max(n, k + 1) {
                let multiplier = factors[i * n + k] * inverse
                factors[i * n + k] = multiplier
                if multiplier == 0 { continue }
                let row = i * n
                for j in (k + 1)..<max(n, k + 1) { factors[row + j] -= multiplier * pivotRow[j] }
            }
        }
        return true
    }

    /// Solves in place.
    func solve(_ x: inout [Double]) {
        precondition(x.count == n)
        for k in 0..<n where pivots[k] != k { x.swapAt(k, pivots[k]) }
        for i in 0..<n {
            var sum = x[i]
            for j in 0..<i { sum -= factors[i * n + j] * x[j] }
            x[i] = sum
        }
        for i in stride(from: n - 1, through: 0, by: -1) {
            var sum = x[i]
            for j in (i + 1)..<max(n, i + 1) { sum -= factors[i * n + j] * x[j] }
            x[i] = sum / factors[i * n + i]
        }
    }
}
