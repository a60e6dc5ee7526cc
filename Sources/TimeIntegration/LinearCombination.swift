/// result = base + factor · Σ weight_j · stages[j], four stages in one sweep.
func combine(
    _ base: [Double], _ stages: [[Double]], weights: [(stage: Int, weight: Double)],
    factor: Double, into result: inout [Double]
) {
    let n = base.count
    precondition(result.count == n)
    for i in 0..<n { result[i] = base[i] }
    accumulate(stages, weights: weights, factor: factor, into: &result)
}

/// result += factor · Σ weight_j · stages[j].
func accumulate(
    _ stages: [[Double]], weights: [(stage: Int, weight: Double)], factor: Double,
    into result: inout [Double]
) {
    let n = result.count
    var j = 0
    while j + 4 <= weights.count {
        let (a, b) = (stages[weights[j].stage], stages[weights[j + 1].stage])
        let (c, d) = (stages[weights[j + 2].stage], stages[weights[j + 3].stage])
        precondition(a.count == n && b.count == n && c.count == n && d.count == n)
        let (wa, wb) = (factor * weights[j].weight, factor * weights[j + 1].weight)
        let (wc, wd) = (factor * weights[j + 2].weight, factor * weights[j + 3].weight)
        for i in 0..<n { result[i] += (wa * a[i] + wb * b[i]) + (wc * c[i] + wd * d[i]) }
        j += 4
    }
    while j < weights.count {
        let a = stages[weights[j].stage]
        precondition(a.count == n)
        let wa = factor * weights[j].weight
        for i in 0..<n { result[i] += wa * a[i] }
        j += 1
    }
}
