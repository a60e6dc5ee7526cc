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
        var lines = [title, ""]
        if prediction.growthRates.isEmpty {
            lines.append("The uniform density is no equilibrium for these Q, K, V.")
        } else {
            lines.append("Growth rates about the uniform density (e^(rate t)):")
        }
        for rate in prediction.growthRates {
            let mark = rate.degree == prediction.mostUnstableDegree ? "  <- fastest" : ""
            lines.append("  degree \(rate.degree): \(Self.number(rate.rate))\(mark)")
        }
        if prediction.mostUnstableDegree == nil && !prediction.growthRates.isEmpty {
            lines.append("  The uniform density is stable: nothing clusters by itself.")
        }
        if let critical = prediction.criticalDiffusion {
            lines += ["", "Critical noise: D = \(Self.number(critical));"]
            lines.append("above it the uniform density is stable.")
        } else if !prediction.growthRates.isEmpty {
            lines += ["", "The uniform density is stable for every D >= 0."]
        }
        if let data = prediction.firstOrder {
            lines.append("The transition is of first order:")
            lines += [
                "  clusters and uniformity coexist at D = "
                    + Self.number(data.coexistenceDiffusion),
                "    with |c_1| = \(Self.number(data.coexistenceAmplitude)) in the cluster",
                "  no cluster survives above D = \(Self.number(data.foldDiffusion))",
            ]
        }
        lines += ["", "Spectrum of V K^T Q:"]
        lines += spectrum
        lines += ["", "Time scales (the papers' t):"]
        let collapse = prediction.collapse.spectralGap.map { _ in
            NumberText.plain(prediction.timeScales.collapse)
        }
        lines.append("  collapse    \(collapse ?? "none: E_max is everything")")
        let clustering = prediction.timeScales.clustering.map { NumberText.plain($0) }
        let isKnown = !prediction.growthRates.isEmpty
        lines.append("  clustering  \(clustering ?? (isKnown ? "never" : "not known"))")
        let pairing = prediction.timeScales.pairingLog10.map { "10^\(NumberText.plain($0))" }
        lines.append("  pairing     \(pairing ?? (isKnown ? "none" : "not known"))")
        if let clusters = prediction.clusters {
            lines += ["", "Clusters at the end of the linear phase:"]
            for outcome in clusters.outcomes.prefix(8) {
                let percent = (outcome.probability * 1000).rounded() / 10
                lines.append(
                    "  \(outcome.clusters) with probability \(NumberText.plain(percent)) %")
            }
        }
        if let tokens = prediction.tokens {
            lines += [
                "", "\(tokens.count) random tokens beside their density:",
                "  every mode starts from noise of N^(-1/2) = \(NumberText.plain(tokens.noise));",
                "  at t = \(NumberText.plain(tokens.horizon)) what grows fastest, in "
                    + "\(tokens.modes) modes, is half the density:",
                "  until then they part as N^(-1/2)",
            ]
        }
        return lines.joined(separator: "\n")
    }

    private static func number(_ value: Double) -> String { NumberText.plain(value, digits: 10) }

    /// Eigenvalues, the dimension of E_max, the spectral gap.
    private var spectrum: [String] {
        let collapse = prediction.collapse
        let eigenvalues = Self.list(collapse)
        return [
            "  eigenvalues         \(eigenvalues)",
            "  dimension of E_max  \(collapse.dimension)",
            "  spectral gap        \(collapse.spectralGap.map { NumberText.plain($0) } ?? "none")",
        ]
    }

    /// Most different eigenvalues that are listed.
    private static let mostEigenvalues = 6

    /// For example `1 (63 times), 0.5` or `1 +- 2 i`.
    private static func list(_ collapse: Prediction.Collapse) -> String {
        var parts = [(text: String, count: Int)]()
        for (re, im) in zip(collapse.eigenvalues, collapse.imaginaryParts) where im >= 0 {
            let pair = im == 0 ? "" : " +- \(NumberText.plain(im)) i"
            let text = NumberText.plain(re) + pair
            if parts.last?.text == text {
                parts[parts.count - 1].count += 1
            } else {
                parts.append((text, 1))
            }
        }
        let words = parts.prefix(mostEigenvalues).flatMap { text, count in
            count <= 2
                ? [String](repeating: text, count: count) : ["\(text) (\(count) times)"]
        }
        return words.joined(separator: ", ") + (parts.count > mostEigenvalues ? ", …" : "")
    }
}
