/// The largest singular value of a square matrix.
///
/// One-sided Jacobi: the columns are rotated in pairs until all are orthogonal; their lengths are then
/// the singular values, to a few roundings of the largest. Cost: O(d³) a sweep, fewer than 20 sweeps.
/// Source: J. Demmel, K. Veselić, SIAM J. Matrix Anal. Appl. 13 (1992) 1204, doi:10.1137/0613074.
func spectralNorm(_ matrix: [Double], dimension d: Int) -> Double {
    precondition(matrix.count == d * d)
    // Of numbers near 1, whose squares are in range; rows for columns, which does not matter.
    let largest = matrix.reduce(0) { max($0, abs($1)) }
    if largest == 0 || !largest.isFinite { return largest }
    var a = matrix.map { $0 / largest }
    func dot(_ p: Int, _ q: Int) -> Double {
        var sum = 0.0
        for k in 0..<d { sum += a[p * d + k] * a[q * d + k] }
        return sum
    }
    for _ in 0..<20 {
        var isOrthogonal = true
        for p in 0..<d {
            for q in (p + 1)..<max(d, p + 1) {
                let (x, y, z) = (dot(p, p), dot(q, q), dot(p, q))
                if abs(z) <= 0x1p-52 * (x * y).squareRoot() { continue }
                isOrthogonal = false
                let ζ = (y - x) / (2 * z)
                let t = (ζ < 0 ? -1 : 1) / (abs(ζ) + (1 + ζ * ζ).squareRoot())
                let c = 1 / (1 + t * t).squareRoot()
                for k in 0..<d {
                    let (u, v) = (a[p * d + k], a[q * d + k])
                    a[p * d + k] = c * (u - t * v)
                    a[q * d + k] = c * (v + t * u)
                }
            }
        }
        if isOrthogonal { break }
    }
    return largest * ((0..<d).map { dot($0, $0) }.max() ?? 0).squareRoot()
}
