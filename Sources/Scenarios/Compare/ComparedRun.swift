import Foundation
import MeanField
import Phases

/// When the phases of a compared run end, in the time of the comparison.
public struct ComparedPhases: Sendable, Equatable {
    /// End of the collapse; `nil` where it was not seen, here and below.
    public var collapseEnd: Double?
    /// End of clustering.
    public var clusteringEnd: Double?
    /// First merger after it.
    public var firstMerger: Double?
    /// Last merger that was seen.
    public var lastMerger: Double?
    /// Consensus.
    public var consensus: Double?
    /// Number of clusters at the end of clustering.
    public var clusters: Int?

    /// One of the times with its names.
    public struct Event: Sendable {
        /// For people.
        public var name: String
        /// In files.
        public var key: String
        /// When.
        public var time: KeyPath<ComparedPhases, Double?> & Sendable
    }

    /// The times with their names, in the order of the phases.
    public static let events = [
        Event(name: "end of collapse", key: "collapse_end", time: \.collapseEnd),
        Event(name: "end of clustering", key: "clustering_end", time: \.clusteringEnd),
        Event(name: "first merger", key: "first_merger", time: \.firstMerger),
        Event(name: "last merger", key: "last_merger", time: \.lastMerger),
        Event(name: "consensus", key: "consensus", time: \.consensus),
    ]

    /// The times of a detector, multiplied by `factor`; infinite beyond the range of `Double`.
    init<Evolution>(_ detector: PhaseDetector<Evolution>, scaledBy factor: Double) {
        func time(_ event: ModelTime?) -> Double? {
            event.map { $0.approximation * factor }
        }
        collapseEnd = time(detector.collapseEnd)
        clusteringEnd = time(detector.clusteringEnd)
        firstMerger = time(detector.mergers.first?.time.time)
        lastMerger = time(detector.mergers.last?.time.time)
        consensus = time(detector.consensus)
        clusters = detector.clustersAtClusteringEnd?.members.count
    }

    /// Times that are known already.
    init(_ times: [Double?], clusters: Int?) {
        precondition(times.count == Self.events.count, "one time for each event")
        (collapseEnd, clusteringEnd, firstMerger) = (times[0], times[1], times[2])
        (lastMerger, consensus) = (times[3], times[4])
        self.clusters = clusters
    }
}

/// One evolution of a comparison, particles or their limit: what is seen of it at the times, and its
/// phases.
///
/// It runs to the last of the times, hitting each exactly, and then on to the end of clustering, no
/// further than the scenario's `time.end`; with `time.end = "consensus"` to consensus. Tokens are joined
/// only after the last of the times: joining keeps moments and phase times but moves tokens by a part of
/// their distance, which the distances see.
struct ComparedRun<Sight> {
    /// What was seen at the times of the comparison; fewer where the evolution ends before.
    var sights: [Sight] = []
    var phases: ComparedPhases

    /// Runs `evolution`; `nil` if interrupted.
    ///
    /// - Parameters:
    ///   - scenario: Its phases and its end.
    ///   - times: Ascending, in the time of the comparison.
    ///   - factor: The time of this evolution over that of the comparison.
    ///   - onProgress: Is told the share of the last time that is reached.
    ///   - look: Is given the number of each time and the evolution then.
    ///   - afterwards: Prepares the evolution for what comes after the last of the times.
    init?<Evolution: RunnableEvolution>(
        _ evolution: Evolution, of scenario: Scenario, times: [Double], factor: Double = 1,
        isInterrupted: () -> Bool, onProgress: (Double) -> Void = { _ in },
        look: (Int, inout Evolution) -> Sight,
        afterwards: (inout Evolution) -> Void = { _ in }
    ) throws {
        let stops = times.map { ModelTime($0 * factor) }
        var first = scenario.time
        first.end = .time(times.last! * factor)
        var realization = Realization(
            evolution, phases: scenario.phases, rules: StoppingRules(first))
        var sights = [Sight]()
        func isDone(_ realization: Realization<Evolution>) -> Bool {
            if realization.ended != nil { return true }
            if case .consensus = scenario.time.end { return false }
            return realization.detector.clusteringEnd != nil
        }
        if stops[0] == .zero { sights.append(look(0, &realization.evolution)) }
        while realization.ended == nil {
            if isInterrupted() { return nil }
            try realization.step(limit: stops[sights.count])
            try realization.finishStep()
            if realization.evolution.time >= stops[sights.count] {
                sights.append(look(sights.count, &realization.evolution))
            }
            onProgress(realization.evolution.time.approximation / (times.last! * factor))
        }
        if sights.count == stops.count {
            var rest = scenario.time
            if case .time(let end) = rest.end { rest.end = .time(max(end, times.last!) * factor) }
            afterwards(&realization.evolution)
            realization.goOn(to: StoppingRules(rest))
            while !isDone(realization) {
                if isInterrupted() { return nil }
                try realization.step()
                try realization.finishStep()
            }
        }
        self.sights = sights
        phases = ComparedPhases(realization.detector, scaledBy: 1 / factor)
    }
}
