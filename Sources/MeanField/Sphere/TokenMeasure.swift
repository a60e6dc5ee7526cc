/// Weighted tokens on S^{d-1}.
public struct TokenMeasure: Sendable, Equatable {
    /// d of R^d.
    public let dimension: Int
    /// Component c of token i at c·n + i, shape [d][n]; unit vectors.
    public var positions: [Double]
    /// Shape [n], positive, of sum 1.
    public var masses: [Double]

    /// Tokens at unit vectors, component after component.
    public init(dimension: Int, positions: [Double], masses: [Double]) {
        precondition(positions.count == dimension * masses.count)
        self.dimension = dimension
        self.positions = positions
        self.masses = masses
    }

    /// Tokens of stored numbers; `nil` if these do not fit together.
    public init?(checking positions: [Double], masses: [Double]) {
        guard !masses.isEmpty, positions.count % masses.count == 0,
            positions.count >= 2 * masses.count
        else { return nil }
        self.init(
            dimension: positions.count / masses.count, positions: positions, masses: masses)
    }

    /// Tokens at the given unit vectors, shape [n][d].
    public init(unitVectors points: [[Double]], masses: [Double]) {
        let (d, n) = (points[0].count, points.count)
        var positions = [Double](repeating: 0, count: d * n)
        for i in 0..<n {
            for c in 0..<d { positions[c * n + i] = points[i][c] }
        }
        self.init(dimension: d, positions: positions, masses: masses)
    }

    /// n.
    public var count: Int { masses.count }

    /// ∫ x dμ, shape [d].
    public var mean: [Double] {
        (0..<dimension).map { c in
            (0..<count).reduce(0) { $0 + masses[$1] * positions[c * count + $1] }
        }
    }

    /// Token i, shape [d].
    public func point(_ i: Int) -> [Double] {
        (0..<dimension).map { positions[$0 * count + i] }
    }

    /// Puts every token on the sphere.
    mutating func normalize() { Self.normalize(&positions, count: count, dimension: dimension) }

    /// Divides each of `count` vectors by its length.
    static func normalize(_ positions: inout [Double], count n: Int, dimension d: Int) {
        for i in 0..<n {
            var square = 0.0
            for c in 0..<d { square += positions[c * n + i] * positions[c * n + i] }
            let scale = 1 / square.squareRoot()
            for c in 0..<d { positions[c * n + i] *= scale }
        }
    }
}
