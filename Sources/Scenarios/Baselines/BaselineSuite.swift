import MeanField

/// Scenarios with their baselines, to be blessed or checked.
public struct BaselineSuite: Sendable {
    private struct Item: Sendable {
        let file: String
        let scenario: Scenario
        /// The scenario read for its phase diagram, or `nil`.
        let diagram: Scenario?
        let baseline: Baseline?
    }

    private let items: [Item]
    private let version: String

    /// Reads scenario files and their baselines, as far as there are any.
    ///
    /// Throws ``ScenarioError`` where a file holds what it must not; nothing is computed then.
    public init(_ files: [String], version: String) throws(ScenarioError) {
        self.version = version
        var items = [Item]()
        for file in files {
            let scenario = try ScenarioDecoder.decode(file: file)
            var diagram: Scenario?
            if scenario.diagram != nil {
                diagram = try ScenarioDecoder.decode(file: file, for: .diagram)
            }
            items.append(
                Item(
                    file: file, scenario: scenario, diagram: diagram,
                    baseline: try Baseline.read(Baseline.file(of: file))))
        }
        self.items = items
    }

    /// Runs every scenario and holds it against its baseline, on up to `threads` threads.
    ///
    /// In the order of the files; fewer where interrupted. A scenario without a baseline is not run, and
    /// does not pass.
    public func check(
        threads: Int, isInterrupted: () -> Bool, onProgress: (Double) -> Void
    ) throws -> [BaselineCheck] {
        let board = JobBoard<BaselineCheck>(count: items.count)
        try board.run(threads: threads, isInterrupted: isInterrupted) {
            onProgress(Double(board.outputs.count) / Double(items.count))
        } work: { number in
            try check(items[number], isInterrupted: { board.isStopped })
        }
        return board.outputs.sorted { $0.job < $1.job }.map(\.output)
    }

    private func check(_ item: Item, isInterrupted: @escaping () -> Bool) throws -> BaselineCheck? {
        guard let baseline = item.baseline else {
            return BaselineCheck(
                item.file,
                problem: "there is no \(Baseline.file(of: item.file)); look at the run, then "
                    + "store it with: tokenfield bless \(item.file)")
        }
        do {
            return try run(item, isInterrupted).measurement(at: baseline.times).map {
                BaselineCheck(item.file, $0, against: baseline)
            }
        } catch let error as EvolutionError {
            return BaselineCheck(item.file, problem: "the run failed: \(error.sentence)")
        }
    }

    /// What blessing a scenario did.
    public struct Blessing: Sendable {
        /// The file of the baseline.
        public let file: String
        /// Quantities in it.
        public let count: Int
        /// The run beside the baseline that was there before; `nil` if there was none.
        public let change: BaselineCheck?
    }

    /// Runs the scenarios and stores their baselines, one after another; `false` if interrupted.
    ///
    /// Throws ``MeanField/EvolutionError``, ``OutputError``.
    public func bless(
        threads: Int, isInterrupted: @escaping () -> Bool, onProgress: (Double) -> Void,
        onBlessing: (Blessing) -> Void
    ) throws -> Bool {
        for (index, item) in items.enumerated() {
            guard
                let (baseline, run) = try run(item, isInterrupted).baseline(
                    threads: threads,
                    onProgress: { onProgress((Double(index) + $0) / Double(items.count)) })
            else { return false }
            let file = Baseline.file(of: item.file)
            try baseline.write(to: file)
            onBlessing(
                Blessing(
                    file: file, count: baseline.entries.count,
                    change: item.baseline.map {
                        BaselineCheck(item.file, run, against: $0)
                    }))
        }
        return true
    }

    private func run(_ item: Item, _ isInterrupted: @escaping () -> Bool) -> BaselineRun {
        BaselineRun(
            scenario: item.scenario, diagram: item.diagram, version: version,
            isInterrupted: isInterrupted)
    }
}
