import Foundation
import MeanField
import Phases

extension PhasesFile {
    /// A `phases.json` that was read back.
    public struct Content: Sendable {
        /// Name of the scenario.
        public var title: String
        /// Version of the program that wrote it.
        public var version: String
        /// What the run found; times beyond double range to the digits of their logarithm.
        public var record: RunRecord
        /// The same as it stands in the file.
        public var json: JSONValue
    }

    /// Reads a file written by ``write(_:scenario:version:to:)``.
    ///
    /// - Throws: ``OutputError`` if the file is missing, no JSON, or lacks a key.
    public static func read(from url: URL) throws -> Content {
        let text: String
        do {
            text = try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw OutputError.unreadable(file: url.path, reason: AtomicFile.reason(of: error))
        }
        do {
            return try content(of: JSONValue(parsing: text))
        } catch let error as JSONError {
            throw OutputError.damaged(file: url.path, reason: "\(error)")
        } catch let error as UnfitKey {
            throw OutputError.damaged(
                file: url.path, reason: "the key \"\(error.key)\" is missing or has another type")
        }
    }

    /// A key that is missing or holds something else.
    private struct UnfitKey: Error {
        let key: String
    }

    private static func content(of json: JSONValue) throws -> Content {
        let phases = try list(json, "phases", phase)
        // Without an end of clustering the file has the clusters at the end of the run.
        let hasClustered = phases.contains { $0.name == .clustering && $0.end != nil }
        let record = RunRecord(
            ended: try reason(json, "ended"), endTime: try time(json, "end_time"),
            noiseDetermined: try get(json, "noise_determined", \.boolean),
            phases: phases, clusters: hasClustered ? try census(get(json, "clusters")) : nil,
            clustersEnd: try census(get(json, "clusters_end")),
            mergers: try list(json, "mergers", merger),
            consensus: try get(json, "consensus").isNull
                ? nil : event(get(json, "consensus"), "time", "error"),
            representation: try list(json, "representation", representation),
            notes: try list(json, "notes") {
                guard let note = $0.text else { throw UnfitKey(key: "notes") }
                return note
            })
        return Content(
            title: try get(json, "scenario", \.text), version: try get(json, "version", \.text),
            record: record, json: json)
    }

    private static func phase(_ json: JSONValue) throws -> PhaseInterval {
        guard let name = PhaseName(rawValue: try get(json, "name", \.text)) else {
            throw UnfitKey(key: "name")
        }
        return PhaseInterval(
            name: name, start: try event(json, "start", "start_error"),
            end: try event(json, "end", "error"),
            reason: try get(json, "reason").isNull ? nil : reason(json, "reason"))
    }

    private static func census(_ json: JSONValue) throws -> ClusterCensus {
        ClusterCensus(
            time: try time(json, "time"), members: try list(json, "members", cluster),
            condensed: try get(json, "condensed", \.double))
    }

    private static func cluster(_ json: JSONValue) throws -> Cluster {
        Cluster(
            position: try list(json, "position") {
                guard let coordinate = $0.double else { throw UnfitKey(key: "position") }
                return coordinate
            }, angle: try get(json, "angle").double, mass: try get(json, "mass", \.double))
    }

    private static func merger(_ json: JSONValue) throws -> Merger {
        guard let kind = Merger.Kind(rawValue: try get(json, "kind", \.text)) else {
            throw UnfitKey(key: "kind")
        }
        guard let event = try event(json, "time", "error") else { throw UnfitKey(key: "time") }
        return Merger(
            kind: kind, time: event, clustersAfter: try get(json, "clusters_after", \.int),
            into: try cluster(get(json, "into")),
            from: json["from"] == nil ? [] : try list(json, "from", cluster))
    }

    private static func representation(_ json: JSONValue) throws -> RepresentationChange {
        RepresentationChange(
            from: try time(json, "from"), kind: try get(json, "kind", \.text),
            size: try get(json, "size", \.int), reason: try get(json, "reason", \.text),
            error: try get(json, "error", \.double))
    }

    /// The event at the time `key`; `nil` if neither the time nor its logarithm is given.
    private static func event(
        _ json: JSONValue, _ key: String, _ errorKey: String
    ) throws -> EventTime? {
        if try get(json, key).isNull, try get(json, "log10_\(key)").isNull { return nil }
        let time = try time(json, key)
        let error = try get(json, errorKey, \.double)
        guard let value = time.value else {
            return EventTime(time: time, relativeError: error * log(10))
        }
        return EventTime(time: time, relativeError: value == 0 ? 0 : error / value)
    }

    private static func time(_ json: JSONValue, _ key: String) throws -> ModelTime {
        if let value = try get(json, key).double {
            guard value >= 0 else { throw UnfitKey(key: key) }
            return ModelTime(value)
        }
        let logarithm = try get(json, "log10_\(key)", \.double)
        guard abs(logarithm) < 1e15 else { throw UnfitKey(key: "log10_\(key)") }
        return ModelTime(logarithm: logarithm * log(10))
    }

    private static func reason(_ json: JSONValue, _ key: String) throws -> Reason {
        guard let reason = Reason(rawValue: try get(json, key, \.text)) else {
            throw UnfitKey(key: key)
        }
        return reason
    }

    private static func list<Element>(
        _ json: JSONValue, _ key: String, _ element: (JSONValue) throws -> Element
    ) throws -> [Element] {
        try get(json, key, \.elements).map(element)
    }

    private static func get(_ json: JSONValue, _ key: String) throws -> JSONValue {
        guard let value = json[key] else { throw UnfitKey(key: key) }
        return value
    }

    private static func get<Value>(
        _ json: JSONValue, _ key: String, _ path: KeyPath<JSONValue, Value?>
    ) throws -> Value {
        guard let value = try get(json, key)[keyPath: path] else { throw UnfitKey(key: key) }
        return value
    }
}
