import Spectral

/// A coarse grid of Hopf coordinates on S³, for points, pictures and files.
public struct HypersphereGrid: Sendable {
    /// Heights u; of each of the two angles there are twice as many.
    private let heights: Int
    /// Unit vectors of the nodes, shape [4 heights³][4].
    public let points: [[Double]]
    /// Shares of the sphere that the nodes stand for, of sum 1.
    public let weights: [Double]

    /// The grid of pictures and files: 6912 points.
    public static let shown = HypersphereGrid(heights: 12)

    /// The grid of so many heights, a product of powers of 2, 3 and 5.
    init(heights: Int) {
        let transform = HypersphericalTransform(
            degree: heights - 1, nodes: heights, azimuths: 2 * heights)
        var points = [[Double]]()
        transform.forEachPoint { _, x in points.append(x) }
        self.heights = heights
        self.points = points
        weights = points.indices.map { transform.weights[$0 / (4 * heights * heights)] }
    }

    /// ρ at the nodes.
    public func values(of density: HypersphereDensity) -> [Double] {
        // Of a grid that all degrees fit on, every so many angles.
        let n = 2 * heights
        let stride = [1, 2, 3, 4, 5, 6, 8].first { n * $0 >= 2 * density.layout.degree + 2 }!
        let fine = HypersphericalTransform(
            degree: density.layout.degree, nodes: heights, azimuths: n * stride)
        let all = fine.values(of: density.modes, in: density.layout)
        let row = n * stride
        return (0..<points.count).map { i in
            let (node, first, second) = (i / (n * n), i / n % n, i % n)
            return all[(node * row + first * stride) * row + second * stride]
        }
    }
}
