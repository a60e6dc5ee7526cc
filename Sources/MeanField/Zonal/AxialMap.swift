/// A linear map of R^d that commutes with the rotations about an axis e: a ee^T + b (I - ee^T).
public struct AxialMap: Sendable, Equatable {
    /// a, on the axis.
    public var along: Double
    /// b, orthogonal to it.
    public var across: Double

    /// a ee^T + b (I - ee^T).
    public init(along: Double, across: Double) {
        (self.along, self.across) = (along, across)
    }

    /// A multiple of the identity.
    public init(scale: Double) { self.init(along: scale, across: scale) }

    /// The map with the given matrix; `nil` if that is not of this form for the unit vector e, up to
    /// rounding.
    public init?(_ matrix: SquareMatrix, axis e: [Double]) {
        let d = matrix.count
        let image = matrix.applied(to: e)
        let a = zip(e, image).reduce(0) { $0 + $1.0 * $1.1 }
        let trace = (0..<d).reduce(0) { $0 + matrix[$1, $1] }
        let b = (trace - a) / Double(d - 1)
        let size = matrix.entries.reduce(0) { max($0, abs($1)) }
        for i in 0..<d {
            for j in 0..<d {
                let wanted = (a - b) * e[i] * e[j] + (i == j ? b : 0)
                if abs(matrix[i, j] - wanted) > 1e-13 * size { return nil }
            }
        }
        // Equal up to rounding is equal.
        self.init(along: a, across: abs(a - b) <= 1e-13 * size ? a : b)
    }

    /// The product of two such maps with the same axis.
    public static func * (p: AxialMap, q: AxialMap) -> AxialMap {
        AxialMap(along: p.along * q.along, across: p.across * q.across)
    }

    /// The number m of a multiple of the identity.
    public var multiple: Double? { along == across ? along : nil }

    /// The spectral norm.
    public var norm: Double { max(abs(along), abs(across)) }
}
