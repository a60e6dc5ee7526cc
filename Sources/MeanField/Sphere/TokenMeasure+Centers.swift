extension TokenMeasure {
    /// At most `limit` tokens, each as far from the others as can be, and for each token the place of the
    /// nearest of them.
    ///
    /// The first token, then always the one that is farthest from all before: within twice the least
    /// possible distance from every token. Cost O(n · limit · d).
    /// Source: T. F. Gonzalez, Theor. Comput. Sci. 38 (1985) 293.
    public func centers(limit: Int) -> (chosen: [Int], nearest: [Int]) {
        let n = count
        if n <= limit { return (Array(0..<n), Array(0..<n)) }
        var chosen = [0]
        var nearest = [Int](repeating: 0, count: n)
        var squares = [Double](repeating: .infinity, count: n)
        var distances = squares
        while true {
            let center = chosen[chosen.count - 1]
            for i in 0..<n { distances[i] = 0 }
            for c in 0..<dimension {
                let own = positions[c * n + center]
                for i in 0..<n {
                    let difference = positions[c * n + i] - own
                    distances[i] += difference * difference
                }
            }
            var farthest = (index: 0, square: 0.0)
            for i in 0..<n {
                if distances[i] < squares[i] {
                    squares[i] = distances[i]
                    nearest[i] = chosen.count - 1
                }
                if squares[i] > farthest.square { farthest = (i, squares[i]) }
            }
            if chosen.count == limit || farthest.square == 0 { return (chosen, nearest) }
            chosen.append(farthest.index)
        }
    }
}
