import MeanField
import Phases

/// Particles beside the density that they should follow, over numbers of tokens and replicas.
///
/// The references are computed first; then every pair of a count and a replica is a job of its own, and
/// threads take the jobs in turn, the largest counts first. A job depends on nothing but its number, so
/// that the results are the same bits for any number of threads and any order. Cost: that of replicas
/// runs of N tokens for each count N, and for each distance O(N log N) on the circle, O(N²) beyond.
public struct ComparisonStudy: Sendable {
    /// What is compared with what.
    public let plan: ComparisonPlan
    /// The reference of each count; empty until they are computed.
    public private(set) var references: [ComparisonReference] = []
    /// The samples that are finished, by count, then replica.
    public private(set) var samples: [ComparisonSample]

    /// A study of `plan` with the samples and the first references of an earlier one.
    public init(
        _ plan: ComparisonPlan, finished samples: [ComparisonSample] = [],
        references: [ComparisonReference] = []
    ) {
        self.plan = plan
        self.samples = samples
        self.references = references
    }

    /// Whether every sample is there.
    public var isComplete: Bool { samples.count == plan.counts.count * plan.replicas }

    /// Computes what is missing, on up to `threads` threads; returns early if interrupted.
    ///
    /// `isInterrupted`, `onProgress`, `onReference` (one more reference is there) and `onSamples` (new
    /// samples have come in) are called on the calling thread, every few hundredths of a second. Throws
    /// ``MeanField/EvolutionError`` where a run fails.
    public mutating func run(
        threads: Int, isInterrupted: () -> Bool = { false },
        onProgress: (ComparisonProgress) -> Void = { _ in },
        onReference: (ComparisonStudy) throws -> Void = { _ in },
        onSamples: (ComparisonStudy) throws -> Void = { _ in }
    ) throws {
        guard try computeReferences(isInterrupted, onProgress, onReference) else { return }
        let study = self
        let jobs = missingJobs()
        let board = JobBoard<ComparisonSample>(count: jobs.count)
        let finished = samples
        var known = 0
        try board.run(threads: threads, isInterrupted: isInterrupted) {
            let found = board.outputs.map(\.output)
            if found.count > known {
                known = found.count
                samples = Self.inOrder(finished + found)
                try onSamples(self)
            }
            onProgress(progress(of: jobs, found.count, board.fractions))
        } work: { number in
            try study.sample(
                jobs[number], isInterrupted: { board.isStopped },
                onProgress: { board.report(number, $0) })
        }
    }

    private func progress(
        of jobs: [Job], _ finished: Int, _ fractions: [Double]
    ) -> ComparisonProgress {
        let sizes = jobs.map { Double(plan.counts[$0.index]) }
        let all = sizes.reduce(0, +)
        let done = zip(sizes, fractions).reduce(0) { $0 + $1.0 * $1.1 }
        return ComparisonProgress(
            finished: finished, total: jobs.count, fraction: all > 0 ? done / all : nil)
    }

    private static func inOrder(_ samples: [ComparisonSample]) -> [ComparisonSample] {
        samples.sorted { ($0.index, $0.replica) < ($1.index, $1.replica) }
    }

    /// `false` if interrupted.
    private mutating func computeReferences(
        _ isInterrupted: () -> Bool, _ onProgress: (ComparisonProgress) -> Void,
        _ onReference: (ComparisonStudy) throws -> Void
    ) throws -> Bool {
        for index in references.count..<plan.counts.count {
            if plan.referenceIndex(index) < index {
                references.append(references[plan.referenceIndex(index)])
                continue
            }
            onProgress(ComparisonProgress(finished: 0, total: 0, fraction: nil))
            guard
                let reference = try ComparisonReference(
                    plan.reference(index), times: plan.times, isInterrupted: isInterrupted)
            else { return false }
            references.append(reference)
            try onReference(self)
        }
        return true
    }

    /// Counts and replicas without a sample, the largest counts first.
    private func missingJobs() -> [Job] {
        let there = Set(samples.map { Job(index: $0.index, replica: $0.replica) })
        let all = plan.counts.indices.reversed().flatMap { index in
            (0..<plan.replicas).map { Job(index: index, replica: $0) }
        }
        return all.filter { !there.contains($0) }
    }

    private func sample(
        _ job: Job, isInterrupted: () -> Bool, onProgress: (Double) -> Void
    ) throws -> ComparisonSample? {
        let scenario = plan.particles(job.index)
        var apart = scenario.evolutionOptions
        apart.joinsTokens = false
        let targets = references[job.index].targets
        func run<Evolution: RunnableEvolution>(
            _ evolution: Evolution, afterwards: (inout Evolution) -> Void
        ) throws -> ComparedRun<ComparisonSample.Distances>?
        where Evolution.Measure: TokensOfComparison {
            try ComparedRun(
                evolution, of: scenario, times: plan.times, factor: plan.timeFactor(job.index),
                isInterrupted: isInterrupted, onProgress: onProgress,
                look: { time, tokens in tokens.measure().distances(from: targets[time]) },
                afterwards: afterwards)
        }
        func withNoise<Space: RunnableSpace>(
            _ kind: Space.Type, _ coordinates: [Double], _ masses: [Double]
        ) throws -> ComparedRun<ComparisonSample.Distances>?
        where Space.Measure: TokensOfComparison {
            try run(
                DiffusingEvolution(
                    coordinates, masses: masses, in: Space(scenario), options: apart,
                    seed: scenario.particles.seed,
                    replica: plan.noiseReplica(job.index, replica: job.replica))
            ) { _ in }
        }
        let found: ComparedRun<ComparisonSample.Distances>?
        switch (scenario.isOnCircle, scenario.model.diffusion > 0) {
        case (true, false):
            let tokens = plan.tokens(job.index, replica: job.replica)
            found = try run(
                CircleEvolution(of: tokens, attention: scenario.attention, options: apart)
            ) { $0.options = scenario.evolutionOptions }
        case (true, true):
            let tokens = plan.tokens(job.index, replica: job.replica)
            guard case .atoms(let angles, let masses) = tokens.initial else {
                preconditionFailure("tokens are points")
            }
            found = try withNoise(CircleSpace.self, angles, masses)
        case (false, false):
            let tokens = plan.sphereTokens(job.index, replica: job.replica)
            found = try run(
                TokenEvolution(of: tokens, attention: scenario.sphereAttention, options: apart)
            ) { $0.options = scenario.evolutionOptions }
        case (false, true):
            let tokens = plan.sphereTokens(job.index, replica: job.replica)
            found = try withNoise(SphereSpace.self, tokens.positions, tokens.masses)
        }
        return found.map {
            ComparisonSample(
                index: job.index, replica: job.replica, distances: $0.sights, phases: $0.phases)
        }
    }
}

/// Where a comparison stands, for the person watching it.
public struct ComparisonProgress: Sendable, Hashable {
    /// Runs of particles that are finished.
    public var finished: Int
    /// Runs of particles that this process has to do; 0 while it computes the reference.
    public var total: Int
    /// Share of the work that is done, counted in tokens; `nil` while nobody can tell.
    public var fraction: Double?
}

/// One run of particles that has to be done.
private struct Job: Hashable {
    var index: Int
    var replica: Int
}
