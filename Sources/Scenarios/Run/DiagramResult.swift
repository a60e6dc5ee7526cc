import MeanField

/// A phase diagram of a scenario, with what theory says about its edge.
public struct DiagramResult: Sendable, Equatable {
    /// The scenario it was made from.
    public let scenario: Scenario
    /// Version of the program.
    public let version: String
    /// The fractions.
    public let diagram: PhaseDiagram
    /// For each β the time at which orthonormal tokens reach the inner product: the edge.
    public let edge: [Double]
    /// The β at which that time is the last one of the diagram; `nil` if there is none.
    public let edgeBeta: Double?

    /// Computes the diagram of a scenario that was read for one; `nil` if interrupted.
    ///
    /// - Parameters:
    ///   - finished: What is known already at the first temperatures.
    ///   - onRow: Called with what is found at every other one, in their order.
    ///
    /// - Throws: ``EvolutionError/stepTooSmall``, and what `onRow` throws.
    public init?(
        of scenario: Scenario, version: String, finished: [PhaseDiagram.Row] = [], threads: Int,
        isInterrupted: () -> Bool = { false },
        onRow: (PhaseDiagram.Row) throws -> Void = { _ in },
        onProgress: (Double) -> Void = { _ in }
    ) throws {
        guard let section = scenario.diagram, let tokens = scenario.particles.count,
            case .time(let end) = scenario.time.end
        else { preconditionFailure("the scenario is read for a diagram") }
        let normalization = scenario.model.normalization
        let ensemble = TokenEnsemble(
            dimension: scenario.model.dimension, tokens: tokens, systems: section.systems,
            seed: scenario.particles.seed)
        let diagram = try PhaseDiagram(
            of: ensemble, normalization: normalization, betas: section.betas.values,
            times: section.times.values(until: end), product: section.innerProduct,
            tolerance: scenario.time.tolerance, joins: scenario.particles.coalesce,
            finished: finished, threads: threads, onRow: onRow
        ) { done in
            onProgress(done)
            return !isInterrupted()
        }
        guard let diagram else { return nil }
        self.scenario = scenario
        self.version = version
        self.diagram = diagram
        func time(_ beta: Double) -> Double {
            EquiangularTokens(
                count: tokens, attention: TokenAttention(beta: beta, normalization: normalization)
            ).time(to: section.innerProduct)
        }
        edge = diagram.betas.map(time)
        edgeBeta = Self.crossing(of: time, with: end, in: diagram.betas)
    }

    /// Number of tokens in a system.
    public var tokens: Int { scenario.particles.count ?? 0 }

    /// Where a continuous function of β passes `level`, to rounding, by bisection.
    private static func crossing(
        of function: (Double) -> Double, with level: Double, in betas: [Double]
    ) -> Double? {
        guard var low = betas.first, var high = betas.last, function(low) < level,
            function(high) > level
        else { return nil }
        while true {
            let middle = 0.5 * (low + high)
            if middle <= low || middle >= high { return middle }
            if function(middle) < level { low = middle } else { high = middle }
        }
    }
}

extension PhaseDiagram {
    /// The fraction between grid points, linear in β and in time.
    public func fraction(
        _ beta: (index: Int, share: Double), _ time: (index: Int, share: Double)
    ) -> Double {
        func along(_ row: [Double]) -> Double {
            let next = min(time.index + 1, row.count - 1)
            return row[time.index] + time.share * (row[next] - row[time.index])
        }
        let (low, next) = (along(fractions[beta.index]), min(beta.index + 1, fractions.count - 1))
        return low + beta.share * (along(fractions[next]) - low)
    }
}
