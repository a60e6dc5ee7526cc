import Foundation
import MeanField
import Phases

/// What a realization came to: the events whose times a run reports.
struct Outcome: Sendable, Equatable {
    var ended: Reason
    var endTime: ModelTime
    var collapseEnd: ModelTime?
    var clusteringEnd: ModelTime?
    /// Number of clusters at the end of clustering.
    var clustersAtClusteringEnd: Int?
    var clustersAtEnd: Int
    var mergers: [ModelTime]
    var consensus: ModelTime?

    init<Evolution>(_ realization: Realization<Evolution>, ended: Reason) {
        let detector = realization.detector
        self.ended = ended
        endTime = realization.evolution.time
        collapseEnd = detector.collapseEnd
        clusteringEnd = detector.clusteringEnd
        clustersAtClusteringEnd = detector.clustersAtClusteringEnd?.members.count
        clustersAtEnd = detector.current.clusters.count
        mergers = detector.mergers.map(\.time.time)
        consensus = detector.consensus
    }

    init(
        ended: Reason, endTime: ModelTime, collapseEnd: ModelTime?, clusteringEnd: ModelTime?,
        clustersAtClusteringEnd: Int?, clustersAtEnd: Int, mergers: [ModelTime],
        consensus: ModelTime?
    ) {
        self.ended = ended
        self.endTime = endTime
        self.collapseEnd = collapseEnd
        self.clusteringEnd = clusteringEnd
        self.clustersAtClusteringEnd = clustersAtClusteringEnd
        self.clustersAtEnd = clustersAtEnd
        self.mergers = mergers
        self.consensus = consensus
    }

    /// Whether the two came to the same clusters by the same number of mergers.
    func hasSameStructure(as other: Outcome) -> Bool {
        ended == other.ended && clustersAtClusteringEnd == other.clustersAtClusteringEnd
            && clustersAtEnd == other.clustersAtEnd && mergers.count == other.mergers.count
            && (collapseEnd == nil) == (other.collapseEnd == nil)
            && (consensus == nil) == (other.consensus == nil)
    }

    /// The largest relative distance between the mergers of two outcomes of the same structure.
    func mergerDistances(to other: Outcome) -> [Double] {
        zip(mergers, other.mergers).map { Self.relativeDistance($0, $1) }
    }

    /// |a - b|/a.
    static func relativeDistance(_ a: ModelTime, _ b: ModelTime) -> Double {
        if a == b { return 0 }
        if a == .zero { return 1 }
        return abs(ModelTime.difference(a, b, inUnitsOfTwoTo: a.exponent)) / a.significand
    }
}

/// The errors of the times of an outcome: their distance from a coarser computation.
///
/// The coarser computation has tolerances 32 times as large and half the resolution, so that its own
/// error is many times that of the outcome: the distance bounds the error of the outcome from above,
/// unless the two cancel: a distance below twice the tolerance of the time integration is taken for a
/// coincidence, and that tolerance stated instead. An event that the coarser computation does not have is uncertain by all of
/// its time. Where there is a confirmation, as fine as the outcome but from data perturbed by 1e-15, a
/// distance from it of up to `perturbationShare` of the time belongs to the error; beyond that the time
/// is noise-determined. What changes of representation lost before an event belongs to its error as well.
struct StatedErrors: Sendable {
    let outcome: Outcome
    let coarser: Outcome
    var confirmation: Outcome?
    /// Local error of the time integration.
    let tolerance: Double
    /// Relative error of the end of clustering that comes from counting condensed mass in points.
    var granularity = 0.0
    /// The changes of representation.
    var changes = [RepresentationChange]()

    /// Relative change by rounding that still is an error and not another outcome; empirical.
    private static let perturbationShare = 1e-6

    /// Times are located to a few units in the last place of a step.
    private static let resolution = 1e-14

    private func error(
        _ event: (Outcome) -> ModelTime?, atLeast least: Double = 0
    ) -> EventTime? {
        event(outcome).map { time in
            if time == .zero { return EventTime(time: time, relativeError: 0) }
            var distance = event(coarser).map { Outcome.relativeDistance(time, $0) } ?? 1
            let lost = changes.filter { $0.from < time }.map(\.error).max() ?? 0
            distance = max(distance, 2 * tolerance, least, lost)
            if let moved = confirmation.flatMap(event) {
                let change = Outcome.relativeDistance(time, moved)
                if change <= Self.perturbationShare { distance = max(distance, change) }
            }
            return EventTime(time: time, relativeError: distance + Self.resolution)
        }
    }

    var collapseEnd: EventTime? { error(\.collapseEnd) }
    var clusteringEnd: EventTime? { error(\.clusteringEnd, atLeast: granularity) }
    var consensus: EventTime? { error(\.consensus) }
    var mergers: [EventTime] {
        let events = outcome.mergers.indices.map { i in
            let time = outcome.mergers[i]
            return error { other in
                if other.mergers.count == outcome.mergers.count { return other.mergers[i] }
                // One of them saw a cluster that the other did not: the nearest event.
                return other.mergers.min {
                    Outcome.relativeDistance(time, $0) < Outcome.relativeDistance(time, $1)
                }
            }!
        }
        guard granularity > 0 else { return events }
        // Errors of fronts between points have either sign: a tenth of the largest is no coincidence.
        let least = 0.1 * (events.map(\.relativeError).max() ?? 0)
        return events.map {
            EventTime(time: $0.time, relativeError: max($0.relativeError, least))
        }
    }
}
