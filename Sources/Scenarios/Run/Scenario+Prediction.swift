import Foundation
import MeanField

extension Scenario {
    /// What theory says about the scenario.
    public var prediction: Prediction {
        Prediction(
            inverseTemperature: model.beta, normalization: model.normalization,
            query: model.query, key: model.key, value: model.value, diffusion: model.diffusion,
            start: predictionStart)
    }

    /// |c_k(0)| of a smooth start; the number of tokens that stand for themselves.
    private var predictionStart: Prediction.Start? {
        let measure = startingMeasure
        switch measure.initial {
        case .uniform where measure.factors.isEmpty: return nil
        case .atoms(let angles, _): return .tokens(angles.count)
        default:
            let degree = LinearTheory(attention: attention).mostUnstableDegree ?? 1
            return .modes(measure.amplitudes(upTo: 2 * degree + 8))
        }
    }
}

extension Prediction {
    /// The object that `predict --json` prints.
    public var json: JSONValue {
        let rates = growthRates.map { rate -> JSONValue in
            ["degree": .integer(rate.degree), "rate": JSONValue(rate.rate)]
        }
        let outcomes = (clusters?.outcomes ?? []).map { outcome -> JSONValue in
            ["clusters": .integer(outcome.clusters), "probability": JSONValue(outcome.probability)]
        }
        let transition: JSONValue =
            firstOrder.map { data -> JSONValue in
                [
                    "coexistence_diffusion": JSONValue(data.coexistenceDiffusion),
                    "coexistence_c1": JSONValue(data.coexistenceAmplitude),
                    "fold_diffusion": JSONValue(data.foldDiffusion),
                    "fold_c1": JSONValue(data.foldAmplitude),
                ]
            } ?? .null
        return [
            "growth_rates": .array(rates),
            "most_unstable_degree": mostUnstableDegree.map { .integer($0) } ?? .null,
            "critical_diffusion": JSONValue(criticalDiffusion),
            "first_order_transition": transition,
            "collapse": [
                "eigenvalues": .array(collapse.eigenvalues.map { JSONValue($0) }),
                "dimension": .integer(collapse.dimension),
                "spectral_gap": JSONValue(collapse.spectralGap),
            ],
            "time_scales": [
                "collapse": JSONValue(timeScales.collapse),
                "clustering": JSONValue(timeScales.clustering),
                "pairing_log10": JSONValue(timeScales.pairingLog10),
            ],
            "clusters": .array(outcomes),
        ]
    }
}
