import CVectorMath

/// Weights of some rows of a matrix, Σ_j weight_j row_{stage_j}.
///
/// The rows are kept one after the other in one array, so that a sum takes a single sweep: cost one
/// multiplication and addition, one number read, for each weight and column.
struct LinearCombination: Sendable, ExpressibleByArrayLiteral {
    private let stages: [Int32]
    private let weights: [Double]

    init(arrayLiteral terms: (stage: Int, weight: Double)...) {
        stages = terms.map { Int32($0.stage) }
        weights = terms.map(\.weight)
    }

    /// result = base + factor · Σ weight_j row_j, shape [n].
    func apply(
        to rows: [Double], base: [Double], factor: Double, into result: inout [Double]
    ) {
        let n = base.count
        precondition(result.count == n && rows.count >= n * rowsNeeded)
        tf_combine(n, base, factor, rows, stages, weights, weights.count, &result)
    }

    /// result += factor · Σ weight_j row_j, shape [n].
    func add(_ rows: [Double], factor: Double, to result: inout [Double]) {
        let n = result.count
        precondition(rows.count >= n * rowsNeeded)
        result.withUnsafeMutableBufferPointer {
            tf_combine(
                n, $0.baseAddress!, factor, rows, stages, weights, weights.count, $0.baseAddress!)
        }
    }

    private var rowsNeeded: Int { Int(stages.last ?? -1) + 1 }
}
