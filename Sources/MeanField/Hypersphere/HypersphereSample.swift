import Spectral

/// A density on S³ at the nodes of one coarse grid of Hopf coordinates, for points, pictures and files.
public struct HypersphereSample: Sendable {
    /// Heights u; of each of the two angles there are twice as many.
    static let heights = 12

    private static let grid = HypersphericalTransform(
        degree: heights - 1, nodes: heights, azimuths: 2 * heights)

    /// Unit vectors of the nodes, shape [6912][4].
    public static let points: [[Double]] = {
        var points = [[Double]]()
        grid.forEachPoint { _, x in points.append(x) }
        return points
    }()

    /// Shares of the sphere that the nodes stand for, of sum 1.
    public static let weights = points.indices.map { grid.weights[$0 / (4 * heights * heights)] }

    /// ρ at the nodes.
    public let values: [Double]

    /// The values of `density`.
    public init(of density: HypersphereDensity) {
        // Of a grid that all degrees fit on, every so many angles.
        let n = 2 * Self.heights
        let stride = [1, 2, 3, 4, 5, 6, 8].first { n * $0 >= 2 * density.layout.degree + 2 }!
        let fine = HypersphericalTransform(
            degree: density.layout.degree, nodes: Self.heights, azimuths: n * stride)
        let all = fine.values(of: density.modes, in: density.layout)
        let row = n * stride
        values = (0..<Self.points.count).map { i in
            let (node, first, second) = (i / (n * n), i / n % n, i % n)
            return all[(node * row + first * stride) * row + second * stride]
        }
    }
}
