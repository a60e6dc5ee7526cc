import Foundation
import MeanField
import Phases

/// `phases.json`: what a run found.
///
/// A time beyond the range of `Double` is `null` and stands as its decimal logarithm; the
/// logarithm of time 0 is `null`. `error` is absolute on the time and, where the time is `null`,
/// on its decimal logarithm (relative error / ln 10).
public enum PhasesFile {
    /// The content of `phases.json` for `record`.
    public static func json(
        _ record: RunRecord, scenario title: String, version: String
    ) -> JSONValue {
        [
            "scenario": .string(title),
            "version": .string(version),
            "ended": .string(record.ended.rawValue),
            "end_time": time(record.endTime),
            "log10_end_time": logarithm(record.endTime),
            "noise_determined": .bool(record.noiseDetermined),
            "phases": .array(record.phases.map(phase)),
            "clusters": census(record.clusters ?? record.clustersEnd),
            "clusters_end": census(record.clustersEnd),
            "mergers": .array(record.mergers.map(merger)),
            "consensus": record.consensus.map(event) ?? .null,
            "representation": .array(record.representation.map(representation)),
            "notes": .array(record.notes.map(JSONValue.string)),
        ]
    }

    /// Writes `phases.json` whole or not at all.
    public static func write(
        _ record: RunRecord, scenario title: String, version: String, to url: URL
    ) throws {
        try AtomicFile.write(
            json(record, scenario: title, version: version).prettyPrinted, to: url)
    }

    /// The time as a number; `null` beyond the range of `Double`.
    static func time(_ time: ModelTime?) -> JSONValue { JSONValue(time?.value) }

    /// The decimal logarithm of the time; `null` at zero.
    static func logarithm(_ time: ModelTime?) -> JSONValue { JSONValue(time?.log10) }

    /// The error on the number that is given: on the time, or on its logarithm beyond `Double`.
    static func error(_ event: EventTime?) -> JSONValue {
        guard let event else { return .null }
        guard let time = event.time.value else { return .number(event.relativeError / log(10)) }
        return JSONValue(event.relativeError == 0 ? 0 : event.relativeError * time)
    }

    private static func event(_ event: EventTime) -> JSONValue {
        [
            "time": time(event.time), "log10_time": logarithm(event.time), "error": error(event),
        ]
    }

    private static func phase(_ phase: PhaseInterval) -> JSONValue {
        [
            "name": .string(phase.name.rawValue),
            "start": time(phase.start?.time),
            "log10_start": logarithm(phase.start?.time),
            "start_error": error(phase.start),
            "end": time(phase.end?.time),
            "log10_end": logarithm(phase.end?.time),
            "error": error(phase.end),
            "reason": phase.reason.map { .string($0.rawValue) } ?? .null,
        ]
    }

    private static func census(_ census: ClusterCensus) -> JSONValue {
        [
            "count": .integer(census.members.count),
            "time": time(census.time),
            "log10_time": logarithm(census.time),
            "condensed": JSONValue(census.condensed),
            "members": .array(census.members.map(cluster)),
        ]
    }

    private static func cluster(_ cluster: Cluster) -> JSONValue {
        [
            "position": .array(cluster.position.map { JSONValue($0) }),
            "angle": JSONValue(cluster.angle),
            "mass": JSONValue(cluster.mass),
        ]
    }

    private static func merger(_ merger: Merger) -> JSONValue {
        [
            "kind": .string(merger.kind.rawValue),
            "time": time(merger.time.time),
            "log10_time": logarithm(merger.time.time),
            "error": error(merger.time),
            "clusters_after": .integer(merger.clustersAfter),
            "into": cluster(merger.into),
            "from": .array(merger.from.map(cluster)),
        ]
    }

    private static func representation(_ change: RepresentationChange) -> JSONValue {
        [
            "from": time(change.from),
            "log10_from": logarithm(change.from),
            "kind": .string(change.kind),
            "size": .integer(change.size),
            "reason": .string(change.reason),
            "error": JSONValue(change.error),
        ]
    }
}
