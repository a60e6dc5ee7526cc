import Foundation
import MeanField

/// Finds the clusters of measures.
public protocol MeasureCensus: Sendable {
    /// What is looked at.
    associatedtype Measure

    /// A census for the kernel e^{b<x,y>}.
    init(sharpness b: Double, minimumMass: Double)

    /// The clusters of `measure`, given those shortly before.
    mutating func take(of measure: Measure, after former: [Cluster]) -> CensusResult

    /// The least relative entropy of a measure that has a `share` of its mass within 1/(4√b) of a point.
    func leastEntropy(condensing share: Double) -> Double
}

extension MeasureCensus {
    /// Rise of a maximum, as a share of W, below which it does not count.
    public static var flatness: Double { 1e-10 }

    /// The least relative entropy of a measure that has a `share` q of its mass in a set of measure p.
    ///
    ///     ∫ log(dμ/dσ) dμ ≥ q log(q/p) + (1 - q) log((1 - q)/(1 - p))
    ///
    /// for q > p, by the convexity of x log x.
    static func leastEntropy(condensing share: Double, into part: Double) -> Double {
        guard share > part else { return 0 }
        let rest = 1 - share
        return share * log(share / part) + (rest > 0 ? rest * log(rest / (1 - part)) : 0)
    }

    /// The clusters of `measure`.
    public mutating func take(of measure: Measure) -> CensusResult { take(of: measure, after: []) }
}

/// What a census finds.
public struct CensusResult: Sendable {
    /// The clusters: ascending in angle in (-π, π] on the circle, by descending mass elsewhere.
    public var clusters: [Cluster]
    /// Share of the mass within 1/(4√b) of the maximum of its basin.
    public var condensed: Double
    /// No maximum counts: W is flat.
    public var isFlat: Bool
    /// Where the basins of the clusters are.
    public var basins: Basins

    /// The basins of attraction of clusters.
    public enum Basins: Sendable {
        /// For each cluster an arc; lower ≤ angle + 2πn ≤ upper for some n.
        case arcs([ClosedRange<Double>])
        /// The same on a great circle x = u_1 cos θ + u_2 sin θ, with u_1 and u_2.
        case greatCircle([ClosedRange<Double>], basis: [[Double]])
        /// Tokens with the index of the cluster in whose basin they lie.
        case tokens(TokenMeasure, owners: [Int?])
    }

    /// A census that is known already.
    package init(clusters: [Cluster], condensed: Double, isFlat: Bool, basins: Basins) {
        self.clusters = clusters
        self.condensed = condensed
        self.isFlat = isFlat
        self.basins = basins
    }

    /// The clusters at those of the maxima whose basins hold at least a mass, by descending mass.
    ///
    /// `basins` holds the index of a maximum for each of the nodes.
    init(
        maxima: [[Double]], masses: [Double], atLeast minimumMass: Double, condensed: Double,
        nodes: TokenMeasure, basins: [Int]
    ) {
        let order = masses.indices.filter { masses[$0] >= minimumMass }
            .sorted { (masses[$0], $1) > (masses[$1], $0) }
        var place = [Int?](repeating: nil, count: masses.count)
        for (k, index) in order.enumerated() { place[index] = k }
        let clusters = order.map { index in
            let z = maxima[index]
            return Cluster(
                position: z, angle: z.count == 2 ? atan2(z[1], z[0]) : nil, mass: masses[index])
        }
        self.init(
            clusters: clusters, condensed: min(1, condensed), isFlat: false,
            basins: .tokens(nodes, owners: basins.map { place[$0] }))
    }

    /// The index of the cluster in whose basin the maximum of a former cluster lies.
    func index(of former: Cluster) -> Int? {
        switch basins {
        case .arcs(let arcs): return Self.index(of: former.angle!, in: arcs)
        case .greatCircle(let arcs, let basis):
            return Self.index(
                of: GreatCircleMeasure.angle(of: former.position, in: basis), in: arcs)
        case .tokens(let tokens, let owners):
            let n = tokens.count
            func nearness(_ i: Int) -> Double {
                former.position.indices.reduce(0) {
                    $0 + former.position[$1] * tokens.positions[$1 * n + i]
                }
            }
            return (0..<n).max { nearness($0) < nearness($1) }.flatMap { owners[$0] }
        }
    }
}

extension CensusResult {
    /// The arc in which an angle lies.
    private static func index(of angle: Double, in arcs: [ClosedRange<Double>]) -> Int? {
        arcs.firstIndex { arc in
            var x = angle - arc.lowerBound
            x -= 2 * .pi * (x / (2 * .pi)).rounded(.down)
            return x <= arc.upperBound - arc.lowerBound
        }
    }
}

/// An evolution whose clusters can be counted.
public protocol ObservedEvolution: MeasureEvolution {
    /// How they are.
    associatedtype Census: MeasureCensus where Census.Measure == Measure
}

extension CircleEvolution: ObservedEvolution {
    /// Between the minima of W.
    public typealias Census = CircleCensus
}

extension CircleSpace: ObservedSpace {
    /// Between the minima of W.
    public typealias Census = CircleCensus
}

extension SphereSpace: ObservedSpace {
    /// By steepest ascent of W.
    public typealias Census = TokenCensus
}

/// A space in which clusters can be counted.
public protocol ObservedSpace: TokenSpace {
    /// How they are.
    associatedtype Census: MeasureCensus where Census.Measure == Measure
}

extension DiffusingEvolution: ObservedEvolution where Space: ObservedSpace {
    /// That of the space.
    public typealias Census = Space.Census
}

extension TokenEvolution: ObservedEvolution {
    /// By steepest ascent of W.
    public typealias Census = TokenCensus
}
