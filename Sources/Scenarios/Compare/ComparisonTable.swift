import Foundation

/// `comparison.csv`: one row for each count, replica and time.
///
/// 17 significant digits, so that what is read back is what was written, bit for bit; `nan` stands for
/// W₁ beyond the circle and for a phase that was not seen to end, `inf` for times beyond the range of doubles. The rows of a count and a
/// replica are there all or not at all: an interrupted comparison goes on from them.
enum ComparisonTable {
    static let columns =
        ["count", "beta", "replica", "time", "particle_time", "w1", "energy_distance"]
        + (1...ComparisonSample.modes).map { "mode_error_\($0)" }
        + ComparedPhases.events.map(\.key) + ["clusters"]

    /// The whole file.
    static func text(_ study: ComparisonStudy) -> String {
        let plan = study.plan
        var lines = [columns.joined(separator: ",")]
        for sample in study.samples {
            let factor = plan.timeFactor(sample.index)
            for (time, distances) in zip(plan.times, sample.distances) {
                let numbers =
                    [time, time * factor, distances.wasserstein ?? .nan, distances.energy]
                    + distances.modes
                    + ComparedPhases.events.map { sample.phases[keyPath: $0.time] ?? .nan }
                lines.append(
                    (["\(plan.counts[sample.index])", format(plan.beta(sample.index))]
                        + ["\(sample.replica)"] + numbers.map(format)
                        + ["\(sample.phases.clusters ?? -1)"]).joined(separator: ","))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The samples of a file that ``text(_:)`` wrote for the same plan.
    ///
    /// Throws ``ComparisonError/differentRows`` where it holds anything else.
    static func samples(_ text: String, of plan: ComparisonPlan) throws -> [ComparisonSample] {
        let lines = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        guard lines.first == columns, (lines.count - 1) % plan.times.count == 0 else {
            throw ComparisonError.differentRows
        }
        return try stride(from: 1, to: lines.count, by: plan.times.count).map { start in
            try sample(Array(lines[start..<(start + plan.times.count)]), of: plan)
        }
    }

    private static func sample(_ rows: [[String]], of plan: ComparisonPlan) throws
        -> ComparisonSample
    {
        let (modes, events) = (ComparisonSample.modes, ComparedPhases.events.count)
        guard rows.allSatisfy({ $0.count == columns.count }),
            let index = Int(rows[0][0]).flatMap({ plan.counts.firstIndex(of: $0) }),
            let replica = Int(rows[0][2]), (0..<plan.replicas).contains(replica),
            let clusters = Int(rows[0].last!),
            rows.allSatisfy({ $0[0] == rows[0][0] && $0[2] == rows[0][2] })
        else { throw ComparisonError.differentRows }
        var distances = [ComparisonSample.Distances]()
        var ends = [Double?]()
        for (row, time) in zip(rows, plan.times) {
            let numbers = row[3..<(columns.count - 1)].compactMap(Double.init)
            guard numbers.count == 4 + modes + events, numbers[0] == time else {
                throw ComparisonError.differentRows
            }
            distances.append(
                ComparisonSample.Distances(
                    wasserstein: numbers[2].isNaN ? nil : numbers[2], energy: numbers[3],
                    modes: Array(numbers[4..<(4 + modes)])))
            ends = numbers[(4 + modes)...].map { $0.isNaN ? nil : $0 }
        }
        return ComparisonSample(
            index: index, replica: replica, distances: distances,
            phases: ComparedPhases(ends, clusters: clusters < 0 ? nil : clusters))
    }

    private static func format(_ number: Double) -> String { SeriesColumns.format(number) }
}
