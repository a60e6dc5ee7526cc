extension TokenMeasure {
    /// Joins tokens within `reach` at their centre of mass, put on the sphere, those that contract if
    /// there are `velocities`; `true` if any were joined.
    ///
    /// What is lost is the variance of the group, (b·reach)² of its force.
    mutating func join(within reach: Double, velocities: [Double]?) -> Bool {
        guard let leader = leaders(within: reach, velocities: velocities) else { return false }
        (self, _) = gathered(leader)
        return true
    }

    /// Tokens within `reach` of one another as one, and for each token the index of its group.
    public func groups(within reach: Double) -> (measure: TokenMeasure, leader: [Int]) {
        guard let leader = leaders(within: reach, velocities: nil) else {
            return (self, [Int](0..<count))
        }
        return gathered(leader)
    }

    /// For each token the one that it is joined to; `nil` if all stay alone.
    ///
    /// Candidates are neighbours along one direction: O(n log n) where the tokens are spread, and at most
    /// O(n²).
    private func leaders(within reach: Double, velocities: [Double]?) -> [Int]? {
        let (n, d) = (count, dimension)
        // Some direction in which no two tokens are likely to agree.
        var generator = Random(seed: 0)
        let direction = (0..<d).map { _ in generator.nextNormal() }
        var heights = [Double](repeating: 0, count: n)
        for c in 0..<d {
            for i in 0..<n { heights[i] += direction[c] * positions[c * n + i] }
        }
        let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let order = (0..<n).sorted { (heights[$0], $0) < (heights[$1], $1) }
        var leader = [Int](0..<n)
        var joined = false
        for (place, i) in order.enumerated() where leader[i] == i {
            for j in order[(place + 1)...] {
                if heights[j] - heights[i] > reach * length { break }
                guard leader[j] == j, isClosing(i, j, reach, velocities) else { continue }
                leader[j] = i
                joined = true
            }
        }
        return joined ? leader : nil
    }

    /// Whether two tokens are within `reach` and come no farther apart.
    private func isClosing(_ i: Int, _ j: Int, _ reach: Double, _ velocities: [Double]?) -> Bool {
        let n = count
        var (square, closing) = (0.0, 0.0)
        for c in 0..<dimension {
            let gap = positions[c * n + j] - positions[c * n + i]
            square += gap * gap
            if let v = velocities { closing += gap * (v[c * n + j] - v[c * n + i]) }
        }
        return square == 0 || square <= reach * reach && (closing < 0 || velocities == nil)
    }

    /// Every group at its centre of mass, and for each token the index of its group.
    private func gathered(_ leader: [Int]) -> (measure: TokenMeasure, leader: [Int]) {
        let (n, d) = (count, dimension)
        let kept = (0..<n).filter { leader[$0] == $0 }
        var place = [Int](repeating: 0, count: n)
        for (k, i) in kept.enumerated() { place[i] = k }
        var sums = [Double](repeating: 0, count: kept.count)
        var moved = [Double](repeating: 0, count: d * kept.count)
        for i in 0..<n {
            let k = place[leader[i]]
            sums[k] += masses[i]
            // About the leader, so that a group at one point stays there.
            for c in 0..<d {
                moved[c * kept.count + k] +=
                    masses[i] * (positions[c * n + i] - positions[c * n + leader[i]])
            }
        }
        for (k, i) in kept.enumerated() {
            for c in 0..<d {
                let index = c * kept.count + k
                moved[index] = positions[c * n + i] + moved[index] / sums[k]
            }
        }
        var measure = TokenMeasure(dimension: d, positions: moved, masses: sums)
        measure.normalize()
        return (measure, leader.map { place[$0] })
    }
}
