import MeanField

/// Q, K or V as a scenario gives it.
public enum WeightMatrix: Sendable, Equatable {
    /// A multiple of the identity.
    case multiple(Double)
    /// The entries of a diagonal matrix.
    case diagonal([Double])
    /// A square matrix by its rows.
    case matrix([[Double]])
    /// A square matrix by its rows, read from a file of NumPy.
    case file(String, [[Double]])

    /// The number of a multiple that is written as one.
    public var multiple: Double? {
        if case .multiple(let scale) = self { return scale }
        return nil
    }

    /// The map of the plane, where the matrix is 2 x 2.
    public var planeMap: PlaneMap {
        switch self {
        case .multiple(let scale): PlaneMap(scale: scale)
        case .diagonal(let entries): PlaneMap(entries[0], 0, 0, entries[1])
        case .matrix(let rows), .file(_, let rows):
            PlaneMap(rows[0][0], rows[0][1], rows[1][0], rows[1][1])
        }
    }

    /// The matrix of R^d.
    public func squareMatrix(dimension d: Int) -> SquareMatrix {
        switch self {
        case .multiple(let scale): SquareMatrix(scale: scale, count: d)
        case .diagonal(let entries): SquareMatrix(diagonal: entries)
        case .matrix(let rows), .file(_, let rows): SquareMatrix(rows: rows)
        }
    }

    /// The value in TOML; files by their absolute path.
    public var tomlValue: String {
        func list(_ numbers: [Double]) -> String {
            "[" + numbers.map { "\($0)" }.joined(separator: ", ") + "]"
        }
        switch self {
        case .multiple(let scale): return "\(scale)"
        case .diagonal(let entries): return list(entries)
        case .matrix(let rows): return "[" + rows.map(list).joined(separator: ", ") + "]"
        case .file(let path, _): return path.quoted
        }
    }
}

extension WeightMatrix: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// A multiple of the identity.
    public init(floatLiteral scale: Double) { self = .multiple(scale) }
    /// A multiple of the identity.
    public init(integerLiteral scale: Int) { self = .multiple(Double(scale)) }
}
