import MeanField
import Phases

/// Makes the baseline of a scenario, and what a run has to hold against it.
///
/// A scenario with a section `[diagram]` is also the scenario of a phase diagram, which belongs to its
/// baseline.
struct BaselineRun {
    let scenario: Scenario
    /// The scenario read for its phase diagram, or `nil`.
    let diagram: Scenario?
    let version: String
    let isInterrupted: () -> Bool

    /// Other seeds that are run where tokens are drawn.
    private static let otherSeeds = 4

    /// What the scenario yields now, with its observables at `times`; `nil` if interrupted.
    ///
    /// Throws ``MeanField/EvolutionError``.
    func measurement(at times: [Double]) throws -> RunQuantities? {
        guard let run = try measurement(of: scenario, at: times) else { return nil }
        return try diagramMeasurement(threads: 1).map { run + $0 }
    }

    /// The baseline with what the run yields; `nil` if interrupted.
    ///
    /// The runs beside the run go side by side on `threads` threads. Throws
    /// ``MeanField/EvolutionError`` where one fails: a failure is nothing to hold others against.
    func baseline(
        threads: Int, onProgress: (Double) -> Void
    ) throws -> (baseline: Baseline, run: RunQuantities)? {
        var times = listedTimes
        guard
            let run = try scenario.computed(
                snapshotTimes: {
                    times = RunQuantities.times(of: $0)
                    return times.map { ModelTime($0) }
                }, isInterrupted: isInterrupted),
            let diagram = try diagramMeasurement(threads: threads)
        else { return nil }
        if let failure = run.failure { throw failure }
        let jobs = beside(isNoisy: run.record.noiseDetermined)
        let board = JobBoard<RunQuantities>(count: jobs.count)
        let copy = times
        try board.run(threads: threads, isInterrupted: isInterrupted) {
            onProgress(Double(board.outputs.count) / Double(jobs.count))
        } work: { number in
            let job = jobs[number]
            return try BaselineRun(
                scenario: job.scenario, diagram: nil, version: "",
                isInterrupted: { board.isStopped }
            ).measurement(of: job.scenario, isRounded: job.kind == .rounded, at: copy)
        }
        guard board.outputs.count == jobs.count else { return nil }
        func found(_ kind: Beside.Kind) -> [RunQuantities] {
            board.outputs.filter { jobs[$0.job].kind == kind }.sorted { $0.job < $1.job }
                .map { $0.output + diagram }
        }
        let whole = measured(run, at: times) + diagram
        let baseline = Baseline(
            of: whole, coarser: found(.coarser)[0],
            rounded: found(.rounded), seeds: found(.seed),
            resolution: scenario.time.tolerance
                + (scenario.evolve == .density ? scenario.density.tolerance : 0),
            version: version)
        return (baseline, whole)
    }

    // MARK: Runs beside the run

    /// A run whose distance from the run says something of it.
    private struct Beside {
        enum Kind {
            case coarser
            case rounded
            case seed
        }
        let kind: Kind
        let scenario: Scenario
    }

    private func beside(isNoisy: Bool) -> [Beside] {
        var jobs = [Beside(kind: .coarser, scenario: scenario.coarser)]
        if isNoisy { jobs.append(Beside(kind: .rounded, scenario: scenario)) }
        let isDrawn = scenario.particles.count != nil || scenario.model.diffusion > 0
        guard scenario.evolve == .particles, isDrawn else { return jobs }
        for seed in 1...UInt64(Self.otherSeeds) {
            var copy = scenario
            copy.particles.seed = scenario.particles.seed &+ seed
            jobs.append(Beside(kind: .seed, scenario: copy))
        }
        return jobs
    }

    // MARK: One run

    private func measurement(
        of scenario: Scenario, isRounded: Bool = false, at times: [Double]
    ) throws -> RunQuantities? {
        let run = try scenario.computed(
            isRounded: isRounded, snapshotTimes: { _ in times.map { ModelTime($0) } },
            isInterrupted: isInterrupted)
        if let failure = run?.failure { throw failure }
        return run.map { measured($0, at: times) }
    }

    private func measured(_ run: ComputedRun, at times: [Double]) -> RunQuantities {
        RunQuantities(run, dimension: scenario.model.dimension, at: times)
    }

    /// The first, the middle and the last of the listed times.
    private var listedTimes: [Double] {
        guard case .times(let list) = scenario.time.snapshots, !list.isEmpty else { return [] }
        return Set([0, list.count / 2, list.count - 1]).sorted().map { list[$0] }
    }

    /// What the phase diagram yields; nothing where there is none, `nil` if interrupted.
    private func diagramMeasurement(threads: Int) throws -> RunQuantities? {
        guard let diagram else { return RunQuantities() }
        return try DiagramResult(
            of: diagram, version: version, threads: threads, isInterrupted: isInterrupted
        ).map { RunQuantities($0) }
    }
}
