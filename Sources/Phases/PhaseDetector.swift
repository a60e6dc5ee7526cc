import Foundation
import MeanField

/// Follows an evolution and finds when its phases end and its clusters merge.
///
/// After each accepted step, and before the step is made permanent, `observe` looks at its end; where
/// something has changed it finds the first time of the change inside the step by bisection in the
/// dense output, to the last digits of the step. The phases are those of arXiv:2509.25040: collapse ends
/// when the residual (``MeanField/CollapseSpectrum``) is at most `collapseResidual`, at once where E_max
/// is everything; clustering ends when `condensedFraction` of the mass is condensed, merging with one
/// condensed cluster.
public struct PhaseDetector<Evolution: ObservedEvolution>: Sendable {
    /// Residual that ends the collapse.
    public let collapseResidual: Double
    /// End of the collapse.
    public private(set) var collapseEnd: ModelTime?
    /// Share of the mass that has to be condensed.
    public let condensedFraction: Double
    /// End of clustering.
    public private(set) var clusteringEnd: ModelTime?
    /// One cluster, condensed.
    public private(set) var consensus: ModelTime?
    /// Clusters at the end of clustering.
    public private(set) var clustersAtClusteringEnd: ClusterCensus?
    /// Mergers after the end of clustering, without errors yet.
    public private(set) var mergers = [Merger]()
    /// The census at the end of the last step.
    public private(set) var current: CensusResult

    private var census: Evolution.Census
    /// The clusters at the start of the last step.
    private var former = [Cluster]()

    /// A detector that looks at the start of `evolution`.
    public init(
        _ evolution: inout Evolution, collapseResidual: Double = 0.01,
        condensedFraction: Double, minimumMass: Double
    ) {
        self.collapseResidual = collapseResidual
        self.condensedFraction = condensedFraction
        census = Evolution.Census(sharpness: evolution.sharpness, minimumMass: minimumMass)
        current = census.take(of: evolution.measure())
        if evolution.residual(of: evolution.measure()) <= collapseResidual {
            collapseEnd = evolution.time
        }
        if collapseEnd != nil && isCondensed(current) {
            endClustering(at: evolution.time, current)
            if current.clusters.count == 1 { consensus = evolution.time }
        }
    }

    /// The phase that is going on.
    public var phase: PhaseName {
        collapseEnd == nil ? .collapse : clusteringEnd == nil ? .clustering : .merging
    }

    /// The relative entropy below which no density is one condensed cluster.
    public var entropyOfConsensus: Double {
        census.leastEntropy(condensing: condensedFraction)
    }

    private func isCondensed(_ result: CensusResult) -> Bool {
        !result.clusters.isEmpty && result.condensed >= condensedFraction
    }

    private mutating func endClustering(at time: ModelTime, _ result: CensusResult) {
        clusteringEnd = time
        clustersAtClusteringEnd = ClusterCensus(
            time: time, members: result.clusters, condensed: result.condensed)
    }

    /// A census of the measure at `fraction` of the last step, given the clusters at its start.
    public mutating func take(_ evolution: inout Evolution, at fraction: Double)
        -> CensusResult
    {
        census.take(of: evolution.measure(at: fraction), after: former)
    }

    /// Looks at the last step of `evolution`.
    public mutating func observe(_ evolution: inout Evolution) {
        former = current.clusters
        var start = (fraction: 0.0, result: current)
        let end = take(&evolution, at: 1)
        if collapseEnd == nil, let fraction = fractionOfCollapse(&evolution) {
            collapseEnd = evolution.time(at: fraction)
            start = (fraction, take(&evolution, at: fraction))
        }
        if collapseEnd != nil && clusteringEnd == nil && isCondensed(end) {
            let found = first(in: &evolution, from: start, to: end) { detector, result in
                detector.isCondensed(result)
            }
            endClustering(at: evolution.time(at: found.fraction), found.result)
            start = found
        }
        if clusteringEnd != nil { findMergers(&evolution, from: start, to: end) }
        if clusteringEnd != nil && consensus == nil && end.clusters.count == 1
            && isCondensed(end)
        {
            let found = first(in: &evolution, from: start, to: end) { detector, result in
                result.clusters.count == 1 && detector.isCondensed(result)
            }
            consensus = evolution.time(at: found.fraction)
        }
        current = end
    }

    /// The first fraction of the step at which the residual is small enough; `nil` if it is not at its
    /// end.
    private func fractionOfCollapse(_ evolution: inout Evolution) -> Double? {
        if evolution.residual(of: evolution.measure()) > collapseResidual { return nil }
        return bisect(from: 0) { fraction in
            evolution.residual(of: evolution.measure(at: fraction)) <= collapseResidual
        }
    }

    /// The least fraction beyond `start` at which `holds`, which does so at 1 and not at the start.
    private func bisect(from start: Double, _ holds: (Double) -> Bool) -> Double {
        var (low, high) = (start, 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if middle <= low || middle >= high || high - low < 1e-15 { break }
            if holds(middle) { high = middle } else { low = middle }
        }
        return high
    }

    private mutating func findMergers(
        _ evolution: inout Evolution,
        from start: (fraction: Double, result: CensusResult),
        to end: CensusResult
    ) {
        var from = start
        // Each pass finds one change; more than the number of clusters there cannot be.
        for _ in 0..<(2 * start.result.clusters.count + 2) {
            let before = from.result
            if before.clusters.count == end.clusters.count { return }
            let found = first(in: &evolution, from: from, to: end) { _, result in
                result.clusters.count != before.clusters.count
            }
            if found.result.clusters.count < before.clusters.count {
                record(before, found.result, at: evolution.time(at: found.fraction))
            }
            from = found
        }
    }

    /// Records what became of the clusters that are no more.
    private mutating func record(
        _ before: CensusResult, _ after: CensusResult, at time: ModelTime
    ) {
        var heirs = [Int: [Int]]()
        var vanished = [Int]()
        for (i, cluster) in before.clusters.enumerated() {
            if let heir = after.index(of: cluster) {
                heirs[heir, default: []].append(i)
            } else {
                vanished.append(i)
            }
        }
        let event = EventTime(time: time, relativeError: 0)
        var count = before.clusters.count
        for (heir, parents) in heirs.sorted(by: { $0.key < $1.key }) where parents.count > 1 {
            let from = parents.map { before.clusters[$0] }
            for _ in 1..<parents.count {
                count -= 1
                mergers.append(
                    Merger(
                        kind: .merged, time: event, clustersAfter: count,
                        into: after.clusters[heir], from: from))
            }
        }
        for i in vanished {
            count -= 1
            mergers.append(
                Merger(
                    kind: .vanished, time: event, clustersAfter: count, into: before.clusters[i]))
        }
    }

    /// The first fraction of the step at which `condition` holds; it holds at the end of the step.
    private mutating func first(
        in evolution: inout Evolution,
        from start: (fraction: Double, result: CensusResult), to end: CensusResult,
        where condition: (PhaseDetector, CensusResult) -> Bool
    ) -> (fraction: Double, result: CensusResult) {
        if condition(self, start.result) { return start }
        var (detector, result) = (self, end)
        let fraction = bisect(from: start.fraction) { middle in
            let here = detector.take(&evolution, at: middle)
            let holds = condition(self, here)
            if holds { result = here }
            return holds
        }
        return (fraction, result)
    }

    // MARK: Resuming

    /// Restores what a checkpoint holds.
    package mutating func restore(
        collapseEnd: ModelTime?, clusteringEnd: ModelTime?, clusters: ClusterCensus?,
        consensus: ModelTime?,
        mergers: [Merger], current: CensusResult
    ) {
        self.collapseEnd = collapseEnd
        self.clusteringEnd = clusteringEnd
        self.clustersAtClusteringEnd = clusters
        self.consensus = consensus
        self.mergers = mergers
        self.current = current
    }
}
