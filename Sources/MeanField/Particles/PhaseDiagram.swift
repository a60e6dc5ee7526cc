/// The share of token pairs that have met, over inverse temperature and time.
///
///     f(β, t) = E #{i < j: <x_i(t),x_j(t)> > product}/(n(n-1)/2),   x_i(0) iid uniform on S^{d-1}
///
/// estimated by the mean over the systems of an ensemble, which start alike at every β, with its
/// standard error. Geshkovski, Letrouit, Polyanskiy, Rigollet (arXiv:2312.10794) show it for n = 32
/// and several d; for large d its edge is the curve of ``EquiangularTokens``.
public struct PhaseDiagram: Sendable, Equatable {
    /// Inverse temperatures, ascending.
    public let betas: [Double]
    /// Times, ascending.
    public let times: [Double]
    /// Inner product above which a pair has met.
    public let product: Double
    /// What was found at each β.
    public private(set) var rows: [Row]

    /// What is found at one inverse temperature.
    public struct Row: Sendable, Equatable {
        /// f at each time.
        public let fractions: [Double]
        /// Standard error of f at each time.
        public let standardErrors: [Double]

        /// Both, of the same length.
        public init(fractions: [Double], standardErrors: [Double]) {
            (self.fractions, self.standardErrors) = (fractions, standardErrors)
        }
    }

    /// f, shape [β][time].
    public var fractions: [[Double]] { rows.map(\.fractions) }
    /// Standard error of f, shape [β][time].
    public var standardErrors: [[Double]] { rows.map(\.standardErrors) }

    /// Computes a diagram.
    ///
    /// - Parameters:
    ///   - tolerance: local error of a step.
    ///   - joins: whether tokens that meet become one.
    ///   - finished: what is known already at the first of `betas`.
    ///   - threads: most threads to use; the result is the same bits for any number.
    ///   - onRow: called with every row that was computed, in the order of `betas`.
    ///   - onProgress: called between temperatures with the share that is done; false stops.
    /// - Returns: `nil` if it was stopped.
    /// - Throws: ``EvolutionError/stepTooSmall``, and what `onRow` throws.
    public init?(
        of ensemble: TokenEnsemble, normalization: Normalization, betas: [Double],
        times: [Double], product: Double, tolerance: Double, joins: Bool = true,
        finished: [Row] = [], threads: Int, onRow: (Row) throws -> Void = { _ in },
        onProgress: (Double) -> Bool
    ) throws {
        self.betas = betas
        self.times = times
        self.product = product
        rows = finished
        for (index, beta) in betas.enumerated().dropFirst(finished.count) {
            guard onProgress(Double(index) / Double(betas.count)) else { return nil }
            let (mean, standardError) = try ensemble.pairFractions(
                under: TokenAttention(beta: beta, normalization: normalization), at: times,
                above: product, tolerance: tolerance, joins: joins, threads: threads)
            rows.append(Row(fractions: mean, standardErrors: standardError))
            try onRow(rows[index])
        }
    }
}
