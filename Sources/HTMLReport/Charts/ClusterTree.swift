import Foundation
import MeanField
import Phases

/// Which clusters merged with which, and when: the clusters at the end of clustering are the leaves.
struct ClusterTree: Sendable {
    /// A cluster from its birth to its end.
    struct Node: Sendable {
        /// Place and mass at its birth.
        var cluster: Cluster
        /// When it was first known.
        var start: ModelTime
        /// When it merged or vanished; `nil`: it is there at the end.
        var end: ModelTime?
        /// Those that merged into it.
        var parents: [Int] = []
        /// Vertical place, in units of leaves.
        var row = 0.0
        /// Whether it vanished.
        var hasVanished = false
    }

    /// Parents before the clusters they merge into.
    private(set) var nodes: [Node] = []
    /// Number of clusters without parents.
    var leaves: Int { nodes.count { $0.parents.isEmpty } }

    /// The tree of a run; `nil` if clustering did not end or no cluster merged.
    init?(_ record: RunRecord) {
        guard let census = record.clusters, !record.mergers.isEmpty else { return nil }
        nodes = census.members.map { Node(cluster: $0, start: census.time) }
        var living = Array(nodes.indices)
        var last: Merger?
        for merger in record.mergers {
            // Of k clusters that merge at once, each of the k - 1 mergers names all.
            let isKnown =
                merger.kind == .merged && last?.time == merger.time && last?.from == merger.from
            last = merger
            if isKnown { continue }
            let time = merger.time.time
            let gone = merger.kind == .merged ? merger.from : [merger.into]
            let parents = gone.map { take($0, from: &living, at: time) }
            for parent in parents { nodes[parent].end = time }
            if merger.kind == .vanished {
                for parent in parents { nodes[parent].hasVanished = true }
            } else {
                nodes.append(Node(cluster: merger.into, start: time, parents: parents))
                living.append(nodes.count - 1)
            }
        }
        place(living)
    }

    /// The living node that is most like `cluster`, no longer living; a new one if there is none.
    private mutating func take(
        _ cluster: Cluster, from living: inout [Int], at time: ModelTime
    ) -> Int {
        func difference(_ node: Int) -> Double {
            let other = nodes[node].cluster
            let distance = zip(cluster.position, other.position).reduce(0) {
                $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
            }
            // Masses hardly change while clusters drift; 4 lets 1 % of mass weigh as 0.02 rad.
            let imbalance = cluster.mass - other.mass
            return distance + 4 * imbalance * imbalance
        }
        guard
            let index = living.indices.min(by: { difference(living[$0]) < difference(living[$1]) })
        else {
            nodes.append(Node(cluster: cluster, start: time))
            return nodes.count - 1
        }
        return living.remove(at: index)
    }

    /// Gives every node its row, so that no two lines cross.
    private mutating func place(_ living: [Int]) {
        let vanished = nodes.indices.filter { nodes[$0].hasVanished }
        var next = 0.0
        for root in (living + vanished).sorted(by: isBelow) { place(root, &next) }
    }

    private mutating func place(_ node: Int, _ next: inout Double) {
        let parents = nodes[node].parents.sorted(by: isBelow)
        guard !parents.isEmpty else {
            nodes[node].row = next
            next += 1
            return
        }
        for parent in parents { place(parent, &next) }
        nodes[node].row = parents.reduce(0) { $0 + nodes[$1].row } / Double(parents.count)
    }

    /// By angle on the circle, by mass elsewhere.
    private func isBelow(_ a: Int, _ b: Int) -> Bool {
        let (first, second) = (nodes[a].cluster, nodes[b].cluster)
        if let low = first.angle, let high = second.angle { return low < high }
        return first.mass < second.mass
    }
}
