import CLAPACK

/// The spectrum of V KᵀQ on S^{d-1} and E_max, to which the fast collapse leads.
///
///     residual(μ) = 1 - ∫ |Π x|² dμ,   Π the orthogonal projection on E_max
///
/// E_max is the real generalised eigenspace of all eigenvalues whose real part is within 1e-9 of the norm
/// of V KᵀQ of the largest: the first Schur vectors, once these eigenvalues lead the Schur form.
/// Source: arXiv:2509.25040, Proposition 3.4; LAPACK (dgees, dtrsen) for the ordered Schur form.
public struct CollapseSpace: Sendable, Equatable {
    /// Real and imaginary parts, by descending real part.
    public let eigenvalues: [SIMD2<Double>]
    /// An orthonormal basis of E_max, shape [dimension][d]; empty where E_max is everything.
    public let basis: [[Double]]
    /// Dimension of E_max, 1 … d.
    public let dimension: Int

    /// Real parts as close as this, as a share of the norm, belong together.
    private static let tolerance = 1e-9

    /// The spectrum of `matrix` = V KᵀQ.
    public init(of matrix: SquareMatrix) {
        let d = matrix.count
        if let scale = matrix.multiple(error: 0) {
            eigenvalues = [SIMD2<Double>](repeating: SIMD2(scale, 0), count: d)
            (basis, dimension) = ([], d)
            return
        }
        let n = Int32(d)
        var (schur, vectors) = (matrix.entries, matrix.entries)
        var (re, im) = ([Double](repeating: 0, count: d), [Double](repeating: 0, count: d))
        var leading: Int32 = 0
        let status = LAPACKE_dgees(
            LAPACK_ROW_MAJOR, 86, 78, nil, n, &schur, n, &leading, &re, &im, &vectors, n)
        precondition(status == 0, "a finite matrix has a Schur form")
        eigenvalues = zip(re, im).map { SIMD2($0, $1) }.sorted {
            ($0.x, $0.y) > ($1.x, $1.y)
        }
        let least = eigenvalues[0].x - Self.tolerance * matrix.norm
        let chosen = re.map { Int32($0 >= least ? 1 : 0) }
        dimension = chosen.count { $0 != 0 }
        if dimension == d {
            basis = []
            return
        }
        // The condition numbers are not used, but without them dtrsen writes to work space it is not given.
        var (condition, separation) = (0.0, 0.0)
        let ordered = LAPACKE_dtrsen(
            LAPACK_ROW_MAJOR, 66, 86, chosen, n, &schur, n, &vectors, n, &re, &im, &leading,
            &condition, &separation)
        precondition(ordered == 0, "eigenvalues of a Schur form can be put in any order")
        let columns = vectors
        basis = (0..<dimension).map { k in (0..<d).map { columns[$0 * d + k] } }
    }

    /// Distance of the leading from the next real part; `nil` if E_max is everything.
    public var gap: Double? {
        basis.isEmpty ? nil : eigenvalues[0].x - eigenvalues[dimension].x
    }

    /// 1 - ∫ |Π x|² dμ from C = ∫ x xᵀ dμ, shape [d][d]; 0 if E_max is everything.
    public func residual(secondMoment moment: [[Double]]) -> Double {
        if basis.isEmpty { return 0 }
        var rest = 1.0
        for vector in basis {
            for (x, row) in zip(vector, moment) {
                for (y, entry) in zip(vector, row) { rest -= x * entry * y }
            }
        }
        return max(0, rest)
    }

    /// 1 - ∫ |Π x|² dμ; 0 if E_max is everything.
    public func residual(of measure: TokenMeasure) -> Double {
        if basis.isEmpty { return 0 }
        let n = measure.count
        var rest = 0.0
        for i in 0..<n {
            var inside = 0.0
            for vector in basis {
                var component = 0.0
                for c in 0..<vector.count { component += vector[c] * measure.positions[c * n + i] }
                inside += component * component
            }
            rest += measure.masses[i] * (1 - inside)
        }
        return max(0, rest)
    }
}
