import Foundation
import MeanField
import Phases

/// What one point of a sweep came to.
public struct SweepRow: Sendable, Equatable {
    /// Number of the point.
    public let point: Int
    /// Why the run ended; `failed` of a point that has no result.
    public let ended: Reason
    /// What went wrong at a failed point; empty otherwise.
    public let reason: String
    /// The numbers of the columns; `nil` where there is none, such as the end of a phase without one.
    public let numbers: [Double?]

    /// Names and meanings of the numbers of a sweep.
    struct Columns: Sendable, Equatable {
        let names: [String]
        let meanings: [String]
        /// Modes and moments among them.
        fileprivate let (hasModes, hasMoments): (Bool, Bool)

        init(_ plan: SweepPlan) {
            var all = [
                ("noise_determined", "1 where a rounding error of the start changes the outcome"),
                ("end_time", "time reached"), ("log10_end_time", "decimal logarithm of end_time"),
            ]
            for event in SweepRow.events {
                all += [
                    (event.key, event.meaning),
                    ("log10_\(event.key)", "decimal logarithm of \(event.key)"),
                    (
                        "\(event.key)_error",
                        "absolute error of \(event.key), of its logarithm beyond double range"
                    ),
                ]
            }
            all += [
                ("clusters", "clusters at the end of clustering"),
                ("clusters_end", "clusters at the end of the run"), ("mergers", "mergers"),
            ]
            all += ObservableField.always.map { ($0.name, $0.longName + ", at the end") }
            all += OptionalObservableField.all.map { ($0.name, $0.longName + ", at the end") }
            if plan.hasCircle {
                for degree in 1...SeriesColumns.modes {
                    all += [
                        ("c\(degree)_re", "real part of Fourier mode \(degree) at the end"),
                        ("c\(degree)_im", "imaginary part of Fourier mode \(degree) at the end"),
                    ]
                }
            }
            if plan.hasSphere {
                all += (1...SeriesColumns.modes).map {
                    ("m\($0)", "moment of the Legendre polynomial \($0) at the end")
                }
            }
            (names, meanings) = (all.map(\.0), all.map(\.1))
            (hasModes, hasMoments) = (plan.hasCircle, plan.hasSphere)
        }
    }

    private struct Event: Sendable {
        let key: String
        let meaning: String
        let time: @Sendable (RunRecord) -> EventTime?
    }

    private static let events = [
        Event(key: "collapse_end", meaning: "end of the collapse") { $0.phases[0].end },
        Event(key: "clustering_end", meaning: "end of clustering") { $0.phases[1].end },
        Event(key: "first_merger", meaning: "time of the first merger") {
            $0.mergers.first?.time
        },
        Event(key: "last_merger", meaning: "time of the last merger") { $0.mergers.last?.time },
        Event(key: "consensus", meaning: "consensus, the end of merging") { $0.consensus },
    ]

    /// A row that is known already.
    init(point: Int, ended: Reason, numbers: [Double?], reason: String) {
        (self.point, self.ended, self.numbers, self.reason) = (point, ended, numbers, reason)
    }

    /// A point that has no result.
    init(point: Int, failure: EvolutionError, columns: Columns) {
        self.init(
            point: point, ended: .failed, numbers: columns.names.map { _ in nil },
            reason: failure.sentence)
    }

    /// What `run` came to.
    init(point: Int, _ run: ComputedRun, columns: Columns) {
        let record = run.record
        var numbers: [Double?] = [record.noiseDetermined ? 1 : 0]
        numbers += [record.endTime.value, Self.finite(record.endTime.log10)]
        for event in Self.events {
            guard let event = event.time(record) else {
                numbers += [nil, nil, nil]
                continue
            }
            let error = event.time.value.map { $0 * event.relativeError }
            numbers += [
                event.time.value, Self.finite(event.time.log10),
                error ?? event.relativeError / log(10),
            ]
        }
        numbers += [
            record.clusters.map { Double($0.members.count) },
            Double(record.clustersEnd.members.count), Double(record.mergers.count),
        ]
        numbers += ObservableField.always.map { run.last[keyPath: $0.path] }
        numbers += OptionalObservableField.all.map { run.last[keyPath: $0.path] }
        if columns.hasModes {
            for degree in 0..<SeriesColumns.modes {
                let mode = degree < run.last.modes.count ? run.last.modes[degree] : nil
                numbers += [mode?.x, mode?.y]
            }
        }
        if columns.hasMoments {
            numbers += (0..<SeriesColumns.modes).map {
                $0 < run.last.moments.count ? run.last.moments[$0] : nil
            }
        }
        self.init(
            point: point, ended: record.ended, numbers: numbers,
            reason: run.failure?.sentence ?? "")
    }

    /// The logarithm of a time; `nil` of that of zero.
    private static func finite(_ logarithm: Double) -> Double? {
        logarithm.isFinite ? logarithm : nil
    }
}
