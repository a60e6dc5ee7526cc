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
    /// f, shape [β][time].
    public private(set) var fractions: [[Double]] = []
    /// Standard error of f, shape [β][time].
    public private(set) var standardErrors: [[Double]] = []

    /// Computes a diagram.
    ///
    /// - Parameters:
    ///   - tolerance: local error of a step.
    ///   - joins: whether tokens that meet become one.
    ///   - threads: most threads to use; the result is the same bits for any number.
    ///   - onProgress: called between temperatures with the share that is done; false stops.
    /// - Returns: `nil` if it was stopped.
    /// - Throws: ``EvolutionError/stepTooSmall``.
    public init?(
        of ensemble: TokenEnsemble, normalization: Normalization, betas: [Double],
        times: [Double], product: Double, tolerance: Double, joins: Bool = true, threads: Int,
        onProgress: (Double) -> Bool
    ) throws(EvolutionError) {
        self.betas = betas
        self.times = times
        self.product = product
        for (index, beta) in betas.enumerated() {
            guard onProgress(Double(index) / Double(betas.count)) else { return nil }
            let row = try ensemble.pairFractions(
                under: TokenAttention(beta: beta, normalization: normalization), at: times,
                above: product, tolerance: tolerance, joins: joins, threads: threads)
            fractions.append(row.mean)
            standardErrors.append(row.standardError)
        }
    }
}
