import Spectral

/// A square of Lagrangian labels (ξ, η) ∈ [-1, 1]² with its image on S² and its mass.
///
/// x(ξ, η) and dm/dξdη are polynomials of degree 3 in each label, by their values at 4 × 4 Gauss–Legendre
/// nodes; the mass of a node is its weight times dm/dξdη.
struct SpherePanel {
    /// x, y, z and dm/dξdη at the nodes, shape [4][16]; η runs first.
    var fields = [[Double]](repeating: [Double](repeating: 0, count: nodes), count: 4)

    private static let side = 4
    private static let rule = LegendrePanel(count: side)
    /// Number of nodes.
    static let nodes = side * side
    /// (ξ, η) of the nodes.
    static let labels = rule.nodes.flatMap { ξ in rule.nodes.map { SIMD2(ξ, $0) } }
    private static let weights = rule.weights.flatMap { a in rule.weights.map { a * $0 } }

    /// Nothing yet.
    init() {}

    /// The panel of the nodes that begin at `start`.
    init(_ measure: TokenMeasure, from start: Int) {
        let n = measure.count
        for c in 0..<3 {
            fields[c] = Array(measure.positions[(c * n + start)..<(c * n + start + Self.nodes)])
        }
        for i in 0..<Self.nodes { fields[3][i] = measure.masses[start + i] / Self.weights[i] }
    }

    /// The masses of the nodes.
    var masses: [Double] { zip(Self.weights, fields[3]).map { $0 * $1 } }
    /// Their sum.
    var mass: Double { masses.reduce(0, +) }

    /// ∫ x dm / ∫ dm, shape [3].
    var centre: [Double] {
        let (masses, total) = (masses, mass)
        return (0..<3).map { c in zip(masses, fields[c]).reduce(0) { $0 + $1.0 * $1.1 } / total }
    }

    /// The values of a field on the lines of one label, 0 (ξ) or 1 (η).
    private static func lines(_ field: [Double], along label: Int) -> [[Double]] {
        (0..<side).map { line in
            (0..<side).map { field[label == 0 ? $0 * side + line : line * side + $0] }
        }
    }

    /// The longest distance of the nodes at the ends of a line.
    func width(along label: Int) -> Double {
        let ends = (0..<3).map { Self.lines(fields[$0], along: label).map { $0[3] - $0[0] } }
        return (0..<Self.side).map { line in
            ends.reduce(0) { $0 + $1[line] * $1[line] }.squareRoot()
        }.max()!
    }

    /// The last Legendre coefficients of b x and of dm/dξdη over its mean, and a part of those before.
    func tail(along label: Int, sharpness b: Double) -> Double {
        let mean = mass / 4
        let scales = [b, b, b, 1 / mean]
        var largest = 0.0
        for (field, scale) in zip(fields, scales) {
            for line in Self.lines(field, along: label) {
                let c = Self.rule.coefficients(of: line)
                largest = max(largest, scale * (abs(c[3]) + Self.share * abs(c[2])))
            }
        }
        return largest
    }

    /// Of coefficients that fall as they do for a resolved function, the last over the one before;
    /// empirical.
    private static let share = 0.1

    /// The same functions on the halves of one label.
    func halves(along label: Int) -> (SpherePanel, SpherePanel) {
        var (first, second) = (SpherePanel(), SpherePanel())
        for (k, field) in fields.enumerated() {
            for (line, values) in Self.lines(field, along: label).enumerated() {
                let halves = Self.rule.halves(of: values)
                // Half the label has half the mass.
                let scale = k == 3 ? 0.5 : 1
                for i in 0..<Self.side {
                    let node = label == 0 ? i * Self.side + line : line * Self.side + i
                    first.fields[k][node] = scale * halves.left[i]
                    second.fields[k][node] = scale * halves.right[i]
                }
            }
        }
        for i in 0..<Self.nodes {
            first.fields[3][i] = max(0, first.fields[3][i])
            second.fields[3][i] = max(0, second.fields[3][i])
        }
        return (first, second)
    }
}
