import MeanField
import Phases
import Scenarios

/// What theory predicted beside what a run measured.
public struct TheoryComparison: Sendable {
    private let prediction: Prediction
    private let record: RunRecord

    /// Compares `record` with `prediction`.
    public init(_ prediction: Prediction, _ record: RunRecord) {
        self.prediction = prediction
        self.record = record
    }

    /// The lines that apply to a run of `scenario`; none where linear theory does not speak of it.
    public static func rows(_ scenario: Scenario, _ record: RunRecord) -> [TheoryRow] {
        // Linear theory is about the equation at finite β.
        guard scenario.isOnCircle, scenario.model.limit == .none else { return [] }
        return TheoryComparison(scenario.prediction, record).rows
    }

    /// The lines that apply to the run.
    public var rows: [TheoryRow] {
        var rows = [TheoryRow]()
        // Linear theory is about clusters that form, not about those of the start.
        let hasFormed = record.phases[1].end?.time != .zero
        if hasFormed, let outcome = prediction.clusters?.outcomes.first {
            let count = record.clusters?.members.count ?? record.clustersEnd.members.count
            rows.append(
                TheoryRow(
                    label: "clusters (linear theory)", predicted: "\(outcome.clusters)",
                    measured: "\(count)"))
        }
        if hasFormed, prediction.clusters != nil,
            let predicted = prediction.timeScales.clustering
        {
            rows.append(
                TheoryRow(
                    label: "end of the linear phase; of clustering",
                    predicted: NumberText.plain(predicted),
                    measured: record.phases[1].end.map { NumberText.time($0.time) } ?? "-"))
        }
        if let predicted = prediction.timeScales.pairingLog10 {
            rows.append(
                TheoryRow(
                    label: "log10 t: even pair; last merger",
                    predicted: NumberText.plain((predicted * 100).rounded() / 100),
                    measured: record.mergers.last.map {
                        NumberText.plain(($0.time.time.log10 * 100).rounded() / 100)
                    } ?? "-"))
        }
        return rows
    }
}
