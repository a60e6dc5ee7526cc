/// The steepest ways up between neighbouring nodes on a sphere.
struct SteepestWays: Sendable {
    /// For every node its neighbours, as many for each, and the inverse distances to them.
    private let neighbours: [Int]
    private let closeness: [Double]

    /// Ways between nodes at unit vectors; `neighbours` holds as many numbers of nodes for each.
    init(between points: [[Double]], neighbours: [Int]) {
        let size = neighbours.count / points.count
        self.neighbours = neighbours
        closeness = neighbours.indices.map { k in
            let (a, b) = (points[k / size], points[neighbours[k]])
            return 1 / zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
    }

    /// The nodes above all their neighbours and then the `resting` ones, where ways end too; for every node
    /// the index of the one to which the steepest way up leads.
    func summits(
        of values: [Double], resting: [Int] = []
    ) -> (maxima: [Int], owner: [Int]) {
        let size = neighbours.count / values.count
        var next = [Int](repeating: 0, count: values.count)
        var maxima = [Int]()
        var owner = [Int](repeating: -1, count: values.count)
        for i in values.indices {
            var (best, slope) = (i, 0.0)
            for k in (size * i)..<(size * i + size) {
                let rise = (values[neighbours[k]] - values[i]) * closeness[k]
                if rise > slope { (best, slope) = (neighbours[k], rise) }
            }
            next[i] = best
            if best == i {
                owner[i] = maxima.count
                maxima.append(i)
            }
        }
        for node in resting {
            if owner[node] < 0 { owner[node] = maxima.count }
            // Ways that pass beside it come to it.
            for k in (size * node)..<(size * node + size) { next[neighbours[k]] = node }
            maxima.append(node)
        }
        for i in values.indices {
            var (way, at) = ([Int](), i)
            while owner[at] < 0 {
                way.append(at)
                at = next[at]
            }
            for node in way { owner[node] = owner[at] }
        }
        return (maxima, owner)
    }
}
