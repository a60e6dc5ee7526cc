import Dispatch
import Foundation
import MeanField
import Phases
import Synchronization

/// Particles beside the density that they should follow, over numbers of tokens and replicas.
///
/// The references are computed first; then every pair of a count and a replica is a job of its own, and
/// threads take the jobs in turn, the largest counts first. A job depends on nothing but its number, so
/// that the results are the same bits for any number of threads and any order. Cost: that of replicas
/// runs of N tokens for each count N, and O(N log N) for each distance.
public struct ComparisonStudy: Sendable {
    /// What is compared with what.
    public let plan: ComparisonPlan
    /// The reference of each count; empty until they are computed.
    public private(set) var references: [ComparisonReference] = []
    /// The samples that are finished, by count, then replica.
    public private(set) var samples: [ComparisonSample]

    /// A study of `plan` with the samples of an earlier one.
    public init(_ plan: ComparisonPlan, finished samples: [ComparisonSample] = []) {
        self.plan = plan
        self.samples = samples
    }

    /// Whether every sample is there.
    public var isComplete: Bool { samples.count == plan.counts.count * plan.replicas }

    /// Computes what is missing, on up to `threads` threads; returns early if interrupted.
    ///
    /// `isInterrupted`, `onProgress` and `onSamples` (new samples have come in) are called on the calling
    /// thread, every few hundredths of a second. Throws ``MeanField/EvolutionError`` where a run fails.
    public mutating func run(
        threads: Int, isInterrupted: () -> Bool = { false },
        onProgress: (ComparisonProgress) -> Void = { _ in },
        onSamples: (ComparisonStudy) throws -> Void = { _ in }
    ) throws {
        guard try computeReferences(isInterrupted, onProgress) else { return }
        let board = Board(missingJobs(), of: plan)
        guard board.progress.total > 0 else { return }
        let group = DispatchGroup()
        for _ in 0..<min(threads, board.progress.total) {
            let study = self
            DispatchQueue.global().async(group: group) { study.work(board) }
        }
        let finished = samples
        var known = 0
        repeat {
            if isInterrupted() { board.stop() }
            let found = board.samples
            if found.count > known {
                known = found.count
                samples = Self.inOrder(finished + found)
                try onSamples(self)
            }
            onProgress(board.progress)
        } while group.wait(timeout: .now() + 0.05) == .timedOut
        samples = Self.inOrder(finished + board.samples)
        if let failure = board.failure { throw failure }
    }

    private static func inOrder(_ samples: [ComparisonSample]) -> [ComparisonSample] {
        samples.sorted { ($0.index, $0.replica) < ($1.index, $1.replica) }
    }

    /// `false` if interrupted.
    private mutating func computeReferences(
        _ isInterrupted: () -> Bool, _ onProgress: (ComparisonProgress) -> Void
    ) throws -> Bool {
        var found = [ComparisonReference]()
        for index in plan.counts.indices {
            if plan.referenceIndex(index) < index {
                found.append(found[plan.referenceIndex(index)])
                continue
            }
            let scenario = plan.reference(index)
            onProgress(ComparisonProgress(finished: 0, total: 0, fraction: nil))
            guard
                let run = try ComparedRun(
                    scenario, from: plan.start, times: plan.times, isInterrupted: isInterrupted)
            else { return false }
            found.append(ComparisonReference(beta: scenario.model.beta, run: run))
        }
        references = found
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

    // MARK: Threads

    /// Takes jobs until there are none.
    private func work(_ board: Board) {
        while let (number, job) = board.take() {
            do {
                let sample = try self.sample(
                    job, isInterrupted: { board.isStopped },
                    onProgress: { board.report(number, $0) })
                if let sample { board.finish(number, sample) }
            } catch {
                board.fail(error)
            }
        }
    }

    private func sample(
        _ job: Job, isInterrupted: () -> Bool, onProgress: (Double) -> Void
    ) throws -> ComparisonSample? {
        guard
            let run = try ComparedRun(
                plan.particles(job.index), from: plan.tokens(job.index, replica: job.replica),
                times: plan.times, factor: plan.timeFactor(job.index),
                isInterrupted: isInterrupted, onProgress: onProgress)
        else { return nil }
        return ComparisonSample(
            index: job.index, replica: job.replica,
            distances: references[job.index].distances(of: run), phases: run.phases)
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

/// What the threads of a study share: which jobs are taken, how far they are, what they came to.
private final class Board: Sendable {
    private struct State {
        var next = 0
        var fractions: [Double]
        var samples: [ComparisonSample] = []
        var failure: (any Error)?
    }

    private let jobs: [Job]
    /// Number of tokens of each job.
    private let sizes: [Double]
    private let state: Mutex<State>
    private let stopped = Atomic<Bool>(false)

    init(_ jobs: [Job], of plan: ComparisonPlan) {
        self.jobs = jobs
        sizes = jobs.map { Double(plan.counts[$0.index]) }
        state = Mutex(State(fractions: [Double](repeating: 0, count: jobs.count)))
    }

    var isStopped: Bool { stopped.load(ordering: .relaxed) }

    func stop() { stopped.store(true, ordering: .relaxed) }

    /// The next job with its number; `nil` if there is none, or if the study is stopped.
    func take() -> (number: Int, job: Job)? {
        if isStopped { return nil }
        return state.withLock { state in
            guard state.next < jobs.count else { return nil }
            defer { state.next += 1 }
            return (state.next, jobs[state.next])
        }
    }

    func report(_ number: Int, _ fraction: Double) {
        state.withLock { $0.fractions[number] = min(1, fraction) }
    }

    func finish(_ number: Int, _ sample: ComparisonSample) {
        state.withLock { state in
            state.fractions[number] = 1
            state.samples.append(sample)
        }
    }

    func fail(_ error: any Error) {
        state.withLock { state in
            if state.failure == nil { state.failure = error }
        }
        stop()
    }

    var samples: [ComparisonSample] { state.withLock { $0.samples } }
    var failure: (any Error)? { state.withLock { $0.failure } }

    var progress: ComparisonProgress {
        state.withLock { state in
            let all = sizes.reduce(0, +)
            let done = zip(sizes, state.fractions).reduce(0) { $0 + $1.0 * $1.1 }
            return ComparisonProgress(
                finished: state.samples.count, total: jobs.count,
                fraction: all > 0 ? done / all : nil)
        }
    }
}
