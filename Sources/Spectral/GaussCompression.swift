import Foundation

/// Replaces many weighted points by few that have the same moments.
///
/// For points x_i with masses m_i > 0 it finds r nodes and positive weights with
///
///     Σ_i m_i f(x_i) = Σ_j w_j f(y_j)   for every polynomial f of degree ≤ 2r - 1:
///
/// the Gauss quadrature of the discrete measure. For a smooth f of scale s and points within h the
/// error is of order (h/2s)^{2r}/(2r)!. With r = 1 the point is the centre of mass. The Jacobi
/// matrix comes from the Stieltjes procedure, its eigenvalues from
/// bisection by Sturm sequences. Cost O(n r + r²).
/// Source: W. Gautschi, Orthogonal Polynomials: Computation and Approximation, Oxford 2004, ch. 2-3.
public func gaussCompression(points: [Double], masses: [Double], count: Int) -> (
    points: [Double], masses: [Double]
) {
    precondition(points.count == masses.count && count >= 1)
    if points.count <= count { return (points, masses) }
    let total = masses.reduce(0, +)
    let lowest = points.min()!
    let width = points.max()! - lowest
    // Points without mass have no centre: any place among them will do.
    if !(total > 0) { return ([lowest + width / 2], [total]) }
    // In coordinates relative to the first point the centre keeps its relative accuracy.
    var centre = 0.0
    for i in 0..<points.count { centre += masses[i] * (points[i] - lowest) }
    centre /= total
    if count == 1 || width == 0 { return ([lowest + centre], [total]) }

    let z = points.map { (($0 - lowest) - centre) / width }
    var (alpha, beta) = ([Double](), [Double]())
    var previous = [Double](repeating: 0, count: z.count)
    var current = [Double](repeating: 1, count: z.count)
    var norm = total
    for k in 0..<count {
        var moment = 0.0
        for i in 0..<z.count { moment += masses[i] * z[i] * current[i] * current[i] }
        alpha.append(moment / norm)
        if k == count - 1 { break }
        var nextNorm = 0.0
        var next = previous
        for i in 0..<z.count {
            next[i] = (z[i] - alpha[k]) * current[i] - (k > 0 ? beta[k - 1] : 0) * previous[i]
            nextNorm += masses[i] * next[i] * next[i]
        }
        // The measure has no more than k + 1 distinguishable points.
        if !(nextNorm > 1e-30 * total) { break }
        beta.append(nextNorm / norm)
        previous = current
        current = next
        norm = nextNorm
    }
    let (eigenvalues, firstComponents) = jacobiEigenvalues(
        diagonal: alpha, squaredOffDiagonal: beta)
    return (
        eigenvalues.map { lowest + (centre + width * $0) }, firstComponents.map { $0 * total }
    )
}

/// Eigenvalues (ascending) and squared first eigenvector components of a small Jacobi matrix.
private func jacobiEigenvalues(diagonal: [Double], squaredOffDiagonal: [Double]) -> (
    [Double], [Double]
) {
    let n = diagonal.count
    let reach = squaredOffDiagonal.reduce(0) { max($0, $1.squareRoot()) } * 2
    let (low, high) = (diagonal.min()! - reach - 1e-300, diagonal.max()! + reach + 1e-300)
    var eigenvalues = [Double]()
    for index in 0..<n {
        var (a, b) = (low, high)
        for _ in 0..<200 {
            let middle = (a + b) / 2
            if middle <= a || middle >= b { break }
            if eigenvaluesBelow(middle, diagonal, squaredOffDiagonal) > index {
                b = middle
            } else {
                a = middle
            }
        }
        eigenvalues.append((a + b) / 2)
    }
    // Squared first component = 1/Σ_k p_k(λ)², p_k the orthonormal polynomials.
    let weights = eigenvalues.map { λ in
        var (previous, current) = (0.0, 1.0)
        var sum = 1.0
        for k in 0..<(n - 1) {
            let left = k > 0 ? squaredOffDiagonal[k - 1].squareRoot() * previous : 0
            let next =
                ((λ - diagonal[k]) * current - left) / squaredOffDiagonal[k].squareRoot()
            sum += next * next
            previous = current
            current = next
        }
        return 1 / sum
    }
    let scale = 1 / weights.reduce(0, +)
    return (eigenvalues, weights.map { $0 * scale })
}

/// Number of eigenvalues below x, by Sturm's sequence.
private func eigenvaluesBelow(_ x: Double, _ diagonal: [Double], _ squared: [Double]) -> Int {
    var count = 0
    var q = diagonal[0] - x
    if q < 0 { count += 1 }
    for k in diagonal.indices.dropFirst() {
        q = diagonal[k] - x - squared[k - 1] / (q == 0 ? 1e-300 : q)
        if q < 0 { count += 1 }
    }
    return count
}
