import MeanField
import Scenarios

/// What theory says about a scenario, in words, in 80 columns.
public struct PredictionReport: Sendable {
    private let title: String
    private let prediction: Prediction

    /// The report of `prediction`.
    public init(title: String, prediction: Prediction) {
        self.title = TextLayout.harmless(title)
        self.prediction = prediction
    }

    /// The report, lines separated by newlines, without one at the end.
    public var text: String {
        var lines = [title, "", "Growth rates about the uniform density (e^(rate t)):"]
        for rate in prediction.growthRates {
            let mark = rate.degree == prediction.mostUnstableDegree ? "  <- fastest" : ""
            lines.append("  degree \(rate.degree): \(rate.rate)\(mark)")
        }
        if prediction.mostUnstableDegree == nil {
            lines.append("  The uniform density is stable: nothing clusters by itself.")
        }
        lines.append("")
        if let critical = prediction.criticalDiffusion {
            lines.append("Critical noise: D = \(critical);")
            lines.append("above it the uniform density is stable.")
        } else {
            lines.append("The uniform density is stable for every D >= 0.")
        }
        if let data = prediction.firstOrder {
            lines.append("The transition is of first order:")
            lines.append("  clusters and uniformity coexist at D = \(data.coexistenceDiffusion)")
            lines.append("    with |c_1| = \(data.coexistenceAmplitude) in the cluster")
            lines.append("  no cluster survives above D = \(data.foldDiffusion)")
        }
        lines += ["", "Time scales (the papers' t):"]
        lines.append(
            "  collapse    none: V K^T Q is a multiple of the identity, "
                + "\(NumberText.plain(prediction.collapse.eigenvalues[0]))")
        let clustering = prediction.timeScales.clustering.map { NumberText.plain($0) }
        lines.append("  clustering  \(clustering ?? "never")")
        let pairing = prediction.timeScales.pairingLog10.map { "10^\(NumberText.plain($0))" }
        lines.append("  pairing     \(pairing ?? "none")")
        if let clusters = prediction.clusters {
            lines += ["", "Clusters at the end of the linear phase:"]
            for outcome in clusters.outcomes.prefix(8) {
                let percent = (outcome.probability * 1000).rounded() / 10
                lines.append(
                    "  \(outcome.clusters) with probability \(NumberText.plain(percent)) %")
            }
        }
        return lines.joined(separator: "\n")
    }
}
