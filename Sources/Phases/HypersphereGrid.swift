import Foundation
import MeanField
import Spectral

/// A grid of Hopf coordinates on S³, with two nodes a wave at least.
public struct HypersphereGrid: CensusGrid {
    public let graph: NodeGraph<HypersphericalTransform>
    private let fields: HypersphereFields

    /// a_l/a_0 of the last degree that the grid shows; empirical.
    private static let share = 1e-7

    /// 26 neighbours of each node.
    public init?(sharpness b: Double) {
        let kernel = FunkHeckeMultipliers(dimension: 4, inverseTemperature: b).kernel
        fields = HypersphereFields(sharpness: b)
        let degree = kernel.lastIndex { $0 >= Self.share * kernel[0] }!
        let transform = HypersphericalTransform(
            degree: degree, nodes: degree / 2 + 4, azimuths: 2 * degree + 8)
        let (count, n) = (transform.nodes, transform.azimuths)
        var neighbours = [Int]()
        neighbours.reserveCapacity(26 * transform.count)
        for node in 0..<count {
            for i in 0..<n {
                for j in 0..<n {
                    for up in -1...1 {
                        // Beyond an end of u lies the same node, half a turn away in the angle that has
                        // no meaning there: φ₂ at u = 1, where nodes begin, φ₁ at u = 0.
                        let isFirst = node + up < 0
                        let isLast = node + up >= count
                        let other = isFirst || isLast ? node : node + up
                        for a in -1...1 {
                            for b in -1...1 where up != 0 || a != 0 || b != 0 {
                                let k = (i + a + (isLast ? n / 2 : 0) + n) % n
                                let l = (j + b + (isFirst ? n / 2 : 0) + n) % n
                                neighbours.append((other * n + k) * n + l)
                            }
                        }
                    }
                }
            }
        }
        graph = NodeGraph(of: transform, neighbours: neighbours)
    }

    public func potential(
        of modes: [Double], in layout: HypersphericalLayout
    ) -> (values: [Double], field: HyperspherePotential) {
        var fields = fields
        fields.update(from: modes, in: layout)
        return (
            graph.transform.values(of: fields.modes[0], in: fields.layout),
            HyperspherePotential(values: HypersphereFieldValues(of: fields))
        )
    }

    public func node(_ x: [Double]) -> Int {
        let (count, n) = (graph.transform.nodes, graph.transform.azimuths)
        let (p, q) = (
            (x[0] * x[0] + x[1] * x[1]).squareRoot(), (x[2] * x[2] + x[3] * x[3]).squareRoot()
        )
        // Gauss nodes of cos 2ψ are at 2ψ ≈ π(i + 3/4)/(count + 1/2).
        let place = 2 * atan2(q, p) / .pi * (Double(count) + 0.5) - 0.75
        let node = min(max(Int(place.rounded()), 0), count - 1)
        func turn(_ s: Double, _ c: Double) -> Int {
            (Int((atan2(s, c) / (2 * .pi) * Double(n)).rounded()) + n) % n
        }
        return (node * n + turn(x[1], x[0])) * n + turn(x[3], x[2])
    }
}

/// W*μ on S³ by its Funk–Hecke fields.
public struct HyperspherePotential: AscentPotential {
    let values: HypersphereFieldValues

    public mutating func evaluate(at z: [Double], pull: inout [Double]) -> Double {
        let (potential, force) = values(at: z)
        let value = max(potential, .leastNormalMagnitude)
        let radial = zip(force, z).reduce(0) { $0 + $1.0 * $1.1 }
        for c in 0..<4 { pull[c] = (force[c] - radial * z[c]) / value }
        return log(value)
    }
}
