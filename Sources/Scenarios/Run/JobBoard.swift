import Dispatch
import Synchronization

/// Numbered jobs that threads take in turn, and what they came to.
///
/// A job depends on nothing but its number, so that the outputs are the same for any number of threads.
final class JobBoard<Output: Sendable>: Sendable {
    private struct State {
        var next = 0
        var fractions: [Double]
        var outputs: [(job: Int, output: Output)] = []
        var failure: (any Error)?
    }

    private let state: Mutex<State>
    private let stopped = Atomic<Bool>(false)

    /// A board of the jobs 0 ..< `count`.
    init(count: Int) {
        state = Mutex(State(fractions: [Double](repeating: 0, count: count)))
    }

    /// Whether jobs should give up.
    var isStopped: Bool { stopped.load(ordering: .relaxed) }
    /// The finished jobs, as they came in.
    var outputs: [(job: Int, output: Output)] { state.withLock { $0.outputs } }
    /// The share of each job that is done.
    var fractions: [Double] { state.withLock { $0.fractions } }

    /// Says how much of a job is done.
    func report(_ job: Int, _ fraction: Double) {
        state.withLock { $0.fractions[job] = min(1, fraction) }
    }

    /// Does the jobs on up to `threads` threads; returns early if interrupted.
    ///
    /// `isInterrupted` and `onWait` are called on the calling thread, every few hundredths of a second
    /// and after the last job; `work` returns `nil` where it gave up because of ``isStopped``. Throws
    /// what `work` or `onWait` throws first, after all threads have stopped.
    func run(
        threads: Int, isInterrupted: () -> Bool, onWait: () throws -> Void,
        work: @escaping @Sendable (Int) throws -> Output?
    ) throws {
        let group = DispatchGroup()
        for _ in 0..<min(threads, fractions.count) {
            DispatchQueue.global().async(group: group) { self.takeJobs(work) }
        }
        do {
            repeat {
                if isInterrupted() { stop() }
                try onWait()
            } while group.wait(timeout: .now() + 0.05) == .timedOut
        } catch {
            stop()
            group.wait()
            throw error
        }
        try onWait()
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private func stop() { stopped.store(true, ordering: .relaxed) }

    private func takeJobs(_ work: (Int) throws -> Output?) {
        while let job = take() {
            do {
                guard let output = try work(job) else { continue }
                state.withLock { state in
                    state.fractions[job] = 1
                    state.outputs.append((job, output))
                }
            } catch {
                state.withLock { state in
                    if state.failure == nil { state.failure = error }
                }
                stop()
            }
        }
    }

    /// The next job; `nil` if there is none, or if the board is stopped.
    private func take() -> Int? {
        if isStopped { return nil }
        return state.withLock { state in
            guard state.next < state.fractions.count else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }
}
