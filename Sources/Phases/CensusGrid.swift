import MeanField
import Spectral

/// Nodes on S² or S³ on which the potential of measures is looked at.
public protocol CensusGrid: Sendable {
    /// Between harmonic coefficients and the values at the nodes.
    associatedtype Transform: HarmonicTransform
    /// W*μ at single points.
    associatedtype Potential: AscentPotential

    /// The nodes that show the kernel e^{b<x,y>}; `nil` if it has too many degrees.
    init?(sharpness b: Double)

    /// The nodes and the ways between them.
    var graph: NodeGraph<Transform> { get }

    /// W*μ at the nodes, and at any point, from the coefficients of μ.
    func potential(
        of modes: [Double], in layout: Transform.Layout
    ) -> (values: [Double], field: Potential)

    /// The node next to a unit vector, up to one ring.
    func node(_ x: [Double]) -> Int
}

/// The points of a transform as nodes with neighbours.
public struct NodeGraph<Transform: HarmonicTransform>: Sendable {
    /// The transform with these points.
    let transform: Transform
    /// Unit vectors of the nodes.
    let points: [[Double]]
    /// The same as tokens of equal mass.
    let nodes: TokenMeasure
    /// The steepest ways between neighbouring nodes.
    let ways: SteepestWays

    /// The points of `transform`; `neighbours` holds as many numbers of nodes for each.
    init(of transform: Transform, neighbours: [Int]) {
        var points = [[Double]]()
        transform.forEachPoint { _, x in points.append(x) }
        self.transform = transform
        self.points = points
        ways = SteepestWays(between: points, neighbours: neighbours)
        nodes = TokenMeasure(
            unitVectors: points,
            masses: [Double](repeating: 1 / Double(points.count), count: points.count))
    }
}
